"""One lead from rows, as live scoring needs it: the same as a history would hold of it.

A history resolves all leads at once, in a database. Whoever waits for one lead has its few rows
in hand; here they are resolved by the same rules, and tests hold both against each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from einig.engine.history import EventRow, FactRow, LinkRow
from einig.engine.history.contract import MERGED
from einig.engine.history.identities import Link, Reached, mergers, reach
from einig.engine.instants import BEGINNING, FOREVER
from einig.engine.scoring.lead import Activity, Fact, LeadHistory
from einig.engine.values import Value, fold, value


def lead_from(
    lead_id: str,
    *,
    births: Mapping[str, int],
    facts: Sequence[FactRow] = (),
    events: Sequence[EventRow] = (),
    links: Sequence[LinkRow] = (),
) -> LeadHistory:
    """Return a lead, given the rows of everyone who is linked to it.

    `births` says since when the lead exists, and every lead that links lead to or come from.
    Rows of others do no harm. Facts are in the order in which they were written down.
    """
    created = births[lead_id]
    reached = _reached(lead_id, births, links)
    spans: dict[str, list[Reached]] = defaultdict(list)
    for row in reached:
        if row[1] == lead_id:
            spans[row[0]].append(row)
    spans[lead_id] = [(lead_id, lead_id, BEGINNING, FOREVER, False)]
    told = [*_facts(facts, spans, births, created), *_merged(lead_id, reached, births, created)]
    activities = _activities(events, spans, created)
    return LeadHistory(
        lead_id, created, tuple(sorted(told, key=lambda fact: fact.at)), tuple(activities)
    )


def _reached(lead_id: str, births: Mapping[str, int], links: Sequence[LinkRow]) -> list[Reached]:
    into: dict[str, list[Link]] = defaultdict(list)
    for row in links:
        ends = FOREVER if row.unlinked_at is None else row.unlinked_at
        into[row.lead_id].append(
            Link(row.identity, row.lead_id, row.kind == "member", row.linked_at, ends)
        )
    others = births if any(row.identity in births for row in links) else (lead_id,)
    return [row for lead in sorted(others) for row in reach(lead, into)]


# --- facts ------------------------------------------------------------------------------------


def _facts(
    rows: Sequence[FactRow],
    spans: Mapping[str, Sequence[Reached]],
    births: Mapping[str, int],
    created: int,
) -> Iterator[Fact]:
    """Yield every change: at each start or end, the newest fact that is held there."""
    held: dict[str, list[tuple[int, int, tuple[int, int, int], str | None]]] = defaultdict(list)
    for number, row in enumerate(rows):
        known = births.get(row.lead_id, created) if row.known_from is None else row.known_from
        for _, _, begins, ends, member in spans.get(row.lead_id, ()):
            start = max(known, begins, created)
            if not member and start < ends:
                newest = (known, row.sequence, number)
                held[fold(row.attribute)].append((start, ends, newest, _unless_blank(row.value)))
    for attribute, facts in held.items():
        shown: str | None = None
        for at in sorted({at for fact in facts for at in fact[:2]} - {FOREVER}):
            now = [(newest, of) for start, end, newest, of in facts if start <= at < end]
            last = max(now)[1] if now else None
            if last != shown:
                yield Fact(attribute, at, value(last), last)
            shown = last


def _unless_blank(text: str | None) -> str | None:
    return None if value(text) is None else text


def _merged(
    lead_id: str, reached: Sequence[Reached], births: Mapping[str, int], created: int
) -> Iterator[Fact]:
    turns = {
        max(at, created): into for lead, at, into in mergers(reached, births) if lead == lead_id
    }
    shown: str | None = None
    for at, into in sorted(turns.items()):
        if into != shown:
            yield Fact(MERGED, at, value(into), into)
        shown = into


# --- activities -------------------------------------------------------------------------------


def _activities(
    rows: Sequence[EventRow], spans: Mapping[str, Sequence[Reached]], created: int
) -> Iterator[Activity]:
    first: dict[str, tuple[tuple[int, int, str, str], EventRow]] = {}
    for row in rows:
        known = row.at if row.known_from is None else row.known_from
        order = (known, min(row.at, known), row.lead_id, row.type)
        if row.event_id not in first or order < first[row.event_id][0]:
            first[row.event_id] = order, row
    for (known, at, who, kind), row in first.values():
        until = FOREVER if row.known_until is None else row.known_until
        properties = None
        for _, _, begins, ends, member in spans.get(who, ()):
            start, end = max(known, begins, created), min(until, ends)
            if start < end:
                properties = _properties(row) if properties is None else properties
                yield Activity(row.event_id, kind, at, start, end, properties, member)


def _properties(row: EventRow) -> dict[str, Value]:
    read = ((fold(name), value(text)) for name, text in row.properties.items())
    return {name: of for name, of in read if of is not None}
