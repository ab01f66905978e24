"""The rows of a few identities, read as quickly as the database gives them.

Every activity that arrives asks for all of these, so their SQL is written here once and not put
together anew each time.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import connection

from einig.engine.history import EventRow, FactRow, LinkRow
from einig.store import quick
from einig.store.models import Identity, Lead, Received


def waiting(most: int) -> list[Received]:
    """Return what waits to be taken in, oldest first."""
    # the index of what waits is found by constants only
    query = f"""SELECT {quick.columns(Received, "r")} FROM store_received AS r
                WHERE r.reason = '' AND r.dismissed_at IS NULL ORDER BY r.id LIMIT %s"""
    return [quick.row(Received, told) for told in _read(query, [most])]


def has_event(event_id: str) -> bool:
    """Return whether an activity of that id is stored."""
    return bool(_read("SELECT 1 FROM store_event WHERE event_id = %s", [event_id]))


def whose(keys: Collection[str]) -> dict[str, Identity]:
    """Return the identities of some keys with their leads, as far as they are stored."""
    found: dict[str, Identity] = {}
    query = f"""SELECT i.id, i.key, i.lead_id, {quick.columns(Lead, "l")} FROM store_identity AS i
                LEFT JOIN store_lead AS l ON l.id = i.lead_id WHERE i.key IN ({_marks(keys)})"""
    for id_, key, lead, *told in _read(query, keys):
        found[key] = quick.row(Identity, [id_, key, lead])
        found[key].lead = quick.row(Lead, told) if lead is not None else None
    return found


def suppressed(told: Collection[tuple[str, str]]) -> list[tuple[int, int]]:
    """Return which entries of the list of those who were erased have one of these kinds and
    hashes, and from when they are.
    """
    either = " OR ".join(["kind = %s AND hash = %s"] * len(told))
    values = [value for of in told for value in of]
    return _read(f"SELECT id, at FROM store_suppression WHERE {either}", values) if told else []


def links(of: Collection[str]) -> list[tuple[int, LinkRow, int]]:
    """Return the links to leads, and away from them: number, link, number of the identity."""
    marks = _marks(of)
    either = """SELECT k.id, i.key, l.lead_id, k.kind, k.linked_at, k.unlinked_at, i.id AS identity
                FROM store_link AS k JOIN store_identity AS i ON i.id = k.identity_id
                JOIN store_lead AS l ON l.id = k.lead_id"""
    # an OR over two tables would have PostgreSQL read all of both
    found = _read(
        f"{either} WHERE l.lead_id IN ({marks}) UNION {either} WHERE i.key IN ({marks})",
        [*of, *of],
    )
    return [
        (
            id_,
            LinkRow(
                identity=key,
                lead_id=lead,
                kind="member" if kind == "member" else "same",
                linked_at=since,
                unlinked_at=until,
            ),
            identity,
        )
        for id_, key, lead, kind, since, until, identity in found
    ]


def identities(of: Collection[str]) -> dict[int, str]:
    """Return the identities of leads themselves, by number."""
    query = f"SELECT id, key FROM store_identity WHERE key IN ({_marks(of)})"
    return dict(_read(query, [*of]))


def facts(of: Mapping[int, str]) -> list[FactRow]:
    """Return the facts of identities, in the order in which they were written down."""
    found = _read(
        f"""SELECT identity_id, attribute, value, known_from, sequence FROM store_fact
            WHERE identity_id IN ({_marks(of)}) ORDER BY id""",
        [*of],
    )
    return [
        FactRow(lead_id=of[identity], attribute=name, value=value, known_from=at, sequence=n)
        for identity, name, value, at, n in found
    ]


def events(of: Mapping[int, str]) -> list[EventRow]:
    """Return the activities of identities."""
    found = _read(
        f"""SELECT identity_id, event_id, type, at, known_from, known_until, properties
            FROM store_event WHERE identity_id IN ({_marks(of)})""",
        [*of],
    )
    return [
        EventRow(
            event_id=id_,
            lead_id=of[identity],
            type=kind,
            at=at,
            known_from=known,
            known_until=until,
            properties=json.loads(properties) if isinstance(properties, str) else properties,
        )
        for identity, id_, kind, at, known, until, properties in found
    ]


def _marks(of: Collection[Any]) -> str:
    return ", ".join(["%s"] * len(of)) or "NULL"


def _read(query: str, values: Iterable[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, list(values))
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
