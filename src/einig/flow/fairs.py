"""Trade fairs: whoever stands at the stand notes whom they met, also where there is no network.

What was noted has an id that the phone made: sent twice, because an answer was lost on the way, it
is noted once. Somebody who only left a card is a contact, and no lead until they show interest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from einig.engine.instants import DAY, instant, iso
from einig.engine.values import legible
from einig.flow import capture, contact, purposes
from einig.flow.organisation import organisation
from einig.flow.permissions import require
from einig.store.models import Event, Source, User
from einig.store.models.sources import Kind

ATTRIBUTES = (
    "name", "company", "title", "email", "phone", "website", "street", "postal_code", "city",
    "country",
)  # fmt: skip
CARD = "card_given"  # nothing was asked for
WANTS = ("fair_visited", "demo_requested", "quote_requested", "callback_requested", CARD)
MOST = 100  # of one batch
_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_OLDEST = 90 * DAY
_SHORT, _LONG = 200, 2000


class Unusable(Exception):
    """What was noted cannot be kept; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class Met:
    """Somebody who was met, at an instant. `agreed` are purposes with version and language."""

    id: str
    at: int
    attributes: Mapping[str, str]
    wants: str
    message: str = ""
    agreed: tuple[tuple[str, int, str], ...] = ()


def open_fairs() -> list[Source]:
    """Return the fairs at which somebody can be met."""
    return list(Source.objects.filter(kind=Kind.FAIR, active=True).order_by("-id"))


def note(source: Source, entry: object, *, by: User, at: int) -> bool:
    """Note whom somebody met; false if that was noted before. Raises Unusable."""
    require(by, "capture_lead")
    met = read(entry, arrived=at)
    if Event.objects.filter(event_id=f"{source.id}.fair-{met.id}.t").exists():
        return False
    is_contact = met.wants == CARD
    told = capture.somebody(
        attributes=met.attributes,
        activity=met.wants,
        properties={"noted_by": by.name} | ({"message": met.message} if met.message else {}),
        message_id=f"fair-{met.id}",
        at=met.at,
        visitor=_under(met) if is_contact else None,
        is_contact=is_contact,
        purposes=dict(_said(met)),
    )
    capture.receive(told, source=source, at=at)
    return True


def read(entry: object, *, arrived: int) -> Met:
    """Return what was noted. Raises Unusable."""
    given = entry if isinstance(entry, dict) else {}
    attributes = {name: text for name in ATTRIBUTES if (text := _text(given.get(name), _SHORT))}
    wants = given.get("wants", WANTS[0])
    if not _ID.fullmatch(id_ := _text(given.get("id"), 100)):
        raise Unusable("id")
    if wants not in WANTS:
        raise Unusable("wants")
    if not list(contact.details(attributes, organisation().country)):
        raise Unusable(_("Give an email or a phone number, so that we can answer."))
    return Met(
        id=id_,
        at=_when(given.get("at"), arrived),
        attributes=attributes,
        wants=wants,
        message=_text(given.get("message"), _LONG),
        agreed=tuple(_agreed(given.get("agreed"))),
    )


def _under(met: Met) -> str:
    """Return under what somebody is held who only left a card."""
    found = contact.details(met.attributes, organisation().country)
    kind, _value, normal = next(found)
    return contact.held(kind, normal)


def _said(met: Met) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield what somebody agreed to at the stand: the text that they were shown, and when."""
    for code, version, language in met.agreed:
        of = purposes.worded(code, version)
        if of is not None:
            said = {"text": of.text(language), "version": version, "language": language}
            yield code, said | {"at": iso(met.at)}


def _agreed(given: object) -> Iterator[tuple[str, int, str]]:
    for one in given[:20] if isinstance(given, list) else []:
        said = one if isinstance(one, dict) else {}
        code, version = _text(said.get("purpose"), 20), said.get("version")
        language = said.get("language")
        if code and type(version) is int and 0 < version < 32768 and language in purposes.SPOKEN:
            yield code, version, str(language)


def _when(given: object, arrived: int) -> int:
    """Return when somebody was met: as the phone says, unless its clock is out of its mind."""
    try:
        told = datetime.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        told = None
    if told is None or told.tzinfo is None:
        return arrived
    try:
        return max(arrived - _OLDEST, min(instant(told), arrived))
    except (ValueError, OverflowError):
        return arrived


def _text(given: object, most: int) -> str:
    return legible(given).strip()[:most] if isinstance(given, str) else ""
