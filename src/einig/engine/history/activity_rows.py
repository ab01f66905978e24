"""The rows of activities, of facts, of links and of feedback."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from einig.engine.history.contract import MERGED
from einig.engine.history.gather import Gathered
from einig.engine.history.lead_rows import in_plain, without
from einig.engine.history.mapping import EventsTable, FactsTable
from einig.engine.history.sheets import Sheet
from einig.engine.history.usable import (
    FACTS,
    Who,
    instants,
    tidied,
    usable,
)
from einig.engine.values import fold


def read_facts(given: Gathered, who: Who) -> Iterator[pa.Table]:
    for number, told in enumerate(given.mapped.mapping.facts, 1):
        read = _beside if told.attributes else _named
        yield from read(given, f"facts.{number}", told, who)


def _named(given: Gathered, path: str, told: FactsTable, who: Who) -> Iterator[pa.Table]:
    """Yield facts of which each has a row."""
    assert told.attribute is not None  # the grammar sees to it
    assert told.value is not None
    sheet = given.sheets[told.source]
    known = instants(given, f"{path}.known_from", told.source, told.known_from, day="ends")
    sequence = _sequence(given, told)
    names = sheet.columns[told.attribute].to_pylist()
    reserved = [row for row, name in enumerate(names) if name and fold(name) == MERGED]
    given.put(sheet, dict.fromkeys(reserved, f"no attribute can be called {MERGED}"))
    rows = usable(given, sheet, who, told.lead, {told.attribute: "no attribute"})
    columns = [
        tidied(sheet.columns[told.lead]),
        sheet.columns[told.attribute],
        without(sheet.columns[told.value], told.blank),
        known,
        sequence,
    ]
    yield pa.table(columns, schema=FACTS).take(rows)


def _beside(given: Gathered, path: str, told: FactsTable, who: Who) -> Iterator[pa.Table]:
    """Yield facts that stand in columns beside each other; what is blank there is no fact."""
    sheet = given.sheets[told.source]
    sequence = _sequence(given, told)
    dates = {each: each.known_from or told.known_from for each in told.attributes}
    known = {
        each: instants(given, f"{path}.attributes.{each.name}", told.source, column, day="ends")
        for each, column in dates.items()
    }
    rows = usable(given, sheet, who, told.lead, {})
    leads = tidied(sheet.columns[told.lead])
    for each in told.attributes:
        texts = without(sheet.columns[each.column], (*told.blank, *each.blank))
        names = pa.array([each.name] * len(sheet), pa.string())
        columns = [leads, names, in_plain(texts, each), known[each], sequence]
        table = pa.table(columns, schema=FACTS).take(rows)
        yield table.filter(pc.is_valid(table["value"]))


def _sequence(given: Gathered, told: FactsTable) -> pa.Array:
    sheet = given.sheets[told.source]
    if told.sequence is None:
        return pa.array([0] * len(sheet), pa.int64())
    numbers: list[int] = []
    wrong: dict[int, str] = {}
    for row, text in enumerate(sheet.columns[told.sequence].to_pylist()):
        whole = re.fullmatch(r"\s*([+-]?\d{1,18})(\.0+)?\s*", text or "0", re.ASCII)
        if whole is None:
            wrong[row] = f"{told.sequence}: “{text.strip()}” is no whole number"
        numbers.append(int(whole[1]) if whole else 0)
    given.put(sheet, wrong)
    return pa.array(numbers, pa.int64())


def read_events(given: Gathered, who: Who) -> Iterator[pa.Table]:
    for number, told in enumerate(given.mapped.mapping.events, 1):
        sheet, path = given.sheets[told.source], f"events.{number}"
        at = instants(given, f"{path}.at", told.source, told.at, day="ends")
        known_from = instants(given, f"{path}.known_from", told.source, told.known_from, day="ends")
        until = _until(given, f"{path}.known_until", told)
        needed = {told.at: "no time"} | dict.fromkeys(told.type[:1], "no type")
        rows = usable(given, sheet, who, told.lead, needed)
        table = {
            "event_id": _event_ids(sheet, told),
            "lead_id": tidied(sheet.columns[told.lead]),
            "type": types_of(sheet, told),
            "at": at,
            "known_from": known_from,
            "known_until": until,
        }
        table |= {f"property:{name}": sheet.columns[column] for name, column in told.properties}
        yield pa.table(table).take(rows)


def types_of(sheet: Sheet, told: EventsTable) -> pa.Array:
    """Return the type of each activity: of several columns those that are filled, joined by +."""
    if not told.type:
        return pa.array([told.type_is] * len(sheet), pa.string())
    parts = [sheet.columns[name] for name in told.type]
    if len(parts) == 1:
        return parts[0]
    return pc.binary_join_element_wise(*parts, "+", null_handling="skip")


def _until(given: Gathered, path: str, told: EventsTable) -> pa.Array:
    if told.known_until is None:
        return pa.nulls(len(given.sheets[told.source]), pa.int64())
    sheet = given.sheets[told.source]
    column = sheet.columns[told.known_until]
    # systems write the year 9999 for "never"
    never = pc.starts_with(pc.fill_null(column, ""), "9999")
    written = sheet.columns | {told.known_until: pc.if_else(never, pa.scalar(None), column)}
    open_ended = {told.source: replace(sheet, columns=written)}
    of = Gathered(given.mapped, open_ended, given.aside, given.unclear)
    return instants(of, path, told.source, told.known_until, day="ends")


def _event_ids(sheet: Sheet, told: EventsTable) -> pa.Array:
    if not told.id:
        return pa.array([f"{sheet.file}:{line}" for line in sheet.lines.tolist()], pa.string())
    parts = [pc.fill_null(sheet.columns[name], "") for name in told.id]
    return parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, "/")


def joined_events(parts: list[pa.Table]) -> pa.Table:
    names = ("event_id", "lead_id", "type")
    empty = pa.schema([(name, pa.string()) for name in names]).append(pa.field("at", pa.int64()))
    return pa.concat_tables([empty.empty_table(), *parts], promote_options="default")
