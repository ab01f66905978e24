"""Fewer rows with the least loss: bins that say nearly the same become one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from einig.engine.learning.cuts import BLANK_BIN, FIRST_BIN, OTHER_BIN, summed
from einig.engine.learning.examples import Floats, Ints
from einig.engine.learning.fitting import Term

_WORTH_A_ROW = 1.0  # gain in log likelihood below which a row of its own is not worth reading


@dataclass(frozen=True, slots=True)
class Rows:
    """A term with the row (a number for each) of every bin, and the log odds of every bin."""

    term: Term
    row: Ints
    effects: Floats

    @property
    def count(self) -> int:
        """Return how many rows an agreement needs for it."""
        return _needed(self.term, self.row)


def merge(terms: Sequence[Term], *, most_rows: int) -> list[Rows]:
    """Return rows for all terms, at most so many together.

    The two rows whose merging loses least become one, while there are too many or while the loss
    is not worth a row. Ranges merge with their neighbours, values with all others ("otherwise").
    """
    tables = [_Table(term) for term in terms]
    while True:
        offers = [table.cheapest() for table in tables]
        best = min(range(len(tables)), key=lambda i: offers[i][0], default=None)
        if best is None or not np.isfinite(offers[best][0]):
            break
        enough = sum(_needed(table.term, table.row) for table in tables) <= most_rows
        if enough and offers[best][0] > _WORTH_A_ROW:
            break
        tables[best].merge(*offers[best][1:])
    return [Rows(table.term, table.row, table.effects) for table in tables]


def _needed(term: Term, row: Ints) -> int:
    if term.cap is not None:
        return 1
    needed = len(np.unique(row[FIRST_BIN:])) + int(term.part.counts[BLANK_BIN] > 0)
    if term.part.cut.numeric:
        return needed + int(term.part.counts[OTHER_BIN] > 0)
    return needed + int(OTHER_BIN not in row[FIRST_BIN:])


class _Table:
    """The rows of one term while they are merged."""

    def __init__(self, term: Term) -> None:
        self.term = term
        self.row = np.arange(len(term.effects))
        self.weight = term.information
        rare = np.sqrt(self.weight / max(self.weight.sum(), 1e-12))
        self.shown = self.weight.sum() * rare / max(rare.sum(), 1e-12)
        self.effects = term.effects
        if term.cap is None and term.part.cut.numeric:
            self.effects = _one_way(term.effects, self.weight)

    def cheapest(self) -> tuple[float, int, int]:
        """Return the least loss, and the two rows that would become one."""
        if self.term.cap is not None:
            return np.inf, 0, 0
        rows = np.unique(self.row[FIRST_BIN:])
        if self.term.part.cut.numeric:
            kept, gone = rows[:-1], rows[1:]
        else:
            gone = rows[rows != OTHER_BIN]
            kept = np.full(len(gone), OTHER_BIN)
        if not len(gone):
            return np.inf, 0, 0
        size = len(self.row)
        shown = summed(self.row, self.shown, size)
        weight = summed(self.row, self.weight, size)
        effect = summed(self.row, self.weight * self.effects, size) / np.maximum(weight, 1e-12)
        if weight[kept[0]] == 0 and not self.term.part.cut.numeric:
            # A row for all others is needed in any case; what is nearest to average shares it.
            return 0.0, OTHER_BIN, int(gone[np.argmin(shown[gone] * effect[gone] ** 2)])
        together = shown[kept] * shown[gone] / np.maximum(shown[kept] + shown[gone], 1e-12)
        loss = 0.5 * together * (effect[kept] - effect[gone]) ** 2
        best = int(np.argmin(loss))
        return float(loss[best]), int(kept[best]), int(gone[best])

    def merge(self, kept: int, gone: int) -> None:
        """Make two rows one; its effect is their mean, weighted by evidence."""
        self.row = np.where(self.row == gone, kept, self.row)
        inside = self.row == kept
        weight = self.weight[inside].sum()
        mean = (self.weight[inside] * self.effects[inside]).sum() / max(weight, 1e-12)
        self.effects = np.where(inside, mean, self.effects)


def _one_way(effects: Floats, weight: Floats) -> Floats:
    """Return effects of ranges that only rise or only fall, where that contradicts no evidence."""
    ranges, sure = effects[FIRST_BIN:], weight[FIRST_BIN:] + 1e-9
    ways = (_rising(ranges, sure), -_rising(-ranges, sure))
    losses = [0.5 * float((sure * (ranges - way) ** 2).sum()) for way in ways]
    # A bend is kept only if each range, on average, is surer of it than chance would make it.
    if min(losses) >= len(ranges):
        return effects
    return np.concatenate((effects[:FIRST_BIN], ways[int(np.argmin(losses))]))


def _rising(values: Floats, weight: Floats) -> Floats:
    """Return the nearest values that never fall (pool adjacent violators)."""
    pools: list[tuple[float, float, int]] = []
    for value, sure in zip(values, weight, strict=True):
        pool = (float(value), float(sure), 1)
        while pools and pools[-1][0] >= pool[0]:
            mean, weights, size = pools.pop()
            together = weights + pool[1]
            pool = ((mean * weights + pool[0] * pool[1]) / together, together, size + pool[2])
        pools.append(pool)
    return np.concatenate([np.full(size, mean) for mean, _, size in pools])
