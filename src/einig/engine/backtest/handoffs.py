"""Hand-offs: when a replayed lead goes to sales, and goes again after it was returned.

A hand-off opens when a lead becomes sales-ready while none is open. Recorded returns close it;
afterwards only an activity that became known after the return can open the next one. Leads
without a return are handed over once, when they first become sales-ready.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from einig.engine.history.contract import History
from einig.engine.instants import BEGINNING, FOREVER
from einig.engine.scoring.bind import bind
from einig.engine.scoring.decisions import Decisions, decisions
from einig.engine.scoring.judge import Enactment, terms
from einig.engine.scoring.kernel import Bound, sweep
from einig.engine.scoring.lead import LeadHistory
from einig.engine.scoring.live import bind_lead
from einig.engine.scoring.plan import Bools, Ints, Plan, plan


@dataclass(frozen=True, slots=True)
class Handoffs:
    """Hand-offs sorted by lead and time; `returned_at` is FOREVER where none came back."""

    lead: Ints
    at: Ints
    returned_at: Ints


def handoffs(
    history: History, timeline: Sequence[Enactment], decided: Decisions, until: int
) -> Handoffs:
    """Return the hand-offs that decisions lead to, given the feedback recorded up to an instant."""
    feedback = history.feedback
    feedback = feedback.filter(pc.and_(feedback["returned"], pc.less_equal(feedback["at"], until)))
    of, when = feedback["lead"].to_numpy(), feedback["at"].to_numpy()
    returned, first = np.unique(of, return_index=True)
    once = decided.first_ready_at < FOREVER
    once[returned] = False
    rows = [
        (int(lead), int(decided.first_ready_at[lead]), FOREVER) for lead in np.flatnonzero(once)
    ]
    if len(returned):
        known = [
            _Known(version.in_force_from, last, of := plan(version.agreement), bind(of, history))
            for version, last in terms(timeline, until)
        ]
        for lead, returns in zip(returned.tolist(), np.split(when, first[1:]), strict=True):
            rows += _between_returns(decided, lead, sorted(returns.tolist()), known)
    table = np.array(sorted(rows), np.int64).reshape(len(rows), 3)
    return Handoffs(table[:, 0], table[:, 1], table[:, 2])


def handoffs_of(
    lead: LeadHistory, timeline: Sequence[Enactment], returns: Sequence[int], until: int
) -> list[int]:
    """Return each instant up to `until` at which one lead is handed over, as live scoring asks.

    `returns` says when sales gave it back.
    """
    known = []
    for version, last in terms(timeline, until):
        of = plan(version.agreement)
        known.append(_Known(version.in_force_from, last, of, bind_lead(of, lead)))
    swept = [sweep(of.plan.arrays, of.bound, 0, 1, of.begins, of.ends) for of in known]
    told = sorted(at for at in returns if at <= until)
    return [at for _, at, _ in _between_returns(decisions(swept, 1), 0, told, known)]


def _between_returns(
    decided: Decisions, lead: int, returns: list[int], known: Sequence[_Known]
) -> Iterator[tuple[int, int, int]]:
    """Yield the hand-offs of a lead: before its first return, and after each at most one."""
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
