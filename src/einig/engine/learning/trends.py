"""Whether a value's conversion, beside that of all leads, is rising or falling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from einig.engine.learning.conversions import lead_count
from einig.engine.learning.cuts import Bins, summed
from einig.engine.learning.discoveries import discovered, normal_p
from einig.engine.learning.examples import Examples, Floats

Trend = Literal["rising", "falling", "steady", "too thin to say"]


def trends(
    tables: Sequence[tuple[Bins, int]], examples: Examples, *, fewest: int
) -> list[list[Trend]]:
    """Return the trend of each group of each table.

    The older half is compared with the newer one: log odds beside those of all leads of the half.
    Of the rises and falls named, at most one in twenty is false on average.
    """
    changes = [_change(bins, size, examples, fewest) for bins, size in tables]
    z = np.concatenate(changes) if changes else np.zeros(0)
    told = ~np.isnan(z)
    clear = np.zeros(len(z), np.bool_)
    clear[told] = discovered(np.array([normal_p(float(each)) for each in z[told]]))
    named = [_name(float(change), bool(sure)) for change, sure in zip(z, clear, strict=True)]
    ends = np.cumsum([size for _, size in tables])
    return [named[end - size : end] for end, (_, size) in zip(ends, tables, strict=True)]


def _change(bins: Bins, size: int, examples: Examples, fewest: int) -> Floats:
    """Return for each group how many standard errors its log odds moved; NaN where too thin."""
    half = np.arange(len(examples)) * 2 // max(len(examples), 1)
    cell = bins.astype(np.int64) * 2 + half
    leads = lead_count(examples) / max(len(examples), 1)
    fair = examples.weight.sum() / (examples.weight**2).sum() * leads
    won = summed(cell, examples.weight * examples.won, size * 2).reshape(size, 2) * fair
    lost = summed(cell, examples.weight * ~examples.won, size * 2).reshape(size, 2) * fair
    odds = np.log((won + 0.5) / (lost + 0.5))
    whole = np.log((won.sum(0) + 0.5) / (lost.sum(0) + 0.5))
    beside = odds - whole
    error = np.sqrt((1 / (won + 0.5) + 1 / (lost + 0.5)).sum(1))
    z: Floats = (beside[:, 1] - beside[:, 0]) / error
    counts = np.bincount(cell, minlength=size * 2).reshape(size, 2)
    return np.where((counts >= fewest).all(1), z, np.nan)


def _name(change: float, clear: bool) -> Trend:
    if np.isnan(change):
        return "too thin to say"
    if not clear:
        return "steady"
    return "rising" if change > 0 else "falling"
