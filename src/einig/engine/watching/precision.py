"""Whether fewer of those handed over buy than was promised.

Each hand-off that matured is an observation: one that did not buy adds points, one that bought
takes some away (the log-likelihood ratio between the promised share and a smaller one, in whole
points). The promise itself is known only from so many of so many: the threshold holds on average
over every share that those numbers leave possible, so a promise from few hand-offs makes a slower
test and not a louder one. The power is averaged over the same shares, each of them halved.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from einig.engine.backtest.intervals import Proportion
from einig.engine.watching import cusum, known
from einig.engine.watching.cusum import Alarm, Floats, Ints, Mixture

ERROR = 0.025  # false alarms a quiet year; with the other tests 4.5%, and half of one is spare
LEAST = 10  # hand-offs that matured, without which nothing was promised
_SHRUNK = 0.6  # the share that the points are made for; smaller falls are noticed, if more slowly
_UNIT = 0.04  # of the log-likelihood ratio is about one point


@dataclass(frozen=True, slots=True)
class PrecisionTest:
    """A threshold for the sum of points, exact for a promise and a year's hand-offs."""

    promised: Proportion
    yearly: int  # hand-offs that mature in a year, as the promise has them
    missed: int  # points that a hand-off adds which did not buy
    bought: int  # points, below nought, of one that did
    threshold: int

    def alarm(self, bought: npt.NDArray[np.bool_], year: Ints) -> Alarm | None:
        """Return with which hand-offs, in the order of maturing, an alarm was raised.

        `year` says in which year of the version each matured.
        """
        points = np.where(bought, self.bought, self.missed).astype(np.int64)
        return cusum.first_alarm(points, year, threshold=self.threshold)

    def noticed(self, times: float, within: int) -> float:
        """Return how likely a share that became `times` the promised is noticed within so many."""
        if within < 1:
            return 0.0
        of = _mixture(self.promised, times, (self.missed, self.bought))
        return float(cusum.alarmed_by(of, threshold=self.threshold, steps=within)[-1])

    def power(self, times: float, *, cases: int, part: float) -> float:
        """Return how likely that is noticed, whenever it begins, within a part of a year.

        `cases` are the hand-offs that mature in a year and say something.
        """
        within = round(cases * part)
        if within < 1:
            return 0.0
        of = _mixture(self.promised, times, (self.missed, self.bought))
        return cusum.alarmed_within(of, threshold=self.threshold, steps=within, year=cases)


def precision_test(
    promised: Proportion, *, yearly: int, error: float = ERROR
) -> PrecisionTest | None:
    """Return the test of a promised share; None where too little was promised to be tested."""
    if promised.whole < LEAST or not promised.part or yearly < 1:
        return None
    points = _points((promised.part + 0.5) / (promised.whole + 1))
    quiet = _mixture(promised, 1.0, points)
    threshold = cusum.threshold_for(quiet, steps=yearly, error=error)
    return PrecisionTest(promised, yearly, *points, threshold)


def _points(share: float) -> tuple[int, int]:
    missed = math.log((1 - _SHRUNK * share) / (1 - share))
    up = max(1, round(missed / _UNIT))
    return up, min(-1, round(up * math.log(_SHRUNK) / missed))


def _mixture(promised: Proportion, times: float, points: tuple[int, int]) -> Mixture:
    shares, weight = known.share(promised.part, promised.whole)
    shares = np.minimum(shares * times, 1.0)
    chance: Floats = np.stack([1 - shares, shares], axis=1)
    return Mixture(points, chance, weight)
