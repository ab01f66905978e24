"""Conditions and fit tables as Ibis clauses on a text column and a number column."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import reduce

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


def clause(condition: Condition, text: StringValue, number: NumericValue) -> BooleanValue:
    """Return whether a value fulfils a condition; never null."""
    match condition:
        case AllOf(parts):
            clauses = [clause(part, text, number) for part in parts]
            return reduce(lambda a, b: a & b, clauses)
        case OneOf(wanted):
            return _equal(wanted, text, number)
        case NoneOf(unwanted):
            return text.notnull() & ~_equal(unwanted, text, number)
        case Contains(part):
            return text.contains(comparable(part).text).fill_null(False)
        case StartsWith(part):
            return text.startswith(comparable(part).text).fill_null(False)
        case Between(low, high):
            return _between(number, low, high)
        case Known(known):
            return text.notnull() if known else text.isnull()


def points_clause(table: FitTable, text: StringValue, number: NumericValue) -> IntegerValue:
    """Return what a value earns in a table; a text row wins over a range."""
    branches = [(text.isnull(), table.unknown)]
    branches += [(_equal([row.text], text, number), row.points) for row in table.texts]
    branches += [(_between(number, span.low, span.high), span.points) for span in table.ranges]
    cases = [(when, ibis.literal(points, "int64")) for when, points in branches]
    return ibis.cases(*cases, else_=ibis.literal(table.otherwise, "int64"))


def _equal(wanted: Iterable[str], text: StringValue, number: NumericValue) -> BooleanValue:
    values = [comparable(one) for one in wanted]
    equal = text.isin([value.text for value in values]).fill_null(False)
    for value in values:
        if value.number is not None:
            equal |= (number == _double(value.number)).fill_null(False)
    return equal


def _between(number: NumericValue, low: float, high: float) -> BooleanValue:
    inside = number.notnull()
    if low > -math.inf:
        inside &= (number >= _double(low)).fill_null(False)
    if high < math.inf:
        inside &= (number < _double(high)).fill_null(False)
    return inside


def _double(value: float) -> NumericValue:
    return ibis.literal(value, "float64")
