"""One address for every chat, social network or tool that sends signed JSON.

The signature is `sha256=` and the hexadecimal HMAC-SHA256 of the body with the source's secret, in
the header `X-Einig-Signature`. The source's mapping says where in the JSON what stands:

    {"id": "message.id", "activity": "chat_started", "attributes": {"email": "contact.email"}}
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from einig.engine.values import plain
from einig.flow import capture, rates
from einig.store.models import Received, Source
from einig.store.models.sources import Kind


@csrf_exempt  # the signature says who sends it
@require_POST
def hook(request: HttpRequest, key: str) -> JsonResponse:
    """Keep what a tool sends, once its signature is right."""
    source = Source.objects.filter(key=key, kind=Kind.WEBHOOK, active=True).first()
    if source is None:
        return _no(404, "there is no such address")
    body = request.body
    said = request.headers.get("X-Einig-Signature", "")
    right = "sha256=" + hmac.new(source.secret.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(said.encode(), right.encode()):
        return _no(401, "the signature is not that of this body with this secret")
    at = time.time_ns() // 1000
    if wait := rates.wait(source, at=at):
        answer = _no(429, "this source sends more than it may; send this again later")
        answer["Retry-After"] = str(wait)
        return answer
    try:
        given = json.loads(body)
        messages = _read(given, source.mapping)
    except (ValueError, RecursionError, KeyError) as error:
        text = body.decode("utf-8", "replace").replace("\x00", "")
        reason = f"the mapping of {source.name} finds nothing here: {error}"[:300]
        Received.objects.create(source=source, body=text, at=at, reason=reason)
        return _no(422, "kept, but the mapping does not fit; it can be mended in Einig")
    capture.receive(messages, source=source, at=at)
    return JsonResponse({"ok": True})


def _read(given: Any, mapping: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the messages that a mapping finds. Raises KeyError."""
    attributes = {
        name: text
        for name, path in mapping.get("attributes", {}).items()
        if (text := plain(_at(given, path)))
    }
    properties = {
        name: text
        for name, path in mapping.get("properties", {}).items()
        if (text := plain(_at(given, path)))
    }
    id_ = plain(_at(given, mapping["id"]))
    if not id_ or not attributes:
        raise KeyError("id" if not id_ else "attributes")
    return capture.somebody(
        attributes=attributes,
        activity=mapping.get("activity"),
        properties=properties,
        message_id=f"hook-{id_}",
        at=time.time_ns() // 1000,
    )


def _at(given: Any, path: str) -> Any:
    """Return what stands at a path like `contact.emails.0`; None if nothing does."""
    for part in path.split("."):
        if isinstance(given, list):
            given = given[int(part)] if part.isdigit() and int(part) < len(given) else None
        else:
            given = given.get(part) if isinstance(given, dict) else None
    return None if isinstance(given, (dict, list)) else given


def _no(status: int, said: str) -> JsonResponse:
    return JsonResponse({"ok": False, "message": said}, status=status)
