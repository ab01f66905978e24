"""Gathering: the examples that a history holds, and how many leads can be none, and why.

A history without activities gives an example a lead, as of its creation. One with activities gives
weekly snapshots of the leads that were open then, each with the counts of what they had done. Both
tell columns as they were known at that moment, and what came of it afterwards. Leads of which that
cannot be said yet are counted apart, and are never taken as lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from einig.engine.history.contract import History
from einig.engine.instants import DAY, FOREVER
from einig.engine.learning.columns import attributes, behaviours
from einig.engine.learning.examples import Bools, Column, Examples, Floats, Ints
from einig.engine.learning.moments import Moments, at_creation, at_handoff, is_dated, weekly
from einig.engine.learning.targets import WON, Reached, Target, activities_of, reach, usual_days

WINDOWS = (7, 14, 30, 90)  # days in which activities are counted
MOST_EXAMPLES = 300_000  # of snapshots; of more, all those of some leads are looked at

LEAST_LEADS = 20  # an activity of fewer leads tells nothing

Kind = Literal["creation", "weekly", "handoff"]
Unknown = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Examples, what they are examples of, and why other leads are none: (reason, how many)."""

    examples: Examples
    target: Target
    kind: Kind
    unknown: Unknown
    share: float  # of the leads that are looked at, where there are very many snapshots


def examples_of(
    history: History,
    *,
    target: Target = WON,
    windows: tuple[int, ...] = WINDOWS,
    weight: Floats | None = None,
) -> Examples:
    """Return the examples that a history holds; see `gather`."""
    return gather(history, target=target, windows=windows, weight=weight).examples


def gather(
    history: History,
    *,
    target: Target = WON,
    windows: tuple[int, ...] = WINDOWS,
    weight: Floats | None = None,
    handed_at: Ints | None = None,
    most: int = MOST_EXAMPLES,
    least: int = LEAST_LEADS,
) -> Gathered:
    """Return the examples that a history holds, oldest first, and who is none.

    With `handed_at`, by lead when sales first had it, there is one example a lead that was handed
    over, as of then: what would have become of the others nobody knows. `weight` is by lead, 1 if
    left out; `most` is how many snapshots are looked at, and `least` how many leads must have done
    an activity that is counted. Snapshots need a window: without one in `target` it is the usual
    number of days (7, 14, 30, …) next to the median time to the target. Undated leads are in the
    order of their numbers, see `moments.order_of`.
    """
    of = reach(history, target)
    has_activities = history.events.count_rows() > 0
    in_weeks = handed_at is None and is_dated(history) and has_activities
    if in_weeks and target.within is None:
        target = replace(target, within=usual_days(history, of))
    days = target.within
    ends_at = history.about.ends_at if days is None else history.about.ends_at - days * DAY
    if handed_at is not None:
        moments = at_handoff(history, handed_at)
    elif in_weeks:
        moments = weekly(history, of.decided_at, until=ends_at)
    else:
        moments = at_creation(history)
    usable = _usable(of, moments, days, ends_at)
    unknown = _unknown(history, of, moments, usable, ends_at, handed_at=handed_at)
    moments = moments.take(usable)
    share = min(1.0, most / max(len(moments.key), 1)) if in_weeks else 1.0
    if share < 1.0:
        moments = moments.take(_drawn(moments.lead, share))
    windows = windows if has_activities and (in_weeks or handed_at is not None) else ()
    examples = _examples(history, target, of, moments, windows=windows, least=least, weight=weight)
    kind: Kind = "handoff" if handed_at is not None else "weekly" if in_weeks else "creation"
    return Gathered(examples, target, kind, unknown, share)


def _usable(of: Reached, moments: Moments, days: int | None, ends_at: int) -> Bools:
    """Return of which moments it is known what came afterwards."""
    open_then = moments.own[moments.lead] < of.decided_at[moments.lead]
    if moments.grid is not None:
        open_then[:] = True  # a grid holds no moment at which a lead was not open
    usable: Bools = open_then & ~of.outside[moments.lead]
    if days is None:
        usable &= of.final[moments.lead]
    else:
        undated = of.reached & (of.reached_at == FOREVER)
        usable &= ~undated[moments.lead] & (moments.own[moments.lead] <= ends_at)
    return usable


def _unknown(
    history: History,
    of: Reached,
    moments: Moments,
    usable: Bools,
    ends_at: int,
    *,
    handed_at: Ints | None,
) -> Unknown:
    """Return why leads are no example, and how many of them, the most frequent reason first."""
    used = np.zeros(len(history.leads), np.bool_)
    used[moments.lead[usable]] = True
    created = history.leads["created_at"].to_numpy()
    never = np.zeros(len(used), np.bool_) if handed_at is None else handed_at == FOREVER
    reasons = {
        "never handed over": never,
        "nothing to decide": of.outside,
        "decided before the first moment": of.decided_at <= created,
        "no time of the outcome": of.reached & (of.reached_at == FOREVER),
        "too young": created > ends_at,
        "decided before its first snapshot": of.decided_at < FOREVER,
    }
    left = ~used
    counts: dict[str, int] = {}
    for reason, holds in reasons.items():
        counts[reason] = int((left & holds).sum())
        left &= ~holds
    open_ = int(left.sum())
    by_history = dict(history.about.unknown)
    counts |= by_history if open_ == sum(by_history.values()) else {"open": open_}
    found = [(reason, count) for reason, count in counts.items() if count]
    return tuple(sorted(found, key=lambda each: (-each[1], each[0])))


def _drawn(lead: Ints, share: float) -> Bools:
    """Return the moments of a share of the leads, which are drawn by their numbers."""
    mixed = lead.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)  # spreads numbers evenly
    drawn: Bools = (mixed >> np.uint64(40)) < np.uint64(share * 2**24)
    return drawn


def _examples(
    history: History,
    target: Target,
    of: Reached,
    moments: Moments,
    *,
    windows: tuple[int, ...],
    least: int,
    weight: Floats | None,
) -> Examples:
    reached = of.reached[moments.lead]
    if target.within is not None:
        after = of.reached_at[moments.lead] - moments.at
        reached = reached & (after > 0) & (after <= target.within * DAY)

    def columns() -> Iterator[Column]:
        yield from attributes(history, moments)
        if windows:
            own = activities_of(history, target)
            yield from behaviours(history, moments, days=windows, without=own, least=least)

    return Examples(
        tuple(columns()),
        moments.lead,
        moments.at,
        reached,
        np.ones(len(moments.lead)) if weight is None else weight[moments.lead],
        np.where(reached, of.revenue[moments.lead], 0.0),
        dated=is_dated(history),
    )
