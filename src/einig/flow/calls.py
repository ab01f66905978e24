"""Calls of ours: what a telephone system tells of is an attempt that nobody has to write down."""

from __future__ import annotations

from einig.connectors.contract import Heard
from einig.engine.instants import instant
from einig.flow import handoff
from einig.flow.contact import normalize
from einig.flow.organisation import organisation
from einig.store.models import Attempt, ContactDetail, Handoff


def tried(heard: Heard, *, id_: str, at: int) -> Attempt | None:
    """Write down an attempt to reach whoever a number belongs to; None where there is none to log.

    Told again, it is the same attempt. A call to a number that several leads share, or that nobody
    was handed over with, counts for none.
    """
    if Attempt.objects.filter(heard=id_).exists():
        return None
    number = normalize(
        ContactDetail.Kind.PHONE, heard.attributes.get("phone", ""), organisation().country
    )
    of = _handed_over(number) if number is not None else None
    if of is None or of.to is None:
        return None
    made = handoff.log_attempt(
        of,
        by=of.to,
        at=max(instant(heard.at) if heard.at is not None else at, of.opened_at),
        channel=Attempt.Channel.PHONE,
        heard=True,
        result=Attempt.Result.REACHED if heard.reached else Attempt.Result.NO_ANSWER,
    )
    Attempt.objects.filter(id=made.id).update(heard=id_)
    return made


def _handed_over(number: str) -> Handoff | None:
    """Return the open hand-off of the only lead that has a number."""
    found = Handoff.objects.select_related("to", "lead").filter(
        closed_at=None,
        lead__contact_details__kind=ContactDetail.Kind.PHONE,
        lead__contact_details__normal=number,
    )
    open_now = list(found.order_by("id")[:2])
    return open_now[0] if len(open_now) == 1 else None
