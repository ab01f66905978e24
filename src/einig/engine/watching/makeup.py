"""Whether the leads that come in are still made up as they were.

Each value of each fit attribute (and of the lead source) is compared: its share of the leads of the
last 13 weeks (a week old or older) against its share of the promise's span, by Fisher's exact test
of two shares. Every four weeks there is a look; the error rate is divided by the number of values
and by the 13 looks of a year (Bonferroni), which holds however much values and looks depend on each
other. Leads come in batches: where shares vary more from one four weeks to the next than chance
alone would let them, the numbers are divided by that dispersion before they are compared. It is
known only from Pearson's chi-square of the promise's weeks, so the test is averaged over what it
may be. What moved by less than five of 100 is not told, and fewer than 30 leads are not compared.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from einig.engine.backtest.intervals import Proportion
from einig.engine.instants import DAY
from einig.engine.watching import known
from einig.engine.watching.cusum import Floats, Ints

ERROR = 0.01  # false alarms a quiet year, all values and looks together
LOOKS = 13  # a year
LOOK, WINDOW, KNOWN_AFTER = 28 * DAY, 91 * DAY, 7 * DAY
LEAST_LEADS, LEAST_MOVE = 30, 0.05

Counts = Mapping[str, Mapping[str, int]]  # leads by criterion and value
Spread = tuple[float, int]
STEADY: Spread = (0.0, 1)  # no more than by chance


@dataclass(frozen=True, slots=True)
class Makeup:
    """Of what the leads of a span were made up: leads by criterion and value.

    `spread` is by criterion how much that varied from one four weeks to the next: chi-square and
    degrees of freedom. `weekly` is how many leads came in a week.
    """

    counts: Counts
    spread: Mapping[str, Spread]
    weekly: float

    @property
    def values(self) -> int:
        """Return how many values are compared."""
        return sum(len(of) for of in self.counts.values())


@dataclass(frozen=True, slots=True)
class Moved:
    """A value of a criterion whose share moved; `chance` is that of seeing it in a quiet year."""

    criterion: str
    value: str
    then: Proportion
    now: Proportion
    chance: float


def moved(base: Makeup, now: Counts, *, error: float = ERROR) -> list[Moved]:
    """Return for each criterion the value that moved beyond chance, if one did; surest first."""
    found = [_most(base, name, now.get(name, {})) for name in base.counts]
    return sorted(
        (of for of in found if of is not None and of.chance <= error), key=lambda of: of.chance
    )


def _most(base: Makeup, name: str, counted: Mapping[str, int]) -> Moved | None:
    before, all_now = base.counts[name], sum(counted.values())
    all_then = sum(before.values())
    if min(all_now, all_then) < LEAST_LEADS:
        return None
    told = []
    for value, then in before.items():
        was, is_ = Proportion(then, all_then), Proportion(counted.get(value, 0), all_now)
        if abs(is_.part / is_.whole - was.part / was.whole) >= LEAST_MOVE:
            chance = differ_by_chance(was, is_, base.spread[name]) * base.values * LOOKS
            told.append(Moved(name, value, was, is_, min(1.0, chance)))
    return min(told, key=_surest, default=None)


def _surest(of: Moved) -> tuple[float, int]:
    """Order by chance; of two values that are one move seen from both ends the rarer is first."""
    return round(math.log(max(of.chance, 1e-300)), 6), of.then.part


def noticed(base: Makeup, *, by: float, error: float = ERROR) -> tuple[float, float]:
    """Return how likely it is noticed within a quarter that a value's share grew by so much.

    That depends on the value, at least and at most so likely, and on how alike the leads of a batch
    are. Counted is the last look of the quarter, which also sees leads from before.
    """
    leads = round((WINDOW - KNOWN_AFTER) / (7 * DAY) * base.weekly)
    limit = error / max(1, base.values * LOOKS)
    chances = [
        _noticed(Proportion(then, whole), leads, base.spread[name], by, limit)
        for name, before in base.counts.items()
        if (whole := sum(before.values())) >= LEAST_LEADS
        for then in before.values()
        if then / whole + by <= 1
    ]
    if leads < LEAST_LEADS:
        return 0.0, 0.0
    return min(chances, default=0.0), max(chances, default=0.0)


def _noticed(then: Proportion, leads: int, spread: Spread, by: float, limit: float) -> float:
    share = then.part / then.whole
    low, high = math.floor(leads * share), leads + 1  # with the first it is not noticed
    while high - low > 1:
        middle = (low + high) // 2
        clear = middle / leads - share >= LEAST_MOVE
        if clear and differ_by_chance(then, Proportion(middle, leads), spread) <= limit:
            high = middle
        else:
            low = middle
    varies = max(1.0, spread[0] / spread[1])
    least, size = math.ceil(high / varies), round(leads / varies)
    numbers: Ints = np.arange(least, size + 1, dtype=np.int64)
    if not len(numbers):
        return 0.0
    truths, weight = known.share(round(then.part / varies), round(then.whole / varies))
    grown = np.minimum(truths[:, None] + by * np.array(_newer()), 1 - 1e-9)
    seen = [np.mean([_binomial(numbers, size, of).sum() for of in each]) for each in grown.tolist()]
    return float(np.asarray(seen) @ weight)


def _newer() -> list[float]:
    """Return which part of the leads of a quarter's last look came in that quarter.

    It may have begun at any time between two looks.
    """
    week = 7 * DAY
    first = [week // 2 + n * week for n in range(LOOK // week)]  # the first look after it began
    last = [at + (WINDOW - at) // LOOK * LOOK for at in first]
    return [min(1.0, (at - KNOWN_AFTER) / (WINDOW - KNOWN_AFTER)) for at in last]


def _binomial(numbers: Ints, size: int, share: float) -> Floats:
    """Return the binomial chances of some numbers in a row."""
    first, rest = int(numbers[0]), math.log(max(1 - share, 1e-300))
    odds, none = math.log(share) - rest, size * rest
    start = none + _choose(size, first) + first * odds
    ratio = np.log((size - numbers[:-1]) / (numbers[:-1] + 1)) + odds
    found: Floats = np.exp(start + np.concatenate([[0.0], np.cumsum(ratio)]))
    return found


def differ_by_chance(then: Proportion, now: Proportion, spread: Spread = STEADY) -> float:
    """Return how likely two shares of one truth differ as much (Fisher 1935, two-sided)."""
    values, weight = known.dispersion(*spread)
    told = {value: _fisher(then, now, value) for value in set(values.tolist())}
    return float(
        sum(told[value] * part for value, part in zip(values.tolist(), weight, strict=True))
    )


def _fisher(then: Proportion, now: Proportion, dispersion: float) -> float:
    n, m = round(now.whole / dispersion), round(then.whole / dispersion)
    a, b = min(round(now.part / dispersion), n), min(round(then.part / dispersion), m)
    drawn, least = a + b, max(0, a + b - m)
    numbers = np.arange(least, min(n, drawn) + 1)
    start = _choose(n, least) + _choose(m, drawn - least) - _choose(n + m, drawn)
    up = (n - numbers[:-1]) * (drawn - numbers[:-1])
    down = (numbers[:-1] + 1) * (m - drawn + numbers[:-1] + 1)
    chance = np.exp(start + np.concatenate([[0.0], np.cumsum(np.log(up / down))]))
    below, above = float(chance[numbers <= a].sum()), float(chance[numbers >= a].sum())
    return min(1.0, 2 * below, 2 * above)


def _choose(of: int, some: int) -> float:
    return math.lgamma(of + 1) - math.lgamma(some + 1) - math.lgamma(of - some + 1)


def spread_of(table: Floats) -> Spread:
    """Return how much shares vary: chi-square and freedom; a row is a time, a column a value."""
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if table.shape[0] < 2 or table.shape[1] < 2:
        return STEADY
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    square = float(((table - expected) ** 2 / expected).sum())
    return square, (table.shape[0] - 1) * (table.shape[1] - 1)
