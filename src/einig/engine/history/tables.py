"""From sheets to the rows of a history: ids, times, values and outcomes, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from einig.engine.document import Issue, Refused
from einig.engine.history.amounts import read_amounts
from einig.engine.history.gather import Gathered, attribute_named
from einig.engine.history.mapping import (
    Attribute,
    EventOutcomes,
    EventsTable,
    FeedbackTable,
    FileOutcomes,
    LinksTable,
    Lookup,
    Source,
)
from einig.engine.history.sheets import Sheet
from einig.engine.history.times import Unclear, read_times
from einig.engine.values import fold, plain, tidy

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tables:
    """The rows of a history as Arrow tables, as `build` takes them."""

    leads: pa.Table
    facts: pa.Table
    events: pa.Table
    outcomes: pa.Table
    links: pa.Table
    feedback: pa.Table
    currency: str | None


def tables(given: Gathered) -> Tables:
    """Return the rows that sheets hold; what cannot be used is set aside."""
    leads = _leads(given)
    links = _linked(given)
    who = _Who(leads.known | frozenset(links["identity"].to_pylist()), leads.left_out)
    amounts: list[str] = []
    return Tables(
        leads=leads.table,
        facts=pa.concat_tables([_attributes(given, leads), *_facts(given, who)]),
        events=_joined_events(list(_events(given, who))),
        outcomes=pa.concat_tables(
            [_OUTCOMES.empty_table(), *_outcomes(given, leads, who, amounts)]
        ),
        links=links,
        feedback=pa.concat_tables([_FEEDBACK.empty_table(), *_feedback(given, who)]),
        currency=_currency(given, amounts),
    )


_FACTS = pa.schema(
    [
        ("lead_id", pa.string()),
        ("attribute", pa.string()),
        ("value", pa.string()),
        ("known_from", pa.int64()),
        ("sequence", pa.int64()),
    ]
)
_OUTCOMES = pa.schema(
    [
        ("lead_id", pa.string()),
        ("won", pa.bool_()),
        ("at", pa.int64()),
        ("revenue", pa.float64()),
    ]
)
_LINKS = pa.schema(
    [
        ("identity", pa.string()),
        ("lead_id", pa.string()),
        ("kind", pa.string()),
        ("linked_at", pa.int64()),
        ("unlinked_at", pa.int64()),
    ]
)
_FEEDBACK = pa.schema(
    [
        ("lead_id", pa.string()),
        ("at", pa.int64()),
        ("verdict", pa.string()),
        ("reason", pa.string()),
    ]
)


# --- leads and their attributes ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Leads:
    table: pa.Table
    rows: Rows  # where the kept leads stand in their sheet
    ids: list[str | None]  # of every row of the sheet
    known: frozenset[str]
    left_out: frozenset[str]  # leads from before `since`


@dataclass(frozen=True, slots=True)
class _Who:
    """Whose rows are used."""

    known: frozenset[str]
    left_out: frozenset[str]


def _leads(given: Gathered) -> _Leads:
    told = given.mapped.mapping.leads
    sheet = given.sheets[told.source]
    ids = _ids(sheet, told.id)
    created: Sequence[int | None] = [None] * len(sheet)
    if told.created is not None:
        created = given.times("leads.created", told.source, told.created, day="ends")
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
        elif at is None and told.created is not None:
            wrong[row] = f"{told.created}: no time of creation"
        elif since is not None and (written[row] or 0) < since:
            left_out.add(lead)
        else:
            first[lead] = row
    given.put(sheet, wrong)
    rows = np.fromiter(first.values(), np.int64)
    at_of = pa.array([created[row] for row in first.values()], pa.int64())
    table = pa.table({"lead_id": pa.array(list(first), pa.string()), "created_at": at_of})
    return _Leads(table, rows, ids, frozenset(first), frozenset(left_out))


def _ids(sheet: Sheet, column: str | None) -> list[str | None]:
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


def _attributes(given: Gathered, leads: _Leads) -> pa.Table:
    told = given.mapped.mapping.leads
    sheet = given.sheets[told.source]
    parts = [_FACTS.empty_table()]
    for attribute in told.attributes:
        path = f"leads.attributes.{attribute.name}"
        texts = sheet.columns[attribute.column].take(pa.array(leads.rows))
        values = _plain(_without(texts, (*told.blank, *attribute.blank)), attribute, given, path)
        since = attribute.known_from or told.known_from
        known: pa.Array = pa.nulls(len(texts), pa.int64())
        if since is not None:
            times = given.times(path, told.source, since, day="ends")
            known = pa.array([times[row] for row in leads.rows.tolist()], pa.int64())
        names = pa.array([attribute.name] * len(texts), pa.string())
        columns = [leads.table["lead_id"], names, values, known, _zeros(len(texts))]
        table = pa.table(columns, schema=_FACTS)
        parts.append(table.filter(pc.is_valid(table["value"])))
    return pa.concat_tables(parts)


def _without(texts: pa.Array, blank: Iterable[str]) -> pa.Array:
    """Return texts with those that mean "nothing is known" as null."""
    words = {fold(word) for word in blank}
    if not words:
        return texts
    encoded = texts.dictionary_encode()
    entries = encoded.dictionary.to_pylist()
    kept = pa.array([None if fold(text) in words else text for text in entries], pa.string())
    return kept.take(encoded.indices)


def _plain(texts: pa.Array, attribute: Attribute, given: Gathered, path: str) -> pa.Array:
    """Return numbers with a declared decimal mark as plain numbers; other texts stay."""
    if attribute.decimal is None:
        return texts
    written = texts.to_pylist()
    found, _ = read_amounts(written, decimal=attribute.decimal)
    numbers = [plain(number) if number is not None else None for number in found]
    return pa.array([n or text for n, text in zip(numbers, written, strict=True)], pa.string())


def _zeros(size: int) -> pa.Array:
    return pa.array(np.zeros(size, np.int64))


# --- facts and activities ---------------------------------------------------------------------


def _facts(given: Gathered, who: _Who) -> Iterator[pa.Table]:
    for number, told in enumerate(given.mapped.mapping.facts, 1):
        sheet, path = given.sheets[told.source], f"facts.{number}"
        known = _times(given, f"{path}.known_from", told.source, told.known_from, day="ends")
        sequence = pa.nulls(len(sheet), pa.int64())
        if told.sequence is not None:
            numbers = given.amounts(f"{path}.sequence", told.source, told.sequence)
            sequence = pa.array([None if n is None else int(n) for n in numbers], pa.int64())
        rows = _usable(given, sheet, who, told.lead, {told.attribute: "no attribute"})
        columns = [
            _tidied(sheet.columns[told.lead]),
            sheet.columns[told.attribute],
            sheet.columns[told.value],
            known,
            sequence.fill_null(0),
        ]
        yield pa.table(columns, schema=_FACTS).take(rows)


def _events(given: Gathered, who: _Who) -> Iterator[pa.Table]:
    for number, told in enumerate(given.mapped.mapping.events, 1):
        sheet, path = given.sheets[told.source], f"events.{number}"
        at = _times(given, f"{path}.at", told.source, told.at, day="ends")
        known_from = _times(given, f"{path}.known_from", told.source, told.known_from, day="ends")
        until = _until(given, f"{path}.known_until", told)
        needed = {told.at: "no time"} | ({told.type: "no type"} if told.type else {})
        rows = _usable(given, sheet, who, told.lead, needed)
        table = {
            "event_id": _event_ids(sheet, told),
            "lead_id": _tidied(sheet.columns[told.lead]),
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
    return _times(of, path, told.source, told.known_until, day="ends")


def _event_ids(sheet: Sheet, told: EventsTable) -> pa.Array:
    if not told.id:
        return pa.array([f"{sheet.file}:{line}" for line in sheet.lines.tolist()], pa.string())
    parts = [pc.fill_null(sheet.columns[name], "") for name in told.id]
    return parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, "/")


def _joined_events(parts: list[pa.Table]) -> pa.Table:
    names = ("event_id", "lead_id", "type")
    empty = pa.schema([(name, pa.string()) for name in names]).append(pa.field("at", pa.int64()))
    return pa.concat_tables([empty.empty_table(), *parts], promote_options="default")


def _usable(
    given: Gathered, sheet: Sheet, who: _Who, lead: str, needed: dict[str, str]
) -> pa.Array:
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


def _times(given: Gathered, path: str, source: Source, column: str | None, *, day: str) -> pa.Array:
    if column is None:
        return pa.nulls(len(given.sheets[source]), pa.int64())
    found = given.times(path, source, column, day="ends" if day == "ends" else "begins")
    return pa.array(found, pa.int64())


def _tidied(column: pa.Array) -> pa.Array:
    return pa.array([None if t is None else tidy(t) for t in column.to_pylist()], pa.string())


# --- outcomes ---------------------------------------------------------------------------------


def _outcomes(given: Gathered, leads: _Leads, who: _Who, amounts: list[str]) -> Iterator[pa.Table]:
    number = 0
    for told in given.mapped.mapping.outcomes:
        if isinstance(told, EventOutcomes):
            yield from _from_events(given, told, leads, who)
        else:
            number += 1
            yield _from_file(given, f"outcomes.files.{number}", told, leads, who, amounts)


def _from_events(
    given: Gathered, told: EventOutcomes, leads: _Leads, who: _Who
) -> Iterator[pa.Table]:
    won, lost = set(map(fold, told.won)), set(map(fold, told.lost))
    of_lead = _revenue_of_leads(given, told, leads)
    for number, events in enumerate(given.mapped.mapping.events, 1):
        sheet = given.sheets[events.source]
        types = _types(sheet, events)
        at = given.times(f"events.{number}.at", events.source, events.at, day="begins")
        revenue = _revenue_of_events(given, told, events)
        ids = sheet.columns[events.lead].to_pylist()
        rows = []
        for row, kind in enumerate(types):
            if kind not in won and kind not in lost:
                continue
            id_ = tidy(ids[row] or "")
            if id_ not in who.known or at[row] is None or given.is_aside(sheet, row):
                continue
            amount = revenue[row] if revenue is not None else of_lead.get(id_)
            rows.append((id_, kind in won, at[row], amount if kind in won else None))
        yield _table(rows, _OUTCOMES)


def _types(sheet: Sheet, events: EventsTable) -> list[str]:
    if events.type is None:
        return [fold(events.type_is or "")] * len(sheet)
    encoded = sheet.columns[events.type].fill_null("").dictionary_encode()
    names = [fold(name) for name in encoded.dictionary.to_pylist()]
    return [names[place] for place in encoded.indices.to_pylist()]


def _revenue_of_events(
    given: Gathered, told: EventOutcomes, events: EventsTable
) -> list[float | None] | None:
    """Return the revenue of each activity where it is a property, else None."""
    column = dict(events.properties).get(told.revenue or "")
    if column is None:
        return None
    return given.amounts("outcomes.events.revenue", events.source, column)


def _revenue_of_leads(
    given: Gathered, told: EventOutcomes, leads: _Leads
) -> dict[str | None, float | None]:
    """Return the revenue of each lead where it is an attribute."""
    source = given.mapped.mapping.leads.source
    column = attribute_named(given.mapped.mapping.leads, told.revenue or "") or told.revenue
    if column is None or column not in given.sheets[source].columns:
        return {}
    amounts = given.amounts("outcomes.events.revenue", source, column)
    return dict(zip(leads.ids, amounts, strict=True))


def _from_file(
    given: Gathered, path: str, told: FileOutcomes, leads: _Leads, who: _Who, amounts: list[str]
) -> pa.Table:
    sheet = given.sheets[told.source]
    at = _times(given, f"{path}.at", told.source, told.at, day="begins").to_pylist()
    revenue = _revenue(given, path, told)
    ids = _ids(sheet, told.lead)
    status = _verdicts(sheet, told)
    wrong: dict[int, str] = {}
    rows = []
    currencies = sheet.columns[told.currency].to_pylist() if told.currency else [None] * len(sheet)
    for row, id_ in enumerate(ids):
        if status[row] is None or id_ in who.left_out or given.is_aside(sheet, row):
            continue
        if id_ is None:
            wrong[row] = "no lead id"
        elif id_ not in who.known:
            wrong[row] = f"the lead {id_} is not among the leads"
        elif told.at is not None and at[row] is None:
            wrong[row] = f"{told.at}: no time of the outcome"
        else:
            rows.append((id_, status[row], at[row], revenue[row]))
            if currencies[row] is not None and revenue[row] is not None:
                amounts.append(str(currencies[row]).strip().upper())
    given.put(sheet, wrong)
    return _table(rows, _OUTCOMES)


def _verdicts(sheet: Sheet, told: FileOutcomes) -> list[bool | None]:
    """Return of each row whether it was won; None where that is open."""
    if told.status is None:
        return [True] * len(sheet)
    verdict = {fold(text): False for text in told.lost} | {fold(text): True for text in told.won}
    return [verdict.get(fold(text or "")) for text in sheet.columns[told.status].to_pylist()]


def _revenue(given: Gathered, path: str, told: FileOutcomes) -> list[float | None]:
    sheet = given.sheets[told.source]
    match told.revenue:
        case None:
            return [None] * len(sheet)
        case Lookup(source, key, value):
            keys = given.sheets[source].columns[key].to_pylist()
            amounts = given.amounts(f"{path}.revenue.value", source, value)
            of_key = {k: amount for k, amount in zip(keys, amounts, strict=True) if k is not None}
            return [of_key.get(text) for text in sheet.columns[key].to_pylist()]
        case str(column):
            return given.amounts(f"{path}.revenue", told.source, column)


def _currency(given: Gathered, amounts: Sequence[str]) -> str | None:
    """Return the one currency of all amounts. Raises Refused if there are several."""
    declared = given.mapped.mapping.currency
    found = sorted({*amounts, *([declared.upper()] if declared else [])})
    if len(found) > 1:
        message = f"Amounts are in {' and '.join(found)}; without rates they do not add up."
        remedy = "Convert them into one currency, or leave out the others."
        place = given.mapped.place("outcomes")
        raise Refused([Issue("error", place, "outcomes", message, remedy)])
    return found[0] if found else None


# --- links and feedback -----------------------------------------------------------------------


def _linked(given: Gathered) -> pa.Table:
    parts = [
        _link_rows(given, f"links.{n}", t) for n, t in enumerate(given.mapped.mapping.links, 1)
    ]
    return pa.concat_tables([_LINKS.empty_table(), *parts])


def _link_rows(given: Gathered, path: str, told: LinksTable) -> pa.Table:
    sheet = given.sheets[told.source]
    linked = _times(given, f"{path}.linked", told.source, told.linked, day="ends").to_pylist()
    undone = _times(given, f"{path}.unlinked", told.source, told.unlinked, day="ends").to_pylist()
    identities, leads = (_tidied(sheet.columns[c]).to_pylist() for c in (told.identity, told.lead))
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
    return _table(rows, _LINKS)


def _feedback(given: Gathered, who: _Who) -> Iterator[pa.Table]:
    for number, told in enumerate(given.mapped.mapping.feedback, 1):
        sheet = given.sheets[told.source]
        at = _times(given, f"feedback.{number}.at", told.source, told.at, day="ends")
        verdicts = _verdict_words(sheet, told)
        unclear = [row for row, verdict in enumerate(verdicts) if verdict is None]
        given.put(sheet, dict.fromkeys(unclear, f"{told.verdict}: neither accepted nor returned"))
        reasons = sheet.columns[told.reason] if told.reason else pa.nulls(len(sheet), pa.string())
        rows = _usable(given, sheet, who, told.lead, {told.at: "no time"})
        columns = [_tidied(sheet.columns[told.lead]), at, pa.array(verdicts, pa.string()), reasons]
        yield pa.table(columns, schema=_FEEDBACK).take(rows)


def _verdict_words(sheet: Sheet, told: FeedbackTable) -> list[str | None]:
    words = {fold(text): "accepted" for text in told.accepted}
    words |= {fold(text): "returned" for text in told.returned}
    return [words.get(fold(text or "")) for text in sheet.columns[told.verdict].to_pylist()]


def _table(rows: Sequence[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [() for _ in schema]
    arrays = [pa.array(column, of.type) for column, of in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)
