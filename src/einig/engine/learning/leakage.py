"""Leakage: which columns know more than could be known when a lead had to be judged.

Every column is judged by its evidence alone, never by its name: with columns renamed or in another
order the findings are the same. Strong evidence sets a column aside, or only its blank (the value
may be used, that nothing stands there may not); weaker evidence is flagged for a person to decide.
What is declared, `keep` or `drop`, goes before any evidence.

What no evidence can show: a value from after the decision that tells no more than an honest
attribute might.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from einig.engine.history.contract import History
from einig.engine.instants import FOREVER
from einig.engine.learning.evidence import (
    Fill,
    Groups,
    Power,
    Sample,
    fill,
    groups,
    is_pure,
    power,
    pure,
    sample,
    tells_time,
    told_by_time,
)
from einig.engine.learning.examples import Column, Examples
from einig.engine.learning.findings import Examination, Figures, Finding, Kind, Strength
from einig.engine.values import lower_end


def examine(
    examples: Examples,
    *,
    history: History | None = None,
    keep: Collection[str] = (),
    drop: Collection[str] = (),
) -> Examination:
    """Examine every column for knowledge from after the decision.

    With the `history` of the examples, the times of its facts are looked at too. Columns in `keep`
    are put back (what was found stays, as a flag), those in `drop` are set aside.
    """
    of = sample(examples)
    late = {} if history is None else _known_late(history)
    findings: list[Finding] = []
    for column in examples.columns:
        if column.name in drop:
            findings.append(Finding(column.name, "declared", "set aside"))
            continue
        findings += _findings(column, of)
        findings += late.get(column.name, ())
    return Examination(tuple(findings), frozenset(keep) - frozenset(drop))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A column with everything that was counted of it."""

    column: Column
    sample: Sample
    groups: Groups
    fill: Fill
    power: Power  # with the blank as a value
    filled: Power  # among those that are filled in
    told: float  # the share of leads whose value settles the outcome almost surely

    @property
    def blank_tells(self) -> bool:
        """Return whether a blank surely says more than a blank could say beforehand.

        Where most winners have none either, it is no contact that fills it in. Where it is told
        since when it is known, a blank is as honest as a value, unless it says too much for that.
        """
        most = self.fill.winners >= max(0.5, self.fill.losers)
        return most and self.fill.surely > (0.15 if self.column.assumed_known else 0.5)

    @property
    def usable(self) -> Power:
        """Return the power of what may be used of the column."""
        return self.filled if self.blank_tells else self.power

    def finding(self, kind: Kind, strength: Strength, **figures: float) -> Finding:
        return Finding(self.column.name, kind, strength, tuple(figures.items()))


def _findings(column: Column, of: Sample) -> Iterator[Finding]:
    by = groups(column, of)
    filled = by.of > 0
    if not filled.any():
        return
    nearly = pure(of, by, at_least=0.9, won=True) | pure(of, by, at_least=0.9, won=False)
    overall = power(of, by)
    seen = _Seen(
        column,
        of,
        by,
        fill(of, by),
        overall,
        overall if filled.all() else power(of, by, filled),
        float(by.count[nearly].sum() / by.count.sum()),
    )
    for test in _OF_BEHAVIOURS if column.behaviour else _OF_ATTRIBUTES:
        found = test(seen)
        if found is not None:
            yield found


# --- blanks -----------------------------------------------------------------------------------


def _one_outcome(of: _Seen) -> Finding | None:
    """Filled in only for winners or losers, or on contact, or a blank that tells.

    Of what is filled in on contact the value may be used, unless it says nothing by itself, or so
    much that it must have been written with the outcome in mind.
    """
    fill = of.fill
    if (pure := _pure_fill(of, "set aside")) is not None:
        return pure
    shares = {"winners": fill.winners, "losers": fill.losers}
    rates = {"won_filled": fill.won_filled, "won_blank": fill.won_blank}
    auc = 0.5 + abs(fill.winners - fill.losers) / 2
    if of.blank_tells:
        if of.filled.surely > 0.8:
            return of.finding("verdict", "set aside", **shares, auc=of.filled.auc)
        if of.filled.auc < 0.54:
            return of.finding("on contact", "set aside", **shares, auc=auc)
        return of.finding("blank", "blank only", **rates, **shares)
    if fill.surely > 0.5:  # what is filled in for losers, a reason of theirs, say
        return of.finding("on contact", "set aside", **shares, auc=auc)
    converts = fill.won_filled > 1.25 * fill.won_blank
    if (converts and fill.surely > 0.03) or fill.surely > 0.15:
        return of.finding("blank", "flagged", **rates, **shares)
    return _pure_fill(of, "flagged")


def _pure_fill(of: _Seen, strength: Strength) -> Finding | None:
    won = is_pure(of.sample, of.fill, surely=strength == "set aside")
    if won is None:
        return None
    kind: Kind = "winners only" if won else "losers only"
    figures = {"leads": of.fill.filled, "won_filled": of.fill.won_filled, "base": of.sample.base}
    return of.finding(kind, strength, **figures)


# --- values -----------------------------------------------------------------------------------


def _disguise(of: _Seen) -> Finding | None:
    """A column that is better than anything known beforehand."""
    auc, surely = of.usable.auc, of.usable.surely
    if surely > 0.85 or (surely > 0.8 and of.told >= 0.05):
        return of.finding("disguise", "set aside", auc=auc, told=of.told)
    for each in (of.power, of.filled):
        if each.surely > 0.75 or (each.auc > 0.8 and each.surely > 0.6):
            return of.finding("disguise", "flagged", auc=each.auc, told=of.told)
    return None


def _pure_values(of: _Seen) -> Finding | None:
    """Values that only winners have, or only losers."""
    by = of.groups
    for won, least, outcome in ((True, 0.05, "winners"), (False, 0.2, "losers")):
        found = pure(of.sample, by, at_least=0.95, won=won)
        having = by.won if won else by.count - by.won
        share = float(having[found].sum() / max(having.sum(), 1.0))
        if share < least:
            continue
        leads = float(by.count[found].sum() * of.sample.scale)
        rate = float(by.won[found].sum() / by.count[found].sum())
        strength: Strength = "set aside" if won and share >= 0.15 else "flagged"
        figures = (("outcome", outcome), ("share", share), ("leads", leads), ("rate", rate))
        return Finding(of.column.name, "pure values", strength, figures)
    return None


# --- time -------------------------------------------------------------------------------------


def _calendar(of: _Seen) -> Finding | None:
    """A column that is a clock: a month, a campaign's number, a figure of the economy."""
    by_time = told_by_time(of.sample, of.groups)
    time = tells_time(of.sample, of.column, of.groups)
    if max(by_time, time) < 0.5:
        return None
    running = time >= 0.98 and int((of.groups.count[1:] > 0).sum()) >= 10
    strength: Strength = "set aside" if running else "flagged"
    return of.finding("calendar", strength, by_time=max(by_time, 0.0), time=time)


def _known_late(history: History) -> dict[str, list[Finding]]:
    """Return of dated attributes what became known, or was changed, only after the outcome."""
    found: dict[str, list[Finding]] = {}
    created = history.leads["created_at"].to_numpy()
    ended = np.full(len(created), FOREVER, np.int64)
    ended[history.outcomes["lead"].to_numpy()] = history.outcomes["first_at"].to_numpy()
    ended[ended <= created] = FOREVER
    for name in history.about.attributes:
        if name in history.about.assumed_known:
            continue
        facts = history.facts.filter(pc.equal(history.facts["attribute"], name))
        lead, at = facts["lead"].to_numpy(), facts["at"].to_numpy()
        lead, at = lead[ended[lead] < FOREVER], at[ended[lead] < FOREVER]
        leads, first = np.unique(lead, return_index=True)
        if len(leads) < 20:
            continue
        late = at[first] >= ended[leads]
        changed = np.isin(leads, lead[at >= ended[lead]]) & ~late
        figures: Figures = (("leads", float(len(leads))), ("late", float(late.mean())))
        if late.mean() >= 0.1:
            strength: Strength = "set aside" if late.mean() >= 0.5 else "flagged"
            found[name] = [Finding(name, "after closing", strength, figures)]
        elif changed.mean() >= 0.2:
            figures = (("leads", float(len(leads))), ("late", float(changed.mean())))
            found[name] = [Finding(name, "changed later", "flagged", figures)]
    return found


# --- identifiers ------------------------------------------------------------------------------


def _identifier(of: _Seen) -> Finding | None:
    """A column that names leads: a key, a mail address, a telephone number."""
    leads = of.fill.filled
    distinct = len(np.unique(of.column.codes[of.column.known]))
    if leads < 50 or distinct < 0.95 * leads:
        return None
    figures = {"distinct": float(distinct), "leads": leads}
    numeric = _is_number(of.column)
    named = distinct >= 0.98 * leads and _names(of.column, numeric=numeric)
    if named and not numeric:
        return of.finding("identifier", "set aside", **figures)
    if named or not numeric:
        return of.finding("unique", "flagged", **figures)
    return None


def _is_number(column: Column) -> bool:
    """Return whether values are numbers; ranges that all differ are none (`0521-4711`)."""
    values = column.levels[:2000]
    return column.is_number and 2 * sum(lower_end(value) is None for value in values) > len(values)


def _names(column: Column, *, numeric: bool) -> bool:
    """Return whether values have the form of a key: one word, alike in length or with digits."""
    values = column.levels[:2000]

    def mostly(holds: Callable[[str], bool], share: float = 0.9) -> bool:
        return sum(map(holds, values)) >= share * len(values)

    length = len(values[len(values) // 2])
    alike = mostly(lambda value: len(value) == length)
    if numeric:
        return alike and length >= 5 and mostly(str.isdigit)
    digits = mostly(lambda value: any(map(str.isdigit, value)))
    addresses = mostly(lambda value: "@" in value)
    one_word = mostly(lambda value: len(value.split()) == 1)
    return (one_word and (alike or digits or addresses)) or mostly(_is_telephone)


def _is_telephone(value: str) -> bool:
    return not any(map(str.isalpha, value)) and sum(map(str.isdigit, value)) >= 5


# counts of activities are never blank, and they are as old as their window
_OF_BEHAVIOURS = (_disguise, _pure_values)
_OF_ATTRIBUTES = (_one_outcome, *_OF_BEHAVIOURS, _calendar, _identifier)
