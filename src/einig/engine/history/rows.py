"""Rows as Arrow tables, under the names that the resolving SQL uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa

from einig.engine.history.contract import (
    EventRow,
    FactRow,
    FeedbackRow,
    LeadRow,
    LinkRow,
    OutcomeRow,
)

PROPERTY = "property:"

_TYPES = {
    "created_at": pa.int64(),
    "at": pa.int64(),
    "known_from": pa.int64(),
    "known_until": pa.int64(),
    "linked_at": pa.int64(),
    "unlinked_at": pa.int64(),
    "sequence": pa.int64(),
    "revenue": pa.float64(),
    "won": pa.bool_(),
}


@dataclass(frozen=True, slots=True)
class Incoming:
    """The tables of a history to be, and the names of the properties `p0`, `p1`, … of events."""

    leads: pa.Table
    facts: pa.Table
    events: pa.Table
    outcomes: pa.Table
    links: pa.Table
    feedback: pa.Table
    properties: tuple[str, ...]


def incoming(
    *,
    leads: Sequence[LeadRow] | pa.Table,
    facts: Sequence[FactRow] | pa.Table,
    events: Sequence[EventRow] | pa.Table,
    outcomes: Sequence[OutcomeRow] | pa.Table,
    links: Sequence[LinkRow] | pa.Table,
    feedback: Sequence[FeedbackRow] | pa.Table,
) -> Incoming:
    """Return rows as tables. Optional columns that a table lacks are null."""
    told = events if isinstance(events, pa.Table) else _events(events)
    names = [name for name in told.column_names if name.startswith(PROPERTY)]
    plain = {f"p{i}": told[name].cast(pa.string()) for i, name in enumerate(names)}
    cleaned = _table(told, EventRow, leave_out="properties")
    for name, column in plain.items():
        cleaned = cleaned.append_column(name, column)
    return Incoming(
        leads=_numbered(_table(leads, LeadRow)),
        facts=_numbered(_table(facts, FactRow)),
        events=cleaned,
        outcomes=_table(outcomes, OutcomeRow),
        links=_table(links, LinkRow),
        feedback=_table(feedback, FeedbackRow),
        properties=tuple(name.removeprefix(PROPERTY) for name in names),
    )


def _events(rows: Sequence[EventRow]) -> pa.Table:
    table = _table(rows, EventRow, leave_out="properties")
    for name in dict.fromkeys(name for row in rows for name in row.properties):
        values = pa.array([row.properties.get(name) for row in rows], pa.string())
        table = table.append_column(PROPERTY + name, values)
    return table


def _table(given: Sequence[Any] | pa.Table, row: type, leave_out: str = "") -> pa.Table:
    names = [each.name for each in fields(row) if each.name != leave_out]
    columns = {name: _column(given, name, _TYPES.get(name, pa.string())) for name in names}
    return pa.table(columns)


def _column(given: Sequence[Any] | pa.Table, name: str, of: pa.DataType) -> Any:
    if not isinstance(given, pa.Table):
        return pa.array([getattr(row, name) for row in given], of)
    if name in given.column_names:
        return given[name].cast(of)
    return pa.nulls(len(given), of)


def _numbered(table: pa.Table) -> pa.Table:
    return table.append_column("row", pa.array(np.arange(len(table))))
