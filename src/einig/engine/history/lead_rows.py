"""The rows of leads, and the attributes that stand beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from einig.engine.document import Issue, Refused
from einig.engine.history.amounts import read_amounts
from einig.engine.history.gather import Gathered
from einig.engine.history.mapping import Attribute
from einig.engine.history.sheets import Sheet
from einig.engine.history.times import Unclear, read_times
from einig.engine.history.usable import FACTS
from einig.engine.values import fold, plain, tidy

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Leads:
    table: pa.Table
    rows: Rows  # where the kept leads stand in their sheet
    ids: list[str | None]  # of every row of the sheet
    known: frozenset[str]
    left_out: frozenset[str]  # leads from before `since`


def read_leads(given: Gathered) -> Leads:
    told = given.mapped.mapping.leads
    sheet = given.sheets[told.source]
    ids = ids_of(sheet, told.id)
    created: Sequence[int | None] = [None] * len(sheet)
    if told.created is not None:
        created = given.times("leads.created", told.source, told.created, day="ends")
    # a column that cannot be read is reported as such, and not by each of its rows
    dated = told.created is not None and not given.unclear
    since = _since(given)
    written = created
    if told.created is not None and since is not None:
        # by the date as it is written: a date alone counts as created at the end of its day
        written = given.times("leads.created", told.source, told.created, day="begins")
    first: dict[str, int] = {}
    left_out: set[str] = set()
    wrong: dict[int, str] = {}
    for row, (lead, at) in enumerate(zip(ids, created, strict=True)):
        if lead is None:
            wrong[row] = "no lead id"
        elif lead in first or lead in left_out:
            line = sheet.lines[first[lead]] if lead in first else 0
            wrong[row] = f"the lead {lead} stands in line {line} already"
        elif at is None and dated:
            wrong[row] = f"{told.created}: no time of creation"
        elif since is not None and (written[row] or 0) < since:
            left_out.add(lead)
        else:
            first[lead] = row
    given.put(sheet, wrong)
    rows = np.fromiter(first.values(), np.int64)
    at_of = pa.array([created[row] for row in first.values()], pa.int64())
    table = pa.table({"lead_id": pa.array(list(first), pa.string()), "created_at": at_of})
    return Leads(table, rows, ids, frozenset(first), frozenset(left_out))


def ids_of(sheet: Sheet, column: str | None) -> list[str | None]:
    """Return an id for each row: the number of its line where no column holds one."""
    if column is None:
        return [str(line) for line in sheet.lines.tolist()]
    return [None if text is None else tidy(text) for text in sheet.columns[column].to_pylist()]


def _since(given: Gathered) -> int | None:
    since, zone = given.mapped.mapping.leads.since, given.mapped.mapping.zone
    if since is None:
        return None
    try:
        (at,) = read_times([since], zone=zone or "UTC", dates="iso", day="begins").at
    except Unclear:
        at = None
    if at is None:
        place = given.mapped.place("leads.since")
        message = f"“{since}” is no date."
        raise Refused([Issue("error", place, "leads.since", message, "Write one like 2026-01-31.")])
    return at


def read_attributes(given: Gathered, leads: Leads) -> pa.Table:
    told = given.mapped.mapping.leads
    sheet = given.sheets[told.source]
    parts = [FACTS.empty_table()]
    for attribute in told.attributes:
        path = f"leads.attributes.{attribute.name}"
        texts = sheet.columns[attribute.column].take(pa.array(leads.rows))
        values = in_plain(without(texts, (*told.blank, *attribute.blank)), attribute)
        since = attribute.known_from or told.known_from
        known: pa.Array = pa.nulls(len(texts), pa.int64())
        if since is not None:
            times = given.times(path, told.source, since, day="ends")
            known = pa.array([times[row] for row in leads.rows.tolist()], pa.int64())
        names = pa.array([attribute.name] * len(texts), pa.string())
        columns = [leads.table["lead_id"], names, values, known, _zeros(len(texts))]
        table = pa.table(columns, schema=FACTS)
        parts.append(table.filter(pc.is_valid(table["value"])))
    return pa.concat_tables(parts)


def without(texts: pa.Array, blank: Iterable[str]) -> pa.Array:
    """Return texts with those that mean "nothing is known" as null."""
    words = {fold(word) for word in blank}
    if not words:
        return texts
    encoded = texts.dictionary_encode()
    entries = encoded.dictionary.to_pylist()
    kept = pa.array([None if fold(text) in words else text for text in entries], pa.string())
    return kept.take(encoded.indices)


def in_plain(texts: pa.Array, attribute: Attribute) -> pa.Array:
    """Return numbers with a declared decimal mark as plain numbers; other texts stay."""
    if attribute.decimal is None:
        return texts
    written = texts.to_pylist()
    found, _ = read_amounts(written, decimal=attribute.decimal)
    numbers = [plain(number) if number is not None else None for number in found]
    return pa.array([n or text for n, text in zip(numbers, written, strict=True)], pa.string())


def _zeros(size: int) -> pa.Array:
    return pa.array(np.zeros(size, np.int64))
