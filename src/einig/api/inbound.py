"""The door for senders: who it is, whether that is true, kept, and thanked. Nothing else.

Understanding a delivery is the worker's, so that a sender is answered at once, and so that one
that is not understood is there to be mended.
"""

from __future__ import annotations

import time

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from einig.connectors.contract import Delivery, Reply, Unreadable, Unverified
from einig.connectors.reading import form_of
from einig.connectors.registry import CONNECTORS
from einig.flow import deliveries, sources
from einig.store.models import Source
from einig.store.models.sources import Kind


@csrf_exempt  # the sender's own proof says who it is
def inbound(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Keep what a sender delivers, once it has proved who it is."""
    source = Source.objects.filter(key=key, kind=Kind.SENDER, sender=kind, active=True).first()
    return _taken(request, source)


@csrf_exempt  # a form in somebody else's page, that was built for HubSpot
def hubspot_form(request: HttpRequest, portal: str, form: str) -> HttpResponse:
    """Keep what a form sends that was built for HubSpot; browsers ask first whether they may."""
    del portal
    if request.method == "OPTIONS":
        answer = HttpResponse(status=204)
    else:
        answer = _taken(request, _of("hubspot_forms", "form", form))
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Access-Control-Allow-Methods"] = "POST, OPTIONS"
    answer["Access-Control-Allow-Headers"] = "content-type"
    return answer


@csrf_exempt  # a form in somebody else's page, that was built for Salesforce
def web_to_lead(request: HttpRequest) -> HttpResponse:
    """Keep what a form sends that was built for Salesforce, and send its visitor on."""
    raw = delivered(request)
    try:
        oid = dict(form_of(raw)).get("oid", "")
    except Unreadable as unreadable:
        return _no(400, str(unreadable))
    return _taken(request, _of("web_to_lead", "oid", oid), raw)


def _of(sender: str, setting: str, value: str) -> Source | None:
    """Return the source of a form, which is known by what stands in the form itself."""
    found = Source.objects.filter(kind=Kind.SENDER, sender=sender, active=True)
    return found.filter(**{f"settings__{setting}": value}).order_by("id").first() if value else None


def _taken(
    request: HttpRequest, source: Source | None, raw: Delivery | None = None
) -> HttpResponse:
    connector = CONNECTORS.get(source.sender) if source is not None else None
    if source is None or connector is None:
        return _no(404, "there is no such address")
    if sources.missing(source):
        return _no(503, "this source is not set up yet")
    raw = raw or delivered(request)
    try:
        greeting = connector.greet(raw, source.settings)
        if greeting is not None:
            return replied(greeting)
        if request.method != "POST":
            return _no(405, "POST is what this address takes")
        connector.verify(raw, source.settings)
    except Unverified as unverified:
        return _no(401, str(unverified))
    except Unreadable as unreadable:  # not even who it is from can be read
        return _no(400, str(unreadable))
    if wait := deliveries.waits(source, at=raw.at):
        answer = _no(429, "this source delivers more than it may; send this again later")
        answer["Retry-After"] = str(wait)
        return answer
    deliveries.keep(raw, source=source)
    return replied(connector.thanks(raw, source.settings))


def delivered(request: HttpRequest) -> Delivery:
    """Return a request as a connector sees it."""
    return Delivery(
        body=request.body,
        headers={name.lower(): value for name, value in request.headers.items()},
        method=request.method or "",
        url=request.build_absolute_uri(),
        query={name: str(value) for name, value in request.GET.items()},
        at=time.time_ns() // 1000,
    )


def replied(reply: Reply) -> HttpResponse:
    """Return an answer as a sender reads it."""
    answer = HttpResponse(reply.body, status=reply.status, content_type=reply.kind)
    if reply.location:
        answer["Location"] = reply.location
    return answer


def _no(status: int, said: str) -> JsonResponse:
    return JsonResponse({"ok": False, "message": said}, status=status)
