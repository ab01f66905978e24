"""Concordance: how far two raters, or two teams of raters, judge the same leads alike.

Cohen's kappa (Cohen 1960) is the share on which two agree beyond what chance alone would give two
who say yes as often as these do. Its interval is Bayesian: the four cells of the table have a
Dirichlet posterior under Jeffreys' prior (half a lead in each cell), and the interval holds the
middle 95% of the kappas that it allows (Basu, Banerjee and Sen 2000). The usual standard error
(Fleiss, Cohen and Everitt 1969) is made for hundreds of leads: of 20 it covers the true kappa in as
few as half of all cases, and where both agree on every lead it has no width at all. Simulated in
the tests, this one covers 91 to 99% from 10 leads on, and never leaves -1 to 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FEWEST = 5  # leads below which kappa says nothing
_DRAWS = 20_000
_PRIOR = 0.5


@dataclass(frozen=True, slots=True)
class Interval:
    """What a figure is between, with a probability of 95%."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Concordance:
    """How two sides judged: leads by what each says; `undecided` are those on which a side is tied.

    An undecided lead is one on which both do not agree, but says nothing about chance: it is in no
    cell of the table, and counts in neither kappa.
    """

    both_yes: int
    both_no: int
    only_first: int
    only_second: int
    undecided: int = 0

    @property
    def decided(self) -> int:
        """Return how many leads both sides have a verdict on."""
        return self.both_yes + self.both_no + self.only_first + self.only_second

    @property
    def leads(self) -> int:
        """Return how many leads both sides judged."""
        return self.decided + self.undecided

    @property
    def agreed(self) -> int:
        """Return on how many leads both sides say the same."""
        return self.both_yes + self.both_no

    @property
    def kappa(self) -> float | None:
        """Return Cohen's kappa; None where both say the same of every lead, or of too few."""
        if self.decided < FEWEST or max(self.both_yes, self.both_no) == self.decided:
            return None
        return float(_kappa(self._cells[None, :] / self.decided)[0])

    @property
    def interval(self) -> Interval | None:
        """Return the 95% interval of kappa; None where there is no kappa."""
        if self.kappa is None:
            return None
        random = np.random.default_rng(0)  # the same table always has the same interval
        low, high = np.quantile(
            _kappa(random.dirichlet(self._cells + _PRIOR, _DRAWS)), [0.025, 0.975]
        )
        return Interval(float(low), float(high))

    @property
    def _cells(self) -> NDArray[np.float64]:
        return np.array([self.both_yes, self.only_first, self.only_second, self.both_no], float)


def verdict(votes: Sequence[bool]) -> bool | None:
    """Return what most of a side say; None if they are tied, or nobody has said anything."""
    yes = sum(votes)
    return None if 2 * yes == len(votes) else 2 * yes > len(votes)


def is_split(votes: Sequence[bool]) -> bool:
    """Return whether the people of one side differ among themselves."""
    return len(set(votes)) > 1


def concordance(leads: Iterable[tuple[Sequence[bool], Sequence[bool]]]) -> Concordance:
    """Return how far two sides agree, from the votes of each side on each lead.

    A lead that one side has not judged at all is left out.
    """
    cells = {(True, True): 0, (False, False): 0, (True, False): 0, (False, True): 0}
    undecided = 0
    for first, second in leads:
        if not first or not second:
            continue
        one, other = verdict(first), verdict(second)
        if one is None or other is None:
            undecided += 1
        else:
            cells[one, other] += 1
    return Concordance(
        cells[True, True], cells[False, False], cells[True, False], cells[False, True], undecided
    )


def _kappa(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return kappa of tables that add up to 1: both yes, only first, only second, both no."""
    yes, first, second, no = shares.T
    seen = yes + no
    chance = (yes + first) * (yes + second) + (no + first) * (no + second)
    of: NDArray[np.float64] = (seen - chance) / (1 - chance)
    return of
