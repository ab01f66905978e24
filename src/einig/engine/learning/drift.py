"""Whether the newer leads are still like the older ones, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from einig.engine.learning.cuts import cut, summed
from einig.engine.learning.examples import Column, Examples, Floats

_SHIFTED, _CHANGED = 0.1, 0.25  # the usual limits of the population stability index


@dataclass(frozen=True, slots=True)
class ColumnDrift:
    """How far a column's values moved: its population stability index, and what chance makes of it.

    `moved_most` is the value or range whose share changed most, with both shares.
    """

    column: str
    index: float
    by_chance: float
    verdict: Literal["stable", "shifted", "changed"]
    moved_most: str
    share_before: float
    share_after: float

    @property
    def sentence(self) -> str:
        """Return it in words."""
        if self.verdict == "stable":
            return f"{self.column} is as before."
        how = "has shifted" if self.verdict == "shifted" else "is no longer what it was"
        return (
            f"{self.column} {how}: {self.moved_most} went from {self.share_before:.0%} "
            f"to {self.share_after:.0%} of leads."
        )


@dataclass(frozen=True, slots=True)
class Drift:
    """The share won before and after, and the columns, the most changed first."""

    won_before: float
    won_after: float
    columns: tuple[ColumnDrift, ...]


def drift(older: Examples, newer: Examples) -> Drift:
    """Return what changed between the older and the newer examples."""
    columns = [
        _of_column(before, after, older.weight, newer.weight)
        for before, after in zip(older.columns, newer.columns, strict=True)
    ]
    return Drift(
        won_before=float(np.average(older.won, weights=older.weight)),
        won_after=float(np.average(newer.won, weights=newer.weight)),
        columns=tuple(sorted(columns, key=lambda c: (-c.index, c.column))),
    )


def _of_column(before: Column, after: Column, weight: Floats, weight_after: Floats) -> ColumnDrift:
    of = cut(before, ranges=10)
    was, is_ = (
        _shares(of.bins(column), of.size, weights)
        for column, weights in ((before, weight), (after, weight_after))
    )
    index = float(((is_ - was) * np.log(is_ / was)).sum())
    filled = int(((was > 1e-5) | (is_ > 1e-5)).sum())
    by_chance = (filled - 1) * (1 / len(weight) + 1 / len(weight_after))
    most = int(np.argmax(np.abs(is_ - was)))
    beyond = index - by_chance
    verdict: Literal["stable", "shifted", "changed"] = "stable"
    if beyond >= _SHIFTED:
        verdict = "shifted" if beyond < _CHANGED else "changed"
    name = of.label(most)
    return ColumnDrift(
        before.name, index, by_chance, verdict, name, float(was[most]), float(is_[most])
    )


def _shares(bins: object, size: int, weight: Floats) -> Floats:
    # Half an example in each bin, so that what never was there has a logarithm.
    there = summed(np.asarray(bins, np.int64), weight, size) + 0.5
    shares: Floats = there / there.sum()
    return shares
