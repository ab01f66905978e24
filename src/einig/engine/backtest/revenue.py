"""Intervals of revenue: the sums over other buyers that might have come instead of these.

A Poisson bootstrap over the buyers (each counts 0, 1, 2, … times, once on average), with a fixed
seed, so that the same history gives the same interval; the same draws serve both agreements, so the
interval of a difference is that of the difference. From 2,000 buyers on the sums are as good as
normal, and the interval is the normal one with the bootstrap's own variance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from einig.engine.backtest.outcomes import Outcomes
from einig.engine.scoring.plan import Bools, Floats

_DRAWS, _SEED = 1000, 20260302
_NORMAL = 2000
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Amount:
    """Revenue with its 95% interval."""

    sum: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Revenue:
    """Revenue of the buyers that were handed over, and of those that were not.

    `gained` is what a draft wins more than the agreement it is held against (below zero: less).
    """

    won: Amount
    missed: Amount
    gained: Amount | None
    method: str  # "bootstrap" or "normal"


def revenue(of: Outcomes, ready: Bools, against: Bools | None) -> Revenue:
    """Return the revenue of a replay, given who was sales-ready in time, also by another one."""
    won = of.won & of.counted
    paid = of.revenue[won]
    columns = [paid * ready[won], paid * ~ready[won]]
    if against is not None:
        columns.append(paid * (ready[won].astype(np.int64) - against[won]))
    lows, highs = _ends(np.stack(columns))
    sums = [float(of.revenue[ready & won].sum()), float(of.revenue[won & ~ready].sum())]
    sums += [float(column.sum()) for column in columns[2:]]
    amounts = [Amount(*row) for row in zip(sums, lows, highs, strict=True)]
    gained = amounts[2] if against is not None else None
    method = "normal" if len(paid) >= _NORMAL else "bootstrap"
    return Revenue(amounts[0], amounts[1], gained, method)


def _ends(columns: Floats) -> tuple[list[float], list[float]]:
    buyers = columns.shape[1]
    if buyers >= _NORMAL:
        spread = _Z * np.sqrt((columns**2).sum(axis=1))
        middle = columns.sum(axis=1)
        return (middle - spread).tolist(), (middle + spread).tolist()
    weights = np.random.default_rng(_SEED).poisson(1.0, (buyers, _DRAWS)).astype(np.float64)
    low, high = np.quantile(columns @ weights, [0.025, 0.975], axis=1)
    return low.tolist(), high.tolist()
