"""Capture: every channel says what it has to say as a message, and is thanked once it is kept."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from einig.engine.instants import moment
from einig.store.models import Received, Source


def receive(messages: Iterable[Mapping[str, Any]], *, source: Source | None, at: int) -> int:
    """Keep messages as they came, so that the journey takes them in; return how many."""
    rows = [
        Received(source=source, body=_written(message), at=at + n)
        for n, message in enumerate(messages)
    ]
    Received.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def somebody(
    *,
    attributes: Mapping[str, str],
    activity: str | None,
    at: int,
    properties: Mapping[str, str] | None = None,
    message_id: str | None = None,
    visitor: str | None = None,
    campaign: Mapping[str, str] | None = None,
    is_contact: bool = False,
    signs: Mapping[str, str] | None = None,
    purposes: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """Return messages of somebody who left contact details and (maybe) did something.

    `visitor` is the anonymous id of their browser, if there is one; without it the contact details
    alone say who it is. With `is_contact` they asked for nothing yet, and become no lead by it.
    `signs` are what a form noticed while it was filled in.
    `purposes` are those that they agreed to, each with the text that they read.
    """
    id_ = message_id or secrets.token_hex(16)
    context: dict[str, Any] = {"campaign": dict(campaign or {})}
    if is_contact:
        context["contact_only"] = True
    if signs:
        context["signs"] = dict(signs)
    if purposes:
        context["purposes"] = dict(purposes)
    who = {"anonymousId": visitor or f"once-{id_}", "context": context}
    said = [{"type": "identify", "messageId": f"{id_}.i", "traits": dict(attributes)} | who]
    if activity:
        said.append(
            {
                "type": "track",
                "messageId": f"{id_}.t",
                "event": activity,
                "properties": dict(properties or {}),
                "timestamp": moment(at).isoformat(),
            }
            | who
        )
    return said


def source_of(kind: str) -> Source:
    """Return the source of leads that people of ours bring in themselves, like calls."""
    names = {"hand": "By hand", "phone": "Phone", "import": "Import"}
    found = Source.objects.filter(kind=kind).order_by("id").first()
    return found or Source.objects.create(
        name=names[kind], kind=kind, key=secrets.token_urlsafe(24)
    )


def mend(received: Received, body: str) -> None:
    """Replace what could not be used; the journey tries again."""
    Received.objects.filter(id=received.id).update(body=body, reason="")


def dismiss(received: Received, *, at: int) -> None:
    """Let go of what could not be used; it stays in the store."""
    Received.objects.filter(id=received.id).update(dismissed_at=at)


def restore(received: Received) -> None:
    """Take back that something was let go of."""
    Received.objects.filter(id=received.id).update(dismissed_at=None)


def _written(message: Mapping[str, Any]) -> str:
    """Return a message as JSON with an id; half of a character becomes a question mark."""
    named = {"messageId": secrets.token_hex(16)} | dict(message)
    return json.dumps(named, ensure_ascii=False).encode(errors="replace").decode()
