"""Which differences are more than chance, when many are looked at.

Each p-value is exact: the hypergeometric distribution of wins among leads drawn without regard to
their value (Fisher's test, the smaller tail doubled), and needs no assumption but that leads are
drawn alike. Where leads have weights or several snapshots it is normal with a robust error. Of what
is called a discovery at most SHARE_FALSE is false on average (Benjamini and Hochberg 1995).
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from einig.engine.learning.examples import Bools, Floats

SHARE_FALSE = 0.05


def exact_p(*, won: int, among: int, all_won: int, of: int) -> float:
    """Return how probable so few or so many wins among some leads are, by chance alone."""
    logs = _log_factorials(of)
    least, most = max(0, among + all_won - of), min(among, all_won)
    if least == most:
        return 1.0
    wins = np.arange(least, most + 1)
    chance = (
        logs[all_won] - logs[wins] - logs[all_won - wins]
        + logs[of - all_won] - logs[among - wins] - logs[of - all_won - among + wins]
        - logs[of] + logs[among] + logs[of - among]
    )  # fmt: skip
    each = np.exp(chance)
    at = won - least
    return min(1.0, 2 * min(float(each[: at + 1].sum()), float(each[at:].sum())))


def normal_p(z: float) -> float:
    """Return how probable so large a deviation is in either direction, by chance alone."""
    return math.erfc(abs(z) / math.sqrt(2))


def adjusted(p: Floats) -> Floats:
    """Return the share of false discoveries if all with so small a p-value are called one."""
    if not len(p):
        return p
    order = np.argsort(p)
    ranked = p[order] * len(p) / np.arange(1, len(p) + 1)
    least = np.minimum.accumulate(ranked[::-1])[::-1]
    back = np.empty(len(p))
    back[order] = np.minimum(least, 1.0)
    return back


def discovered(p: Floats) -> Bools:
    """Return which p-values are discoveries."""
    return np.asarray(adjusted(p) <= SHARE_FALSE)


@lru_cache(maxsize=4)
def _log_factorials(size: int) -> Floats:
    return np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, size + 1)))))
