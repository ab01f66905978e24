"""Conversions of groups of leads, with intervals that know of weights and of repeated leads."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from einig.engine.learning.cuts import Bins, summed
from einig.engine.learning.examples import Examples, Floats, Ints
from einig.engine.learning.ranking import Estimate

_Z = 1.959963984540054  # 97.5% quantile of the normal distribution


@dataclass(frozen=True, slots=True)
class Conversions:
    """By group: how many examples, their weight, the weighted share won, revenue per lead.

    `sure` is how many independent leads of equal weight would be as informative; `plain` says that
    each example is a lead of its own with the same weight, so that exact tests apply.
    """

    count: Ints
    weight: Floats
    won: Floats
    revenue: Floats
    sure: Floats
    plain: bool

    @property
    def share(self) -> Floats:
        """Return the conversion of each group; of an empty one 0."""
        share: Floats = self.won / np.maximum(self.weight, 1e-12)
        return share

    def conversion(self, group: int) -> Estimate:
        """Return a group's conversion (Wilson)."""
        return wilson(float(self.share[group]), float(self.sure[group]))


def conversions(bins: Bins, size: int, examples: Examples) -> Conversions:
    """Return the conversions of groups."""
    weight, won = examples.weight, examples.won
    count = np.bincount(bins, minlength=size)
    total, winners = summed(bins, weight, size), summed(bins, weight * won, size)
    revenue = summed(bins, weight * examples.revenue, size) / np.maximum(total, 1e-12)
    plain = is_plain(examples)
    sure = count.astype(np.float64) if plain else _sure(bins, size, examples)
    return Conversions(count, total, winners, revenue, sure, plain)


def per_lead(of: Conversions, bins: Bins, examples: Examples) -> tuple[Ints, Floats]:
    """Return by group how many leads were ever in it, and the revenue of each of them.

    However many snapshots a lead has there, it counts once, with what it brought in the end.
    """
    size = len(of.count)
    if lead_count(examples) == len(examples):
        return of.count, of.revenue
    lead = examples.lead - examples.lead.min()
    cell, at = np.unique(lead * size + bins, return_inverse=True)
    group = (cell % size).astype(np.int64)
    weight, revenue = np.zeros(len(cell)), np.zeros(len(cell))
    weight[at] = examples.weight
    np.maximum.at(revenue, at, examples.revenue)
    together = np.maximum(summed(group, weight, size), 1e-12)
    leads = np.bincount(group, minlength=size)
    return leads, summed(group, weight * revenue, size) / together


def is_plain(examples: Examples) -> bool:
    """Return whether each example is a lead of its own, all with the same weight."""
    alike = not len(examples) or bool((examples.weight == examples.weight[0]).all())
    return alike and lead_count(examples) == len(examples)


def lead_count(examples: Examples) -> int:
    """Return how many leads the examples are of."""
    return int(np.count_nonzero(np.bincount(examples.lead)))


def wilson(share: float, sure: float) -> Estimate:
    """Return a share with its Wilson interval; of nothing it may be anything."""
    if sure <= 0:
        return Estimate(0.0, 0.0, 1.0)
    weight = _Z * _Z / sure
    middle = share + weight / 2
    spread = math.sqrt(weight * (share * (1 - share) + weight / 4))
    low, high = (min(1.0, max(0.0, (middle + s * spread) / (1 + weight))) for s in (-1, 1))
    return Estimate(share, min(low, share), max(high, share))


def lift(conversion: Estimate, base: float, *, of: float) -> Estimate:
    """Return a group's conversion through that of all, of which the group is a part.

    The ends are those of the group's Wilson interval, moved by what the conversion of all may be
    off (MOVER, Donner and Zou 2012), less what both have in common; `of` is how many leads that is.
    """
    value = conversion.value / base
    common = ((1 - base) / base - 2 * (1 - conversion.value) / base) / max(of, 1.0) * _Z * _Z
    if conversion.value == 0:
        return Estimate(0.0, 0.0, conversion.high / base)

    def moved(end: float, side: int) -> float:
        if end <= 0:
            return 0.0
        spread = math.sqrt(max(0.0, math.log(end / conversion.value) ** 2 + common))
        return value * math.exp(side * spread)

    return Estimate(value, moved(conversion.low, -1), moved(conversion.high, 1))


def _sure(bins: Bins, size: int, examples: Examples) -> Floats:
    """Return the effective number of leads in each group (variance summed by lead)."""
    weight, won = examples.weight, examples.won
    _, lead = np.unique(examples.lead, return_inverse=True)
    cell, of = np.unique(lead.astype(np.int64) * size + bins, return_inverse=True)
    group = (cell % size).astype(np.int64)
    there, wins = summed(of, weight, len(cell)), summed(of, weight * won, len(cell))
    total = np.maximum(summed(group, there, size), 1e-12)
    share = summed(group, wins, size) / total
    leads = total**2 / np.maximum(summed(group, there**2, size), 1e-12)
    spread = summed(group, (wins - there * share[group]) ** 2, size) / total**2
    certain = share * (1 - share)
    known = (spread > 0) & (certain > 0)
    sure = np.where(known, certain / np.where(known, spread, 1.0), leads)
    return np.minimum(sure, np.bincount(bins, minlength=size))
