"""Text of any usual encoding, line by line: UTF-8, UTF-16, or as Excel on Windows writes it.

Each line is decoded for itself, since files that were put together from others hold both.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from einig.connectors.files.limits import LINE, Refused
from einig.engine.values import legible

_DELIMITERS = (";", ",", "\t", "|")
_HEAD = 65_536
_CONTROL = [n for n in range(32) if n not in b"\t\n\v\f\r"]
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_OTHER = {
    b"%PDF": "PDF", b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"MZ": "EXE",
    b"\x7fELF": "ELF", b"Rar!": "RAR", b"7z\xbc\xaf": "7z", b"SQLite format 3": "SQLite",
}  # fmt: skip


def lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file. Raises Refused if it is no text."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
        file.seek(0)
        _refuse_other(head)
        if (wide := _wide(head)) is not None:
            yield from _wide_lines(file, wide)
            return
        _refuse_no_text(head)
        first = True
        while line := file.readline(LINE + 1):
            if len(line) > LINE:
                raise Refused("long_line", LINE // 1024 // 1024)
            if first:
                line, first = line.removeprefix(codecs.BOM_UTF8), False
            yield from _decoded(line)


def rows(of: Iterator[str]) -> Iterator[list[str]]:
    """Yield the rows of a CSV file, however they are delimited. Raises Refused."""
    delimiter, first = "", ""
    for line in of:
        told = line.strip("\r\n").strip('"')
        if re.fullmatch("sep=.", told, re.IGNORECASE):  # Excel understands this
            delimiter = told[-1]
        elif told.strip():
            first = line
            break
    outside = "".join(first.split('"')[::2])
    delimiter = delimiter or max(_DELIMITERS, key=lambda one: (outside.count(one), one == ","))
    reader = csv.reader(_with(first, of), delimiter=delimiter)
    try:
        for row in reader:
            cells = [_cell(cell) for cell in row]
            if any(cells):
                yield cells
    except csv.Error:
        raise Refused("broken_quotes", reader.line_num) from None


def encoding_of(path: Path) -> str:
    """Return how a file seems to be encoded, as people call it."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if _wide(head) is not None:
        return "UTF-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "Windows-1252"
    return "UTF-8"


def _cell(text: str) -> str:
    """Return a cell without what no page shows; what was made harmless for Excel is as it was."""
    clean = legible(text).strip()
    return clean[1:] if clean[:1] == "'" and clean[1:2] in set("=+-@") else clean


def _with(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _decoded(line: bytes) -> Iterator[str]:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        text = line.decode("cp1252", "replace")
    # a file of old Macs is one line of carriage returns
    text = text.replace("\0", "")
    yield from _LINES.findall(text)


def _wide(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half > 8 and odd > 0.4 * half and even < 0.1 * half:
        return "utf-16-le"
    if half > 8 and even > 0.4 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None


def _wide_lines(file: IO[bytes], encoding: str) -> Iterator[str]:
    text = codecs.getreader(encoding)(file, "replace")
    kept = ""
    while part := text.read(_HEAD, _HEAD):
        kept += part
        *whole, kept = _LINES.findall(kept)
        if kept.endswith("\n"):
            whole, kept = [*whole, kept], ""
        if len(kept) > LINE:
            raise Refused("long_line", LINE // 1024 // 1024)
        yield from (line.removeprefix("\ufeff").replace("\0", "") for line in whole)
    if kept:
        yield kept


def _refuse_other(head: bytes) -> None:
    for begins, name in _OTHER.items():
        if head.startswith(begins):
            raise Refused("other_kind", name)


def _refuse_no_text(head: bytes) -> None:
    if sum(map(head.count, _CONTROL)) > len(head) // 20 + 8:
        raise Refused("binary")
    if re.match(rb"\s*<(\?xml|!doctype|html|table|workbook)", head, re.IGNORECASE):
        raise Refused("markup")
    if head[:1] in {b"{", b"["} and re.match(rb"[{\[]\s*[{\[\"]", head):
        raise Refused("json")
