"""How a column is cut into bins: a bin for each frequent value, ranges of numbers, or counts.

Bin 0 is the blank and bin 1 is what is known and has no bin of its own; then come the values, or
the ranges from the lowest. A behaviour's bins are its counts, the last one from MOST_COUNTED on.
Every bin can be written as a row of an agreement.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einig.engine.learning.examples import Behaviour, Column, Floats
from einig.engine.ranges import read_range
from einig.engine.values import lower_end, number

Bins = NDArray[np.int16]

BLANK_BIN, OTHER_BIN, FIRST_BIN = 0, 1, 2
MOST_COUNTED = 10
MOST_VALUES = 200
_LARGEST = 1e15  # a range of an agreement has at most 15 digits before the point and 9 behind it


@dataclass(frozen=True, slots=True)
class Cut:
    """The bins of one column: `values` have one each, or `edges` begin the ranges but the first."""

    values: tuple[str, ...] = ()
    edges: tuple[float, ...] = ()
    numeric: bool = False
    behaviour: Behaviour | None = None

    @property
    def size(self) -> int:
        """Return how many bins there are."""
        if self.behaviour is not None:
            return MOST_COUNTED + 1
        return FIRST_BIN + (len(self.edges) + 1 if self.numeric else len(self.values))

    def bins(self, column: Column) -> Bins:
        """Return the bin of each example of a column."""
        if self.behaviour is not None:
            return np.minimum(column.numbers, MOST_COUNTED).astype(np.int16)
        if self.numeric:
            ranged = np.searchsorted(np.array(self.edges), column.numbers, "right") + FIRST_BIN
            read = np.where(np.isnan(column.numbers), OTHER_BIN, ranged)
            return np.where(column.known, read, BLANK_BIN).astype(np.int16)
        own = {_compared(value): bin_ for bin_, value in enumerate(self.values, FIRST_BIN)}
        of_level = [own.get(_compared(level), OTHER_BIN) for level in column.levels]
        return np.array([*of_level, BLANK_BIN], np.int16)[column.codes]

    def label(self, bin_: int) -> str:
        """Return a bin as an agreement writes it; a count as a number of activities."""
        if self.behaviour is not None:
            return f"{bin_}+" if bin_ == MOST_COUNTED else str(bin_)
        if bin_ < FIRST_BIN:
            return ("unknown", "otherwise")[bin_]
        if not self.numeric:
            return self.values[bin_ - FIRST_BIN]
        ends = (-np.inf, *self.edges, np.inf)
        return range_label(ends[bin_ - FIRST_BIN], ends[bin_ - FIRST_BIN + 1])


def range_label(low: float, high: float, *, whole: bool = False) -> str:
    """Return a range as an agreement writes it; of whole numbers with its last number."""
    if low == -np.inf:
        return "any number" if high == np.inf else f"<{decimal(high)}"
    if high == np.inf:
        return f"{decimal(low)}+"
    last = high - 1 if whole else high
    return f"{decimal(low)} to {decimal(last)}" if low < 0 else f"{decimal(low)}-{decimal(last)}"


def cut(column: Column, *, ranges: int = 12, at_least: int = 5, most: int = MOST_VALUES) -> Cut:
    """Return the fine cut of a column: about equally filled ranges, or its frequent values.

    A value gets a bin from `at_least` examples on, so that a rare but strong one is not lost; of
    more than `most` the most frequent. A value that an agreement would read as one of its own words
    gets none, nor does a range that is rare among texts.
    """
    if column.behaviour is not None:
        return Cut(behaviour=column.behaviour)
    if column.is_number:
        return Cut(edges=_edges(column, ranges), numeric=True)
    known = column.codes[column.known]
    counts = np.bincount(known, minlength=len(column.levels))
    order = np.argsort(-counts, kind="stable")[: 2 * most]
    frequent = [column.levels[code] for code in order if counts[code] >= at_least]
    distinct = {_compared(level): level for level in reversed(frequent) if _writable(level)}
    return Cut(values=tuple(reversed(distinct.values()))[:most])


def summed(bins: NDArray[np.integer[Any]], of: Floats, size: int) -> Floats:
    """Return the sum of something over each bin."""
    return np.bincount(bins, of, size).astype(np.float64, copy=False)


def decimal(edge: float) -> str:
    """Return an edge as an agreement writes it, without exponent."""
    return format(Decimal(repr(edge)).normalize() + 0, "f")


def _compared(level: str) -> float | str:
    """Return what a value is compared by: `1` and `1.0` are the same value."""
    read = number(level)
    return level if read is None else read


def _writable(level: str) -> bool:
    return read_range(level) is None and level not in ("otherwise", "unknown")


def _edges(column: Column, ranges: int) -> tuple[float, ...]:
    """Return where ranges begin: between two numbers that occur, written as short as possible.

    What begins with a value that is itself written as a range begins where that does.
    """
    numbers = column.numbers[~np.isnan(column.numbers)]
    distinct = np.unique(numbers)
    if len(distinct) <= ranges:
        begins = distinct[1:]
    else:
        shares = np.linspace(0, 1, ranges + 1)[1:-1]
        begins = np.unique(np.quantile(numbers, shares, method="higher"))
        begins = begins[begins > distinct[0]]
    before = distinct[np.searchsorted(distinct, begins) - 1]
    there = np.unique(column.codes[np.isin(column.numbers, begins)])
    written = {lower_end(column.levels[code]) for code in there}
    short = [
        at if at in written else _shortest(above, at)
        for above, at in zip(before.tolist(), begins.tolist(), strict=True)
    ]
    return tuple(edge for edge in short if edge is not None)


def _shortest(above: float, at: float) -> float | None:
    """Return the shortest decimal above one number and not above another, if it can be written.

    Above what has no lower end it is that other number: `<10` is followed by what begins at 10.
    """
    if above == -np.inf:
        above = float(np.nextafter(at, -np.inf))
    if abs(at) >= _LARGEST or abs(above) >= _LARGEST:
        return None
    exact = Decimal(repr(at))
    for places in range(-15, 10):
        unit = Decimal(1).scaleb(-places)
        rounded = float((exact / unit).to_integral_value(ROUND_FLOOR) * unit)
        if above < rounded <= at:
            return rounded + 0.0
    return None
