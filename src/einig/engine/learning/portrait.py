"""The portrait: the ideal lead in one paragraph, made from the table."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from einig.engine.learning.ideal import IdealLead, Trait
from einig.engine.learning.label_words import shown, written
from einig.engine.learning.targets import WON, Target
from einig.engine.learning.told_words import days_of, say

Written = Mapping[str, Mapping[str, str]]  # by column and value as compared: as people write it
NOBODY = frozenset({"otherwise", "unknown", "0"})
_MOST_COLUMNS, _MOST_VALUES = 4, 2
_CLEARLY = 1.2  # times as often as all leads: less is nothing to build a campaign on


def portrait(
    ideal: IdealLead,
    language: str = "en",
    *,
    target: Target = WON,
    weekly: bool = False,
    of_values: Written | None = None,
    names: Mapping[str, str] | None = None,
    numeric: Collection[str] = (),
) -> str:
    """Return the ideal lead in one paragraph, in English (`en`) or German (`de`).

    `of_values` says how people write values, `names` how they call columns, and `numeric` which
    columns have ranges. What is unknown, or any other value, describes nobody; of an activity the
    strongest window is told. With `weekly`, examples are leads in a week.
    """
    of = _Words(language, target, of_values or {}, names or {}, numeric)
    found = [trait for trait in ideal.discoveries if trait.label not in NOBODY]
    best = of.by_column([t for t in found if t.lift.value >= _CLEARLY])
    worst = of.by_column([t for t in reversed(found) if t.lift.value <= 1 / (2 * _CLEARLY)])
    said = [of.ideal(best) if best else of.say("nothing"), of.all(ideal, weekly=weekly)]
    if best and worst:
        said.append(of.avoid(worst))
    return " ".join(said)


class _Words:
    """How things are called in one language."""

    def __init__(
        self,
        language: str,
        target: Target,
        of_values: Written,
        names: Mapping[str, str],
        numeric: Collection[str],
    ) -> None:
        self.language, self.target, self.numeric = language, target, numeric
        self.of_values, self.names = of_values, names

    def say(self, key: str, **figures: float | str) -> str:
        return say(key, self.language, figures, target=self.target)

    def ideal(self, columns: Sequence[tuple[str, list[Trait]]]) -> str:
        traits = [
            self.say("trait", column=column, labels=self._labels(of), n=of[0].lift.value)
            for column, of in columns
        ]
        return self.say("ideal", traits="; ".join(traits))

    def avoid(self, columns: Sequence[tuple[str, list[Trait]]]) -> str:
        told = "; ".join(f"{column} {self._labels(of)}" for column, of in columns[:2])
        return self.say("avoid", traits=told)

    def all(self, ideal: IdealLead, *, weekly: bool) -> str:
        if not weekly:
            return self.say("all", leads=ideal.leads, share=ideal.conversion.value)
        return self.say(
            "weeks",
            leads=ideal.leads,
            share=ideal.reached,
            weeks=ideal.examples,
            rate=ideal.conversion.value,
            days=days_of(self.target.within or 0, self.language),
        )

    def by_column(self, traits: Sequence[Trait]) -> list[tuple[str, list[Trait]]]:
        """Return the strongest traits together by column, that of the strongest first."""
        columns: dict[str, list[Trait]] = {}
        kinds: dict[str, str] = {}  # by activity: the one column of it that is told
        for trait in traits:
            kind = trait.column if trait.behaviour is None else trait.behaviour.type
            if kinds.setdefault(kind, trait.column) != trait.column:
                continue
            of = columns.setdefault(self.names.get(trait.column, trait.column), [])
            if len(of) < _MOST_VALUES:
                of.append(trait)
        return list(columns.items())[:_MOST_COLUMNS]

    def _labels(self, of: Sequence[Trait]) -> str:
        return self.say("or").join(self._label(trait) for trait in of)

    def _label(self, of: Trait) -> str:
        if of.behaviour is not None:
            return f"{of.label}×"
        label = written(self.of_values, of.column, of.label)
        return shown(of.column, label, self.language, numeric=self.numeric)
