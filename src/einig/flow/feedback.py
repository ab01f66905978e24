"""Feedback: what sales says of a lead, the blind second look, and marketing's answer."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from einig.engine.agreement.model import Agreement
from einig.engine.shares import drawn
from einig.flow import audit, handoff, notice, nurture, one_person
from einig.flow.permissions import NotAllowed, require
from einig.flow.scoring import in_force, timeline
from einig.store.models import Feedback, Handoff, Lead, SecondLook, Stage, User


class NoReason(Exception):
    """A lead is given back with one of the agreed reasons; `agreed` are those."""

    def __init__(self, agreed: tuple[str, ...]) -> None:
        super().__init__(agreed)
        self.agreed = agreed


def give_back(of: Handoff, *, by: User, at: int, reason: str, text: str = "") -> Feedback:
    """Return a lead with an agreed reason: it gets a second look, and goes into nurture.

    Raises NoReason or Closed.
    """
    require(by, "work_handoff")
    agreement = _agreement(at)
    agreed = agreement.sales.return_reasons if agreement else ()
    if not reason or (agreed and reason not in agreed):
        raise NoReason(agreed)
    with transaction.atomic():
        handoff.close(of, Handoff.Closing.RETURNED, at=at)
        told = Feedback.objects.create(
            lead=of.lead,
            handoff=of,
            by=by,
            at=at,
            verdict=Feedback.Verdict.RETURNED,
            reason=reason[:200],
            text=text,
        )
        if agreement is not None:
            _ask_second_look(told, agreement, at=at)
        nurture.enter(of.lead, at=at, reason=reason)
        audit.record("lead_returned", of.lead, at=at, by=by)
    return told


def give_up(of: Handoff, *, by: User, at: int) -> None:
    """End the attempts at a lead that was not reached. Raises TooFewAttempts or Closed."""
    require(by, "work_handoff")
    agreement = _agreement(at)
    if agreement is not None:
        handoff.check_attempts(of, agreement)
    with transaction.atomic():
        handoff.close(of, Handoff.Closing.NOT_REACHED, at=at)
        nurture.enter(of.lead, at=at, reason="not reached")
        audit.record("lead_not_reached", of.lead, at=at, by=by)


def say(lead: Lead, *, by: User, at: int, verdict: str, text: str) -> Feedback:
    """Say at any time how good a lead was."""
    require(by, "give_feedback")
    with transaction.atomic():
        last = lead.handoffs.order_by("-opened_at", "-id").first()
        told = Feedback.objects.create(
            lead=lead, handoff=last, by=by, at=at, verdict=verdict, text=text
        )
        audit.record("feedback_given", lead, at=at, by=by, verdict=verdict)
    return told


def answer(told: Feedback, *, by: User, at: int, text: str) -> None:
    """Answer what sales said; whoever said it is told."""
    require(by, "answer_feedback")
    with transaction.atomic():
        told.answer, told.answered_by, told.answered_at = text, by, at
        told.save(update_fields=["answer", "answered_by", "answered_at"])
        if told.by is not None:
            notice.tell(told.by, told.lead, "answer", at=at)
        audit.record("feedback_answered", told.lead, at=at, by=by)


def judge_again(look: SecondLook, *, by: User, at: int, was_ready: bool, note: str = "") -> None:
    """Give the second look: was this lead sales-ready when it was handed over?

    Whoever gave it back cannot look again. Where the two differ, both sides' leads are told.
    """
    require(by, "take_second_look")
    if look.feedback.by_id == by.id:
        raise NotAllowed("take_second_look")
    with transaction.atomic():
        if not SecondLook.objects.filter(id=look.id, at=None).update(
            by=by, at=at, was_ready=was_ready, note=note[:500]
        ):
            raise handoff.Closed
        audit.record("second_look", look.feedback.lead, at=at, by=by, was_ready=was_ready)


def hand_off_again(look: SecondLook, *, by: User, at: int) -> Handoff:
    """Give a lead that should not have come back to sales once more, by decision of a lead.

    Raises Closed if it is with sales already.
    """
    require(by, "reassign_handoff")
    version = in_force(at, timeline())
    if version is None or look.was_ready is not True:
        raise NotAllowed("reassign_handoff")
    with transaction.atomic():
        leads = Lead.objects.select_for_update(of=("self",)).select_related("company", "owner")
        lead = leads.get(id=one_person.now(look.feedback.lead).id)
        if lead.handoffs.filter(kind=Handoff.Kind.SALES, closed_at=None).exists():
            raise handoff.Closed
        known = max(at, lead.last_known + 1)
        opened = handoff.open_handoff(lead, version, at=known, by=by)
        lead.last_known = known
        lead.save(update_fields=["stage", "owner", "last_known"])
    return opened


def overruled() -> QuerySet[SecondLook]:
    """Return second looks that differ from the first, of leads that are not with sales again."""
    later = Handoff.objects.filter(lead=OuterRef("feedback__lead"), opened_at__gt=OuterRef("at"))
    differ = SecondLook.objects.filter(was_ready=True).exclude(Exists(later))
    still = differ.filter(feedback__lead__stage=Stage.NURTURE)
    return still.select_related("feedback__lead__company", "feedback__by").order_by("-at")


def _ask_second_look(told: Feedback, agreement: Agreement, *, at: int) -> None:
    share = agreement.verify
    if drawn(told.lead.lead_id, agreement=agreement.name, purpose="verify", share=share):
        SecondLook.objects.create(feedback=told, probability=share, asked_at=at)


def _agreement(at: int) -> Agreement | None:
    version = in_force(at, timeline())
    return version.agreement if version else None
