"""Sources: which lead source brings leads that close, how it is connected, what did not fit."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from einig.engine.instants import iso
from einig.flow import capture, deliveries, hosted_forms, reports, sources
from einig.flow.permissions import may, require
from einig.store.models import ApiKey, Received, Source
from einig.store.models.sources import Kind
from einig.web import embedding, slip
from einig.web.clock import now, who
from einig.web.export import csv_of, wanted
from einig.web.forms import CampaignForm, MappingForm, SourceForm
from einig.web.typed import id_of
from einig.web.views import senders


def index(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Show which source brings leads that close."""
    me = who(request)
    require(me, "see_sources")
    form = SourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = sources.add(**form.cleaned_data, by=me, at=now())
        return redirect("source", made.id)
    found = reports.channels()
    if wanted(request):
        head = ["source", "kind", "leads", "handed_over", "won", "revenue", "spend"]
        rows = (
            [c.source.name, c.source.kind, c.leads, c.handed_over, c.won, c.revenue, c.spend]
            for c in found
        )
        return csv_of("sources", head, rows)
    context = {
        "channels": found,
        "best": found[0] if found and found[0].revenue else None,
        "form": form,
        "can_edit": may(me, "edit_sources"),
        "apart": Received.objects.exclude(doubt="").filter(dismissed_at=None).count(),
        "failed": Received.objects.exclude(reason="").filter(dismissed_at=None, doubt="").count()
        + deliveries.failed().count(),
    }
    return render(request, "web/sources.html", context)


@never_cache  # a key is shown once
def one(request: HttpRequest, source_id: int) -> HttpResponse:
    """Show how a source is connected, its campaigns and what they cost."""
    me = who(request)
    require(me, "see_sources")
    found = get_object_or_404(Source, id=source_id)
    do = request.POST.get("do", "")
    form = CampaignForm(request.POST if request.method == "POST" and not do else None)
    mapping = MappingForm(
        request.POST if do == "map" else None, initial={"mapping": found.mapping or EXAMPLE}
    )
    token = ""
    if form.is_valid():
        sources.spend(found, **form.cleaned_data, by=me, at=now())
        return redirect("source", source_id)
    if do == "key":
        try:
            token = sources.make_key(found, by=me, at=now(), name=slip.name(request))
        except sources.Revoked:
            messages.error(request, _("This key was revoked meanwhile; make a new one."))
    elif do == "revoke":
        key = get_object_or_404(ApiKey, id=id_of(request, "key"), source=found)
        sources.revoke_key(key, by=me, at=now())
    elif do == "map" and mapping.is_valid():
        sources.map_webhook(found, mapping.cleaned_data["mapping"], by=me, at=now())
        return redirect("source", source_id)
    context = {
        "source": found,
        "form": form,
        "mapping": mapping,
        "token": token,
        "keys": ApiKey.objects.filter(source=found, revoked_at=None).order_by("id"),
        "campaigns": found.campaigns.order_by("name"),
        "can_edit": may(me, "edit_sources"),
        "base": senders.base(request),
    }
    if found.kind == Kind.SENDER:
        context |= senders.about(found)
    elif found.kind == Kind.FORM:
        context |= _about_form(request, found)
    return render(request, "web/source.html", context)


def _about_form(request: HttpRequest, source: Source) -> dict[str, object]:
    """Return what the page of a form shows: how much it asks, and what to copy."""
    language = translation.get_language() or "de"
    copied = embedding.snippets(source, base=senders.base(request), language=language)
    return {"snippets": copied, "form_asks": len(hosted_forms.current(source).fields)}


EXAMPLE = {
    "id": "message.id",
    "activity": "chat_started",
    "attributes": {"email": "contact.email", "name": "contact.name"},
    "properties": {"message": "message.text"},
}


def received(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Show what came in and could not be used; mend it, or let it go."""
    me = who(request)
    require(me, "mend_received")
    if request.method == "POST":
        one = get_object_or_404(Received, id=id_of(request, "id"))
        if "body" in request.POST and request.POST.get("do") == "mend":
            capture.mend(one, request.POST["body"])
        elif request.POST.get("do") == "restore":
            capture.restore(one)
        else:
            capture.dismiss(one, at=now())
        return redirect("received")
    waiting = Received.objects.exclude(reason="").filter(doubt="")
    waiting = waiting.select_related("source").order_by("id")
    if wanted(request):
        head = ["source", "received_at", "reason", "body"]
        rows = ([str(of.source or ""), iso(of.at), of.reason, of.body] for of in waiting.iterator())
        return csv_of("could-not-be-used", head, rows)
    context = {
        "count": waiting.filter(dismissed_at=None).count() + deliveries.failed().count(),
        "page_obj": Paginator(waiting.filter(dismissed_at=None), 20).get_page(
            request.GET.get("page")
        ),
        "failing": deliveries.reasons(),
        "undelivered": [(one, senders.shown(one)) for one in deliveries.failed()[:20]],
        "dismissed": waiting.filter(dismissed_at__isnull=False).order_by("-dismissed_at")[:10],
    }
    return render(request, "web/received.html", context)
