"""Outcomes: how far a lead came, and whether it bought, for how much."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from einig.flow import audit, handoff, nurture
from einig.flow.organisation import organisation
from einig.flow.permissions import require
from einig.store.models import Handoff, Lead, Outcome, Relation, Stage, User


def advance(lead: Lead, *, to: str, by: User, at: int) -> None:
    """Move a lead on: sales qualified, or an opportunity."""
    require(by, "record_outcome")
    if to not in {Stage.SALES_QUALIFIED, Stage.OPPORTUNITY}:
        raise ValueError(to)
    with transaction.atomic():
        lead.stage = to
        if to == Stage.OPPORTUNITY:
            lead.relation = Relation.OPEN_DEAL
        lead.save(update_fields=["stage", "relation"])
        audit.record("stage_reached", lead, at=at, by=by, stage=to)


def win(lead: Lead, *, by: User | None, at: int, revenue: Decimal) -> Outcome:
    """The lead bought. Its company is a customer from now on, and belongs to its owner."""
    outcome = _end(lead, by=by, at=at, won=True, revenue=revenue)
    if lead.company is not None:
        lead.company.relation = Relation.CUSTOMER
        lead.company.owner = lead.owner or lead.company.owner
        lead.company.save(update_fields=["relation", "owner"])
    return outcome


def lose(lead: Lead, *, by: User | None, at: int, reason: str) -> Outcome:
    """The lead did not buy; it is kept warm all the same."""
    with transaction.atomic():
        outcome = _end(lead, by=by, at=at, won=False, reason=reason)
        nurture.enter(lead, at=at, reason=reason or "lost", by=by)
    return outcome


def _end(
    lead: Lead,
    *,
    by: User | None,
    at: int,
    won: bool,
    revenue: Decimal | None = None,
    reason: str = "",
) -> Outcome:
    if by is not None:
        require(by, "record_outcome")
    with transaction.atomic():
        outcome = Outcome.objects.create(
            lead=lead,
            won=won,
            at=at,
            revenue=revenue,
            currency=organisation().currency,
            reason=reason[:200],
            by=by,
        )
        for open_one in lead.handoffs.filter(closed_at=None):
            closing = Handoff.Closing.WON if won else Handoff.Closing.LOST
            handoff.close(open_one, closing, at=at)
        lead.stage = Stage.CUSTOMER if won else Stage.NURTURE
        lead.relation = Relation.CUSTOMER if won else Relation.NONE
        lead.save(update_fields=["stage", "relation"])
        audit.record("won" if won else "lost", lead, at=at, by=by, revenue=str(revenue or ""))
    return outcome
