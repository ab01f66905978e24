"""Senders: what each needs, what arrived from it, and what could not be understood."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from einig.connectors.contract import Heard, Setting, Unreadable
from einig.connectors.registry import CONNECTORS
from einig.flow import deliveries, sources
from einig.flow.permissions import may, require
from einig.store.models import Delivery, Source
from einig.store.models.sources import Kind
from einig.web.clock import now, who
from einig.web.forms import SenderForm

_SHOWN = 8  # deliveries, the newest
_LONGEST = 20_000  # characters of a body that is shown


@dataclass(frozen=True, slots=True)
class Arrived:
    """A delivery as it is shown: what it says, and as it came."""

    delivery: Delivery
    heard: list[Heard]
    body: str


def about(source: Source, form: SenderForm | None = None) -> dict[str, object]:
    """Return what the page of a source shows of its sender."""
    connector = CONNECTORS[source.sender]
    return {
        "sender": connector,
        "address": _address(source),
        "made_here": [(of, source.settings.get(of.name, "")) for of in _made_here(source)],
        "problem": source.settings.get("problem", ""),
        "missing": [_(label) for label in sources.missing(source)],
        "settings": form or SenderForm(source),
        "arrived": _arrived(source),
    }


@require_POST
def connect(request: HttpRequest, source_id: int) -> HttpResponse:
    """Keep what a sender needs."""
    me, source = who(request), _sender(source_id)
    require(me, "edit_sources")
    form = SenderForm(source, request.POST)
    if not form.is_valid():
        context = {"source": source, "can_edit": True, "base": base(request)}
        context |= about(source, form) | {"campaigns": source.campaigns.order_by("name")}
        return render(request, "web/source.html", context, status=422)
    sources.connect(source, form.cleaned_data, by=me, at=now())
    messages.success(request, _("Kept."))
    return redirect("source", source.id)


def arrived(request: HttpRequest, source_id: int) -> HttpResponse:
    """Show what arrived; the page asks again by itself."""
    me, source = who(request), _sender(source_id)
    require(me, "see_sources")
    context = {"source": source, "arrived": _arrived(source), "can_edit": may(me, "edit_sources")}
    return render(request, "web/parts/arrived.html", context)


@require_POST
def again(request: HttpRequest, source_id: int) -> HttpResponse:
    """Have deliveries read again: all, those that failed, or those that failed for one reason."""
    me, source = who(request), _sender(source_id)
    reason = request.POST.get("reason", "")
    only_failed = "failed" in request.POST or bool(reason)
    many = deliveries.read_again(source, only_failed=only_failed, reason=reason, by=me, at=now())
    messages.success(request, _("%(n)s deliveries are read again.") % {"n": many})
    if request.POST.get("to") == "received":
        return redirect("received")
    return redirect("source", source.id)


@require_POST
def mend(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Read something else in place of what was delivered, or let it go, or take that back."""
    me, found = who(request), get_object_or_404(Delivery, id=delivery_id)
    do = request.POST.get("do", "")
    if do == "dismiss":
        deliveries.dismiss(found, by=me, at=now())
    elif do == "restore":
        deliveries.restore(found, by=me)
    else:
        deliveries.mend(found, request.POST.get("body", ""), by=me, at=now())
    return redirect("received")


def base(request: HttpRequest) -> str:
    """Return the address of this installation, as senders have to call it."""
    return request.build_absolute_uri("/").rstrip("/")


def _sender(source_id: int) -> Source:
    return get_object_or_404(Source, id=source_id, kind=Kind.SENDER)


def _made_here(source: Source) -> list[Setting]:
    return [of for of in CONNECTORS[source.sender].settings if of.made_here]


def _address(source: Source) -> str:
    """Return the path to which a sender delivers."""
    if source.sender == "mailbox":
        return ""  # it is read, and nobody delivers there
    if source.sender == "hubspot_forms":
        return f"/submissions/v3/integration/submit/…/{source.settings.get('form') or '…'}"
    if source.sender == "web_to_lead":
        return "/servlet/servlet.WebToLead?encoding=UTF-8"
    return f"/in/{source.sender}/{source.key}"


def _arrived(source: Source) -> list[Arrived]:
    newest = source.deliveries.order_by("-id")[:_SHOWN]
    return [Arrived(one, _heard(one), shown(one)) for one in newest]


def shown(delivery: Delivery) -> str:
    """Return a body as text, as far as it is one."""
    if delivery.mended is not None:
        return delivery.mended[:_LONGEST]
    return bytes(delivery.body).decode("utf-8", "backslashreplace")[:_LONGEST]


def _heard(delivery: Delivery) -> list[Heard]:
    source = delivery.source
    if delivery.understood_at is None:
        return []
    try:
        return list(CONNECTORS[source.sender].read(deliveries.raw(delivery), source.settings))
    except Unreadable:
        return []
