"""Attempts of ours that a telephone system or a mailbox tells of: nobody has to write them down."""

from __future__ import annotations

from einig.connectors.contract import Heard
from einig.engine.instants import instant
from einig.flow import handoff
from einig.flow.contact import normalize
from einig.flow.organisation import organisation
from einig.store.models import Attempt, ContactDetail, Handoff

_BY = {
    "call": ("phone", ContactDetail.Kind.PHONE, Attempt.Channel.PHONE),
    "mail": ("email", ContactDetail.Kind.EMAIL, Attempt.Channel.MAIL),
}


def tried(heard: Heard, *, id_: str, at: int) -> Attempt | None:
    """Write down an attempt to reach whoever was called or written to; None if it is none.

    Told again, it is the same attempt. What goes to a number that several leads share, or to
    somebody who was not handed over, counts for none.
    """
    if Attempt.objects.filter(heard=id_).exists():
        return None
    attribute, kind, channel = _BY[heard.attempt]
    normal = normalize(kind, heard.attributes.get(attribute, ""), organisation().country)
    of = _handed_over(kind, normal) if normal is not None else None
    if of is None or of.to is None:
        return None
    made = handoff.log_attempt(
        of,
        by=of.to,
        at=max(instant(heard.at) if heard.at is not None else at, of.opened_at),
        channel=channel,
        heard=True,
        result=Attempt.Result.REACHED if heard.reached else Attempt.Result.NO_ANSWER,
    )
    Attempt.objects.filter(id=made.id).update(heard=id_)
    return made


def _handed_over(kind: str, normal: str) -> Handoff | None:
    """Return the open hand-off of the only person that is reached by this."""
    reached = ContactDetail.objects.filter(kind=kind, normal=normal)
    people = {whole or id_ for id_, whole in reached.values_list("lead_id", "lead__part_of_id")}
    found = Handoff.objects.select_related("to", "lead").filter(closed_at=None, lead__in=people)
    open_now = list(found.order_by("id")[:2])
    return open_now[0] if len(open_now) == 1 else None
