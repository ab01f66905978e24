"""Whether a value fulfils a condition, and what it earns: for one value, and for columns of them.

The two forms say the same; a test compares them on generated conditions and values.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

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
from einig.engine.values import Value, fold, number

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]  # NaN where there is no number


class Forms(NamedTuple):
    """A column of values as they are compared: see `values.Value`."""

    texts: pa.DictionaryArray
    numbers: Numbers
    sizes: Numbers


def holds(condition: Condition, value: Value | None) -> bool:
    """Return whether a value (None is blank) fulfils a condition."""
    if isinstance(condition, AllOf):
        return all(holds(part, value) for part in condition.conditions)
    if value is None:
        return condition == Known(False)
    match condition:
        case OneOf(texts):
            return any(_equal(text, value) for text in texts)
        case NoneOf(texts):
            return not any(_equal(text, value) for text in texts)
        case Contains(text):
            return comparable(text).text in value.text
        case StartsWith(text):
            return value.text.startswith(comparable(text).text)
        case Between(low, high):
            return value.size is not None and low <= value.size < high
        case Known(known):
            return known


def points_of(table: FitTable, value: Value | None) -> tuple[int, str]:
    """Return what a value earns in a table, and the row (as written) that says so."""
    if value is None:
        return table.unknown, "unknown"
    for row in table.texts:
        if _equal(row.text, value):
            return row.points, row.text
    for span in table.ranges:
        if value.size is not None and span.low <= value.size < span.high:
            return span.points, span.label
    return table.otherwise, "otherwise"


def mask_of(condition: Condition, values: Forms) -> Mask:
    """Return for each row of a column whether it fulfils a condition."""
    known = np.asarray(values.texts.indices.is_valid())
    match condition:
        case AllOf(parts):
            every: Mask = np.all([mask_of(part, values) for part in parts], axis=0)
            return every
        case OneOf(wanted):
            return _any_equal(wanted, values)
        case NoneOf(unwanted):
            return known & ~_any_equal(unwanted, values)
        case Contains(text):
            return _by_entry(
                values.texts, pc.match_substring(values.texts.dictionary, comparable(text).text)
            )
        case StartsWith(text):
            return _by_entry(
                values.texts, pc.starts_with(values.texts.dictionary, comparable(text).text)
            )
        case Between(low, high):
            return (values.sizes >= low) & (values.sizes < high)
        case Known(wanted_known):
            return known if wanted_known else ~known


def points_column(table: FitTable, values: Forms) -> npt.NDArray[np.int64]:
    """Return for each row of a column what it earns in a table."""
    known = np.asarray(values.texts.indices.is_valid())
    points = np.where(known, table.otherwise, table.unknown).astype(np.int64)
    for span in table.ranges:
        points[(values.sizes >= span.low) & (values.sizes < span.high)] = span.points
    for row in reversed(table.texts):
        points[_any_equal([row.text], values)] = row.points
    return points


@functools.lru_cache(maxsize=4096)
def comparable(text: str) -> Value:
    """Return the comparable form of a text in an agreement."""
    folded = fold(text)
    return Value(folded, number(folded))


def _equal(text: str, value: Value) -> bool:
    wanted = comparable(text)
    same_number = wanted.number is not None and wanted.number == value.number
    return wanted.text == value.text or same_number


def _any_equal(wanted: Iterable[str], values: Forms) -> Mask:
    others = [comparable(text) for text in wanted]
    found = pc.is_in(values.texts.dictionary, pa.array([o.text for o in others], pa.string()))
    mask = _by_entry(values.texts, found)
    if as_numbers := [o.number for o in others if o.number is not None]:
        mask |= np.isin(values.numbers, as_numbers)
    return mask


def _by_entry(texts: pa.DictionaryArray, of_entry: pa.BooleanArray) -> Mask:
    """Spread what is true of a dictionary's entries over the rows; blank rows are false."""
    by_entry = np.append(np.asarray(of_entry.fill_null(False), np.bool_), False)
    entry = texts.indices.fill_null(len(by_entry) - 1) if texts.null_count else texts.indices
    spread: Mask = by_entry[np.asarray(entry)]
    return spread
