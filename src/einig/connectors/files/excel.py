"""Spreadsheets: looked at from outside before anybody opens them, then read cell by cell."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from einig.connectors.files.limits import CELL, COLUMNS, Refused
from einig.engine.values import legible, plain

_MOST = 1536 * 1024 * 1024  # bytes of all that is packed into one
_DENSE = 200  # times smaller than what is in it: nobody's table is packed that well
_SMALL = 32 * 1024 * 1024  # what is no larger unpacked than this harms nobody
OLD = b"\xd0\xcf\x11\xe0"
PACKED = b"PK"


def rows(path: Path) -> Iterator[list[str]]:
    """Yield the rows of the first sheet that holds anything. Raises Refused."""
    with path.open("rb") as file:
        begins = file.read(4)
    _look_inside(path) if begins.startswith(PACKED) else _look_at_old(path)
    try:
        book = CalamineWorkbook.from_path(path)
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.height and sheet.width:
                if sheet.width > COLUMNS:
                    raise Refused("many_columns", sheet.width, COLUMNS)
                yield from _filled(sheet.iter_rows())
                return
    except (CalamineError, OSError, ValueError, zipfile.BadZipFile) as error:
        raise Refused("broken_sheet", " ".join(str(error).split())[:120]) from None


def _filled(sheet: Iterator[list[Any]]) -> Iterator[list[str]]:
    for row in sheet:
        cells = [_text(cell) for cell in row]
        if any(cells):
            yield cells


def _text(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ") if cell.time() != time() else cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    text = plain(cell) if isinstance(cell, str | float | bool | int) else str(cell)
    return legible(text or "").strip()[:CELL]


def _look_inside(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            names = {part.filename for part in parts}
            if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
                raise Refused("other_archive")
            if any(part.flag_bits & 1 for part in parts):
                raise Refused("encrypted")
            whole = sum(part.file_size for part in parts)
            small = sum(part.compress_size for part in parts) or 1
            if whole > _MOST or (whole > _SMALL and whole / small > _DENSE):
                raise Refused("bomb", whole // 1024 // 1024)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _refuse_instructions(packed, part)
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, EOFError):  # no archive
        raise Refused("broken_archive") from None


def _refuse_instructions(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Refuse a document type: no spreadsheet writes one, and it can name other files."""
    with packed.open(part) as file:
        head = file.read(4096)
    if b"<!doctype" in head.lower() or b"<!entity" in head.lower():
        raise Refused("instructions")


def _look_at_old(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(4 * 1024 * 1024)
    if "EncryptedPackage".encode("utf-16-le") in head:
        raise Refused("encrypted")
