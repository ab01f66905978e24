"""Awkward columns: what is filled in so that little can be learned of it, each with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from einig.engine.learning.examples import Column

Kind = Literal["constant", "dates", "mixed"]

_DATE = re.compile(r"(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4})([t ,].*)?")
_MOST = 0.95  # of values: nearly all
_LOOKED_AT = 1000  # values


@dataclass(frozen=True, slots=True)
class Awkward:
    """A column of which little can be learned as it is; `share` of its values are of the kind."""

    column: str
    kind: Kind
    share: float = 1.0


def awkward(columns: Iterable[Column]) -> Iterator[Awkward]:
    """Yield the columns that are the same everywhere, dates as text, or of mixed types."""
    for column in columns:
        if column.behaviour is not None or not column.levels:
            continue
        if len(column.levels) == 1 and column.known.all():
            yield Awkward(column.name, "constant")
        elif not column.is_number:
            yield from _texts(column)


def _texts(column: Column) -> Iterator[Awkward]:
    values = column.levels[:_LOOKED_AT]
    dates = sum(_DATE.fullmatch(value) is not None for value in values) / len(values)
    numbers = float(np.isfinite(column.numbers[column.known]).mean())
    if dates >= _MOST:
        yield Awkward(column.name, "dates", dates)
    elif 1 - _MOST <= numbers <= _MOST:
        yield Awkward(column.name, "mixed", numbers)
