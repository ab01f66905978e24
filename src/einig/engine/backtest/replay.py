"""The backtest: a replay of an agreement over a history, alone or against another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from einig.engine.agreement.model import Agreement
from einig.engine.backtest.handoffs import Handoffs, handoffs
from einig.engine.backtest.measures import Measures, measures
from einig.engine.backtest.outcomes import outcomes, sales_ready
from einig.engine.backtest.past import past
from einig.engine.history.contract import History
from einig.engine.scoring.decisions import Decisions
from einig.engine.scoring.judge import Enactment, Engine, judge
from einig.engine.scoring.plan import Ints, plan


@dataclass(frozen=True, slots=True)
class Backtest:
    """A replay with everything that was decided and what it comes to."""

    history: History
    timeline: tuple[Enactment, ...]
    decisions: Decisions
    handoffs: Handoffs
    measures: Measures
    assumed_known: tuple[str, ...]  # attributes in use of which it is not known since when

    @property
    def agreement(self) -> Agreement:
        """Return the agreement in force at the end."""
        return self.timeline[-1].agreement


@dataclass(frozen=True, slots=True)
class Side:
    """A lead that only one of two agreements hands over, with the outcome that it had."""

    lead_id: str
    first_ready_at: int
    outcome: str  # won, lost or open
    revenue: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two replays over one history, and the leads that change sides: the greatest wins first."""

    current: Backtest
    other: Backtest
    only_current: tuple[Side, ...]
    only_other: tuple[Side, ...]


def backtest(
    history: History,
    timeline: Agreement | Sequence[Enactment],
    *,
    capacity: int | None = None,
    engine: Engine = "kernel",
) -> Backtest:
    """Replay an agreement, or a timeline of enactments, over a history.

    `capacity` is how many hand-offs a week sales can work.
    """
    if isinstance(timeline, Agreement):
        timeline = [Enactment(timeline)]
    ordered = tuple(sorted(timeline, key=lambda version: version.in_force_from))
    end = history.about.ends_at
    decided = judge(history, ordered, until=end, engine=engine)
    opened = handoffs(history, ordered, decided, end)
    found = measures(past(history), ordered[-1].agreement, decided, opened, capacity=capacity)
    return Backtest(history, ordered, decided, opened, found, assumed_known(history, ordered))


def compare(current: Backtest, other: Backtest) -> Comparison:
    """Compare two replays over the same history."""
    if current.history is not other.history:
        raise ValueError("Only replays over the same history can be compared.")
    of = outcomes(current.history)
    mine, theirs = sales_ready(current.decisions, of), sales_ready(other.decisions, of)
    return Comparison(
        current,
        other,
        _sides(current, np.flatnonzero(mine & ~theirs)),
        _sides(other, np.flatnonzero(theirs & ~mine)),
    )


def _sides(of: Backtest, leads: Ints) -> tuple[Side, ...]:
    found = outcomes(of.history)
    ids = of.history.leads["lead_id"].take(leads).to_pylist()
    words = np.where(found.won, "won", np.where(found.known, "lost", "open"))
    sides = [
        Side(id_, int(of.decisions.first_ready_at[n]), str(words[n]), float(found.revenue[n]))
        for id_, n in zip(ids, leads.tolist(), strict=True)
    ]
    return tuple(sorted(sides, key=lambda s: (s.outcome != "won", -s.revenue, s.lead_id)))


def assumed_known(history: History, timeline: Sequence[Enactment]) -> tuple[str, ...]:
    """Return the attributes in use of which it is not known since when they were known."""
    used = {a.name for version in timeline for a in plan(version.agreement).attributes}
    return tuple(sorted(used & set(history.about.assumed_known)))
