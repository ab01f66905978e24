"""The hand-off: a lead goes to one person, who accepts it, works it, or gives it back."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, Q

from einig.engine.agreement.model import Agreement, WorkingTime
from einig.engine.routing import Candidate, NobodyAvailable, route
from einig.engine.worktime import due
from einig.flow import audit, contacting, tasks
from einig.flow.organisation import calendar
from einig.flow.permissions import require
from einig.flow.scoring import InForce
from einig.store.models import (
    Absence,
    Attempt,
    Handoff,
    Lead,
    Notice,
    Relation,
    Role,
    Stage,
    User,
)

DEFAULT_RESPONSE = WorkingTime(1, "days")
ENDING = frozenset({Attempt.Result.NO, Attempt.Result.WRONG_NUMBER, Attempt.Result.HAS_LEFT})
OUTSIDE = frozenset({Relation.APPLICANT, Relation.COMPETITOR})  # never handed to sales


class Closed(Exception):
    """Somebody was quicker: the hand-off is closed, or somebody else has it."""


class TooFewAttempts(Exception):
    """The lead was not reached, and the agreed number of attempts is not made yet."""

    def __init__(self, made: int, needed: int) -> None:
        super().__init__(made, needed)
        self.made, self.needed = made, needed


def open_handoff(
    lead: Lead,
    version: InForce,
    *,
    at: int,
    kind: str = Handoff.Kind.SALES,
    by: User | None = None,
    explored: float = 0.0,
) -> Handoff:
    """Hand a lead to the person who should have it, with the clock of the agreement.

    `explored` is the probability with which a lead below the line was drawn.

    An applicant or a competitor goes to nobody: the hand-off is written down and closed at once.
    Where nobody is available it waits without a person, and is routed again as soon as there is
    one.
    """
    agreement = version.agreement
    handoff = Handoff(lead=lead, version_id=version.id, kind=kind, opened_at=at, by_hand=by)
    handoff.explored = explored
    relation = relation_of(lead)
    if lead.part_of_id is not None:  # it became known only now that it was ready before it merged
        return _to_nobody(handoff, "merged", Handoff.Closing.MERGED)
    if relation in OUTSIDE and by is None:
        return _to_nobody(handoff, relation, Handoff.Closing.HELD)
    assign(handoff, side=_side(agreement, kind), at=at, looks_after=_looks_after(lead, relation))
    handoff.due_at = due(at, _within(agreement, kind), calendar(handoff.to))
    handoff.save()
    if kind == Handoff.Kind.SALES:
        lead.stage, lead.owner = Stage.MARKETING_QUALIFIED, handoff.to or lead.owner
        leave_nurture(lead, at=at, reason="handoff")
    audit.record(
        "handoff_opened",
        lead,
        at=at,
        by=by,
        kind=kind,
        to=handoff.to_id,
        rule=handoff.routing["rule"],
    )
    announce(handoff, at=at)
    return handoff


def _to_nobody(handoff: Handoff, why: str, closing: str) -> Handoff:
    handoff.routing = {"rule": why}
    handoff.closed_at, handoff.closing = handoff.opened_at, closing
    handoff.save()
    audit.record("handoff_held", handoff.lead, at=handoff.opened_at, by=None, relation=why)
    return handoff


def assign(
    handoff: Handoff, *, side: Iterable[str], at: int, looks_after: User | None = None
) -> None:
    """Choose a person for a hand-off, and keep why."""
    try:
        chosen = route(
            handoff.lead.lead_id,
            _candidates(side, at),
            looks_after=str(looks_after.id) if looks_after else None,
        )
    except NobodyAvailable:
        handoff.routing = {"rule": "nobody_available"}
        tasks.schedule(
            "route", f"{handoff.lead.lead_id}:{at}", due_at=at, lead=handoff.lead.lead_id
        )
        return
    considered = [[c.person, c.load, c.capacity, c.absent] for c in chosen.considered]
    handoff.to_id = int(chosen.person)
    handoff.routing = {"rule": chosen.rule, "considered": considered}


def announce(handoff: Handoff, *, at: int) -> None:
    """Tell the person: in the open inbox, and by mail."""
    if handoff.to is not None:
        Notice.objects.create(to=handoff.to, lead=handoff.lead, at=at, what="handoff")
        key = f"handoff:{handoff.id}:{handoff.to_id}"
        tasks.schedule("mail_handoff", key, due_at=at, handoff=handoff.id, to=handoff.to_id)


def accept(handoff: Handoff, *, by: User, at: int) -> None:
    """Take a lead: only one person can, even if two ask at once. Raises Closed."""
    require(by, "work_handoff")
    with transaction.atomic():
        mine = Handoff.objects.filter(id=handoff.id, closed_at=None, accepted_at=None)
        mine = mine.filter(Q(to=by) | Q(to=None)) if by.role not in _LEADERS else mine
        if not mine.update(accepted_at=at, to=by):
            handoff.refresh_from_db()
            if handoff.to_id == by.id and handoff.accepted_at and handoff.closed_at is None:
                return  # a second click
            raise Closed
        handoff.refresh_from_db()
        lead = handoff.lead
        if handoff.kind == Handoff.Kind.SALES:
            lead.stage, lead.owner = Stage.SALES_ACCEPTED, by
            lead.save(update_fields=["stage", "owner"])
        audit.record("handoff_accepted", lead, at=at, by=by)


def log_attempt(
    handoff: Handoff,
    *,
    by: User,
    at: int,
    channel: str,
    result: str,
    note: str = "",
    heard: bool = False,
) -> Attempt:
    """Write down one try. Raises Closed, or NotPermitted if nobody may be contacted like that.

    One that was `heard` of from outside has happened, permitted or not: that is written down too.
    To try is to accept. A clear no, a wrong number or somebody who has left end the attempts: the
    lead can be given back at once.
    """
    require(by, "work_handoff")
    with transaction.atomic():
        current = Handoff.objects.select_for_update().get(id=handoff.id)
        if current.closed_at is not None:
            raise Closed
        allowed = contacting.permission(current.lead, channel, at=at)
        if not allowed.allowed and not heard:
            raise contacting.NotPermitted(allowed)
        if current.accepted_at is None:
            accept(current, by=by, at=at)
            current.refresh_from_db()
        attempt = Attempt.objects.create(
            handoff=current, by=by, at=at, channel=channel, result=result, note=note[:500]
        )
        if current.first_attempt_at is None:
            current.first_attempt_at = at
            current.save(update_fields=["first_attempt_at"])
        audit.record(
            "attempt_logged",
            current.lead,
            at=at,
            by=by,
            channel=channel,
            result=result,
            permitted=allowed.why if allowed.allowed else None,
        )
    return attempt


def put_off(handoff: Handoff, *, until: int, by: User, at: int) -> None:
    """Put a lead lower in the inbox until an instant. Raises Closed.

    Nothing else changes: the clock of the agreement goes on.
    """
    require(by, "work_handoff")
    with transaction.atomic():
        if not Handoff.objects.filter(id=handoff.id, closed_at=None).update(later_at=until):
            raise Closed
        audit.record("handoff_put_off", handoff.lead, at=at, by=by, until=until)


def answered(handoff: Handoff, *, by: User, at: int) -> None:
    """Write down that somebody outside the ideal lead got a human answer. Raises Closed."""
    require(by, "work_handoff")
    with transaction.atomic():
        close(handoff, Handoff.Closing.ANSWERED, at=at)
        audit.record("lead_answered", handoff.lead, at=at, by=by)


def reassign(handoff: Handoff, *, to: User, by: User, at: int) -> None:
    """Give an open hand-off to somebody else. Raises Closed."""
    require(by, "reassign_handoff")
    with transaction.atomic():
        if not Handoff.objects.filter(id=handoff.id, closed_at=None).update(
            to=to, accepted_at=None, later_at=None, routing={"rule": "by_hand", "by": by.id}
        ):
            raise Closed
        handoff.refresh_from_db()
        Lead.objects.filter(id=handoff.lead_id).update(owner=to)
        audit.record("handoff_reassigned", handoff.lead, at=at, by=by, to=to.id)
        announce(handoff, at=at)


def close(handoff: Handoff, closing: str, *, at: int) -> None:
    """End a hand-off. Raises Closed.

    That becomes known after everything that the lead was judged by so far, as a replay sees it.
    """
    with transaction.atomic():
        lead = Lead.objects.select_for_update().get(id=handoff.lead_id)
        known = max(at, lead.last_known + 1)
        if not Handoff.objects.filter(id=handoff.id, closed_at=None).update(
            closed_at=known, closing=closing
        ):
            raise Closed
        Lead.objects.filter(id=lead.id).update(last_known=known)
        handoff.refresh_from_db()
        handoff.lead.last_known = known


def check_attempts(handoff: Handoff, agreement: Agreement) -> None:
    """Raise TooFewAttempts while a lead that was not reached has not been tried as agreed."""
    agreed = agreement.sales.attempts
    results = list(handoff.attempts.values_list("result", flat=True))
    done = Attempt.Result.REACHED in results or ENDING & set(results)
    if agreed is not None and not done and len(results) < agreed.at_least:
        raise TooFewAttempts(len(results), agreed.at_least)


def relation_of(lead: Lead) -> str:
    """Return what a lead or its company is to us already."""
    return lead.relation or (lead.company.relation if lead.company else "") or Relation.NONE


def leave_nurture(lead: Lead, *, at: int, reason: str) -> None:
    """End a lead's time in nurture, if it is there."""
    lead.nurture.filter(left_at=None).update(left_at=at, left_for=reason)


_LEADERS = frozenset({Role.SALES_LEAD, Role.MARKETING_LEAD})


def _within(agreement: Agreement, kind: str) -> WorkingTime:
    if kind == Handoff.Kind.ANSWER and agreement.outside_fit is not None:
        return agreement.outside_fit.within
    return agreement.sales.respond_within or DEFAULT_RESPONSE


def _side(agreement: Agreement, kind: str) -> tuple[str, ...]:
    outside = agreement.outside_fit
    if kind == Handoff.Kind.ANSWER and outside is not None and outside.answered_by == "marketing":
        return (Role.MARKETING, Role.MARKETING_LEAD)
    return (Role.SALES,)


def _looks_after(lead: Lead, relation: str) -> User | None:
    """Return whose lead this is already: a customer's or an open deal's, or a lead that returns."""
    if relation in {Relation.CUSTOMER, Relation.OPEN_DEAL} and lead.company is not None:
        return lead.owner or lead.company.owner
    return lead.owner


def _candidates(roles: Iterable[str], at: int) -> list[Candidate]:
    people = User.objects.filter(is_active=True, role__in=list(roles)).order_by("id")
    held = Handoff.objects.filter(closed_at=None, to__isnull=False).order_by().values("to")
    load = dict(held.annotate(n=Count("id")).values_list("to", "n"))  # of the open ones alone
    away = dict(Absence.objects.filter(begins__lte=at, ends__gt=at).values_list("user", "cover"))
    return [
        Candidate(
            str(user.id),
            load.get(user.id, 0),
            user.capacity,
            absent=user.id in away,
            cover=str(cover) if (cover := away.get(user.id)) else None,
        )
        for user in people
    ]
