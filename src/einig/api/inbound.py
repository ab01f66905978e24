"""The door for senders: who it is, whether that is true, kept, and thanked. Nothing else.

Understanding a delivery is the worker's, so that a sender is answered at once, and so that one
that is not understood is there to be mended.
"""

from __future__ import annotations

import time

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from einig.connectors.contract import Delivery, Reply, Unreadable, Unverified
from einig.connectors.registry import CONNECTORS
from einig.flow import deliveries
from einig.store.models import Source
from einig.store.models.sources import Kind


@csrf_exempt  # the sender's own proof says who it is
def inbound(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Keep what a sender delivers, once it has proved who it is."""
    source = Source.objects.filter(key=key, kind=Kind.SENDER, sender=kind, active=True).first()
    connector = CONNECTORS.get(kind)
    if source is None or connector is None:
        return _no(404, "there is no such address")
    raw = delivered(request)
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
