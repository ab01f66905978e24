"""A sum that grows while things go worse than promised, and what its alarm is worth, exactly.

Every observation adds whole points or takes some away; the sum never falls below nought, and an
alarm is raised when it reaches the threshold (Page 1954). Since points are whole numbers, the sum
has few states: how likely an alarm is after so many observations is worked out by going through
them all, and not by trying. What is not known exactly, such as a share that was only estimated, is
a `Mixture`: every truth that is possible, with its weight.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_STEADY = 1e-7  # from then on, an alarm is as likely after each observation as after the one before


@dataclass(frozen=True, slots=True)
class Mixture:
    """Points with their chances: a row a possible truth, with its weight, a column a value."""

    points: tuple[int, ...]
    chance: Floats
    weight: Floats


def alarmed_by(of: Mixture, *, threshold: int, steps: int) -> Floats:
    """Return how likely an alarm is by each observation, from the first on, over all truths."""
    left = _left_by(of, threshold=threshold, steps=steps)
    found: Floats = np.clip(1 - left[1:] @ of.weight, 0.0, 1.0)
    return found


def alarmed_within(of: Mixture, *, threshold: int, steps: int, year: int) -> float:
    """Return how likely an alarm is within so many observations that begin at any time of a year.

    A year has at least as many, and when one begins so does the sum, at nought.
    """
    left = _left_by(of, threshold=threshold, steps=steps)
    broken = (left[:-1] * left[:0:-1]).sum(axis=0)  # so many before the year ends, the rest after
    none = (broken + (year - steps) * left[-1]) / year
    return float(np.clip(1 - none @ of.weight, 0.0, 1.0))


def _left_by(of: Mixture, *, threshold: int, steps: int) -> Floats:
    """Return for each truth how likely no alarm is by none, one, two … observations."""
    state = np.zeros((len(of.weight), threshold))
    state[:, 0] = 1.0
    left = np.ones((steps + 1, len(of.weight)))
    before = np.zeros(len(of.weight))
    early = 20 + 4 * threshold // max(*of.points, 1)  # before, hardly any way led to an alarm
    for step in range(1, steps + 1):
        state = _moved(state, of)
        left[step] = state.sum(axis=1)
        hazard = 1 - left[step] / np.maximum(left[step - 1], 1e-300)
        still = np.abs(hazard - before) <= _STEADY * hazard + 1e-13
        if step >= early and still.all():
            further = np.arange(1, steps - step + 1)[:, None]
            left[step + 1 :] = left[step] * (1 - hazard) ** further
            break
        before = hazard
    return left


def _moved(state: Floats, of: Mixture) -> Floats:
    """Return the chances of the sums after one more observation, less those that raise an alarm."""
    size = state.shape[1]
    after = np.zeros_like(state)
    for column, points in enumerate(of.points):
        chance = of.chance[:, column : column + 1]
        if points >= size:
            continue
        if points >= 0:
            after[:, points:] += chance * state[:, : size - points]
            continue
        down = min(-points, size)
        after[:, : size - down] += chance * state[:, down:]
        after[:, 0] += chance[:, 0] * state[:, :down].sum(axis=1)
    return after


def threshold_for(of: Mixture, *, steps: int, error: float) -> int:
    """Return the lowest threshold that a quiet year of so many steps reaches at most so often.

    The chance falls about by the same part with each point, so that a few guesses find it.
    """
    low, high = 0, max(*of.points, 1)
    over = math.log(1.0)
    while (under := _log_chance(of, high, steps)) > math.log(error):
        low, over, high = high, under, 2 * high
    for turn in itertools.count():
        if high - low == 1:
            break
        part = (over - math.log(error)) / max(over - under, 1e-12)
        part = part if turn % 3 < 2 else 0.5  # both ends come closer
        guess = min(max(low + round(part * (high - low)), low + 1), high - 1)
        found = _log_chance(of, guess, steps)
        if found <= math.log(error):
            high, under = guess, found
        else:
            low, over = guess, found
    return high


def _log_chance(of: Mixture, threshold: int, steps: int) -> float:
    return math.log(max(float(alarmed_by(of, threshold=threshold, steps=steps)[-1]), 1e-300))


def sums(points: Ints) -> Ints:
    """Return the sum after each observation."""
    total = np.concatenate([[0], np.cumsum(points)])
    found: Ints = (total - np.minimum.accumulate(total))[1:]
    return found


@dataclass(frozen=True, slots=True)
class Alarm:
    """The observation that raised an alarm, and the first of those that made the sum grow to it."""

    begins: int
    at: int


def first_alarm(points: Ints, year: Ints, *, threshold: int) -> Alarm | None:
    """Return the first alarm; observations are counted from nought.

    `year` says of each observation in which year it falls; each year begins at nought again.
    """
    for one in np.unique(year):
        own = np.flatnonzero(year == one)
        grown = sums(points[own])
        over = np.flatnonzero(grown >= threshold)
        if len(over):
            nought = np.flatnonzero(grown[: over[0]] == 0)
            return Alarm(int(own[nought[-1] + 1 if len(nought) else 0]), int(own[over[0]]))
    return None
