"""Hand-offs that are old enough to say whether they bought.

Losses are known sooner than wins. Counting each as soon as it is decided would show mostly losses
in the first weeks of a version. So every hand-off matures at one age: it bought if it was won by
then, and it did not if it was lost or is still undecided. One that nobody worked and that is
undecided says nothing, and is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from einig.engine.instants import DAY
from einig.engine.scoring.plan import Bools, Ints

_SHORTEST, _LONGEST, _USUAL = 14, 182, 91  # days
_DECIDED = 0.9  # of those who buy


@dataclass(frozen=True, slots=True)
class Cases:
    """Hand-offs that matured, in that order; `row` is the number of each among those given."""

    row: Ints
    matured: Ints
    bought: Bools


def cases(
    *, opened: Ints, won_at: Ints, decided_at: Ints, worked_at: Ints, within: int, until: int
) -> Cases:
    """Return what matured up to an instant, `within` microseconds after it was opened.

    Instants that never came are FOREVER. Nothing that is later than the maturing of a hand-off has
    a part in it.
    """
    matured = opened + within
    known = np.minimum(decided_at, worked_at) <= matured
    rows = np.flatnonzero((matured <= until) & known)
    rows = rows[np.argsort(matured[rows], kind="stable")]
    return Cases(rows, matured[rows], won_at[rows] <= matured[rows])


def age_of_maturing(took: Ints) -> int:
    """Return the age by which nine of ten that buy have bought, in whole weeks.

    `took` is how long those took that bought, in microseconds.
    """
    if not len(took):
        return _USUAL * DAY
    weeks = int(-(-np.quantile(took, _DECIDED) // (7 * DAY)))
    return min(max(7 * weeks, _SHORTEST), _LONGEST) * DAY
