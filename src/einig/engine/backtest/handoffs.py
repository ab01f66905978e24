"""Hand-offs: when a replayed lead goes to sales, and goes again after it was returned.

A hand-off opens when a lead becomes sales-ready while none is open. Recorded returns close it;
afterwards only an activity that became known after the return can open the next one. Leads
without a return are handed over once, when they first become sales-ready. The agreed share of those
below the line goes to sales too (`exploring`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc
from numba import njit

from einig.engine.backtest.exploring import Explored, explored, explored_at
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


class Between(NamedTuple):
    """The stretches of time between the returns of leads, in order: until the first, from each on.

    Half-open; from BEGINNING to the first return, and from the last one to FOREVER.
    """

    lead: Ints
    after: Ints
    before: Ints


class Term(NamedTuple):
    """A version in its term, with activities and facts in its terms."""

    begins: int
    ends: int  # included
    plan: Plan
    bound: Bound


def handoffs(
    history: History, timeline: Sequence[Enactment], decided: Decisions, until: int
) -> Handoffs:
    """Return the hand-offs that decisions lead to, given the feedback recorded up to an instant."""
    between = between_returns(history, until)
    drawn = explored(history, timeline, before=_settled(history, decided), until=until)
    known = [
        Term(version.in_force_from, last, of := plan(version.agreement), bind(of, history))
        for version, last in terms(timeline, until)
        if len(between.lead)
    ]
    return opened(decided, between, known, drawn)


def between_returns(history: History, until: int) -> Between:
    """Return the stretches between the returns that were recorded up to an instant."""
    feedback = history.feedback
    feedback = feedback.filter(pc.and_(feedback["returned"], pc.less_equal(feedback["at"], until)))
    of, when = feedback["lead"].to_numpy().astype(np.int64), feedback["at"].to_numpy()
    order = np.lexsort((when, of))
    of, when = of[order], when[order]
    returned, first = np.unique(of, return_index=True)
    last = np.append(first[1:], len(of))
    return Between(
        np.insert(of, last, returned) if len(of) else of,
        np.insert(when, first, BEGINNING) if len(of) else when,
        np.insert(when, last, FOREVER) if len(of) else when,
    )


def opened(
    decided: Decisions,
    between: Between,
    known: Sequence[Term],
    drawn: Explored,
) -> Handoffs:
    """Return the hand-offs of decisions, given the returns and who is explored when."""
    leads = len(decided.first_ready_at)
    explored_from, share = np.full(leads, FOREVER, np.int64), np.zeros(leads)
    numbers = np.fromiter(drawn, np.int64, len(drawn))
    explored_from[numbers] = [at for at, _ in drawn.values()]
    share[numbers] = [of for _, of in drawn.values()]
    first = np.where(explored_from < FOREVER, explored_from, decided.first_ready_at)
    first[between.lead] = FOREVER
    once = np.flatnonzero(first < FOREVER)
    opens = openings(decided, between, known)
    before_ready = explored_from[between.lead]
    within = (between.after <= before_ready) & (before_ready < between.before)
    opens = np.where(within, np.minimum(opens, before_ready), opens)
    again = opens < FOREVER
    lead = np.concatenate([once, between.lead[again]])
    at = np.concatenate([first[once], opens[again]])
    back = np.concatenate([np.full(len(once), FOREVER, np.int64), between.before[again]])
    order = np.lexsort((back, at, lead))
    lead, at, back = lead[order], at[order], back[order]
    is_draw = (at == explored_from[lead]) & (at < FOREVER)
    return Handoffs(lead, at, back, np.where(is_draw, share[lead], 0.0))


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
        known.append(Term(version.in_force_from, last, of, bind_lead(of, lead)))
    swept = [sweep(of.plan.arrays, of.bound, 0, 1, of.begins, of.ends) for of in known]
    told = sorted(at for at in returns if at <= until)
    decided = decisions(swept, 1)
    settled = min(int(decided.first_ready_at[0]), decided_at, *told, FOREVER)
    draw = explored_at(lead, timeline, before=settled, until=until)
    between = Between(
        np.zeros(len(told) + 1, np.int64),
        np.array([BEGINNING, *told], np.int64),
        np.array([*told, FOREVER], np.int64),
    )
    found = opened(decided, between, known, {} if draw is None else {0: draw})
    pairs = zip(found.at.tolist(), found.explored.tolist(), strict=True)
    return [Opening(at, explored) for at, explored in pairs]


def openings(decided: Decisions, between: Between, known: Sequence[Term]) -> Ints:
    """Return when a lead is handed over in each stretch: at most once, or FOREVER.

    Before its first return it is when the lead is sales-ready first, afterwards when it is while an
    activity that qualifies has become known since.
    """
    found = np.full(len(between.lead), FOREVER, np.int64)
    ready = decided.ready
    first = np.searchsorted(ready.lead, between.lead)
    last = np.searchsorted(ready.lead, between.lead, "right")
    for term in known:
        since = np.maximum(reopens(term, between), term.begins)
        until = np.minimum(between.before, term.ends + 1)
        opens = _first_ready(first, last, ready.begins, ready.ends, since, until)
        np.minimum(found, opens, out=found)
    return found


@njit(cache=True, nogil=True)
def _first_ready(  # noqa: PLR0917  # columns that numba reads: a record would have to be built for it
    first: npt.NDArray[np.int64],
    last: npt.NDArray[np.int64],
    begins: Ints,
    ends: Ints,
    since: Ints,
    until: Ints,
) -> Ints:
    """Return the first instant of each stretch at which its lead is sales-ready, or FOREVER."""
    found = np.full(len(first), FOREVER, np.int64)
    for row in range(len(first)):
        for span in range(first[row], last[row]):
            opens = max(begins[span], since[row])
            if opens < min(ends[span], until[row]):
                found[row] = min(found[row], opens)
    return found


def reopens(term: Term, between: Between) -> Ints:
    """Return from when on a lead can be handed over in each stretch: after what qualifies."""
    bound = term.bound
    return _reopens(
        between.lead, between.after, bound.event_first, bound.start, bound.until,
        bound.event_class, _qualifying(term.plan, bound),
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _reopens(  # noqa: PLR0917  # columns that numba reads: a record would have to be built for it
    lead: Ints,
    after: Ints,
    event_first: Ints,
    start: Ints,
    until: Ints,
    event_class: npt.NDArray[np.int32],
    qualifies: Bools,
) -> Ints:
    found = np.full(len(lead), FOREVER, np.int64)
    for row in range(len(lead)):
        if after[row] == BEGINNING:
            found[row] = BEGINNING
            continue
        for event in range(event_first[lead[row]], event_first[lead[row] + 1]):
            lasting = after[row] < start[event] < until[event]
            if lasting and qualifies[event_class[event]]:
                found[row] = min(found[row], start[event])
    return found


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
