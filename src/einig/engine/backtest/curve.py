"""The curve over a threshold: what every other value of one number of the rule would have given.

A rule has no "not", so a lead that is sales-ready by a high threshold is so by each lower one. One
sweep therefore tells of each lead, and of each stretch of time in which it can be handed over, the
highest threshold that it passes; no threshold is replayed, and each figure is exactly that of a
backtest of the agreement with that number in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from einig.engine.agreement.model import Agreement, All, Any, AtLeast, Rule
from einig.engine.backtest.handoffs import Term, reopens
from einig.engine.backtest.intervals import Counted
from einig.engine.backtest.past import Past
from einig.engine.instants import BEGINNING, FOREVER
from einig.engine.scoring.kernel import NEVER, Windows
from einig.engine.scoring.plan import ENGAGEMENT, FIT, SCORE, Ints

_MOST = 201  # values that are told


@dataclass(frozen=True, slots=True)
class Mark(Counted):
    """What the agreement would have given with `points` for its threshold."""

    points: int
    sales_ready: int
    won_sales_ready: int
    lost_sales_ready: int
    won: int
    handoffs: int
    weekly: float | None  # hand-offs a week
    revenue_won: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The marks of one threshold, lowest first; `number` counts thresholds as they are written."""

    number: int
    measure: str
    points: int  # as it is agreed
    marks: tuple[Mark, ...]


def thresholds(rule: Rule) -> list[AtLeast]:
    """Return the thresholds of a rule as they are written."""
    return list(_thresholds(rule))


def _thresholds(rule: Rule) -> Iterator[AtLeast]:
    match rule:
        case AtLeast():
            yield rule
        case All(parts) | Any(parts):
            for part in parts:
                yield from _thresholds(part)


def with_threshold(agreement: Agreement, number: int, points: int) -> Agreement:
    """Return an agreement with another value in one of its thresholds."""
    rest = iter(range(len(thresholds(agreement.sales_ready))))

    def changed(rule: Rule) -> Rule:
        match rule:
            case AtLeast():
                return replace(rule, points=points) if next(rest) == number else rule
            case All(parts) | Any(parts):
                return replace(rule, parts=tuple(map(changed, parts)))
        return rule

    return replace(agreement, sales_ready=changed(agreement.sales_ready))


def windows(past: Past, term: Term, number: int) -> Windows:
    """Return the windows of which the sweep has to tell the highest threshold.

    The first of a lead ends with its first outcome. What follows are the stretches in which it is
    handed over: one up to when it is explored, or those between its returns.
    """
    leads = len(past.history.leads)
    until = past.outcomes.first_at
    lead, begins, ends = _handed(past, term)
    lead = np.concatenate([np.arange(leads), lead])
    begins = np.concatenate([np.full(leads, BEGINNING, np.int64), begins])
    ends = np.concatenate([until, np.minimum(ends, until[lead[leads:]])])
    order = np.argsort(lead, kind="stable") if len(lead) > leads else slice(None)
    first = np.concatenate([[0], np.cumsum(np.bincount(lead, minlength=leads))]).astype(np.int64)
    ops = np.flatnonzero(np.isin(term.plan.arrays.ready_op, (FIT, ENGAGEMENT, SCORE)))
    highest = np.full(len(lead), NEVER, np.int64)
    return Windows(int(ops[number]), first, begins[order], ends[order], highest)


def _handed(past: Past, term: Term) -> tuple[Ints, Ints, Ints]:
    """Return the windows of hand-offs that are not a lead's first window again."""
    between, explorable = past.between, past.explorable(term.plan.agreement)
    drawn = np.array(sorted(explorable), np.int64)
    explored = np.full(len(past.history.leads), FOREVER, np.int64)
    explored[drawn] = [explorable[lead][0] for lead in drawn.tolist()]
    alone = drawn[~np.isin(drawn, between.lead)]
    since = reopens(term, between) if len(between.lead) else between.after
    # whoever is explored in a stretch is handed over in it only if ready by then, not afterwards
    at = explored[between.lead]
    within = (between.after <= at) & (at < between.before)
    until = np.where(within, np.minimum(between.before, at + 1), between.before)
    return (
        np.concatenate([alone, between.lead]),
        np.concatenate([np.full(len(alone), BEGINNING, np.int64), since]),
        np.concatenate([explored[alone] + 1, until]),
    )


def curve(past: Past, term: Term, number: int, swept: Windows, weeks: int | None) -> Curve:
    """Return the marks of a threshold from the windows that the sweep filled in."""
    of, threshold = past.outcomes, thresholds(term.plan.agreement.sales_ready)[number]
    first = swept.first[:-1]
    ready = np.where(of.counted, swept.highest[first], NEVER)
    again = np.ones(len(swept.highest), np.bool_)
    several = np.diff(swept.first) > 1
    again[first[several]] = False
    lead = np.repeat(np.arange(len(first)), np.diff(swept.first))
    handed = swept.highest[again & of.counted[lead]]
    won, lost = of.won & of.counted, of.known & ~of.won & of.counted
    values = _values(np.concatenate([ready, handed]), threshold.points)
    passed = [_passed(column, values) for column in (ready, ready[won], ready[lost], handed)]
    high, revenue = ready[won], of.revenue[won]
    rows = zip(values, *passed, strict=True)
    return Curve(
        number,
        threshold.measure,
        threshold.points,
        tuple(
            Mark(
                points, n, n_won, n_lost, int(won.sum()), n_handed,
                n_handed / weeks if weeks else None, float(revenue[high >= points].sum()),
            )
            for points, n, n_won, n_lost, n_handed in rows
        ),
    )  # fmt: skip


def _passed(highest: Ints, values: Sequence[int]) -> list[int]:
    ordered = np.sort(highest)
    found: list[int] = (len(ordered) - np.searchsorted(ordered, values, "left")).tolist()
    return found


def _values(highest: Ints, agreed: int) -> list[int]:
    """Return the values to tell: from where nobody is left out to where nobody more is."""
    given = highest[(highest > NEVER) & (highest < -NEVER)]
    low = min(int(given.min()), agreed) if len(given) else agreed
    high = max(int(given.max()) + 1, agreed) if len(given) else agreed
    step = max(1, -(-(high - low) // (_MOST - 1)))
    return sorted({*range(low, high + 1, step), high, agreed})
