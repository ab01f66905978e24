"""Examples: what was known of leads at a moment, beside what became of them afterwards.

Everything in this package learns from examples and looks at a column's evidence only, never at
its name: with columns renamed or in another order the answers are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from einig.engine.values import lower_end, value

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

BLANK = -1


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A count of activities of one type in the last `days` days.

    `where` are properties that each counted activity has, as (name, value as compared).
    """

    type: str
    days: int
    where: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One attribute, or one behaviour, of every example.

    `codes` point into `levels` (values as compared, in the order of their first appearance);
    -1 is a blank. `numbers` holds the size of a value (a number, or the lower end of what is
    written as a range, which of `<10` is minus infinity), NaN where it is blank or neither; for a
    behaviour it is the count, and there are no levels and no blanks (`codes` are 0).
    """

    name: str
    codes: Codes
    levels: tuple[str, ...]
    numbers: Floats
    behaviour: Behaviour | None = None
    assumed_known: bool = False  # it is not known since when, so it may be knowledge from later

    @property
    def known(self) -> Bools:
        """Return where the column is filled in."""
        known: Bools = self.codes != BLANK
        return known

    @property
    def is_number(self) -> bool:
        """Return whether what is filled in has a size, but for one value in twenty.

        Where more than one in twenty is written as a range, it is enough that most have a size: as
        texts they could have no row, since an agreement reads `50-249` as a range of numbers.
        """
        if self.behaviour is not None:
            return True
        known, sized = int(self.known.sum()), int((~np.isnan(self.numbers)).sum())
        if 2 * sized <= known:
            return False
        if sized >= 0.95 * known:
            return True
        ranges = np.array([*(lower_end(level) is not None for level in self.levels), False])
        return int(ranges[self.codes].sum()) > 0.05 * known

    def take(self, rows: Ints | Bools) -> Column:
        """Return the column of some examples; levels keep their codes."""
        return replace(self, codes=self.codes[rows], numbers=self.numbers[rows])


@dataclass(frozen=True, slots=True)
class Examples:
    """Examples in order of time: the oldest first.

    lead    int64 (n): the lead's position in its history; several examples of a lead are snapshots
    at      int64 (n): the instant as of which the columns are told, in microseconds UTC;
            where a history has no times, the order in which its leads came
    won     bool (n): whether the target was reached afterwards
    weight  float64 (n): 1, or one through the probability with which a lead was drawn
    revenue float64 (n): of the lead, 0 where nothing was won
    """

    columns: tuple[Column, ...]
    lead: Ints
    at: Ints
    won: Bools
    weight: Floats
    revenue: Floats
    dated: bool = True

    def __len__(self) -> int:
        """Return how many examples there are."""
        return len(self.won)

    @property
    def per_lead(self) -> float:
        """Return how many examples there are of a lead, on average.

        What does not change from one snapshot to the next is seen so many times, and told once.
        """
        return len(self) / max(len(np.unique(self.lead)), 1)

    def take(self, rows: Ints | Bools) -> Examples:
        """Return some of the examples."""
        return Examples(
            tuple(column.take(rows) for column in self.columns),
            self.lead[rows],
            self.at[rows],
            self.won[rows],
            self.weight[rows],
            self.revenue[rows],
            dated=self.dated,
        )

    def only(self, names: Iterable[str]) -> Examples:
        """Return the examples with only the columns of these names, in their old order."""
        wanted = frozenset(names)
        return replace(self, columns=tuple(c for c in self.columns if c.name in wanted))


def text_column(name: str, values: Sequence[str | None], *, assumed_known: bool = False) -> Column:
    """Return a column of written values; None and empty text are blank."""
    levels: dict[str, int] = {}
    read: list[float] = []
    codes = np.full(len(values), BLANK, np.int32)
    for row, written in enumerate(values):
        of = value(written)
        if of is None or written is None:
            continue
        if of.text not in levels:
            levels[of.text] = len(levels)
            read.append(np.nan if of.size is None else of.size)
        codes[row] = levels[of.text]
    table = np.array([*read, np.nan])
    return Column(name, codes, tuple(levels), table[codes], assumed_known=assumed_known)
