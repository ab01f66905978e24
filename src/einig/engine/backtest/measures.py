"""The measures of a backtest: was the agreement right, and what did it cost?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from einig.engine.agreement.model import Agreement
from einig.engine.backtest.calendar import weeks
from einig.engine.backtest.handoffs import Handoffs
from einig.engine.backtest.intervals import Counted
from einig.engine.backtest.outcomes import Outcomes, sales_ready
from einig.engine.backtest.past import Past
from einig.engine.history.contract import History
from einig.engine.instants import DAY, FOREVER
from einig.engine.scoring.decisions import Decisions
from einig.engine.scoring.plan import Bools, Ints


@dataclass(frozen=True, slots=True)
class Weekly:
    """Hand-offs a week over all whole weeks that the history covers, the empty ones included."""

    weeks: int
    mean: float
    median: float
    highest: int
    capacity: int | None
    over_capacity: int | None  # weeks with more hand-offs than capacity


@dataclass(frozen=True, slots=True)
class Month(Counted):
    """The leads created in one month (`2026-11`), and what became of them."""

    month: str
    leads: int
    sales_ready: int
    won: int
    won_sales_ready: int
    lost_sales_ready: int
    open_sales_ready: int


@dataclass(frozen=True, slots=True)
class Measures(Counted):
    """What a replay of one agreement, or of a timeline of them, comes to.

    Revenue is in the history's currency. Leads that are merged into another are in no figure.
    Weekly and monthly figures and days to the win are None where the history carries no dates.
    """

    leads: int
    events: int
    won: int
    lost: int
    open: int  # leads of unknown outcome
    unknown: tuple[tuple[str, int], ...]  # why it is unknown
    sales_ready: int
    won_sales_ready: int
    lost_sales_ready: int
    open_sales_ready: int
    revenue_won: float
    revenue_missed: float
    handoffs: int
    weekly: Weekly | None
    days_to_win: tuple[float, float, float] | None  # lower quartile, median, upper quartile
    sales_hours: float | None  # None where the agreement names no attempts and minutes
    outside_ideal: int  # showed intent, and were never sales-ready
    explored: int  # below the line, and drawn for the share that goes to sales all the same
    months: tuple[Month, ...] | None


def measures(
    past: Past,
    agreement: Agreement,
    decided: Decisions,
    handed_over: Handoffs,
    *,
    capacity: int | None = None,
) -> Measures:
    """Return the measures of a replay. `agreement` is the one in force at its end."""
    history, of = past.history, past.outcomes
    ready = sales_ready(decided, of)
    won, lost = of.won & of.counted, of.known & ~of.won & of.counted
    open_ = of.counted & ~of.known
    before = (handed_over.at < of.first_at[handed_over.lead]) & (handed_over.explored == 0)
    before &= of.counted[handed_over.lead]
    never = of.counted & (decided.first_ready_at == FOREVER)
    dated = history.about.dated
    return Measures(
        leads=int(of.counted.sum()),
        events=history.about.events,
        won=int(won.sum()),
        lost=int(lost.sum()),
        open=int(open_.sum()),
        unknown=history.about.unknown,
        sales_ready=int(ready.sum()),
        won_sales_ready=int((ready & won).sum()),
        lost_sales_ready=int((ready & lost).sum()),
        open_sales_ready=int((ready & open_).sum()),
        revenue_won=float(of.revenue[ready & won].sum()),
        revenue_missed=float(of.revenue[won & ~ready].sum()),
        handoffs=int(before.sum()),
        weekly=_weekly(history, handed_over.at[before], capacity) if dated else None,
        days_to_win=_days_to_win(decided, of, ready & won) if dated else None,
        sales_hours=_hours(agreement, int(before.sum())),
        outside_ideal=int((never & (decided.first_intent_at < of.first_at)).sum()),
        explored=int((handed_over.explored > 0).sum()),
        months=_months(past, ready, won, lost) if dated else None,
    )


def _weekly(history: History, at: Ints, capacity: int | None) -> Weekly | None:
    counts = weeks(history, at)
    if not len(counts):
        return None
    over = None if capacity is None else int((counts > capacity).sum())
    mean, median = float(counts.mean()), float(np.median(counts))
    return Weekly(len(counts), mean, median, int(counts.max()), capacity, over)


def _days_to_win(
    decided: Decisions, of: Outcomes, leads: Bools
) -> tuple[float, float, float] | None:
    dated = leads & (of.won_at < FOREVER)
    if not dated.any():
        return None
    days = (of.won_at[dated] - decided.first_ready_at[dated]) / DAY
    low, middle, high = np.quantile(days, [0.25, 0.5, 0.75])
    return float(low), float(middle), float(high)


def _hours(agreement: Agreement, handed_over: int) -> float | None:
    attempts = agreement.sales.attempts
    if attempts is None or attempts.minutes is None:
        return None
    return handed_over * attempts.at_least * attempts.minutes / 60


def _months(past: Past, ready: Bools, won: Bools, lost: Bools) -> tuple[Month, ...]:
    of = past.outcomes.counted
    names, month = past.months

    def count(which: Bools) -> list[int]:
        counted = which & of & (month >= 0)
        numbers: list[int] = np.bincount(month[counted], minlength=len(names)).tolist()
        return numbers

    columns = (of, ready, won, ready & won, ready & lost, ready & ~won & ~lost)
    return tuple(
        Month(name, *numbers) for name, *numbers in zip(names, *map(count, columns), strict=True)
    )
