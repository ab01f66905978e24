"""Targets: what learning looks for, and when each lead of a history reached it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow.compute as pc

from einig.engine.history.contract import MERGED, History
from einig.engine.instants import DAY, FOREVER
from einig.engine.learning.examples import Bools, Ints
from einig.engine.values import fold

_USUAL_DAYS = (7, 14, 30, 60, 90, 180, 365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """That a lead is won, does one of some activities (an opportunity, say), or is accepted.

    With `within`, it counts only if it comes in so many days after an example's moment.
    """

    kind: Literal["won", "activity", "accepted"] = "won"
    activities: tuple[str, ...] = ()
    within: int | None = None


WON = Target()


@dataclass(frozen=True, slots=True)
class Reached:
    """What became of each lead of a history, as far as a target is concerned.

    reached     bool: whether it reached the target, ever
    reached_at  int64: when; FOREVER where it did not, or it is not known when
    decided_at  int64: from when on there is nothing left to decide; FOREVER where that never came
    final       bool: whether it is known how it ended, or else it is still open
    outside     bool: no example at all, since nobody ever had to decide, or it is another lead now
    revenue     float64: 0 where nothing was won
    """

    reached: Bools
    reached_at: Ints
    decided_at: Ints
    final: Bools
    outside: Bools
    revenue: np.ndarray[tuple[int], np.dtype[np.float64]]


def reach(history: History, target: Target) -> Reached:
    """Return what became of each lead of a history."""
    size = len(history.leads)
    won, won_at, ended_at = np.zeros(size, np.bool_), _never(size), _never(size)
    final, revenue = np.zeros(size, np.bool_), np.zeros(size)
    leads = history.outcomes["lead"].to_numpy()
    won[leads] = history.outcomes["won"].to_numpy()
    won_at[leads] = pc.fill_null(history.outcomes["won_at"], FOREVER).to_numpy()
    ended_at[leads] = history.outcomes["first_at"].to_numpy()
    revenue[leads] = history.outcomes["revenue"].to_numpy()
    final[leads] = True
    outside = _merged(history, size) | (_never_worked(history) & ~final)
    if target.kind == "won":
        return Reached(won, won_at, ended_at, final, outside, np.where(won, revenue, 0.0))
    if target.kind == "activity":
        first = _first_activity(history, target, size)
        reached, decided_at = first < FOREVER, np.minimum(first, ended_at)
        return Reached(reached, first, decided_at, final | reached, outside, revenue)
    accepted, answered = _feedback(history, size)
    handed_over = answered < FOREVER
    decided_at = np.minimum(answered, ended_at)
    return Reached(
        accepted < FOREVER, accepted, decided_at, handed_over, outside | ~handed_over, revenue
    )


def usual_days(history: History, of: Reached) -> int:
    """Return the usual length next to the median time from creation to the target, in days."""
    dated = of.reached & (of.reached_at < FOREVER)
    if not dated.any():
        return _USUAL_DAYS[2]
    created = history.leads["created_at"].to_numpy()
    days = max(float(np.median((of.reached_at - created)[dated])) / DAY, 1.0)
    return min(_USUAL_DAYS, key=lambda usual: abs(np.log(usual / days)))


def activities_of(history: History, target: Target) -> frozenset[str]:
    """Return the activity types, as the history writes them, that are the target itself."""
    wanted = {fold(name) for name in target.activities} if target.kind == "activity" else set()
    return frozenset(name for name in history.about.activities if fold(name) in wanted)


def _never(size: int) -> Ints:
    return np.full(size, FOREVER, np.int64)


def _merged(history: History, size: int) -> Bools:
    """Return which leads are part of another one at some time: that one is the example."""
    found = np.zeros(size, np.bool_)
    mergers = history.facts.filter(pc.equal(history.facts["attribute"], MERGED))
    found[mergers["lead"].to_numpy()] = True
    return found


def _never_worked(history: History) -> bool:
    """Return whether a lead without an outcome may have been lost because nobody worked it."""
    return "never worked" in dict(history.about.unknown)


def _first_activity(history: History, target: Target, size: int) -> Ints:
    first = _never(size)
    names = sorted(activities_of(history, target))
    wanted = pc.field("type").isin(names) & ~pc.field("member")
    events = history.events.to_table(columns=["lead", "start"], filter=wanted)
    np.minimum.at(first, events["lead"].to_numpy(), events["start"].to_numpy())
    return first


def _feedback(history: History, size: int) -> tuple[Ints, Ints]:
    """Return when sales first accepted each lead, and when it first said anything of it."""
    accepted, answered = _never(size), _never(size)
    lead, at = history.feedback["lead"].to_numpy(), history.feedback["at"].to_numpy()
    takes = ~history.feedback["returned"].to_numpy(zero_copy_only=False)
    np.minimum.at(answered, lead, at)
    np.minimum.at(accepted, lead[takes], at[takes])
    return accepted, answered
