"""The ideal lead: what leads that closed have in common, value by value and pair by pair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from einig.engine.learning.conversions import (
    Conversions,
    conversions,
    lead_count,
    lift,
    per_lead,
)
from einig.engine.learning.cuts import Bins, Cut, cut
from einig.engine.learning.discoveries import (
    SHARE_FALSE,
    adjusted,
    discovered,
    exact_p,
    normal_p,
)
from einig.engine.learning.enough import refuse_too_few
from einig.engine.learning.examples import Behaviour, Column, Examples, Floats
from einig.engine.learning.pairs import Pair, pairs
from einig.engine.learning.ranking import Estimate
from einig.engine.learning.shuffling import Shuffled, dealt, some
from einig.engine.learning.trends import Trend, trends

THIN = 20  # fewer leads than these say nothing that would hold tomorrow
_RANGES = 5
_MOST_VALUES = 50
_MOST_CELLS = 100_000  # examples by columns that are shuffled: many more take minutes
_COUNTS = ("0", "1", "2-3", "4+")
_COUNT_GROUP = np.array([0, 1, 2, 2, 3, 3, 3, 3, 3, 3, 3], np.int16)


@dataclass(frozen=True, slots=True)
class Trait:
    """One value (or range, or count of activities) of a column, among all examples.

    `count` are examples, `leads` the leads that they are of, each of which brought as much.

    `false_share` is the share of false discoveries if all as clear as this one are called so; None
    where the value is too thin to say anything.
    """

    column: str
    label: str
    count: int
    leads: int
    share: float
    conversion: Estimate
    lift: Estimate
    revenue_per_lead: float
    false_share: float | None
    discovery: bool
    trend: Trend
    behaviour: Behaviour | None = None  # what the column counts, if it counts activities

    @property
    def thin(self) -> bool:
        """Return whether there are too few leads to say anything."""
        return self.false_share is None


@dataclass(frozen=True, slots=True)
class TooThin:
    """The values of a column that are too rare to say anything, together."""

    column: str
    values: int
    leads: int


@dataclass(frozen=True, slots=True)
class IdealLead:
    """All traits, column by column; pairs that are more than their parts; and what stays unsaid.

    `conversion` is that of all examples, `reached` the share of leads that ever got there.
    `shuffled` says how often anything at all is called a discovery where there is none.
    """

    examples: int
    leads: int
    conversion: Estimate
    reached: float
    traits: tuple[Trait, ...]
    pairs: tuple[Pair, ...]
    too_thin: tuple[TooThin, ...]
    shuffled: Shuffled | None = None
    plain: bool = True  # each lead was seen once: the test is exact

    @property
    def discoveries(self) -> tuple[Trait, ...]:
        """Return the traits that are more than chance, the largest lift first."""
        found = [trait for trait in self.traits if trait.discovery]
        return tuple(sorted(found, key=lambda t: (-t.lift.value, t.column, t.label)))


def ideal_lead(examples: Examples, *, shuffles: int = 0) -> IdealLead:
    """Return what won leads have in common. Raises NotEnough.

    How often the method finds what is not there is measured on as many `shuffles` of the outcomes.
    """
    refuse_too_few(examples)
    tables = [_table(column, examples) for column in examples.columns]
    by_table = [_p_values(table.of) for table in tables]
    p = np.concatenate(by_table) if tables else np.zeros(0)
    told = ~np.isnan(p)
    false = np.full(len(p), np.nan)
    false[told] = adjusted(p[told])
    ways = trends([(t.bins, t.size) for t in tables], examples, fewest=THIN)
    base = conversions(np.zeros(len(examples), np.int16), 1, examples)
    traits = _traits(tables, false, ways, base, examples)
    strongest = [float(np.nanmin(each, initial=1.0)) for each in by_table]
    order = sorted(range(len(tables)), key=strongest.__getitem__)
    found = pairs(
        [(tables[i].column.name, tables[i].labels, tables[i].bins) for i in order], examples
    )
    thin = tuple(t for table in tables if (t := _too_thin(table.column, examples)) is not None)
    return IdealLead(
        len(examples),
        lead_count(examples),
        base.conversion(0),
        _ever(examples),
        tuple(traits),
        found,
        thin,
        false_alarms(examples, shuffles=shuffles) if shuffles else None,
        base.plain,
    )


def false_alarms(examples: Examples, *, shuffles: int = 100, seed: int = 0) -> Shuffled:
    """Return how often anything at all is called a discovery when outcomes are dealt out anew.

    Every discovery is false then; by the method at most SHARE_FALSE of such histories have one. Of
    very many examples those of some leads are looked at.
    """
    draw = np.random.default_rng(seed)
    examples = some(examples, _MOST_CELLS // max(len(examples.columns), 1))
    tables = [_table(column, examples) for column in examples.columns]
    alarms = 0
    for _ in range(shuffles):
        anew = dealt(examples, draw)
        of = [_p_values(conversions(t.bins, t.size, anew)) for t in tables]
        p = np.concatenate(of) if of else np.zeros(0)
        alarms += bool(discovered(p[~np.isnan(p)]).any())
    return Shuffled(alarms, shuffles, lead_count(examples), SHARE_FALSE)


def _ever(examples: Examples) -> float:
    """Return the share of leads of which any example reached the target, weighted."""
    leads, of = np.unique(examples.lead, return_inverse=True)
    weight = np.zeros(len(leads))
    weight[of] = examples.weight
    won = np.bincount(of, examples.won, len(leads)) > 0
    return float(weight[won].sum() / weight.sum())


@dataclass(frozen=True, slots=True)
class _Table:
    column: Column
    labels: tuple[str, ...]
    bins: Bins
    of: Conversions

    @property
    def size(self) -> int:
        return len(self.labels)


def _table(column: Column, examples: Examples) -> _Table:
    if column.behaviour is not None:
        bins = _COUNT_GROUP[Cut(behaviour=column.behaviour).bins(column)]
        return _Table(column, _COUNTS, bins, conversions(bins, len(_COUNTS), examples))
    of = cut(column, ranges=_RANGES, at_least=THIN, most=_MOST_VALUES)
    bins = of.bins(column)
    labels = tuple(of.label(bin_) for bin_ in range(of.size))
    return _Table(column, labels, bins, conversions(bins, of.size, examples))


def _p_values(of: Conversions) -> Floats:
    """Return a p-value for each group against all other leads; NaN where it is too thin."""
    p = np.full(len(of.count), np.nan)
    won, leads = of.won.sum(), of.weight.sum()
    counts_won = np.rint(of.share * of.count).astype(np.int64)
    for group in np.flatnonzero((of.sure >= THIN) & (of.count < of.count.sum())):
        if of.plain:
            p[group] = exact_p(
                won=int(counts_won[group]),
                among=int(of.count[group]),
                all_won=int(counts_won.sum()),
                of=int(of.count.sum()),
            )
            continue
        others = (won - of.won[group]) / (leads - of.weight[group])
        sure, rest = of.sure[group], of.sure.sum() - of.sure[group]
        pooled = won / leads
        error = np.sqrt(pooled * (1 - pooled) * (1 / max(sure, 1.0) + 1 / max(rest, 1.0)))
        p[group] = normal_p(float((of.share[group] - others) / error))
    return p


def _traits(
    tables: list[_Table],
    false: Floats,
    ways: list[list[Trend]],
    base: Conversions,
    examples: Examples,
) -> list[Trait]:
    traits, place = [], 0
    share, of = float(base.share[0]), float(base.sure[0])
    for table, way in zip(tables, ways, strict=True):
        leads, revenue = per_lead(table.of, table.bins, examples)
        for group, label in enumerate(table.labels):
            here, place = false[place], place + 1
            if not table.of.count[group]:
                continue
            conversion = table.of.conversion(group)
            traits.append(
                Trait(
                    column=table.column.name,
                    label=label,
                    count=int(table.of.count[group]),
                    leads=int(leads[group]),
                    share=float(table.of.weight[group] / base.weight[0]),
                    conversion=conversion,
                    lift=lift(conversion, share, of=of),
                    revenue_per_lead=float(revenue[group]),
                    false_share=None if np.isnan(here) else float(here),
                    discovery=bool(here <= SHARE_FALSE),
                    trend=way[group],
                    behaviour=table.column.behaviour,
                )
            )
    return traits


def _too_thin(column: Column, examples: Examples) -> TooThin | None:
    if column.behaviour is not None or column.is_number:
        return None
    counts = np.bincount(column.codes[column.known], minlength=len(column.levels))
    rare = (counts > 0) & (counts < THIN)
    if not rare.any():
        return None
    seen = column.known & np.append(rare, False)[column.codes]  # -1, a blank, is the one appended
    return TooThin(column.name, int(rare.sum()), len(np.unique(examples.lead[seen])))
