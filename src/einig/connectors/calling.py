"""Calls, whoever carries them: what a call is as soon as it is known how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from einig.connectors.contract import Heard


@dataclass(frozen=True, slots=True)
class Call:
    """A call: `ended` is None while it is not known whether anybody answered."""

    id: str
    theirs: str  # the number of whoever is no colleague; empty where it is withheld
    ours: str
    is_inbound: bool
    ended: bool | None = None  # whether somebody answered
    seconds: str = ""
    at: datetime | None = None


def heard(call: Call) -> Heard:
    """Return what a call says: a contact at once, and an activity once it is over.

    A call of ours is an attempt to reach somebody, and nothing that they did.
    """
    said = {"phone": call.theirs} if call.theirs else {}
    person = call.theirs or call.id
    if call.ended is None:
        return Heard(id=f"{call.id}.begun", person=person, attributes=said, is_contact=True)
    if not call.is_inbound:
        return Heard(
            id=f"{call.id}.tried",
            person=person,
            attributes=said,
            at=call.at,
            attempt="call",
            reached=call.ended,
            is_contact=True,
        )
    return Heard(
        id=f"{call.id}.ended",
        person=person,
        attributes=said,
        activity="call_answered" if call.ended else "call_missed",
        properties={"to": call.ours} | ({"seconds": call.seconds} if call.seconds else {}),
        at=call.at,
        is_contact=True,
    )


def international(number: str) -> str:
    """Return a number with its plus sign; empty for one that is withheld."""
    digits = number.strip().lstrip("+")
    return f"+{digits}" if digits.isdecimal() and len(digits) >= 5 else ""
