"""Whether what a column says holds over time, and whether it says anything but the time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from einig.engine.learning.cuts import Bins, summed
from einig.engine.learning.examples import Floats, Ints

MOST_STRETCHES = 10
_FEWEST_IN_A_STRETCH = 20
_ONLY_TIME = 0.5  # of a stretch's examples would have to change their value to look like the rest


@dataclass(frozen=True, slots=True)
class Stretches:
    """Stretches of time with equally many examples: which one each is in, and its share won."""

    of: Ints
    share: Floats
    won: Floats  # of each example, with its weight
    weight: Floats

    @property
    def count(self) -> int:
        """Return how many there are."""
        return len(self.share)


@dataclass(frozen=True, slots=True)
class Steadiness:
    """`variance` of each bin's effect over time, and how far the column stands in for time.

    `displaced` is the share of examples of a stretch, on average, whose bin would have to change
    for the stretch to look like all of them, less what chance alone does.
    """

    variance: Floats
    displaced: float

    @property
    def stands_in_for_time(self) -> bool:
        """Return whether values come and go with time: what they say cannot be carried forward."""
        return self.displaced >= _ONLY_TIME


def stretches(won: Floats, weight: Floats, share: float) -> Stretches:
    """Return the stretches of examples that are in order of time; one if they are few."""
    count = max(1, min(MOST_STRETCHES, len(won) // _FEWEST_IN_A_STRETCH))
    of = np.arange(len(won)) * count // len(won)
    part = summed(of, weight * won, count) + share
    return Stretches(of, part / (summed(of, weight, count) + 1), weight * won, weight)


def steadiness(bins: Bins, size: int, *, time: Stretches, prior: float) -> Steadiness:
    """Return how steady a column's bins are.

    The variance is estimated by moments over all bins: what the effect in a stretch differs from
    the effect in all, beyond chance. A bin in few stretches carries more of it.
    """
    count = time.count
    cell = bins.astype(np.int64) * count + time.of
    there = summed(cell, time.weight, size * count).reshape(size, count)
    if count == 1:
        return Steadiness(np.zeros(size), 0.0)
    curve = there * (time.share * (1 - time.share))
    slope = summed(cell, time.won, size * count).reshape(size, count) - there * time.share
    middle = slope.sum(1) / (curve.sum(1) + prior)
    beyond = slope - curve * middle[:, None]
    filled = curve >= 1.0
    most = (curve[filled] ** 2).sum()
    variance = max(0.0, ((beyond**2 - curve)[filled].sum()) / most) if most > 0 else 0.0
    spread = there / np.maximum(there.sum(1, keepdims=True), 1e-9)
    return Steadiness(variance * (spread**2).sum(1), _displaced(there))


def _displaced(there: Floats) -> float:
    examples = there.sum(0)
    whole = there.sum(1) / there.sum()
    apart = np.abs(there / examples - whole[:, None])
    # The mean distance that a share has from itself when it is drawn again (normal, sqrt(2/pi)).
    chance = 0.8 * np.sqrt(whole * (1 - whole))[:, None] / np.sqrt(examples)
    return float(0.5 * (apart - chance).sum(0).mean())
