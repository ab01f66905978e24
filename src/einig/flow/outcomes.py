"""Outcomes: how far a lead came, and whether it bought, for how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from einig.flow import audit, handoff, nurture, one_person
from einig.flow.organisation import organisation
from einig.flow.permissions import require
from einig.store.models import (
    AuditEntry,
    Company,
    Handoff,
    Lead,
    NurtureEntry,
    Outcome,
    Relation,
    Stage,
    User,
)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a lead ended at an instant, as a file tells it."""

    lead: Lead
    won: bool
    at: int
    revenue: Decimal | None = None
    reason: str = ""


def advance(lead: Lead, *, to: str, by: User, at: int) -> None:
    """Move a lead on: sales qualified, or an opportunity."""
    require(by, "record_outcome")
    if to not in {Stage.SALES_QUALIFIED, Stage.OPPORTUNITY}:
        raise ValueError(to)
    with transaction.atomic():
        lead = one_person.now(lead)
        lead.stage = to
        if to == Stage.OPPORTUNITY:
            lead.relation = Relation.OPEN_DEAL
        lead.save(update_fields=["stage", "relation"])
        audit.record("stage_reached", lead, at=at, by=by, stage=to)


def win(lead: Lead, *, by: User | None, at: int, revenue: Decimal) -> Outcome:
    """The lead bought. Its company is a customer from now on, and belongs to its owner."""
    lead = one_person.now(lead)
    outcome = _end(lead, by=by, at=at, won=True, revenue=revenue)
    if lead.company is not None:
        lead.company.relation = Relation.CUSTOMER
        lead.company.owner = lead.owner or lead.company.owner
        lead.company.save(update_fields=["relation", "owner"])
    return outcome


def lose(lead: Lead, *, by: User | None, at: int, reason: str) -> Outcome:
    """The lead did not buy; it is kept warm all the same."""
    with transaction.atomic():
        lead = one_person.now(lead)
        outcome = _end(lead, by=by, at=at, won=False, reason=reason)
        nurture.enter(lead, at=at, reason=reason or "lost", by=by)
    return outcome


def remember(ended: Sequence[Ended], *, by: User | None, at: int) -> list[Outcome]:
    """Write down outcomes of before that became known now; nobody is written to or called for it.

    What was lost is in nurture, where only what the lead does itself brings it back.
    """
    currency = organisation().currency
    with transaction.atomic():
        made = Outcome.objects.bulk_create(
            Outcome(
                lead=of.lead,
                won=of.won,
                at=of.at,
                revenue=of.revenue,
                currency=currency,
                reason=of.reason[:200],
                by=by,
            )
            for of in ended
        )
        outcome_of = {of.lead.id: of for of in ended}
        for open_one in Handoff.objects.filter(lead__in=outcome_of, closed_at=None):
            won = outcome_of[open_one.lead_id].won
            closing = Handoff.Closing.WON if won else Handoff.Closing.LOST
            handoff.close(open_one, closing, at=at)
        for of in ended:
            of.lead.stage = Stage.CUSTOMER if of.won else Stage.NURTURE
            of.lead.relation = Relation.CUSTOMER if of.won else Relation.NONE
        Lead.objects.bulk_update(list({of.lead.id: of.lead for of in ended}.values()), _ENDS)
        buyers = [of.lead.company_id for of in ended if of.won and of.lead.company_id is not None]
        Company.objects.filter(id__in=buyers).update(relation=Relation.CUSTOMER)
        NurtureEntry.objects.bulk_create(
            (
                NurtureEntry(lead=of.lead, entered_at=at, reason=of.reason[:200] or "lost")
                for of in ended
                if not of.won
            ),
            ignore_conflicts=True,
        )
        AuditEntry.objects.bulk_create(
            AuditEntry(
                at=at,
                by=by,
                action="won" if of.won else "lost",
                about=f"lead:{of.lead.lead_id}",
                detail={"revenue": str(of.revenue or ""), "of": of.at},
            )
            for of in ended
        )
    return made


_ENDS = ["stage", "relation"]


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
