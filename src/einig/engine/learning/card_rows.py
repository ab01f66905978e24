"""The rows that people read: bins with the same points together, and what they were among examples.

A row has no more in it than an agreement can write.
"""

from __future__ import annotations

import itertools
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from einig.engine.learning.card import Activity, Attribute, Row
from einig.engine.learning.cuts import BLANK_BIN, FIRST_BIN, OTHER_BIN, Cut, range_label
from einig.engine.learning.examples import Examples, Ints
from einig.engine.learning.fitting import Part, Term


def attribute(part: Part, points: Ints, examples: Examples) -> Attribute:
    """Return the attribute that gives each bin of a part so many points."""
    cut, of_bin = _numbers(part, points) if part.cut.numeric else _values(part, points)
    bins = cut.bins(part.column)
    rows = _Rows(examples, bins)
    told = [*_own_rows(cut, of_bin, part), *_other_rows(cut, of_bin, part)]
    made = tuple(
        Row(kind, label, of_bin[bin_], *rows.figures(bin_), low=low, high=high)
        for kind, label, bin_, low, high in told
    )
    return Attribute(part.column.name, made, cut, tuple(of_bin), _way(cut, of_bin))


def activity(term: Term, points: int, examples: Examples) -> Activity:
    """Return the points for each activity of a behaviour that is a term."""
    behaviour, times = term.part.cut.behaviour, term.cap
    assert behaviour is not None  # a term has a cap exactly where its part is a behaviour
    assert times is not None
    figures = _Rows(examples, (term.part.bins > 0).astype(np.int16)).figures(1)
    return Activity(term.part.column.name, behaviour, points, times, *figures)


def _numbers(part: Part, points: Ints) -> tuple[Cut, list[int]]:
    ranges = points[FIRST_BIN:]
    begins = [place for place in range(1, len(ranges)) if ranges[place] != ranges[place - 1]]
    cut = Cut(edges=tuple(part.cut.edges[place - 1] for place in begins), numeric=True)
    of_range = [int(ranges[place]) for place in (0, *begins)]
    # One range for all numbers cannot be written, and need not be: it is whatever is known.
    other = of_range[0] if not begins else _if_seen(part, OTHER_BIN, points)
    return cut, [_if_seen(part, BLANK_BIN, points), other, *of_range]


def _values(part: Part, points: Ints) -> tuple[Cut, list[int]]:
    own = points[FIRST_BIN:]
    other = int(points[OTHER_BIN])
    order = [at for at in np.argsort(-own, kind="stable") if own[at] != other]
    cut = Cut(values=tuple(part.cut.values[at] for at in order))
    return cut, [_if_seen(part, BLANK_BIN, points), other, *(int(own[at]) for at in order)]


def _if_seen(part: Part, bin_: int, points: Ints) -> int:
    """Return a bin's points; what never was seen earns nothing, and has no row."""
    return int(points[bin_]) if part.counts[bin_] > 0 else 0


_Told = tuple[Literal["value", "range", "otherwise", "blank"], str, int, float, float]


def _own_rows(cut: Cut, of_bin: list[int], part: Part) -> list[_Told]:
    if not cut.numeric:
        return [
            ("value", value, bin_, -np.inf, np.inf)
            for bin_, value in enumerate(cut.values, FIRST_BIN)
        ]
    if not cut.edges:
        return []
    numbers = part.column.numbers
    known = numbers[np.isfinite(numbers)]
    whole = bool((known == np.rint(known)).all()) and all(e == round(e) for e in cut.edges)
    ends = (-np.inf, *cut.edges, np.inf)
    return [
        ("range", range_label(low, high, whole=whole), bin_, low, high)
        for bin_, (low, high) in enumerate(itertools.pairwise(ends), FIRST_BIN)
    ]


def _other_rows(cut: Cut, of_bin: list[int], part: Part) -> list[_Told]:
    rows: list[_Told] = []
    if not cut.numeric or not cut.edges or part.counts[OTHER_BIN] > 0:
        rows.append(("otherwise", "otherwise", OTHER_BIN, -np.inf, np.inf))
    if part.counts[BLANK_BIN] > 0:
        rows.append(("blank", "unknown", BLANK_BIN, -np.inf, np.inf))
    return rows


def _way(cut: Cut, of_bin: list[int]) -> Literal["rising", "falling"] | None:
    steps = np.diff(of_bin[FIRST_BIN:])
    if not cut.numeric or not len(steps):
        return None
    if (steps > 0).all():
        return "rising"
    return "falling" if (steps < 0).all() else None


class _Rows:
    """Count, conversion and lift of each bin."""

    def __init__(self, examples: Examples, bins: NDArray[np.int16]) -> None:
        size = int(bins.max(initial=0)) + FIRST_BIN + 1
        self.count = np.bincount(bins, minlength=size)
        self.weight = np.bincount(bins, examples.weight, size)
        self.won = np.bincount(bins, examples.weight * examples.won, size)
        self.base = self.won.sum() / self.weight.sum()

    def figures(self, bin_: int) -> tuple[int, float | None, float | None]:
        if bin_ >= len(self.count) or self.weight[bin_] == 0:
            return 0, None, None
        conversion = float(self.won[bin_] / self.weight[bin_])
        return int(self.count[bin_]), conversion, float(conversion / self.base)
