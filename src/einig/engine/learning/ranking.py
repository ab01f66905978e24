"""How well a score ranks: the area under the curve, with an interval that knows repeated leads."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einig.engine.learning.cuts import summed
from einig.engine.learning.examples import Examples, Floats

_Z = 1.959963984540054  # 97.5% quantile of the normal distribution

Scores = NDArray[np.integer[Any]] | NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95% interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Area:
    """The chance that a won lead scores above one that was not won, and its standard error."""

    value: float
    error: float

    @property
    def estimate(self) -> Estimate:
        """Return it with its 95% interval: normal on the logit, so that it stays within 0 to 1."""
        if not 0 < self.value < 1 or self.error == 0:
            return Estimate(self.value, self.value, self.value)
        middle = math.log(self.value / (1 - self.value))
        spread = _Z * self.error / (self.value * (1 - self.value))
        low, high = (1 / (1 + math.exp(-(middle + side * spread))) for side in (-1, 1))
        return Estimate(self.value, low, high)

    @property
    def chance_alone(self) -> float:
        """Return how probable so large an area is where the score says nothing (one-sided)."""
        if self.error == 0:
            return 0.0 if self.value > 0.5 else 1.0
        return 0.5 * math.erfc((self.value - 0.5) / self.error / math.sqrt(2))


def area(score: Scores, examples: Examples) -> Area:
    """Return the area under the curve of a score.

    Ties count half, weights as so many examples. The error is DeLong's, summed by lead as
    Obuchowski (1997) does, since snapshots of one lead are no independent witnesses. Needs both
    outcomes.
    """
    order, group = np.unique(score, return_inverse=True)
    weight, won = examples.weight, examples.won
    winners = summed(group, weight * won, len(order))
    losers = summed(group, weight * ~won, len(order))
    below_winner = (np.cumsum(losers) - losers / 2) / losers.sum()
    above_loser = (winners.sum() - np.cumsum(winners) + winners / 2) / winners.sum()
    value = float((winners * below_winner).sum() / winners.sum())
    placed = np.where(won, below_winner[group], above_loser[group]) - value
    total = np.where(won, winners.sum(), losers.sum())
    return Area(value, _by_lead(weight * placed / total, examples))


def _by_lead(influence: Floats, examples: Examples) -> float:
    leads, of = np.unique(examples.lead, return_inverse=True)
    together = summed(of, influence, len(leads))
    correction = len(leads) / max(len(leads) - 1, 1)
    return math.sqrt(correction * float((together**2).sum()))
