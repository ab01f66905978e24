"""The portrait: the ideal lead in one paragraph, and the brief for campaigns, from the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from einig.engine.learning.examples import Column, Examples, Ints
from einig.engine.learning.ideal import IdealLead, Trait
from einig.engine.learning.leak_words import German

Written = Mapping[str, Mapping[str, str]]  # by column and value as compared: as people write it
NOBODY = frozenset({"otherwise", "unknown", "0"})
_MOST_COLUMNS, _MOST_VALUES = 4, 2
_CLEARLY = 1.2  # times as often as all leads: less is nothing to build a campaign on

_WORDS = {
    "en": {
        "nothing": "Leads that bought have nothing in common that chance would not explain.",
        "ideal": "The ideal lead: {traits}.",
        "trait": "{column} {labels} (closes {lift:.1f} times as often)",
        "or": " or ",
        "avoid": "Hardly anybody buys with {traits}.",
        "all": "Of all {leads:,.0f} leads, {won:.1%} were won.",
        "brief": "{value} brings most ideal leads for its size: {share:.0%} of {leads:,.0f}.",
        "cost": "An ideal lead from there costs {cost:,.0f}.",
        "poor": "{value} brings fewest: {share:.0%} of {leads:,.0f}.",
    },
    "de": {
        "nothing": "Leads, die gekauft haben, haben nichts gemeinsam, was nicht Zufall sein kann.",
        "ideal": "Der ideale Lead: {traits}.",
        "trait": "{column} {labels} (schließt {lift:.1f}-mal so oft ab)",
        "or": " oder ",
        "avoid": "Kaum jemand kauft mit {traits}.",
        "all": "Von allen {leads:,.0f} Leads kauften {won:.1%}.",
        "brief": (
            "{value} bringt gemessen an der Menge die meisten idealen Leads: {share:.0%} von "
            "{leads:,.0f}."
        ),
        "cost": "Ein idealer Lead von dort kostet {cost:,.0f}.",
        "poor": "{value} bringt die wenigsten: {share:.0%} von {leads:,.0f}.",
    },
}


@dataclass(frozen=True, slots=True)
class Channel:
    """What a source brings: `ideal` of its leads reach the threshold; `cost` is per ideal lead."""

    value: str
    leads: int
    ideal: int
    won: int
    revenue_per_lead: float
    spend: float | None

    @property
    def cost(self) -> float | None:
        """Return what an ideal lead of this source costs, where spend is known."""
        return self.spend / self.ideal if self.spend is not None and self.ideal else None

    @property
    def share(self) -> float:
        """Return the share of its leads that are ideal."""
        return self.ideal / self.leads if self.leads else 0.0


def portrait(
    ideal: IdealLead,
    language: str = "en",
    *,
    written: Written | None = None,
    names: Mapping[str, str] | None = None,
) -> str:
    """Return the ideal lead in one paragraph, in English (`en`) or German (`de`).

    `written` says how people write values, and `names` how they call columns. What is unknown, or
    any other value, describes nobody; of an activity the strongest window is told.
    """
    found = [
        _shown(trait, written or {}) for trait in ideal.discoveries if trait.label not in NOBODY
    ]
    words = _WORDS["de" if language.startswith("de") else "en"]
    best = _by_column([t for t in found if t.lift.value >= _CLEARLY], names or {})
    worst = _by_column(
        [t for t in reversed(found) if t.lift.value <= 1 / (2 * _CLEARLY)], names or {}
    )
    said = [_put(words, "all", leads=ideal.leads, won=ideal.conversion.value)]
    if not best:
        return " ".join([words["nothing"], *said])
    said.insert(0, _put(words, "ideal", traits=_list(best, words)))
    if worst:
        told = "; ".join(f"{c} {words['or'].join(t.label for t in of)}" for c, of in worst[:2])
        said.append(_put(words, "avoid", traits=told))
    return " ".join(said)


def channels(
    source: Column, examples: Examples, score: Ints, *, at_least: int, spend: Mapping[str, float]
) -> tuple[Channel, ...]:
    """Return what each value of the source brings, the greatest share of ideal leads first.

    A lead counts once, with the highest score that it had. `spend` is by value as compared.
    """
    leads, of = np.unique(examples.lead, return_inverse=True)
    best, code = np.full(len(leads), np.iinfo(np.int64).min), np.full(len(leads), -1)
    np.maximum.at(best, of, score)
    code[of] = source.codes
    won = np.bincount(of, examples.won, len(leads)) > 0
    revenue = np.zeros(len(leads))
    np.maximum.at(revenue, of, examples.revenue)
    rows = []
    for number, value in enumerate(source.levels):
        mine = code == number
        if not mine.any():
            continue
        rows.append(
            Channel(
                value,
                int(mine.sum()),
                int((mine & (best >= at_least)).sum()),
                int((mine & won).sum()),
                float(revenue[mine].mean()),
                spend.get(value),
            )
        )
    return tuple(sorted(rows, key=lambda row: (-row.share, -row.leads, row.value)))


def brief(rows: Sequence[Channel], language: str = "en", *, fewest: int = 20) -> str:
    """Return in a few sentences where campaigns find ideal leads; empty if nobody can say."""
    words = _WORDS["de" if language.startswith("de") else "en"]
    told = [row for row in rows if row.leads >= fewest]
    if len(told) < 2 or not told[0].ideal:
        return ""
    best, poor = told[0], told[-1]
    said = [_put(words, "brief", value=best.value, share=best.share, leads=best.leads)]
    if best.cost is not None:
        said.append(_put(words, "cost", cost=best.cost))
    said.append(_put(words, "poor", value=poor.value, share=poor.share, leads=poor.leads))
    return " ".join(said)


def _shown(trait: Trait, written: Written) -> Trait:
    if trait.behaviour is not None:
        return replace(trait, label=f"{trait.label}×")
    return replace(trait, label=written.get(trait.column, {}).get(trait.label, trait.label))


def _by_column(traits: Sequence[Trait], names: Mapping[str, str]) -> list[tuple[str, list[Trait]]]:
    """Return the strongest traits together by column, the column of the strongest first."""
    columns: dict[str, list[Trait]] = {}
    kinds: dict[str, str] = {}  # by activity: the one column of it that is told
    for trait in traits:
        kind = trait.column if trait.behaviour is None else trait.behaviour.type
        if kinds.setdefault(kind, trait.column) != trait.column:
            continue
        of = columns.setdefault(names.get(trait.column, trait.column), [])
        if len(of) < _MOST_VALUES:
            of.append(trait)
    return list(columns.items())[:_MOST_COLUMNS]


def _list(columns: Sequence[tuple[str, list[Trait]]], words: Mapping[str, str]) -> str:
    return "; ".join(
        _put(
            words,
            "trait",
            column=column,
            labels=words["or"].join(trait.label for trait in of),
            lift=of[0].lift.value,
        )
        for column, of in columns
    )


def _put(words: Mapping[str, str], key: str, **figures: float | str) -> str:
    if words is _WORDS["de"]:
        return German().vformat(words[key], (), figures)
    return words[key].format(**figures)
