"""Contacting: by which channels somebody may be contacted, and why, before anybody tries.

German law (UWG § 7) as we read it; a lawyer confirms. Whoever asks us something is answered, by any
way that they left. Else a mail needs consent, or the customer exception; a call to a business
needs a recorded reason to presume consent, and what it did of its own accord of late is one; a call
to a consumer needs express consent. Messages in social networks are mails to the law.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from einig.engine.instants import DAY
from einig.engine.values import fold
from einig.flow import audit, consent, contact, one_person
from einig.flow.permissions import require
from einig.flow.scoring import InForce
from einig.store.models import Attempt, Basis, Consent, ContactDetail, Event, Handoff, Lead, User

REQUESTS = frozenset(
    {"form_submitted", "lead_ad_submitted", "chat_started", "chat_message_sent", "call_received"}
    | {"call_answered", "call_missed", "meeting_booked", "demo_requested", "trial_started"}
    | {"contact_requested", "callback_requested", "quote_requested", "mail_received"}
)
ANSWERED_WITHIN = 90 * DAY  # of a request: what is said later is no answer to it any more
PRESUMED_WITHIN = 180 * DAY  # of what a business did: its interest is not presumed for longer
_OUR_OWN = frozenset({"mail_delivered", "mail_sent", "unsubscribed"})
_PURPOSE = {
    Attempt.Channel.PHONE: Consent.Purpose.PHONE,
    Attempt.Channel.MAIL: Consent.Purpose.MAIL,
    Attempt.Channel.SOCIAL: Consent.Purpose.MAIL,
}
_DETAIL = {
    Attempt.Channel.PHONE: ContactDetail.Kind.PHONE,
    Attempt.Channel.MAIL: ContactDetail.Kind.EMAIL,
    Attempt.Channel.SOCIAL: ContactDetail.Kind.SOCIAL,
}


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether somebody may be contacted by a channel.

    `why` is a code: what allows it (request, consent, customer, presumed, interest, visit) or what
    is missing (objected, no_consent, consumer, no_reason); `since` and `what` say more.
    """

    channel: str
    allowed: bool
    why: str
    since: int | None = None
    what: str = ""


class NotPermitted(Exception):
    """Somebody may not be contacted like that."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(permission.channel, permission.why)
        self.permission = permission


def permissions(lead: Lead, *, at: int) -> list[Permission]:
    """Return of each channel whether it may be used; a channel that leads nowhere is left out."""
    kinds = set(contact.of(lead).values_list("kind", flat=True))
    usable = [
        channel
        for channel in Attempt.Channel
        if channel not in _DETAIL or _DETAIL[channel] in kinds
    ]
    asked = _asked(lead, at)
    return [_permission(lead, channel, at, asked) for channel in usable]


def permission(lead: Lead, channel: str, *, at: int) -> Permission:
    """Return whether somebody may be contacted by a channel at an instant, and why."""
    return _permission(lead, channel, at, _asked(lead, at))


def require_channel(lead: Lead, channel: str, *, at: int) -> None:
    """Raise NotPermitted unless somebody may be contacted by a channel."""
    found = permission(lead, channel, at=at)
    if not found.allowed:
        raise NotPermitted(found)


def is_consumer(lead: Lead) -> bool:
    """Return whether a lead counts as a consumer: as somebody said, else without any company."""
    everything = one_person.everything(lead)
    said = [of.is_consumer for of in everything if of.is_consumer is not None]
    if said:
        return said[0]
    if any(of.company_id is not None for of in everything):
        return False
    mails = contact.of(lead).filter(kind=ContactDetail.Kind.EMAIL)
    return not any(contact.domain_of(of) for of in mails.values_list("normal", flat=True))


def say_what(lead: Lead, *, is_consumer: bool, by: User, at: int) -> None:
    """Say whether a lead is a consumer or a business."""
    require(by, "edit_lead")
    with transaction.atomic():
        lead = one_person.now(lead)
        Lead.objects.filter(id=lead.id).update(is_consumer=is_consumer)
        audit.record("consumer_said", lead, at=at, by=by, is_consumer=is_consumer)
    lead.refresh_from_db(fields=["is_consumer"])


def asks(activity: str, version: InForce) -> bool:
    """Return whether an activity asks us for something: by its name alone, nothing is judged."""
    return fold(activity) in REQUESTS | version.plan.inquiries


def _permission(lead: Lead, channel: str, at: int, asked: tuple[str, int] | None) -> Permission:
    purpose = _PURPOSE.get(Attempt.Channel(channel))
    if purpose is None:
        return Permission(channel, True, "visit")
    objected = consent.objection(lead, purpose)
    if asked is not None and (objected is None or asked[1] > objected.at):
        return Permission(channel, True, "request", asked[1], asked[0])
    if objected is not None:
        return Permission(channel, False, "objected", objected.at)
    held = consent.holds(lead, purpose)
    if held is not None and not (held.basis == Basis.PRESUMED and is_consumer(lead)):
        return Permission(channel, True, held.basis, held.opened_at, held.text or held.proof)
    if purpose == Consent.Purpose.MAIL:
        return Permission(channel, False, "no_consent")
    if is_consumer(lead):
        return Permission(channel, False, "consumer")
    did = _did(lead, at)
    if did is None:
        return Permission(channel, False, "no_reason")
    return Permission(channel, True, Basis.PRESUMED, did[1], did[0])


def _asked(lead: Lead, at: int) -> tuple[str, int] | None:
    """Return what a lead asked for lately, and when; a hand-off that wants an answer counts."""
    everything = one_person.everything(lead)
    mine = Event.objects.filter(
        identity__lead__in=everything, at__gt=at - ANSWERED_WITHIN, at__lte=at
    )
    newest = mine.filter(type__in=REQUESTS).order_by("-at").values_list("type", "at").first()
    wanted = Handoff.objects.filter(lead__in=everything, kind=Handoff.Kind.ANSWER, closed_at=None)
    if newest is None and (since := wanted.values_list("opened_at", flat=True).first()):
        return "", since
    return newest


def _did(lead: Lead, at: int) -> tuple[str, int] | None:
    """Return what a lead did last of its own accord, and when, if that is not long ago."""
    mine = Event.objects.filter(
        identity__lead__in=one_person.everything(lead), at__gt=at - PRESUMED_WITHIN, at__lte=at
    )
    return mine.exclude(type__in=_OUR_OWN).order_by("-at").values_list("type", "at").first()
