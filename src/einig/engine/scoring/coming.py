"""When leads change next by themselves: what `live.next_change` says of one, of a whole history.

A lead that nothing happens to is looked at again at that instant, so none may be missed; one at
which nothing changes after all does no harm.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from einig.engine.instants import FOREVER
from einig.engine.scoring.kernel import Bound
from einig.engine.scoring.plan import Ints, PlanArrays


@njit(cache=True, nogil=True)
def next_changes(plan: PlanArrays, bound: Bound, at: int) -> Ints:
    """Return by lead the next instant at which anything can change; FOREVER where none is."""
    leads = len(bound.created)
    found = np.full(leads, FOREVER, np.int64)
    for lead in range(leads):
        soonest = _silence_ends(plan, bound, lead, at)
        for event in range(bound.event_first[lead], bound.event_first[lead + 1]):
            soonest = _sooner(soonest, bound.start[event], at)
            soonest = _sooner(soonest, bound.until[event], at)
            soonest = _steps(plan, bound, event, soonest, at)
        for fact in range(bound.fact_first[lead], bound.fact_first[lead + 1]):
            soonest = _sooner(soonest, bound.fact_at[fact], at)
        found[lead] = soonest
    return found


@njit(cache=True, nogil=True)
def _steps(plan: PlanArrays, bound: Bound, event: int, soonest: int, at: int) -> int:
    """Return when the next step of an activity begins or ends, or what is sooner."""
    happened, of = bound.at[event], bound.event_class[event]
    for place in range(bound.class_first[of], bound.class_first[of + 1]):
        criterion = bound.class_criteria[place]
        for step in range(plan.step_first[criterion], plan.step_first[criterion + 1]):
            soonest = _sooner(soonest, happened + plan.step_ends[step], at)
            if not plan.is_intent[criterion]:
                soonest = _sooner(soonest, happened + plan.step_begins[step], at)
    return soonest


@njit(cache=True, nogil=True)
def _silence_ends(plan: PlanArrays, bound: Bound, lead: int, at: int) -> int:
    """Return when nothing will have happened for long enough, if nothing happens."""
    soonest = FOREVER
    for silence in range(len(plan.silence_for)):
        quiet = bound.created[lead]
        for event in range(bound.event_first[lead], bound.event_first[lead + 1]):
            held = bound.start[event] <= at < bound.until[event]
            if held and bound.class_breaks[bound.event_class[event], silence]:
                quiet = max(quiet, bound.at[event])
        soonest = _sooner(soonest, quiet + plan.silence_for[silence], at)
    return soonest


@njit(cache=True, nogil=True)
def _sooner(soonest: int, instant: int, at: int) -> int:
    """Return an instant if it is still to come and sooner than what is known."""
    return instant if at < instant < soonest else soonest
