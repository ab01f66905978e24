"""The card: whole points on few rows, which an agreement can say and the engine can run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from einig.engine.agreement.model import (
    Engagement,
    FitTable,
    OneOf,
    RangeRow,
    Step,
    TextRow,
    Where,
)
from einig.engine.instants import DAY
from einig.engine.learning.cuts import Cut
from einig.engine.learning.examples import Behaviour, Column, Examples, Floats, Ints


class ColumnMissing(LookupError):
    """Examples do not hold a column that the card gives points for."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an attribute: its points, and what it was among the examples learned from.

    `low` and `high` are a range's half-open bounds. `conversion` is the weighted share won, and
    `lift` that share through the share of all.
    """

    kind: Literal["value", "range", "otherwise", "blank"]
    label: str
    points: int
    count: int
    conversion: float | None
    lift: float | None
    low: float = -np.inf
    high: float = np.inf


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute with its rows. `way` says whether points only rise or fall with its numbers."""

    name: str
    rows: tuple[Row, ...]
    cut: Cut
    of_bin: tuple[int, ...]  # the points of each bin of the cut
    way: Literal["rising", "falling"] | None = None

    @property
    def table(self) -> FitTable:
        """Return the rows as an agreement's table of fit."""
        points = {row.kind: row.points for row in self.rows}
        return FitTable(
            attribute=self.name,
            texts=tuple(TextRow(r.label, r.points) for r in self.rows if r.kind == "value"),
            ranges=tuple(
                RangeRow(r.low, r.high, r.points, r.label) for r in self.rows if r.kind == "range"
            ),
            otherwise=points.get("otherwise", 0),
            unknown=points.get("blank", 0),
        )

    def score(self, column: Column) -> Ints:
        """Return what each example earns here."""
        return np.array(self.of_bin, np.int64)[self.cut.bins(column)]


@dataclass(frozen=True, slots=True)
class Activity:
    """Points for each activity in a window, for at most `times` of them.

    The figures are of the examples with at least one such activity.
    """

    name: str
    behaviour: Behaviour
    points: int
    times: int
    count: int
    conversion: float | None
    lift: float | None

    @property
    def criterion(self) -> Engagement:
        """Return it as an agreement's criterion of engagement."""
        wheres = (Where(name, OneOf((value,))) for name, value in self.behaviour.where)
        return Engagement(
            name=self.name,
            activity=self.behaviour.type,
            steps=(Step(0, self.behaviour.days * DAY, self.points),),
            where=tuple(wheres),
            at_most=self.points * self.times,
        )

    def score(self, column: Column) -> Ints:
        """Return what each example earns here."""
        return self.points * np.minimum(column.numbers, self.times).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Card:
    """Attributes and activities with whole points, in the order in which they add something.

    `calendar` are columns left out because their values come and go with time. A score of s is a
    chance to be won of 1 / (1 + exp(-(level + slope * s))), as among the examples learned from.
    """

    attributes: tuple[Attribute, ...]
    activities: tuple[Activity, ...]
    calendar: tuple[str, ...]
    level: float
    slope: float
    learned_from: int

    @property
    def parts(self) -> tuple[Attribute | Activity, ...]:
        """Return everything that gives points."""
        return (*self.attributes, *self.activities)

    @property
    def rows(self) -> int:
        """Return how many rows a reader has to read."""
        return sum(len(a.rows) for a in self.attributes) + len(self.activities)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns that give points."""
        return tuple(part.name for part in self.parts)

    @property
    def fit(self) -> tuple[FitTable, ...]:
        """Return what an agreement says of fit."""
        return tuple(attribute.table for attribute in self.attributes)

    @property
    def engagement(self) -> tuple[Engagement, ...]:
        """Return what an agreement says of engagement."""
        return tuple(activity.criterion for activity in self.activities)

    def score(self, examples: Examples) -> Ints:
        """Return the sum of points of each example. Raises ColumnMissing."""
        columns = {column.name: column for column in examples.columns}
        total = np.zeros(len(examples), np.int64)
        for part in self.parts:
            if part.name not in columns:
                raise ColumnMissing(f"The examples have no column {part.name}.")
            total += part.score(columns[part.name])
        return total

    def chance(self, score: Ints) -> Floats:
        """Return the chance to be won that a score stands for."""
        chance: Floats = 1 / (1 + np.exp(-(self.level + self.slope * score)))
        return chance
