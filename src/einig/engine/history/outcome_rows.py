"""The rows of outcomes: from activities that are the outcome, and from files of deals."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from einig.engine.document import Issue, Refused
from einig.engine.history.activity_rows import types_of
from einig.engine.history.gather import Gathered
from einig.engine.history.lead_rows import Leads, ids_of
from einig.engine.history.mapping import (
    EventOutcomes,
    EventsTable,
    FileOutcomes,
    Lookup,
    Source,
)
from einig.engine.history.sheets import Sheet
from einig.engine.history.usable import OUTCOMES, Who, instants, table_of
from einig.engine.history.uses import attribute_named
from einig.engine.values import fold, tidy


def read_outcomes(given: Gathered, leads: Leads, who: Who) -> Iterator[pa.Table]:
    """Yield outcomes.

    Only the amounts of wins are read: nobody needs to mend that of a deal that was lost.
    """
    number = 0
    for told in given.mapped.mapping.outcomes:
        if isinstance(told, EventOutcomes):
            yield from _from_events(given, told, leads, who)
        else:
            number += 1
            yield _from_file(given, f"outcomes.files.{number}", told, who)


# --- activities that are the outcome ----------------------------------------------------------


def _from_events(
    given: Gathered, told: EventOutcomes, leads: Leads, who: Who
) -> Iterator[pa.Table]:
    won, lost = set(map(fold, told.won)), set(map(fold, told.lost))
    for number, events in enumerate(given.mapped.mapping.events, 1):
        sheet = given.sheets[events.source]
        at = given.times(f"events.{number}.at", events.source, events.at, day="begins")
        ids = sheet.columns[events.lead].to_pylist()
        ended: dict[int, tuple[str, bool]] = {}
        for row, kind in enumerate(_folded(types_of(sheet, events))):
            if kind not in won and kind not in lost:
                continue
            id_ = tidy(ids[row] or "")
            if id_ in who.known and at[row] is not None and not given.is_aside(sheet, row):
                ended[row] = (id_, kind in won)
        wins = {row: id_ for row, (id_, is_won) in ended.items() if is_won}
        revenue = _revenue_of_wins(given, told, events, leads, wins)
        yield table_of(
            [
                (id_, is_won, at[row], revenue.get(row))
                for row, (id_, is_won) in ended.items()
                if not given.is_aside(sheet, row)
            ],
            OUTCOMES,
        )


def _folded(texts: pa.Array) -> list[str]:
    encoded = texts.fill_null("").dictionary_encode()
    names = [fold(name) for name in encoded.dictionary.to_pylist()]
    return [names[place] for place in encoded.indices.to_pylist()]


def _revenue_of_wins(
    given: Gathered,
    told: EventOutcomes,
    events: EventsTable,
    leads: Leads,
    wins: dict[int, str],
) -> dict[int, float]:
    """Return the revenue of winning activities: a property of theirs, or an attribute of leads."""
    path = "outcomes.events.revenue"
    column = dict(events.properties).get(told.revenue or "")
    if column is not None:
        return given.amounts(path, events.source, column, rows=wins)
    source = given.mapped.mapping.leads.source
    column = attribute_named(given.mapped.mapping.leads, told.revenue or "") or told.revenue
    if column is None or column not in given.sheets[source].columns:
        return {}
    ids, won = leads.table["lead_id"].to_pylist(), set(wins.values())
    row_of = {id_: row for id_, row in zip(ids, leads.rows.tolist(), strict=True) if id_ in won}
    amounts = given.amounts(path, source, column, rows=row_of.values())
    return {row: amounts[row_of[id_]] for row, id_ in wins.items() if row_of.get(id_) in amounts}


# --- files of outcomes ------------------------------------------------------------------------


def _from_file(given: Gathered, path: str, told: FileOutcomes, who: Who) -> pa.Table:
    sheet = given.sheets[told.source]
    at = instants(given, f"{path}.at", told.source, told.at, day="begins").to_pylist()
    ids = ids_of(sheet, told.lead)
    wrong: dict[int, str] = {}
    ended: dict[int, tuple[str, bool]] = {}
    for row, (id_, is_won) in enumerate(zip(ids, _verdicts(sheet, told), strict=True)):
        if is_won is None or id_ in who.left_out or given.is_aside(sheet, row):
            continue
        if id_ is None:
            wrong[row] = "no lead id"
        elif id_ not in who.known:
            wrong[row] = f"the lead {id_} is not among the leads"
        elif told.at is not None and at[row] is None:
            wrong[row] = f"{told.at}: no time of the outcome"
        else:
            ended[row] = (id_, is_won)
    given.put(sheet, wrong)
    wins = [row for row, (_, is_won) in ended.items() if is_won]
    revenue = _revenue(given, path, told, wins)
    return table_of(
        [
            (id_, is_won, at[row], revenue.get(row))
            for row, (id_, is_won) in ended.items()
            if not given.is_aside(sheet, row)
        ],
        OUTCOMES,
    )


def _verdicts(sheet: Sheet, told: FileOutcomes) -> list[bool | None]:
    """Return of each row whether it was won; None where that is open."""
    if told.status is None:
        return [True] * len(sheet)
    verdict = {fold(text): False for text in told.lost} | {fold(text): True for text in told.won}
    return [verdict.get(fold(text or "")) for text in sheet.columns[told.status].to_pylist()]


def _revenue(given: Gathered, path: str, told: FileOutcomes, wins: list[int]) -> dict[int, float]:
    if told.revenue is None:
        return {}
    if isinstance(told.revenue, Lookup):
        return _looked_up(given, path, told.source, told.revenue, wins)
    amounts = given.amounts(f"{path}.revenue", told.source, told.revenue, rows=wins)
    if told.currency is not None:
        names = given.sheets[told.source].columns[told.currency].to_pylist()
        given.currencies.update(names[row].strip().upper() for row in amounts if names[row])
    return amounts


def _looked_up(
    given: Gathered,
    path: str,
    source: Source,
    told: Lookup,
    wins: list[int],
) -> dict[int, float]:
    """Return the amounts that stand in another file under the keys of wins."""
    sheet = given.sheets[told.source]
    keys = given.sheets[source].columns[told.key].to_pylist()
    wanted = {row: tidy(keys[row]) for row in wins if keys[row]}
    row_of: dict[str, int] = {}
    again: dict[int, str] = {}
    for row, text in enumerate(sheet.columns[told.key].to_pylist()):
        key = tidy(text or "")
        if row_of.setdefault(key, row) != row and key:
            again[row] = f"{told.key}: {key} stands in line {sheet.lines[row_of[key]]} already"
    given.put(sheet, again)
    needed = sorted({row_of[key] for key in wanted.values() if key in row_of})
    amounts = given.amounts(f"{path}.revenue.value", told.source, told.value, rows=needed)
    return {row: amounts[row_of[key]] for row, key in wanted.items() if row_of.get(key) in amounts}


# --- currencies -------------------------------------------------------------------------------


def one_currency(given: Gathered) -> str | None:
    """Return the one currency of all amounts. Raises Refused if there are several."""
    declared = given.mapped.mapping.currency
    found = sorted(given.currencies | ({declared.upper()} if declared else set()))
    if len(found) > 1:
        message = f"Amounts are in {' and '.join(found)}; without rates they do not add up."
        remedy = "Convert them into one currency, or leave out the others."
        place = given.mapped.place("outcomes")
        raise Refused([Issue("error", place, "outcomes", message, remedy)])
    return found[0] if found else None
