"""CSV files as people have them: any delimiter, any usual encoding, and rows that are broken."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import operator
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from einig.engine.document import refuse
from einig.engine.history.mapping import Source
from einig.engine.history.set_aside import SetAside
from einig.engine.values import tidy

_DELIMITERS = (";", ",", "\t", "|")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FALLBACK = "windows-1252"
_CHUNK = 1 << 20
_ROWS = 100_000  # rows that are turned into columns together

Columns = tuple[tuple[str, ...], dict[str, pa.Array], npt.NDArray[np.int64], tuple[SetAside, ...]]


def read_csv(path: Path, source: Source, wanted: set[str]) -> Columns:
    """Return the names of all columns, the wanted ones, the line of each row, and broken rows.

    Raises Refused if the file is empty, is not in its declared encoding, or has a wanted column
    twice.
    """
    encoding = _encoding(path, source)
    with _open(path) as raw, io.TextIOWrapper(raw, encoding, errors="replace", newline="") as text:
        try:
            return _read(text, source, wanted)
        except (OSError, EOFError, zlib.error) as error:
            raise _unreadable(source, error) from None


def _read(text: io.TextIOWrapper, source: Source, wanted: set[str]) -> Columns:
    lines = _Lines(text)
    first = lines.peek()
    if first is None:
        raise refuse("The file is empty.", "Export it again.", file=source.file)
    rows = _Rows(lines, source.delimiter or _delimiter(first))
    _, header_row = next(rows)
    header = tuple(tidy(name.removeprefix("\ufeff")) for name in header_row)
    used = [place for place, name in enumerate(header) if name in wanted]
    twice = next((header[place] for place in used if header.count(header[place]) > 1), None)
    if twice is not None:
        message = f"The column {twice} stands in the file more than once."
        raise refuse(message, "Rename one of them.", file=source.file)
    kept = _Kept([header[place] for place in used])
    pick = _picker(used)
    broken: list[SetAside] = []
    for line, row in rows:
        if len(row) == len(header) or (len(row) == len(header) + 1 and row[-1] == ""):
            kept.add(line, pick(row))
        elif row:
            resumed = rows.resume()
            reason = f"{len(row)} fields instead of {len(header)}"
            broken.append(SetAside(source.file, line, reason, resumed.rstrip("\r\n")))
    broken += (SetAside(source.file, line, reason, text) for line, reason, text in rows.errors)
    return header, kept.columns(), kept.lines(), tuple(broken)


# --- encodings --------------------------------------------------------------------------------


@contextmanager
def _open(path: Path) -> Iterator[io.BufferedReader]:
    with path.open("rb") as raw:
        if path.suffix.casefold() == ".gz":
            unpacked: Any = gzip.GzipFile(fileobj=raw)
            yield io.BufferedReader(unpacked)
        else:
            yield raw


def _encoding(path: Path, source: Source) -> str:
    """Return the encoding of a file: as declared, or as found. Raises Refused."""
    if source.encoding is not None:
        return _declared(path, source, source.encoding)
    with _open(path) as file:
        try:
            start = file.peek(4)[:4]
        except (OSError, EOFError, zlib.error) as error:
            raise _unreadable(source, error) from None
    for bom, name in _BOMS:
        if start.startswith(bom):
            return name
    return "utf-8" if _line_of_error(path, source, "utf-8") is None else _FALLBACK


def _declared(path: Path, source: Source, encoding: str) -> str:
    try:
        codecs.lookup(encoding)
    except LookupError:
        remedy = "Write utf-8, windows-1252 or utf-16."
        raise refuse(f"The encoding {encoding} is not known.", remedy, file=source.file) from None
    line = _line_of_error(path, source, encoding)
    if line is not None:
        message = f"The file is not encoded in {encoding}: line {line} does not fit."
        remedy = "Remove encoding, or write the right one, like windows-1252."
        raise refuse(message, remedy, file=source.file, line=line)
    return "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding


def _line_of_error(path: Path, source: Source, encoding: str) -> int | None:
    """Return the first line that is not in an encoding, or None if all are."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with _open(path) as file:
        try:
            while chunk := file.read(_CHUNK):
                line += decoder.decode(chunk).count("\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            return line + error.object[: error.start].count(b"\n")
        except (OSError, EOFError, zlib.error) as error:
            raise _unreadable(source, error) from None
    return None


def _unreadable(source: Source, error: Exception) -> Exception:
    return refuse(
        f"The file cannot be read: {error}.", "Copy or export it again.", file=source.file
    )


# --- rows -------------------------------------------------------------------------------------


def _delimiter(header: str) -> str:
    """Return the delimiter that occurs most often outside the quotes of a header."""
    outside = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=lambda mark: (outside.count(mark), mark == ","))


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
        return csv.reader(self.lines, delimiter=self.delimiter)

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
