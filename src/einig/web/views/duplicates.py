"""Duplicates: pairs of leads that are probably one person, to be merged or kept apart."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from einig.flow import duplicates
from einig.flow.permissions import require
from einig.store.models import Alike
from einig.web.clock import now, who
from einig.web.labels import SEARCHING
from einig.web.views.same_person import told

_A_PAGE = 25


def index(request: HttpRequest) -> HttpResponse:
    """Show the pairs that were found, and look through all leads once more if that is asked for."""
    me = who(request)
    if request.method == "POST":
        duplicates.ask(by=me, at=now())
        return redirect("duplicates")
    require(me, "see_leads")
    search = duplicates.newest()
    running = search if search is not None and search.ended_at is None else None
    context: dict[str, Any] = {"search": search, "running": running}
    if running is not None:
        context["step"] = SEARCHING.get(running.step, "")
    if request.headers.get("HX-Target") == "search":  # htmx asks how far it is
        if running is None:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return render(request, "web/parts/searching.html", context)
    page = Paginator(duplicates.waiting(), _A_PAGE).get_page(request.GET.get("page"))
    context |= {"page_obj": page, "pairs": [_shown(pair) for pair in page]}
    return render(request, "web/duplicates.html", context)


def _shown(pair: Alike) -> tuple[Alike, str, float]:
    """Return a pair with its evidence and its share; nothing is ever quite certain."""
    return pair, told(pair.evidence), min(pair.probability, 0.99)


@require_POST
def apart(request: HttpRequest, pair_id: int) -> HttpResponse:
    """Say that two are not the same person."""
    pair = get_object_or_404(Alike.objects.select_related("one", "other"), id=pair_id)
    duplicates.keep_apart(pair.one, pair.other, by=who(request), at=now())
    messages.success(request, _("Noted: they are two people. Nobody is asked again."))
    return redirect("duplicates")
