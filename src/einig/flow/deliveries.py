"""Deliveries: what senders deliver is kept as it came, then understood, and can be read again.

A delivery that comes twice is kept once. What it says goes to the journey as messages whose ids
stand for the facts, so that reading it again, however often, makes nothing happen twice.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, QuerySet

from einig.connectors import signing
from einig.connectors.contract import Delivery as Raw
from einig.connectors.contract import Heard, Unreadable
from einig.connectors.registry import CONNECTORS
from einig.engine.instants import SECOND, instant
from einig.flow import attempts, audit, capture, tasks
from einig.flow.contact import caller, normalize
from einig.flow.organisation import organisation
from einig.flow.permissions import require
from einig.store.models import ContactDetail, Delivery, Source, User

log = logging.getLogger(__name__)
MINUTE = 60 * SECOND
AGAIN = 10 * MINUTE  # within which the same body is the same delivery, where none is numbered
_AT_ONCE = 20
_HEADERS = ("content-type", "referer")  # what is read; others may hold secrets


@dataclass(frozen=True, slots=True)
class Failing:
    """Why deliveries of a source were not understood, and how many."""

    source: int
    name: str
    reason: str
    many: int
    newest: int


def keep(raw: Raw, *, source: Source) -> Delivery | None:
    """Keep a delivery; None if it was kept before."""
    connector = CONNECTORS[source.sender]
    try:
        id_ = connector.id_of(raw)
    except Unreadable:
        id_ = ""
    told = id_ if 0 < len(id_) <= 128 else _unnumbered(raw, source)
    try:
        with transaction.atomic():
            return Delivery.objects.create(
                source=source,
                delivery_id=told,
                at=raw.at,
                url=raw.url,
                headers={name: of for name in _HEADERS if (of := raw.headers.get(name))},
                body=raw.body,
            )
    except IntegrityError:
        return None


def _unnumbered(raw: Raw, source: Source) -> str:
    """Return an id for what its sender does not number: the same again at once is the same one."""
    said = signing.digest(raw.body + raw.url.encode())
    before = f"{said}.{raw.at // AGAIN - 1}"
    lately = Delivery.objects.filter(source=source, delivery_id=before, at__gt=raw.at - AGAIN)
    return before if lately.exists() else f"{said}.{raw.at // AGAIN}"


def understand_waiting(*, at: int) -> int:
    """Understand what waits, oldest first; return how many deliveries that were."""
    waiting = Delivery.objects.filter(
        understood_at=None, reason="", dismissed_at=None, asking=False
    )
    seen = list(waiting.select_related("source").order_by("id")[:_AT_ONCE])
    for delivery in seen:
        understand(delivery, at=at)
    return len(seen)


@transaction.atomic
def understand(delivery: Delivery, *, at: int) -> None:
    """Hand over to the journey what a delivery says, or write down why that cannot be.

    What has to be asked for first is asked for by a task.
    """
    source, told = delivery.source, raw(delivery)
    connector = CONNECTORS[source.sender]
    try:
        if connector.wants(told, source.settings):
            _write(delivery, asking=True)
            tasks.schedule(
                "fetch", f"{delivery.id}:{delivery.at}", due_at=delivery.at, delivery=delivery.id
            )
            return
        heard = list(connector.read(told, source.settings))
        messages = [message for one in heard for message in _messages(one, delivery)]
    except Unreadable as unreadable:
        _write(delivery, reason=str(unreadable))
        return
    except Exception as error:  # a mistake of ours must not hold up what comes after
        log.exception("delivery %s could not be understood", delivery.id)
        _write(delivery, reason=f"our mistake: {error!r}")
        return
    capture.receive(messages, source=source, at=delivery.at)
    for one in heard:
        if one.attempt:
            attempts.tried(one, id_=_id(one, delivery), at=delivery.at)
    is_test = any(one.is_test for one in heard)
    _write(delivery, said=len(heard), is_test=is_test, understood_at=at)


def failed() -> QuerySet[Delivery]:
    """Return what was not understood and was not let go of, newest first."""
    found = Delivery.objects.exclude(reason="").filter(dismissed_at=None)
    return found.select_related("source").order_by("-id")


def reasons() -> list[Failing]:
    """Return why deliveries were not understood, by sender, the most frequent first."""
    rows = failed().order_by().values_list("source", "source__name", "reason")
    counted = rows.annotate(many=Count("id"), newest=Max("at")).order_by(
        "-many", "source", "reason"
    )
    return [Failing(*row) for row in counted[:100]]


def waits(source: Source, *, at: int) -> int:
    """Return for how many seconds a source has to wait before it may deliver again; 0 if not."""
    lately = Delivery.objects.filter(source=source, at__gt=at - MINUTE).order_by("-at")
    times = list(lately.values_list("at", flat=True)[: source.per_minute])
    if len(times) < source.per_minute:
        return 0
    return max(1, -(-(times[-1] + MINUTE - at) // SECOND))


def mend(delivery: Delivery, text: str, *, by: User, at: int) -> None:
    """Read something else in place of what was delivered, which stays as it came."""
    require(by, "mend_received")
    with transaction.atomic():
        _write(
            delivery, mended=text, reason="", understood_at=None, dismissed_at=None, asking=False
        )
        audit.record("delivery_mended", f"source:{delivery.source.name}", at=at, by=by)


def read_again(
    source: Source, *, by: User, at: int, only_failed: bool = False, reason: str = ""
) -> int:
    """Have deliveries of a source read again, all or those that failed; return how many."""
    require(by, "edit_sources")
    which = Delivery.objects.filter(source=source, dismissed_at=None)
    if only_failed:
        which = which.exclude(reason="")
    if reason:
        which = which.filter(reason=reason)
    with transaction.atomic():
        many = which.update(reason="", understood_at=None, asking=False)
        audit.record("deliveries_read_again", f"source:{source.name}", at=at, by=by, many=many)
    return many


def dismiss(delivery: Delivery, *, by: User, at: int) -> None:
    """Let go of what could not be used; it stays in the store."""
    require(by, "mend_received")
    _write(delivery, dismissed_at=at)


def restore(delivery: Delivery, *, by: User) -> None:
    """Take back that a delivery was let go of."""
    require(by, "mend_received")
    _write(delivery, dismissed_at=None)


def raw(delivery: Delivery) -> Raw:
    """Return a delivery as a connector reads it: as it was mended, if it was."""
    body = bytes(delivery.body) if delivery.mended is None else delivery.mended.encode()
    return Raw(
        body=body,
        headers=delivery.headers,
        url=delivery.url,
        at=delivery.at,
        id=delivery.delivery_id,
        fetched=delivery.fetched,
    )


def _messages(heard: Heard, delivery: Delivery) -> Iterator[dict[str, object]]:
    """Yield what a delivery says as messages; a test says nothing, and neither does what we did."""
    if heard.is_test or heard.attempt:
        return
    at = min(instant(heard.at), delivery.at) if heard.at is not None else delivery.at
    yield from capture.somebody(
        attributes=heard.attributes,
        activity=heard.activity or None,
        properties=heard.properties,
        at=at,
        message_id=_id(heard, delivery),
        visitor=_visitor(heard, delivery),
        campaign=heard.campaign,
        is_contact=heard.is_contact,
        purposes=heard.purposes,
    )


def _visitor(heard: Heard, delivery: Delivery) -> str | None:
    """Return under what somebody acts; whoever calls does that under their number."""
    number = heard.attributes.get("phone", "")
    if heard.is_contact and number:
        normal = normalize(ContactDetail.Kind.PHONE, number, organisation().country)
        if normal is not None:
            return caller(normal)
    source = delivery.source
    return f"{source.sender}-{source.id}-{heard.person}"[:250] if heard.person else None


def _id(heard: Heard, delivery: Delivery) -> str:
    return f"{delivery.source.sender}-{heard.id}"[:190]


def _write(delivery: Delivery, **what: object) -> None:
    if isinstance(reason := what.get("reason"), str):
        what["reason"] = reason[:300]
    Delivery.objects.filter(id=delivery.id).update(**what)
