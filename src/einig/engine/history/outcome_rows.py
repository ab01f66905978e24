"""The rows of outcomes: from activities that are the outcome, and from files of deals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from einig.engine.document import Issue, Refused
from einig.engine.history.gather import Gathered, attribute_named
from einig.engine.history.lead_rows import Leads, ids_of
from einig.engine.history.mapping import EventOutcomes, EventsTable, FileOutcomes, Lookup
from einig.engine.history.sheets import Sheet
from einig.engine.history.usable import OUTCOMES, Who, instants, table_of
from einig.engine.values import fold, tidy


def read_outcomes(
    given: Gathered, leads: Leads, who: Who, amounts: list[str]
) -> Iterator[pa.Table]:
    number = 0
    for told in given.mapped.mapping.outcomes:
        if isinstance(told, EventOutcomes):
            yield from _from_events(given, told, leads, who)
        else:
            number += 1
            yield _from_file(given, f"outcomes.files.{number}", told, who, amounts)


def _from_events(
    given: Gathered, told: EventOutcomes, leads: Leads, who: Who
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
        yield table_of(rows, OUTCOMES)


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
    given: Gathered, told: EventOutcomes, leads: Leads
) -> dict[str | None, float | None]:
    """Return the revenue of each lead where it is an attribute."""
    source = given.mapped.mapping.leads.source
    column = attribute_named(given.mapped.mapping.leads, told.revenue or "") or told.revenue
    if column is None or column not in given.sheets[source].columns:
        return {}
    amounts = given.amounts("outcomes.events.revenue", source, column)
    return dict(zip(leads.ids, amounts, strict=True))


def _from_file(
    given: Gathered, path: str, told: FileOutcomes, who: Who, amounts: list[str]
) -> pa.Table:
    sheet = given.sheets[told.source]
    at = instants(given, f"{path}.at", told.source, told.at, day="begins").to_pylist()
    revenue = _revenue(given, path, told)
    ids = ids_of(sheet, told.lead)
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
    return table_of(rows, OUTCOMES)


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


def one_currency(given: Gathered, amounts: Sequence[str]) -> str | None:
    """Return the one currency of all amounts. Raises Refused if there are several."""
    declared = given.mapped.mapping.currency
    found = sorted({*amounts, *([declared.upper()] if declared else [])})
    if len(found) > 1:
        message = f"Amounts are in {' and '.join(found)}; without rates they do not add up."
        remedy = "Convert them into one currency, or leave out the others."
        place = given.mapped.place("outcomes")
        raise Refused([Issue("error", place, "outcomes", message, remedy)])
    return found[0] if found else None
