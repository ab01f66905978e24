"""Which columns of which files a mapping uses, and where it says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

from einig.engine.history.mapping import (
    EventOutcomes,
    EventsTable,
    FactsTable,
    FeedbackTable,
    FileOutcomes,
    LeadsTable,
    LinksTable,
    Lookup,
    Mapping,
    Source,
)

T = TypeVar("T")
Table = LeadsTable | FactsTable | EventsTable | FileOutcomes | LinksTable | FeedbackTable

# what a table says in plain words, and not by naming a column
_NO_COLUMNS = {"source", "type_is", "won", "lost", "beside", "blank", "since"}
_NO_COLUMNS |= {"accepted", "returned", "attributes", "properties"}


@dataclass(frozen=True, slots=True)
class Use:
    """What a part of the mapping uses of a file: its columns, each with its path."""

    path: str
    source: Source
    columns: tuple[tuple[str, str], ...]  # (path, column)


def uses(mapping: Mapping) -> Iterator[Use]:
    """Yield everything that a mapping uses of files."""
    yield _use("leads", mapping.leads)
    for section in ("facts", "events", "links", "feedback"):
        tables = getattr(mapping, section)
        for path, table in _numbered(section, tables):
            yield _use(path, table)
    files = [of for of in mapping.outcomes if isinstance(of, FileOutcomes)]
    for path, table in _numbered("outcomes.files", files):
        yield _use(path, table)
        if isinstance(table.revenue, Lookup):
            lookup = table.revenue
            below = f"{path}.revenue"
            columns = ((f"{below}.key", lookup.key), (f"{below}.value", lookup.value))
            yield Use(below, lookup.source, columns)
            yield Use(path, table.source, columns[:1])
    yield from _revenue_of_events(mapping)


def _revenue_of_events(mapping: Mapping) -> Iterator[Use]:
    """Yield where the revenue of outcomes that are activities stands, if it is an attribute."""
    for of in mapping.outcomes:
        if isinstance(of, EventOutcomes) and of.revenue is not None:
            attribute = attribute_named(mapping.leads, of.revenue)
            column = of.revenue if attribute is None else attribute
            if not any(column == name for table in mapping.events for name, _ in table.properties):
                path = "outcomes.events.revenue"
                yield Use("leads", mapping.leads.source, ((path, column),))


def attribute_named(leads: LeadsTable, name: str) -> str | None:
    """Return the column of an attribute."""
    return next((each.column for each in leads.attributes if each.name == name), None)


def _numbered(section: str, tables: Sequence[T]) -> Iterator[tuple[str, T]]:
    for number, table in enumerate(tables, 1):
        yield f"{section}.{number}", table


def _use(path: str, table: Table) -> Use:
    columns: list[tuple[str, str]] = []
    for each in fields(table):
        named = getattr(table, each.name)
        if each.name in _NO_COLUMNS or named is None:
            continue
        names = (named,) if isinstance(named, str) else named if isinstance(named, tuple) else ()
        columns += ((f"{path}.{each.name}", name) for name in names)
    for attribute in getattr(table, "attributes", ()):
        place = f"{path}.attributes.{attribute.name}"
        columns.append((place, attribute.column))
        if attribute.known_from is not None:
            columns.append((place, attribute.known_from))
    columns += ((f"{path}.properties", column) for _, column in getattr(table, "properties", ()))
    return Use(path, table.source, tuple(columns))
