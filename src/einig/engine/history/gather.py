"""Gathering: the sheets that a mapping names, with every file and column checked first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from einig.engine.document import Issue, Place, Refused
from einig.engine.document.shapes import did_you_mean
from einig.engine.history.amounts import currencies_of, read_amounts
from einig.engine.history.iso_times import read_iso_times
from einig.engine.history.mapping import Mapped, Source
from einig.engine.history.set_aside import Aside, SetAside
from einig.engine.history.sheets import Sheet, read_sheet
from einig.engine.history.times import Day, Unclear, read_times
from einig.engine.history.uses import Use, uses

Report = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The sheets of a mapping, by file, and what is set aside on the way."""

    mapped: Mapped
    sheets: dict[Source, Sheet]
    aside: Aside
    unclear: list[Issue] = field(default_factory=list)  # columns that cannot be read at all
    currencies: set[str] = field(default_factory=set)  # those of the amounts
    read: dict[tuple[Source, str, Day], list[int | None]] = field(default_factory=dict)

    def times(self, path: str, source: Source, column: str, *, day: Day) -> list[int | None]:
        """Return the instants of a column; rows that cannot be read are set aside."""
        key = (source, column, day)
        if key not in self.read:
            self.read[key] = self._times(path, source, column, day)
        return self.read[key]

    def _times(self, path: str, source: Source, column: str, day: Day) -> list[int | None]:
        sheet, zone = self.sheets[source], self.mapped.mapping.zone
        written = sheet.columns[column]
        if source.dates in (None, "iso"):
            plain = read_iso_times(written, zone=zone)
            if plain is not None:  # where each has a time of day, it does not matter when days end
                self.read.update({(source, column, end): plain for end in get_args(Day)})
                return plain
        try:
            found = read_times(written.to_pylist(), zone=zone, dates=source.dates, day=day)
        except Unclear as unclear:
            self.ask(path, sheet, unclear)
            return [None] * len(sheet)
        self.put(sheet, {row: f"{column}: {why}" for row, why in found.wrong.items()})
        return found.at

    def amounts(
        self, path: str, source: Source, column: str, *, rows: Iterable[int]
    ) -> dict[int, float]:
        """Return the amounts in some rows of a column; what is none, or below 0, is set aside.

        The currencies that stand beside them are noted in `currencies`.
        """
        sheet = self.sheets[source]
        texts = sheet.columns[column].to_pylist()
        wanted = list(rows)
        try:
            read, why = read_amounts([texts[row] for row in wanted], decimal=source.decimal)
        except Unclear as unclear:
            self.ask(path, sheet, Unclear(wanted[unclear.row], unclear.message, unclear.remedy))
            return {}
        found = {row: n for row, n in zip(wanted, read, strict=True) if n is not None}
        wrong = {wanted[place]: reason for place, reason in why.items()}
        wrong |= {row: f"“{texts[row].strip()}” is below 0" for row, n in found.items() if n < 0}
        self.put(sheet, {row: f"{column}: {reason}" for row, reason in wrong.items()})
        declared = self.mapped.mapping.currency
        self.currencies.update(currencies_of((texts[row] for row in found), declared=declared))
        return {row: number for row, number in found.items() if number >= 0}

    def ask(self, path: str, sheet: Sheet, unclear: Unclear) -> None:
        """Note that a column cannot be read as long as the mapping does not say more."""
        place = Place(sheet.file, int(sheet.lines[unclear.row]))
        remedy = f"{unclear.remedy} ({self.mapped.place(path)})"
        issue = Issue("error", place, path, unclear.message, remedy)
        if issue not in self.unclear:
            self.unclear.append(issue)

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
