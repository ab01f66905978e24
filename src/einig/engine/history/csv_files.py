"""CSV files as people have them: any delimiter, any usual encoding, and rows that are broken."""

from __future__ import annotations

import csv
import io
import operator
import re
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from einig.engine.document import refuse
from einig.engine.history.encoded import open_text
from einig.engine.history.mapping import Source
from einig.engine.history.set_aside import SetAside
from einig.engine.values import tidy

_DELIMITERS = (";", ",", "\t", "|")
_ROWS = 100_000  # rows that are turned into columns together

Columns = tuple[tuple[str, ...], dict[str, pa.Array], npt.NDArray[np.int64], tuple[SetAside, ...]]


def read_csv(path: Path, source: Source, wanted: set[str]) -> Columns:
    """Return the names of all columns, the wanted ones, the line of each row, and broken rows.

    Rows without any content are left out. Raises Refused if the file is empty, is not in its
    declared encoding, or has a wanted column twice.
    """
    with open_text(path, source) as text:
        return _read(text, source, wanted)


def refuse_twice(header: tuple[str, ...], wanted: set[str], file: str) -> None:
    """Raise Refused if a wanted column stands in a header more than once."""
    for name in header:
        if name in wanted and header.count(name) > 1:
            message = f"The column {name} stands in the file more than once."
            raise refuse(message, "Rename one of them.", file=file)


def _read(text: io.TextIOWrapper, source: Source, wanted: set[str]) -> Columns:
    lines = _Lines(text)
    delimiter = _delimiter(lines)
    if delimiter is None:
        raise refuse("The file is empty.", "Export it again.", file=source.file)
    rows = _Rows(lines, source.delimiter or delimiter)
    first = next(rows, None)
    if first is None:
        why = f"The header is broken: {rows.errors[0][1]}."
        raise refuse(why, "Mend its quotes.", file=source.file, line=rows.errors[0][0])
    header = tuple(tidy(name.removeprefix("\ufeff")) for name in first[1])
    refuse_twice(header, wanted, source.file)
    used = [place for place, name in enumerate(header) if name in wanted]
    kept = _Kept([header[place] for place in used])
    pick = _picker(used)
    broken: list[SetAside] = []
    for line, row in rows:
        if len(row) == len(header) or (len(row) == len(header) + 1 and row[-1] == ""):
            if any(row):
                kept.add(line, pick(row))
        elif any(row):
            resumed = rows.resume()
            reason = f"{len(row)} fields instead of {len(header)}"
            broken.append(SetAside(source.file, line, reason, resumed.rstrip("\r\n")))
    broken += (SetAside(source.file, line, reason, text) for line, reason, text in rows.errors)
    return header, kept.columns(), kept.lines(), tuple(broken)


def _delimiter(lines: _Lines) -> str | None:
    """Return the delimiter that occurs most often outside the quotes of a header; None without one.

    Lines before the header are taken: blank ones, and the `sep=;` that Excel understands.
    """
    declared: str | None = None
    while (first := lines.peek()) is not None:
        told = first.removeprefix("\ufeff").strip('\r\n"')
        if told.strip() and not re.fullmatch("sep=.", told, re.IGNORECASE):
            outside = "".join(first.split('"')[::2])
            return declared or max(_DELIMITERS, key=lambda of: (outside.count(of), of == ","))
        declared = told[-1] if told.strip() else declared
        next(lines)
    return None


class _Lines:
    """The lines of a file; lines can be put back, and the latest ones are remembered."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.text, self.back, self.taken = iter(text), deque[str](), list[str]()
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.back.popleft() if self.back else next(self.text)
        self.taken.append(line)
        self.number += 1
        return line

    def peek(self) -> str | None:
        """Return the next line without taking it."""
        if not self.back:
            line = next(self.text, None)
            if line is None:
                return None
            self.back.append(line)
        return self.back[0]

    def keep_first(self) -> str:
        """Put back all but the first of the lines taken since the last `begin`; return that."""
        first, *rest = self.taken
        self.back.extendleft(reversed(rest))
        self.number -= len(rest)
        self.taken = [first]
        return first


class _Rows:
    """The rows of a CSV file with the line at which each begins."""

    def __init__(self, lines: _Lines, delimiter: str) -> None:
        self.lines, self.delimiter = lines, delimiter
        self.reader = self._fresh()
        self.errors: list[tuple[int, str, str]] = []

    def _fresh(self) -> Any:
        return csv.reader(self.lines, delimiter=self.delimiter, strict=True)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return self

    def __next__(self) -> tuple[int, list[str]]:
        while True:
            line = self.lines.number + 1
            self.lines.taken = []
            try:
                return line, next(self.reader)
            except csv.Error as error:
                first = self.resume()
                self.errors.append((line, f"no CSV: {error}", first.rstrip("\r\n")))

    def resume(self) -> str:
        """Take only the first line of the row that was read, and go on with its second one.

        A quote that is never closed would otherwise swallow all rows behind it.
        """
        self.reader = self._fresh()
        return self.lines.keep_first()


def _picker(used: list[int]) -> Callable[[list[str]], tuple[str, ...]]:
    if len(used) == 1:
        return lambda row: (row[used[0]],)
    return operator.itemgetter(*used) if used else lambda row: ()


class _Kept:
    """Columns that grow in pieces."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self.rows: list[tuple[str, ...]] = []
        self.starts: list[int] = []
        self.pieces: list[list[pa.Array]] = [[] for _ in names]

    def add(self, line: int, row: tuple[str, ...]) -> None:
        self.rows.append(row)
        self.starts.append(line)
        if len(self.rows) >= _ROWS:
            self._flush()

    def _flush(self) -> None:
        for pieces, column in zip(self.pieces, zip(*self.rows, strict=True), strict=False):
            texts = [text if text and not text.isspace() else None for text in column]
            pieces.append(pa.array(texts, pa.string()))
        self.rows = []

    def columns(self) -> dict[str, pa.Array]:
        self._flush()
        return {
            name: pa.concat_arrays([pa.array([], pa.string()), *pieces])
            for name, pieces in zip(self.names, self.pieces, strict=True)
        }

    def lines(self) -> npt.NDArray[np.int64]:
        return np.array(self.starts, np.int64)
