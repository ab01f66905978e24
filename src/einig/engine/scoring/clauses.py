"""Conditions and fit tables as Ibis clauses on the columns that hold the forms of a value."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import reduce
from typing import NamedTuple

import ibis
from ibis.expr.types import BooleanValue, IntegerValue, NumericValue, StringValue

from einig.engine.agreement.model import (
    AllOf,
    Between,
    Condition,
    Contains,
    FitTable,
    Known,
    NoneOf,
    OneOf,
    StartsWith,
)
from einig.engine.scoring.matching import comparable


class Forms(NamedTuple):
    """A value as it is compared: see `values.Value`."""

    text: StringValue
    number: NumericValue
    low: NumericValue

    @property
    def size(self) -> NumericValue:
        """Return what counts where numbers are compared by size: a range by its lower end."""
        return self.number.coalesce(self.low)


def clause(condition: Condition, value: Forms) -> BooleanValue:
    """Return whether a value fulfils a condition; never null."""
    match condition:
        case AllOf(parts):
            clauses = [clause(part, value) for part in parts]
            return reduce(lambda a, b: a & b, clauses)
        case OneOf(wanted):
            return _equal(wanted, value)
        case NoneOf(unwanted):
            return value.text.notnull() & ~_equal(unwanted, value)
        case Contains(part):
            return value.text.contains(comparable(part).text).fill_null(False)
        case StartsWith(part):
            return value.text.startswith(comparable(part).text).fill_null(False)
        case Between(low, high):
            return _between(value.size, low, high)
        case Known(known):
            return value.text.notnull() if known else value.text.isnull()


def points_clause(table: FitTable, value: Forms) -> IntegerValue:
    """Return what a value earns in a table; a text row wins over a range."""
    branches = [(value.text.isnull(), table.unknown)]
    branches += [(_equal([row.text], value), row.points) for row in table.texts]
    branches += [(_between(value.size, span.low, span.high), span.points) for span in table.ranges]
    cases = [(when, ibis.literal(points, "int64")) for when, points in branches]
    return ibis.cases(*cases, else_=ibis.literal(table.otherwise, "int64"))


def _equal(wanted: Iterable[str], value: Forms) -> BooleanValue:
    others = [comparable(one) for one in wanted]
    equal = value.text.isin([other.text for other in others]).fill_null(False)
    for other in others:
        if other.number is not None:
            equal |= (value.number == _double(other.number)).fill_null(False)
    return equal


def _between(size: NumericValue, low: float, high: float) -> BooleanValue:
    inside = size.notnull()
    if low > -math.inf:
        inside &= (size >= _double(low)).fill_null(False)
    if high < math.inf:
        inside &= (size < _double(high)).fill_null(False)
    return inside


def _double(value: float) -> NumericValue:
    return ibis.literal(value, "float64")
