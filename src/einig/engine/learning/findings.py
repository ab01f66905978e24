"""Findings: what is suspected of columns, how strongly, and what that comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from einig.engine.learning import leak_words
from einig.engine.learning.examples import Examples

Strength = Literal["set aside", "blank only", "flagged"]
Kind = Literal[
    "declared",
    "winners only",
    "losers only",
    "on contact",
    "verdict",
    "blank",
    "disguise",
    "pure values",
    "after closing",
    "changed later",
    "calendar",
    "identifier",
    "unique",
]
Figures = tuple[tuple[str, float | str], ...]

_ORDER: tuple[Strength, ...] = ("set aside", "blank only", "flagged")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is suspected of a column, how strongly, and the figures that say so."""

    column: str
    kind: Kind
    strength: Strength
    figures: Figures = ()

    @property
    def sentence(self) -> str:
        """Return the evidence in a sentence."""
        return leak_words.sentence(self.kind, dict(self.figures))


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found, in the order of the columns, and what the evidence comes to for each."""

    findings: tuple[Finding, ...]
    keep: frozenset[str] = frozenset()  # columns that were put back, whatever was found

    @property
    def set_aside(self) -> tuple[str, ...]:
        """Return the columns that are not used."""
        return self._with("set aside")

    @property
    def blank_aside(self) -> tuple[str, ...]:
        """Return the columns of which a value may be used, but not that nothing stands there."""
        return self._with("blank only")

    @property
    def flagged(self) -> tuple[str, ...]:
        """Return the columns that are used, and that a person should look at."""
        return self._with("flagged")

    def of(self, column: str) -> tuple[Finding, ...]:
        """Return what was found of a column, the strongest first."""
        found = (finding for finding in self.findings if finding.column == column)
        return tuple(sorted(found, key=lambda finding: _ORDER.index(finding.strength)))

    def usable(self, examples: Examples) -> Examples:
        """Return the examples with the columns that may be used."""
        barred = frozenset(self.set_aside)
        return examples.only(c.name for c in examples.columns if c.name not in barred)

    def _with(self, strength: Strength) -> tuple[str, ...]:
        """Return the columns of which this is the strongest that was found."""
        columns = dict.fromkeys(finding.column for finding in self.findings)
        return tuple(c for c in columns if self._strongest(c) == strength)

    def _strongest(self, column: str) -> Strength:
        found = self.of(column)[0].strength
        return "flagged" if column in self.keep else found
