"""Gathering: the sheets that a mapping names, with every file and column checked first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeVar

from einig.engine.document import Issue, Place, Refused
from einig.engine.document.shapes import did_you_mean
from einig.engine.history.amounts import read_amounts
from einig.engine.history.mapping import (
    EventOutcomes,
    FileOutcomes,
    LeadsTable,
    Lookup,
    Mapped,
    Mapping,
    Source,
)
from einig.engine.history.set_aside import Aside, SetAside
from einig.engine.history.sheets import Sheet, read_sheet
from einig.engine.history.times import Day, Unclear, read_times

T = TypeVar("T")
Report = Callable[[str, float], None]

# what a table says in plain words, and not by naming a column
_NO_COLUMNS = {"source", "type_is", "won", "lost", "beside", "blank", "since"}
_NO_COLUMNS |= {"accepted", "returned", "attributes", "properties"}


@dataclass(frozen=True, slots=True)
class Use:
    """What a part of the mapping uses of a file: its columns, each with its path."""

    path: str
    source: Source
    columns: tuple[tuple[str, str], ...]  # (path, column)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The sheets of a mapping, by file, and what is set aside on the way."""

    mapped: Mapped
    sheets: dict[Source, Sheet]
    aside: Aside

    def times(self, path: str, source: Source, column: str, *, day: Day) -> list[int | None]:
        """Return the instants of a column; rows that cannot be read are set aside."""
        sheet, zone = self.sheets[source], self.mapped.mapping.zone
        texts = sheet.columns[column].to_pylist()
        try:
            found = read_times(texts, zone=zone, dates=source.dates, day=day)
        except Unclear as unclear:
            raise self._unclear(path, sheet, unclear) from None
        self.put(sheet, {row: f"{column}: {why}" for row, why in found.wrong.items()})
        return found.at

    def amounts(
        self, path: str, source: Source, column: str, *, decimal: str | None = None
    ) -> list[float | None]:
        """Return the amounts of a column; what is no amount, or below 0, is set aside."""
        sheet = self.sheets[source]
        texts = sheet.columns[column].to_pylist()
        try:
            found, wrong = read_amounts(texts, decimal=decimal or source.decimal)
        except Unclear as unclear:
            raise self._unclear(path, sheet, unclear) from None
        for row, number in enumerate(found):
            if number is not None and number < 0:
                wrong[row], found[row] = f"“{texts[row]}” is below 0", None
        self.put(sheet, {row: f"{column}: {why}" for row, why in wrong.items()})
        return found

    def _unclear(self, path: str, sheet: Sheet, unclear: Unclear) -> Refused:
        place = Place(sheet.file, int(sheet.lines[unclear.row]))
        where = self.mapped.place(path)
        remedy = f"{unclear.remedy} ({where})"
        return Refused([Issue("error", place, path, unclear.message, remedy)])

    def put(self, sheet: Sheet, why: dict[int, str]) -> None:
        """Set rows of a sheet aside."""
        self.aside.put(
            SetAside(sheet.file, int(sheet.lines[row]), reason, sheet.row(row))
            for row, reason in why.items()
        )

    def is_aside(self, sheet: Sheet, row: int) -> bool:
        """Return whether a row was set aside."""
        return (sheet.file, int(sheet.lines[row])) in self.aside.rows


def gather(mapped: Mapped, folder: Path, report: Report) -> Gathered:
    """Read every file of a mapping. Raises Refused with all missing files and columns at once."""
    of_source: dict[Source, list[Use]] = {}
    for use in uses(mapped.mapping):
        of_source.setdefault(use.source, []).append(use)
    issues: list[Issue] = []
    sheets: dict[Source, Sheet] = {}
    aside = Aside()
    for number, (source, used) in enumerate(of_source.items()):
        report(f"Reading {source.file}", number / len(of_source))
        path = folder / source.file
        if not path.is_file():
            place = mapped.place(f"{used[0].path}.file")
            message = f"There is no file {path}."
            remedy = "Check the path; it is relative to --data, or else to the mapping."
            issues.append(Issue("error", place, used[0].path, message, remedy))
            continue
        columns = [pair for use in used for pair in use.columns]
        sheets[source] = sheet = read_sheet(path, source, (column for _, column in columns))
        issues += _missing(mapped, sheet, columns)
        aside.put(sheet.broken)
    if issues:
        raise Refused(issues)
    return Gathered(mapped, sheets, aside)


def _missing(mapped: Mapped, sheet: Sheet, columns: Sequence[tuple[str, str]]) -> Iterator[Issue]:
    for path, column in dict.fromkeys(columns):
        if column not in sheet.columns:
            message = f"{sheet.file} has no column {column}."
            remedy = did_you_mean(column, filter(None, sheet.names))
            yield Issue("error", mapped.place(path), path, message, remedy)


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


def _use(path: str, table: object) -> Use:
    columns: list[tuple[str, str]] = []
    for each in fields(table):  # type: ignore[arg-type]  # every table is a dataclass
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
    return Use(path, table.source, tuple(columns))  # type: ignore[attr-defined]  # every table has one
