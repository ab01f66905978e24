"""What was kept apart, since it seems to be no person's doing; whoever knows better says so."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from einig.engine.instants import iso
from einig.flow import legitimacy
from einig.flow.permissions import require
from einig.store.models import Received
from einig.web.clock import now, who
from einig.web.export import csv_of, wanted

_A_PAGE = 25


def index(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Show what was kept apart, by source and reason."""
    require(who(request), "mend_received")
    found = legitimacy.apart()
    if (why := request.GET.get("why", "")) in legitimacy.DOUBTS:
        found = found.filter(doubt=why)
    if (source := request.GET.get("source", "")).isdecimal() and len(source) < 10:
        found = found.filter(source=int(source))
    if wanted(request):
        head = ["source", "received_at", "doubt", "body"]
        rows = ([str(of.source or ""), iso(of.at), of.doubt, of.body] for of in found.iterator())
        return csv_of("kept-apart", head, rows)
    context = {
        "counts": legitimacy.counts(),
        "page_obj": Paginator(found, _A_PAGE).get_page(request.GET.get("page")),
        "why": why,
        "query": f"&why={why}&source={source}",
    }
    return render(request, "web/apart.html", context)


@require_POST
def vouch(request: HttpRequest, received_id: int) -> HttpResponse:
    """Say that a person did it after all."""
    kept = get_object_or_404(Received, id=received_id)
    legitimacy.vouch(kept, by=who(request), at=now())
    messages.success(request, _("It is taken in now."))
    return redirect("apart")
