"""Pairs of values that convert better or worse together than each of them explains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from einig.engine.learning.conversions import lead_count, wilson
from einig.engine.learning.cuts import Bins, summed
from einig.engine.learning.discoveries import SHARE_FALSE, adjusted, normal_p
from einig.engine.learning.examples import Examples, Floats
from einig.engine.learning.ranking import Estimate

_MOST_COLUMNS = 10
_MOST_PAIRS = 20
_FACTOR = 1.1  # a pair matters whose odds are so many times the expected ones, or less
_FEWEST_EXPECTED = 5.0  # wins, and losses: below that the normal approximation says too much


@dataclass(frozen=True, slots=True)
class Pair:
    """Two values that occur together, what they convert at, and what was to be expected."""

    columns: tuple[str, str]
    labels: tuple[str, str]
    count: int
    conversion: Estimate
    expected: float
    false_share: float


def pairs(
    columns: Sequence[tuple[str, tuple[str, ...], Bins]], examples: Examples
) -> tuple[Pair, ...]:
    """Return the pairs that are more than their parts, the clearest first.

    Looks at the first ten columns. What was to be expected comes from a logistic regression on both
    columns without interaction. Of the pairs that are clear at most one in twenty is false on
    average; returned are at most twenty of them, whose odds are off by a tenth or more.
    """
    seen: list[tuple[Pair, float]] = []
    for one, other in combinations(columns[:_MOST_COLUMNS], 2):
        seen += _cells(one, other, examples)
    false = adjusted(np.array([p for _, p in seen]))
    clear = [
        Pair(pair.columns, pair.labels, pair.count, pair.conversion, pair.expected, float(share))
        for (pair, _), share in zip(seen, false, strict=True)
        if share <= SHARE_FALSE
    ]
    found = [pair for pair in clear if _matters(pair)]
    return tuple(sorted(found, key=lambda p: (p.false_share, p.columns, p.labels))[:_MOST_PAIRS])


def _matters(pair: Pair) -> bool:
    came, expected = pair.conversion.value, pair.expected
    factor = came * (1 - expected) / max(expected * (1 - came), 1e-12)
    return not 1 / _FACTOR < factor < _FACTOR


def _cells(
    one: tuple[str, tuple[str, ...], Bins],
    other: tuple[str, tuple[str, ...], Bins],
    examples: Examples,
) -> list[tuple[Pair, float]]:
    (name, labels, bins), (name2, labels2, bins2) = one, other
    shape = (len(labels), len(labels2))
    cell = bins.astype(np.int64) * shape[1] + bins2
    size = shape[0] * shape[1]
    # As many independent leads of equal weight as the examples are worth.
    fair = examples.weight.sum() / (examples.weight**2).sum()
    fair *= lead_count(examples) / len(examples)
    there = summed(cell, examples.weight, size) * fair
    won = summed(cell, examples.weight * examples.won, size) * fair
    count = np.bincount(cell, minlength=size)
    expected, spread = _expected(there.reshape(shape), won.reshape(shape))
    wins = there * expected
    enough = np.minimum(wins, there - wins) >= _FEWEST_EXPECTED
    # Where the columns leave a cell no room of its own, nothing can be said about the pair.
    free = spread > 0.02 * there * expected * (1 - expected)
    told = []
    for at in np.flatnonzero(enough & free):
        z = float((won[at] - wins[at]) / np.sqrt(spread[at]))
        a, b = divmod(int(at), shape[1])
        conversion = wilson(float(won[at] / there[at]), float(there[at]))
        pair = Pair(
            (name, name2), (labels[a], labels2[b]), int(count[at]), conversion,
            float(expected[at]), 1.0,
        )  # fmt: skip
        told.append((pair, normal_p(z)))
    return told


def _expected(there: Floats, won: Floats) -> tuple[Floats, Floats]:
    """Return each cell's chance without interaction, and the variance of its wins around that."""
    rows, columns = there.shape
    design = np.zeros((rows * columns, rows + columns))
    cells = np.arange(rows * columns)
    design[cells, cells // columns] = 1
    design[cells, rows + cells % columns] = 1
    weight, wins = there.ravel(), won.ravel()
    share = wins.sum() / weight.sum()
    effect = np.full(rows + columns, np.log(share / (1 - share)) / 2)
    # Both columns add up to the same: a trace of ridge makes the solution unique.
    ridge = 1e-3 * np.eye(rows + columns)
    for _ in range(30):
        chance = 1 / (1 + np.exp(-(design @ effect)))
        curve = weight * chance * (1 - chance)
        inverse = np.linalg.inv((design * curve[:, None]).T @ design + ridge)
        step = np.clip(inverse @ (design.T @ (wins - weight * chance)), -3, 3)
        effect = effect + step
        if np.abs(step).max() < 1e-8:
            break
    leverage = curve * np.einsum("ij,jk,ik->i", design, inverse, design)
    return chance, curve * np.maximum(1 - leverage, 0.0)
