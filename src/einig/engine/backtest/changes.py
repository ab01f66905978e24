"""The leads that change sides: handed over by one of two agreements only, with both reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from einig.engine.agreement.model import Agreement
from einig.engine.backtest.past import Past
from einig.engine.scoring.lead import leads_of
from einig.engine.scoring.ledger import Ledger, ledger
from einig.engine.scoring.plan import Bools, Ints, plan


@dataclass(frozen=True, slots=True)
class Changes:
    """The leads that only one of two agreements hands over, by number, the greatest wins first."""

    leads: Ints
    won: int
    revenue: float


@dataclass(frozen=True, slots=True)
class Reasons:
    """A lead at the instant at which one agreement said yes and the other one no."""

    lead_id: str
    at: int
    yes: Ledger
    no: Ledger


def changes(past: Past, mine: Bools, theirs: Bools) -> Changes:
    """Return the leads that only the first of two agreements hands over in time."""
    of = past.outcomes
    leads = np.flatnonzero(mine & ~theirs)
    won = of.won[leads]
    # numbers follow ids, so a stable sort leaves equal wins in the order of their ids
    order = np.lexsort((leads, -of.revenue[leads], ~won))
    return Changes(leads[order], int(won.sum()), float(of.revenue[leads][won].sum()))


def outcome_of(past: Past, lead: int) -> str:
    """Return what became of a lead: won, lost or open."""
    of = past.outcomes
    return "won" if of.won[lead] else "lost" if of.known[lead] else "open"


def reasons(
    past: Past, leads: Sequence[int], first_ready_at: Ints, *, yes: Agreement, no: Agreement
) -> list[Reasons]:
    """Return both reasons for each of some leads that only one of two agreements hands over."""
    told, mine, theirs = leads_of(past.history, leads), plan(yes), plan(no)
    found = []
    for lead, of in zip(leads, told, strict=True):
        at = int(first_ready_at[lead])
        pages = ledger(mine, of, at), ledger(theirs, of, at)
        if pages[0] is not None and pages[1] is not None:
            found.append(Reasons(of.lead_id, at, pages[0], pages[1]))
    return found
