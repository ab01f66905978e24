"""The rows of activities, of facts, of links and of feedback."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from einig.engine.history.gather import Gathered
from einig.engine.history.mapping import EventsTable, FeedbackTable, LinksTable
from einig.engine.history.sheets import Sheet
from einig.engine.history.usable import (
    FACTS,
    FEEDBACK,
    LINKS,
    Who,
    instants,
    table_of,
    tidied,
    usable,
)
from einig.engine.values import fold


def read_facts(given: Gathered, who: Who) -> Iterator[pa.Table]:
    for number, told in enumerate(given.mapped.mapping.facts, 1):
        sheet, path = given.sheets[told.source], f"facts.{number}"
        known = instants(given, f"{path}.known_from", told.source, told.known_from, day="ends")
        sequence = pa.nulls(len(sheet), pa.int64())
        if told.sequence is not None:
            numbers = given.amounts(f"{path}.sequence", told.source, told.sequence)
            sequence = pa.array([None if n is None else int(n) for n in numbers], pa.int64())
        rows = usable(given, sheet, who, told.lead, {told.attribute: "no attribute"})
        columns = [
            tidied(sheet.columns[told.lead]),
            sheet.columns[told.attribute],
            sheet.columns[told.value],
            known,
            sequence.fill_null(0),
        ]
        yield pa.table(columns, schema=FACTS).take(rows)


def read_events(given: Gathered, who: Who) -> Iterator[pa.Table]:
    for number, told in enumerate(given.mapped.mapping.events, 1):
        sheet, path = given.sheets[told.source], f"events.{number}"
        at = instants(given, f"{path}.at", told.source, told.at, day="ends")
        known_from = instants(given, f"{path}.known_from", told.source, told.known_from, day="ends")
        until = _until(given, f"{path}.known_until", told)
        needed = {told.at: "no time"} | ({told.type: "no type"} if told.type else {})
        rows = usable(given, sheet, who, told.lead, needed)
        table = {
            "event_id": _event_ids(sheet, told),
            "lead_id": tidied(sheet.columns[told.lead]),
            "type": sheet.columns[told.type]
            if told.type
            else pa.array([told.type_is] * len(sheet), pa.string()),
            "at": at,
            "known_from": known_from,
            "known_until": until,
        }
        table |= {f"property:{name}": sheet.columns[column] for name, column in told.properties}
        yield pa.table(table).take(rows)


def _until(given: Gathered, path: str, told: EventsTable) -> pa.Array:
    if told.known_until is None:
        return pa.nulls(len(given.sheets[told.source]), pa.int64())
    sheet = given.sheets[told.source]
    column = sheet.columns[told.known_until]
    # systems write the year 9999 for "never"
    never = pc.starts_with(pc.fill_null(column, ""), "9999")
    written = sheet.columns | {told.known_until: pc.if_else(never, pa.scalar(None), column)}
    open_ended = Sheet(sheet.file, sheet.names, written, sheet.lines, ())
    of = Gathered(given.mapped, {told.source: open_ended}, given.aside)
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


def read_links(given: Gathered) -> pa.Table:
    parts = [
        _link_rows(given, f"links.{n}", t) for n, t in enumerate(given.mapped.mapping.links, 1)
    ]
    return pa.concat_tables([LINKS.empty_table(), *parts])


def _link_rows(given: Gathered, path: str, told: LinksTable) -> pa.Table:
    sheet = given.sheets[told.source]
    linked = instants(given, f"{path}.linked", told.source, told.linked, day="ends").to_pylist()
    undone = instants(given, f"{path}.unlinked", told.source, told.unlinked, day="ends").to_pylist()
    identities, leads = (tidied(sheet.columns[c]).to_pylist() for c in (told.identity, told.lead))
    kinds = ["same"] * len(sheet)
    if told.kind is not None:
        kinds = [fold(kind or "same") for kind in sheet.columns[told.kind].to_pylist()]
    rows, wrong = [], {}
    for row, columns in enumerate(zip(identities, leads, kinds, linked, undone, strict=True)):
        if None in columns[:2] or columns[3] is None:
            wrong[row] = "identity, lead and time of the link are needed"
        elif columns[2] not in ("same", "member"):
            wrong[row] = f"“{columns[2]}” is neither same nor member"
        else:
            rows.append(columns)
    given.put(sheet, wrong)
    return table_of(rows, LINKS)


def read_feedback(given: Gathered, who: Who) -> Iterator[pa.Table]:
    for number, told in enumerate(given.mapped.mapping.feedback, 1):
        sheet = given.sheets[told.source]
        at = instants(given, f"feedback.{number}.at", told.source, told.at, day="ends")
        verdicts = _verdict_words(sheet, told)
        unclear = [row for row, verdict in enumerate(verdicts) if verdict is None]
        given.put(sheet, dict.fromkeys(unclear, f"{told.verdict}: neither accepted nor returned"))
        reasons = sheet.columns[told.reason] if told.reason else pa.nulls(len(sheet), pa.string())
        rows = usable(given, sheet, who, told.lead, {told.at: "no time"})
        columns = [tidied(sheet.columns[told.lead]), at, pa.array(verdicts, pa.string()), reasons]
        yield pa.table(columns, schema=FEEDBACK).take(rows)


def _verdict_words(sheet: Sheet, told: FeedbackTable) -> list[str | None]:
    words = {fold(text): "accepted" for text in told.accepted}
    words |= {fold(text): "returned" for text in told.returned}
    return [words.get(fold(text or "")) for text in sheet.columns[told.verdict].to_pylist()]
