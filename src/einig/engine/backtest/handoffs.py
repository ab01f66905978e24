"""Hand-offs: when a replayed lead goes to sales, and goes again after it was returned.

A hand-off opens when a lead becomes sales-ready while none is open. Recorded returns close it;
afterwards only an activity that became known after the return can open the next one. Leads
without a return are handed over once, when they first become sales-ready. The agreed share of those
below the line goes to sales too (`exploring`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow.compute as pc

from einig.engine.backtest.exploring import explored, explored_at
from einig.engine.history.contract import History
from einig.engine.instants import BEGINNING, FOREVER
from einig.engine.scoring.bind import bind
from einig.engine.scoring.decisions import Decisions, decisions
from einig.engine.scoring.judge import Enactment, terms
from einig.engine.scoring.kernel import Bound, sweep
from einig.engine.scoring.lead import LeadHistory
from einig.engine.scoring.live import bind_lead
from einig.engine.scoring.plan import Bools, Floats, Ints, Plan, plan


@dataclass(frozen=True, slots=True)
class Handoffs:
    """Hand-offs sorted by lead and time; `returned_at` is FOREVER where none came back.

    `explored` is 0 where the lead was sales-ready, or else the probability of the draw.
    """

    lead: Ints
    at: Ints
    returned_at: Ints
    explored: Floats


class Opening(NamedTuple):
    """When a lead is handed over; `explored` as in `Handoffs`."""

    at: int
    explored: float


def handoffs(
    history: History, timeline: Sequence[Enactment], decided: Decisions, until: int
) -> Handoffs:
    """Return the hand-offs that decisions lead to, given the feedback recorded up to an instant."""
    feedback = history.feedback
    feedback = feedback.filter(pc.and_(feedback["returned"], pc.less_equal(feedback["at"], until)))
    of, when = feedback["lead"].to_numpy(), feedback["at"].to_numpy()
    returned, first = np.unique(of, return_index=True)
    drawn = explored(history, timeline, before=_settled(history, decided), until=until)
    once = decided.first_ready_at < FOREVER
    once[list(drawn)] = True
    once[returned] = False
    rows = [
        (lead, drawn[lead][0] if lead in drawn else int(decided.first_ready_at[lead]), FOREVER)
        for lead in np.flatnonzero(once).tolist()
    ]
    if len(returned):
        known = [
            _Known(version.in_force_from, last, of := plan(version.agreement), bind(of, history))
            for version, last in terms(timeline, until)
        ]
        for lead, returns in zip(returned.tolist(), np.split(when, first[1:]), strict=True):
            at = drawn[lead][0] if lead in drawn else None
            rows += _between_returns(decided, lead, sorted(returns.tolist()), known, at)
    rows.sort()
    table = np.array(rows, np.int64).reshape(len(rows), 3)
    first_drawn = {(lead, at) for lead, (at, _share) in drawn.items()}
    shares = np.array([drawn[n][1] if (n, at) in first_drawn else 0.0 for n, at, _ in rows])
    return Handoffs(table[:, 0], table[:, 1], table[:, 2], shares.astype(np.float64))


def _settled(history: History, decided: Decisions) -> Ints:
    """Return by lead from when on it is not explored: it was ready, came back or was decided."""
    settled = decided.first_ready_at.copy()
    returns = history.feedback.filter(history.feedback["returned"])
    for table, column in ((history.outcomes, "first_at"), (returns, "at")):
        np.minimum.at(settled, table["lead"].to_numpy(), table[column].to_numpy())
    return settled


def handoffs_of(
    lead: LeadHistory,
    timeline: Sequence[Enactment],
    returns: Sequence[int],
    until: int,
    *,
    decided_at: int = FOREVER,
) -> list[Opening]:
    """Return each instant up to `until` at which one lead is handed over, as live scoring asks.

    `returns` says when sales gave it back, `decided_at` when it was won or lost for the first time.
    """
    known = []
    for version, last in terms(timeline, until):
        of = plan(version.agreement)
        known.append(_Known(version.in_force_from, last, of, bind_lead(of, lead)))
    swept = [sweep(of.plan.arrays, of.bound, 0, 1, of.begins, of.ends) for of in known]
    told = sorted(at for at in returns if at <= until)
    decided = decisions(swept, 1)
    settled = min(int(decided.first_ready_at[0]), decided_at, *told, FOREVER)
    draw = explored_at(lead, timeline, before=settled, until=until)
    at, share = draw or (None, 0.0)
    opened = _between_returns(decided, 0, told, known, at)
    return [Opening(opens, share if opens == at else 0.0) for _, opens, _ in opened]


def _between_returns(
    decided: Decisions,
    lead: int,
    returns: list[int],
    known: Sequence[_Known],
    explored: int | None,
) -> Iterator[tuple[int, int, int]]:
    """Yield the hand-offs of a lead: before its first return, and after each at most one.

    `explored` is when it is handed over although it was not sales-ready until then.
    """
    own = slice(*np.searchsorted(decided.ready.lead, [lead, lead + 1]))
    spans = list(zip(decided.ready.begins[own], decided.ready.ends[own], strict=True))
    for after, before in zip([BEGINNING, *returns], [*returns, FOREVER], strict=True):
        openings = [
            opens
            for version in known
            for begins, ends in spans
            if (opens := max(int(begins), version.begins, version.reopens(lead, after)))
            < min(int(ends), version.ends + 1, before)
        ]
        if explored is not None and after <= explored < before:
            openings.append(explored)
        if openings:
            yield lead, min(openings), before


class _Known:
    """When the activities that qualify by a version became known, in its term."""

    def __init__(self, begins: int, ends: int, of: Plan, bound: Bound) -> None:
        self.begins, self.ends, self.plan, self.bound = begins, ends, of, bound
        self.qualifies = _qualifying(of, bound)

    def reopens(self, lead: int, after: int) -> int:
        """Return from when on a lead can be handed over again after a return."""
        if after == BEGINNING:
            return BEGINNING
        rows = slice(self.bound.event_first[lead], self.bound.event_first[lead + 1])
        start = self.bound.start[rows]
        lasting = start < self.bound.until[rows]
        start = start[(start > after) & lasting & self.qualifies[self.bound.event_class[rows]]]
        return int(start.min()) if len(start) else FOREVER


def _qualifying(of: Plan, bound: Bound) -> Bools:
    """Return for each class of activities whether it shows intent or earns positive points."""
    first, points = of.arrays.step_first, of.arrays.step_points
    good = [
        bool(of.arrays.is_intent[number])
        or bool((points[first[number] : first[number + 1]] > 0).any())
        for number in range(len(of.criteria))
    ]
    spans = zip(bound.class_first, bound.class_first[1:], strict=False)
    return np.array([any(good[c] for c in bound.class_criteria[a:b]) for a, b in spans], np.bool_)
