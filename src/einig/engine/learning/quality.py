"""How good a score is on examples that it was not learned from, each figure with its interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from einig.engine.learning.conversions import conversions
from einig.engine.learning.cuts import summed
from einig.engine.learning.enough import refuse_too_few
from einig.engine.learning.examples import Examples, Floats, Ints
from einig.engine.learning.ranking import Estimate, Scores, area

DRAWS = 200
_GROUPS = 10


@dataclass(frozen=True, slots=True)
class Group:
    """Examples of about the same chance: what was expected of them, and what came."""

    count: int
    expected: float
    conversion: Estimate


@dataclass(frozen=True, slots=True)
class Calibration:
    """Whether chances come true. `error` is the mean distance of a group's conversion from its
    expectation; `expected` and `came` are of all examples together."""

    expected: float
    came: Estimate
    error: Estimate
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """What a score is worth. `lift` is the conversion of the best `capacity` share of examples
    through the conversion of all."""

    auc: Estimate
    average_precision: Estimate
    lift: Estimate
    capacity: float
    calibration: Calibration | None


def measure(
    score: Scores,
    examples: Examples,
    *,
    chance: Floats | None = None,
    capacity: float = 0.1,
    draws: int = DRAWS,
) -> Quality:
    """Return the quality of a score on examples; calibration only where chances are given.

    The interval of the area is Obuchowski's, those of conversions are Wilson's; all others are the
    middle 95% of a bootstrap that draws leads with all their examples, those that ever won apart
    from the others. Equal scores stand on one step, as for someone who cannot tell them apart.
    Raises NotEnough where one outcome is missing.
    """
    refuse_too_few(examples, fewest=1)
    steps = _Steps(score, examples.won, capacity)
    figures: list[Callable[[Floats], Floats]] = [steps.figures]
    groups = None if chance is None else _Groups(chance, examples.won)
    if groups is not None:
        figures.append(groups.figures)
    measured = _with_intervals(lambda w: np.concatenate([f(w) for f in figures]), examples, draws)
    calibration = None if groups is None else groups.calibration(measured[2:], examples)
    return Quality(area(score, examples).estimate, measured[0], measured[1], capacity, calibration)


class _Steps:
    """Examples by distinct score, the best first."""

    def __init__(self, score: Scores, won: object, capacity: float) -> None:
        order, group = np.unique(score, return_inverse=True)
        self.size, self.capacity = len(order), capacity
        self.group = len(order) - 1 - group
        self.won = np.asarray(won, np.float64)

    def figures(self, weight: Floats) -> Floats:
        """Return average precision, and lift of the best share."""
        there = summed(self.group, weight, self.size)
        won = summed(self.group, weight * self.won, self.size)
        reached, hit = np.cumsum(there), np.cumsum(won)
        precision = (hit / np.maximum(reached, 1e-12) * won).sum() / hit[-1]
        best = self.capacity * reached[-1]
        # Of the step at the border a part is taken, whose conversion is that of the whole step.
        top = np.interp(best, np.append(0.0, reached), np.append(0.0, hit))
        return np.array([precision, (top / best) / (hit[-1] / reached[-1])])


class _Groups:
    """Examples in ten groups by chance, of about the same size."""

    def __init__(self, chance: Floats, won: object) -> None:
        self.chance, self.won = chance, np.asarray(won, np.float64)
        ends = np.unique(np.quantile(chance, np.linspace(0, 1, _GROUPS + 1)[1:-1], method="lower"))
        _, self.group = np.unique(np.searchsorted(ends, chance), return_inverse=True)
        self.size = int(self.group.max()) + 1

    def figures(self, weight: Floats) -> Floats:
        """Return what came of all, the error, and what was expected and came of each group."""
        there = np.maximum(summed(self.group, weight, self.size), 1e-12)
        expected = summed(self.group, weight * self.chance, self.size) / there
        came = summed(self.group, weight * self.won, self.size) / there
        error = (there * np.abs(expected - came)).sum() / there.sum()
        whole = np.array([(there * expected).sum(), (there * came).sum()]) / there.sum()
        return np.concatenate((whole, [error], expected, came))

    def calibration(self, of: list[Estimate], examples: Examples) -> Calibration:
        """Return the figures by name, conversions with Wilson's interval.

        The draws hold fixed how many were won, and of a group where nobody was they know no better.
        """
        expected = of[3 : 3 + self.size]
        came = conversions(self.group.astype(np.int16), self.size, examples)
        whole = conversions(np.zeros(len(examples), np.int16), 1, examples).conversion(0)
        groups = tuple(
            Group(int(came.count[at]), e.value, came.conversion(at))
            for at, e in enumerate(expected)
        )
        return Calibration(of[0].value, whole, of[2], groups)


def _with_intervals(
    figures: Callable[[Floats], Floats], examples: Examples, draws: int
) -> list[Estimate]:
    values = figures(examples.weight)
    leads, of = np.unique(examples.lead, return_inverse=True)
    ever = np.bincount(of, examples.won, len(leads)) > 0
    strata = [np.flatnonzero(ever), np.flatnonzero(~ever)]
    draw = np.random.default_rng(0)  # the same examples have the same intervals
    drawn = np.array([figures(examples.weight * _drawn(strata, draw)[of]) for _ in range(draws)])
    low, high = np.quantile(drawn, (0.025, 0.975), axis=0)
    return [
        Estimate(float(v), float(min(v, a)), float(max(v, b)))
        for v, a, b in zip(values, low, high, strict=True)
    ]


def _drawn(strata: list[Ints], draw: np.random.Generator) -> Floats:
    """Return how often each lead is drawn, when as many are drawn of each stratum as it has."""
    times = np.zeros(sum(len(stratum) for stratum in strata))
    for stratum in strata:
        if len(stratum):
            picked = draw.integers(len(stratum), size=len(stratum))
            times[stratum] = np.bincount(picked, minlength=len(stratum))
    return times
