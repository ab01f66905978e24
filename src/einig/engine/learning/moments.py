"""Moments: the instants as of which examples tell what was known of leads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from einig.engine.history.contract import History
from einig.engine.instants import BEGINNING, DAY, FOREVER
from einig.engine.learning.examples import Bools, Ints

_WEEK = 7 * DAY
_MONDAY = 4 * DAY  # 1970-01-05, the first Monday that is counted


@dataclass(frozen=True, slots=True)
class Moments:
    """The moments of examples, and a way to tell what came before each of them.

    Every lead has its moments in a row of `width` places: of a grid that all leads share, or
    the one of its own creation. A key is a lead and a place in one number, so that what was known
    of a lead at a moment is found by sorting.
    """

    lead: Ints
    at: Ints
    key: Ints
    width: int
    grid: Ints | None  # the instants that all leads share, in order
    own: Ints  # by lead: its only moment, where there is no grid
    by_key: Ints  # the moments in the order of their keys

    def since(self, lead: Ints, at: Ints) -> Ints:
        """Return the key of a lead's first moment at or after each instant."""
        if self.grid is None:
            return lead * self.width + (at > self.own[lead])
        return lead * self.width + np.searchsorted(self.grid, at, "left")

    def count(self, keys: Ints) -> Ints:
        """Return of each moment how many of some keys, given in order, do not come after it."""
        found = np.empty(len(self.key), np.int64)
        # in the order of keys the search walks through memory instead of jumping in it
        found[self.by_key] = np.searchsorted(keys, self.key[self.by_key], "right")
        return found

    def take(self, rows: Ints | Bools) -> Moments:
        """Return some of the moments."""
        key = self.key[rows]
        by_key = np.argsort(key, kind="stable")
        lead, at = self.lead[rows], self.at[rows]
        return Moments(lead, at, key, self.width, self.grid, self.own, by_key)


def at_creation(history: History) -> Moments:
    """Return a moment a lead, in the order in which the leads came (see `order_of`)."""
    created = history.leads["created_at"].to_numpy()
    lead, at = order_of(history)
    return Moments(lead, at, lead * 2, 2, None, created, np.argsort(lead, kind="stable"))


def at_handoff(history: History, handed_at: Ints) -> Moments:
    """Return a moment a lead that was handed over, then, in order of time; FOREVER is never."""
    handed = np.flatnonzero(handed_at < FOREVER)
    lead = handed[np.argsort(handed_at[handed], kind="stable")]
    by_key = np.argsort(lead, kind="stable")
    return Moments(lead, handed_at[lead], lead * 2, 2, None, handed_at, by_key)


def weekly(history: History, decided_at: Ints, *, until: int) -> Moments:
    """Return each Monday, midnight UTC, up to `until` on which a lead was there and undecided."""
    created = history.leads["created_at"].to_numpy()
    first = (int(created.min()) - _MONDAY) // _WEEK * _WEEK + _MONDAY
    grid = np.arange(first, until + 1, _WEEK, dtype=np.int64)
    begins = np.searchsorted(grid, created, "left")
    ends = np.maximum(np.searchsorted(grid, decided_at, "left"), begins)
    count = ends - begins
    lead = np.repeat(np.arange(len(created)), count)
    place = np.arange(len(lead)) - np.repeat(np.cumsum(count) - count - begins, count)
    order = np.lexsort((lead, place))
    lead, place = lead[order], place[order]
    width = len(grid) + 1
    key = lead * width + place
    by_key = np.argsort(key, kind="stable")
    return Moments(lead, grid[place], key, width, grid, created, by_key)


def order_of(history: History) -> tuple[Ints, Ints]:
    """Return leads in the order in which they came, and when each came.

    Where a lead is undated, the order of numbers stands in for time: that of the ids if they end
    in numbers and are alike before them (`Lead Number`, or the line of a file without ids), since
    systems count upwards; else that of the ids as texts, which says nothing of time.
    """
    created = history.leads["created_at"].to_numpy()
    if is_dated(history):
        order = np.argsort(created, kind="stable")
        return order, created[order]
    numbers = _numbers(history.leads["lead_id"])
    order = np.arange(len(created)) if numbers is None else np.argsort(numbers, kind="stable")
    return order, np.arange(len(created))


def is_dated(history: History) -> bool:
    """Return whether it is known of every lead when it was created."""
    least = pc.min(history.leads["created_at"]).as_py()
    return least is not None and least > BEGINNING


def _numbers(ids: pa.ChunkedArray) -> Ints | None:
    parts = pc.extract_regex(ids, r"^(?P<before>.*?)(?P<number>[0-9]{1,18})$").combine_chunks()
    if parts.null_count or not len(parts) or len(pc.unique(parts.field("before"))) > 1:
        return None
    numbers: Ints = parts.field("number").cast(pa.int64()).to_numpy(zero_copy_only=False)
    return numbers
