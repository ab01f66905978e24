"""Calls: who rang lately, so that whoever answered notes in a few seconds what they wanted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from einig.connectors.contract import Heard, Unreadable
from einig.connectors.reading import form_of
from einig.connectors.registry import CONNECTORS
from einig.engine.instants import HOUR
from einig.flow import deliveries
from einig.flow.contact import normalize
from einig.flow.organisation import organisation
from einig.store.models import ContactDetail, Delivery, Event, Lead

SENDERS = ("sipgate", "twilio")
_LATELY, _MOST = 4 * HOUR, 100  # deliveries
_SHOWN = 8
_STATES = {"": "ringing", "call_answered": "answered", "call_missed": "missed"}


@dataclass(frozen=True, slots=True)
class Call:
    """A call that came in: from which number (empty: withheld), and whether anybody answered.

    `visitor` is under what whoever rang acts, as long as nobody knows who that is.
    """

    id: str
    number: str
    state: str  # ringing, answered or missed
    at: int
    visitor: str
    lead: Lead | None = None
    noted: bool = False


def lately(*, at: int) -> list[Call]:
    """Return the calls of the last hours, the newest first."""
    found: dict[str, Call] = {}
    kept = Delivery.objects.filter(source__sender__in=SENDERS, at__gt=at - _LATELY)
    for delivery in kept.exclude(body=b"").select_related("source").order_by("-id")[:_MOST]:
        for call in _calls(delivery):
            found[call.id] = _together(found[call.id], call) if call.id in found else call
    calls = sorted(found.values(), key=lambda call: -call.at)[:_SHOWN]
    return _known(calls)


def one(id_: str, *, at: int) -> Call | None:
    """Return a call of the last hours."""
    return next((call for call in lately(at=at) if call.id == id_), None)


def _calls(delivery: Delivery) -> Iterator[Call]:
    source, told = delivery.source, deliveries.raw(delivery)
    try:
        said = {name.casefold(): of for name, of in form_of(told)}
        heard = list(CONNECTORS[source.sender].read(told, source.settings))
    except Unreadable:
        return
    if said.get("direction", "").startswith("out"):  # ours; both senders call it that
        return
    for one in heard:
        if one.activity in _STATES:
            yield _call(one, delivery)


def _call(heard: Heard, delivery: Delivery) -> Call:
    source = delivery.source
    return Call(
        id=f"{source.sender}-{heard.id.rpartition('.')[0]}",
        number=heard.attributes.get("phone", ""),
        state=_STATES[heard.activity],
        at=delivery.at,
        visitor=f"{source.sender}-{source.id}-{heard.person}"[:250],
    )


def _together(newer: Call, older: Call) -> Call:
    """Return what two deliveries say of a call, whichever came first: that it ended counts."""
    state = older.state if newer.state == "ringing" else newer.state
    return replace(newer, state=state, at=min(newer.at, older.at))


def _known(calls: list[Call]) -> list[Call]:
    """Return calls with the leads whose numbers they came from, and whether they were noted."""
    country = organisation().country
    kind = ContactDetail.Kind.PHONE
    normal = {call.id: normalize(kind, call.number, country) or "" for call in calls}
    has = ContactDetail.objects.filter(kind=kind, normal__in=set(normal.values()) - {""})
    leads: dict[str, set[Lead]] = {}
    for detail in has.select_related("lead__company"):
        leads.setdefault(detail.normal, set()).add(detail.lead)
    noted = Event.objects.filter(properties__call__in=list(normal))
    done = set(noted.values_list("properties__call", flat=True))
    return [
        replace(call, lead=_only(leads.get(normal[call.id], set())), noted=call.id in done)
        for call in calls
    ]


def _only(leads: set[Lead]) -> Lead | None:
    """Return who a number belongs to; nobody, where colleagues share it."""
    return next(iter(leads)) if len(leads) == 1 else None
