"""Which criterion moved when fewer of those handed over buy.

For each criterion, the share that bought among hand-offs that had it is compared, now against then,
with what happened to the hand-offs that did not have it: if those still buy as they did, and these
do not, it is this one. So a fall that all criteria share names none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from einig.engine.backtest.intervals import Proportion

_LEAST = 5  # hand-offs now, with the criterion and without
_ERROR = 0.05  # of naming one although all fell alike, over all criteria together

Shares = Mapping[tuple[str, str], Proportion]  # by criterion and value: of those with it, bought


@dataclass(frozen=True, slots=True)
class Fallen:
    """A criterion whose hand-offs buy less often by more than the others do; `z` in deviations."""

    criterion: str
    value: str
    then: Proportion
    now: Proportion
    z: float


def fallen(
    then: Shares, now: Shares, *, all_then: Proportion, all_now: Proportion
) -> Fallen | None:
    """Return the criterion that stands out the most; None if no single one does."""
    found = [
        Fallen(*key, before, after, z)
        for key, before in then.items()
        if (after := now.get(key)) is not None
        and (z := _beyond(before, after, all_then, all_now)) is not None
    ]
    worst = min(found, key=lambda of: of.z, default=None)
    if worst is None or 0.5 * math.erfc(-worst.z / math.sqrt(2)) * len(found) > _ERROR:
        return None
    return worst


def _beyond(
    then: Proportion, now: Proportion, all_then: Proportion, all_now: Proportion
) -> float | None:
    """Return by how many deviations those with a criterion fell further than those without."""
    with_, before = _of(now), _of(then)
    without = _of(_rest(all_now, now)) if all_now.whole - now.whole >= _LEAST else None
    without_then = _of(_rest(all_then, then)) if all_then.whole - then.whole >= _LEAST else None
    if without is None or without_then is None or min(now.whole, then.whole) < _LEAST:
        return None
    ratio = without[0] / without_then[0]
    ratio_part = without[1] / without[0] ** 2 + without_then[1] / without_then[0] ** 2
    expected = before[0] * ratio
    spread = with_[1] + expected**2 * (before[1] / before[0] ** 2 + ratio_part)
    return (with_[0] - expected) / math.sqrt(spread)


def _rest(of: Proportion, some: Proportion) -> Proportion:
    return Proportion(of.part - some.part, of.whole - some.whole)


def _of(shares: Proportion) -> tuple[float, float]:
    """Return a share and its variance, drawn a little to the middle, so that neither is nought."""
    share = (shares.part + 0.5) / (shares.whole + 1)
    return share, share * (1 - share) / (shares.whole + 1)
