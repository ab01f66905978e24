"""Files as sheets of text: CSV however it is written, XLSX and Parquet, all in one form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from einig.engine.document import refuse
from einig.engine.history.csv_files import read_csv, refuse_twice
from einig.engine.history.mapping import Source
from einig.engine.history.set_aside import SetAside
from einig.engine.values import plain, tidy


@dataclass(frozen=True, slots=True)
class Sheet:
    """The columns of a file that are used, as text where null is blank."""

    file: str  # with the name of the sheet behind it, where the mapping names one
    names: tuple[str, ...]  # every column of the file
    columns: dict[str, pa.Array]  # those that are used
    lines: npt.NDArray[np.int64]  # where each row begins in the file
    broken: tuple[SetAside, ...]

    def __len__(self) -> int:
        return len(self.lines)

    def row(self, number: int) -> str:
        """Return what is used of a row, to be set aside."""
        shown = ((name, column[number].as_py()) for name, column in self.columns.items())
        return "; ".join(f"{name}: {text}" for name, text in shown if text is not None)


def read_sheet(path: Path, source: Source, wanted: Iterable[str]) -> Sheet:
    """Read the wanted columns of a file; those that it lacks are left out.

    Raises Refused if the file is not what its name says, or a wanted column stands there twice.
    """
    used = set(wanted)
    kinds = {
        ".xlsx": _read_xlsx,
        ".xlsm": _read_xlsx,
        ".xls": _read_xlsx,
        ".xlsb": _read_xlsx,
        ".ods": _read_xlsx,
        ".parquet": _read_parquet,
    }
    read = kinds.get(path.suffix.casefold())
    if read is None:
        return Sheet(source.file, *read_csv(path, source, used))
    return read(path, source, used)


# --- XLSX -------------------------------------------------------------------------------------


def _read_xlsx(path: Path, source: Source, wanted: set[str]) -> Sheet:
    try:
        book = CalamineWorkbook.from_path(path)
        names = book.sheet_names
        if source.sheet is not None and source.sheet not in names:
            remedy = f"Use one of: {', '.join(names)}."
            raise refuse(f"There is no sheet {source.sheet}.", remedy, file=source.file)
        rows = book.get_sheet_by_name(source.sheet or names[0]).to_python(skip_empty_area=False)
    except (CalamineError, OSError) as error:
        message = f"This is no XLSX file: {' '.join(str(error).split())}."
        raise refuse(message, "Save it again as XLSX, or as CSV.", file=source.file) from None
    file = f"{source.file}#{source.sheet}" if source.sheet else source.file
    full = [(line, row) for line, row in enumerate(rows, 1) if any(cell != "" for cell in row)]
    if not full:
        raise refuse("The sheet is empty.", "Name another sheet.", file=file)
    header = tuple(tidy(_text(cell) or "") for cell in full[0][1])
    refuse_twice(header, wanted, file)
    columns = {
        name: pa.array([_text(row[place]) for _, row in full[1:]], pa.string())
        for place, name in enumerate(header)
        if name in wanted
    }
    return Sheet(file, header, columns, np.array([line for line, _ in full[1:]], np.int64), ())


def _text(cell: Any) -> str | None:
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    text = plain(cell) if isinstance(cell, str | float | bool | int) else str(cell)
    return text if text and text.strip() else None


# --- Parquet ----------------------------------------------------------------------------------


def _read_parquet(path: Path, source: Source, wanted: set[str]) -> Sheet:
    try:
        names = tuple(pq.read_schema(path).names)
        refuse_twice(names, wanted, source.file)
        table = pq.read_table(path, columns=[name for name in names if name in wanted])
    except (pa.ArrowInvalid, OSError) as error:
        message = f"This is no Parquet file: {' '.join(str(error).split())[:200]}"
        raise refuse(message, "Check the file.", file=source.file) from None
    columns = {
        name: _as_text(table[name].combine_chunks(), name, source.file)
        for name in table.column_names
    }
    lines = np.arange(1, len(table) + 1)
    return Sheet(source.file, names, columns, lines, ())


def _as_text(column: pa.Array, name: str, file: str) -> pa.Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _as_text(column.dictionary_decode(), name, file)
    if pa.types.is_floating(kind):
        texts: Sequence[str | None] = [plain(number) for number in column.to_pylist()]
        return pa.array(texts, pa.string())
    try:
        text = column.cast(pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):  # a list has no text, bytes may be none
        message = f"The column {name} holds {kind}, which is no single value."
        raise refuse(message, "Write it as text or as numbers.", file=file) from None
    if pa.types.is_timestamp(kind):
        # Arrow writes times of a zone in UTC, with a Z
        text = pc.replace_substring(text, " ", "T")
    blank = pc.equal(pc.utf8_trim_whitespace(text), "")
    return pc.if_else(pc.fill_null(blank, True), pa.scalar(None, pa.string()), text)
