"""Whether more or fewer leads a week go to sales than was promised.

Two sums over whole weeks, one for fewer and one for more, each with half of the error rate. Weeks
vary more than chance alone would let them, because of fairs, mailings and holidays: by how much is
estimated from the weeks of the promise (the variance through the mean, at least one), and a quiet
week is a negative binomial number with that dispersion. No week adds more than a fixed number of
points, so that it takes several: neither a fair nor the days after Christmas raise an alarm. The
mean and the dispersion are known only from those weeks: as with precision, the threshold holds on
average over all that they leave possible.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from einig.engine.watching import cusum, known
from einig.engine.watching.cusum import Alarm, Floats, Ints, Mixture

ERROR = 0.01  # false alarms a quiet year, both directions together
LEAST = 8  # weeks, without which nothing was promised
YEAR = 52
_FEWER, _MORE = 2 / 3, 3 / 2  # the changes that the points are made for
_UNIT = 0.05  # of the log-likelihood ratio is about one point
_NODES = 9  # means, and as many dispersions, that are gone through
_MOST = 1.5  # of the log-likelihood ratio, in one week


@dataclass(frozen=True, slots=True)
class Direction:
    """A sum for one direction: the points of a week with so many hand-offs, and the threshold.

    Weeks with more than the last number have the points of the last.
    """

    points: Ints
    threshold: int


@dataclass(frozen=True, slots=True)
class VolumeTest:
    """Thresholds for the sums of both directions, exact for the promised weeks."""

    total: int
    weeks: int
    dispersion: float
    fewer: Direction
    more: Direction

    @property
    def mean(self) -> float:
        """Return the promised number of hand-offs a week."""
        return self.total / self.weeks

    def alarm(self, weekly: Sequence[int]) -> tuple[Alarm, bool] | None:
        """Return with which weeks an alarm was raised, and whether they brought more."""
        year = np.arange(len(weekly)) // YEAR
        found = []
        for of, more in ((self.fewer, False), (self.more, True)):
            numbers = np.minimum(np.asarray(weekly, np.int64), len(of.points) - 1)
            alarm = cusum.first_alarm(of.points[numbers], year, threshold=of.threshold)
            if alarm is not None:
                found.append((alarm, more))
        return min(found, key=lambda of: of[0].at, default=None)

    def noticed(self, times: float, within: int) -> float:
        """Return how likely it is noticed within so many weeks that they bring `times` as many."""
        if within < 1:
            return 0.0
        of = self.more if times > 1 else self.fewer
        mixture = _mixture(of.points, self.total, self.weeks, self.dispersion, times)
        return float(cusum.alarmed_by(mixture, threshold=of.threshold, steps=within)[-1])

    def power(self, times: float, within: int) -> float:
        """Return how likely that is noticed within so many weeks, whenever in a year they begin."""
        of = self.more if times > 1 else self.fewer
        mixture = _mixture(of.points, self.total, self.weeks, self.dispersion, times)
        return cusum.alarmed_within(mixture, threshold=of.threshold, steps=within, year=YEAR)


def volume_test(weekly: Sequence[int], *, error: float = ERROR) -> VolumeTest | None:
    """Return the test of the promised weeks; None where there are too few, or all are empty."""
    total, weeks = int(sum(weekly)), len(weekly)
    if weeks < LEAST or not total:
        return None
    dispersion = max(1.0, float(np.var(weekly, ddof=1) / np.mean(weekly)))
    fewer, more = (
        _direction(total, weeks, dispersion, times, error / 2) for times in (_FEWER, _MORE)
    )
    return VolumeTest(total, weeks, dispersion, fewer, more)


def _direction(total: int, weeks: int, dispersion: float, times: float, error: float) -> Direction:
    mean = total / weeks
    size = _largest(mean, dispersion)
    numbers = np.arange(size)
    ratio = (numbers * math.log(times) - mean * (times - 1)) / dispersion
    points = np.rint(np.clip(ratio, -2 * _MOST, _MOST) / _UNIT).astype(np.int64)
    quiet = _mixture(points, total, weeks, dispersion, 1.0)
    return Direction(points, cusum.threshold_for(quiet, steps=YEAR, error=error))


def _mixture(points: Ints, total: int, weeks: int, dispersion: float, times: float) -> Mixture:
    square = dispersion * (weeks - 1)
    spreads, likely = known.dispersion(square, weeks - 1, nodes=_NODES)
    rows = [known.mean(total, weeks, spread, nodes=_NODES) for spread in spreads.tolist()]
    most = max(float(means.max()) for means, _weight in rows) * times
    size = max(len(points), _largest(most, float(spreads.max())))
    each = zip(spreads.tolist(), rows, strict=True)
    chance = np.concatenate([_chances(means * times, of, size) for of, (means, _weight) in each])
    weight = np.concatenate([w * part for (_means, w), part in zip(rows, likely, strict=True)])
    given = points[np.minimum(np.arange(size), len(points) - 1)]
    values, place = np.unique(given, return_inverse=True)
    together = np.array([np.bincount(place, row, len(values)) for row in chance], np.float64)
    return Mixture(tuple(values.tolist()), together, weight)


def _largest(mean: float, dispersion: float) -> int:
    """Return a number of hand-offs that no week with this mean exceeds."""
    return math.ceil(mean + 12 * math.sqrt(mean * dispersion) + 12 * dispersion) + 20


def _chances(means: Floats, dispersion: float, size: int) -> Floats:
    """Return for each mean how likely a week brings 0, 1, 2 … hand-offs."""
    numbers = np.arange(size - 1)
    if dispersion > 1:
        shape = means / (dispersion - 1)
        first = -shape * math.log(dispersion)
        ratio = (numbers + shape[:, None]) / (numbers + 1) * (1 - 1 / dispersion)
    else:
        first, ratio = -means, means[:, None] / (numbers + 1)
    logs = np.concatenate([first[:, None], first[:, None] + np.cumsum(np.log(ratio), axis=1)], 1)
    chance = np.exp(logs)
    found: Floats = chance / chance.sum(axis=1, keepdims=True)
    return found
