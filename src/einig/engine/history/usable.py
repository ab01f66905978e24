"""What the rows of every table have in common: whose they are, and whether they can be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from einig.engine.history.gather import Gathered
from einig.engine.history.mapping import Source
from einig.engine.history.sheets import Sheet
from einig.engine.history.times import Day
from einig.engine.values import tidy

FACTS = pa.schema(
    [
        ("lead_id", pa.string()),
        ("attribute", pa.string()),
        ("value", pa.string()),
        ("known_from", pa.int64()),
        ("sequence", pa.int64()),
    ]
)
OUTCOMES = pa.schema(
    [
        ("lead_id", pa.string()),
        ("won", pa.bool_()),
        ("at", pa.int64()),
        ("revenue", pa.float64()),
    ]
)
LINKS = pa.schema(
    [
        ("identity", pa.string()),
        ("lead_id", pa.string()),
        ("kind", pa.string()),
        ("linked_at", pa.int64()),
        ("unlinked_at", pa.int64()),
    ]
)
FEEDBACK = pa.schema(
    [
        ("lead_id", pa.string()),
        ("at", pa.int64()),
        ("verdict", pa.string()),
        ("reason", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Who:
    """Whose rows are used."""

    known: frozenset[str]
    left_out: frozenset[str]


def usable(given: Gathered, sheet: Sheet, who: Who, lead: str, needed: dict[str, str]) -> pa.Array:
    """Return the rows of a sheet that are of known leads and complete; others are set aside."""
    missing = {column: sheet.columns[column].is_null() for column in needed}
    wrong: dict[int, str] = {}
    rows: list[int] = []
    for row, text in enumerate(sheet.columns[lead].to_pylist()):
        id_ = None if text is None else tidy(text)
        if id_ is None:
            wrong[row] = "no lead id"
        elif id_ in who.known:
            rows.append(row)
        elif id_ not in who.left_out:
            wrong[row] = f"the lead {id_} is not among the leads"
    for column, why in needed.items():
        wrong |= dict.fromkeys(np.flatnonzero(missing[column].to_numpy(False)).tolist(), why)
    given.put(sheet, wrong)
    if given.aside.rows:
        rows = [row for row in rows if not given.is_aside(sheet, row)]
    return pa.array(rows, pa.int64())


def instants(
    given: Gathered, path: str, source: Source, column: str | None, *, day: Day
) -> pa.Array:
    if column is None:
        return pa.nulls(len(given.sheets[source]), pa.int64())
    found = given.times(path, source, column, day=day)
    return pa.array(found, pa.int64())


def tidied(column: pa.Array) -> pa.Array:
    return pa.array([None if t is None else tidy(t) for t in column.to_pylist()], pa.string())


def table_of(rows: Sequence[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [() for _ in schema]
    arrays = [pa.array(column, of.type) for column, of in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)
