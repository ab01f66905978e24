"""Hostile files, made on the fly: what each is called, how it is made, and what it is answered.

An answer is a code of `Refused`, or how many rows there are for those that hold a table after all.
"""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl import Workbook

HEAD = "Name;E-Mail\n"
ROW = "Ada;ada@a.example\n"
BIG = 300 * 1024 * 1024
_SHEET = (
    '<?xml version="1.0"?>{0}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
    '2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>E-Mail</t></is></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>{1}</t></is></c></row></sheetData></worksheet>'
)


@dataclass(frozen=True)
class Hostile:
    """A file that is meant to do harm, or that was made by somebody without luck."""

    name: str
    answer: str | int
    make: Callable[[], Iterator[bytes]]


def _bytes(name: str, answer: str | int, content: bytes | str) -> Hostile:
    told = content.encode() if isinstance(content, str) else content
    return Hostile(name, answer, lambda: iter([told]))


def _book(*rows: list[object]) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _changed(**parts: str | bytes) -> bytes:
    """Return a spreadsheet in which some parts are something else."""
    out = io.BytesIO()
    names = {"sheet": "xl/worksheets/sheet1.xml", "book": "xl/workbook.xml"}
    with (
        zipfile.ZipFile(io.BytesIO(_book(["E-Mail"], ["a@a.example"]))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        other = {names.get(name, name): content for name, content in parts.items()}
        for part in old.infolist():
            new.writestr(part.filename, other.get(part.filename, old.read(part)))
    return out.getvalue()


def _bomb() -> Iterator[bytes]:
    """Yield 1.9 GB of blanks in a sheet, packed into two megabytes."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_book(["E-Mail"]))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            if not part.filename.endswith("sheet1.xml"):
                new.writestr(part, old.read(part))
        with new.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(300):
                sheet.write(b" " * 2**20)
    yield out.getvalue()


def _lying_bomb() -> Iterator[bytes]:
    """Yield the same, but with a size in its list of contents that is a lie."""
    whole = bytearray(next(_bomb()))
    for mark, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        begin = 0
        while (begin := whole.find(mark, begin)) >= 0:
            if int.from_bytes(whole[begin + at : begin + at + 4], "little") > 2**24:
                whole[begin + at : begin + at + 4] = (1000).to_bytes(4, "little")
            begin += 4
    yield bytes(whole)


def _line() -> Iterator[bytes]:
    yield HEAD.encode()
    for _ in range(300):
        yield b"x" * 2**20


def _wide_line() -> Iterator[bytes]:
    yield "\ufeffE-Mail".encode("utf-16-le")
    for _ in range(20):
        yield b"x\0" * 2**19


def _quoted_line() -> Iterator[bytes]:
    """Yield a quotation mark that is never closed, with line breaks after it."""
    yield b'E-Mail\n"'
    for _ in range(64):
        yield b"a,b\n" * 2**16


def _entities() -> bytes:
    """Return a sheet whose entities would grow to gigabytes."""
    grow = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    return _changed(sheet=_SHEET.format(f'<!DOCTYPE x [<!ENTITY a "ha">{grow}]>', "&j;"))


def _archive() -> Iterator[bytes]:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("../../leads.csv", HEAD + ROW)
    yield out.getvalue()


def _gzip_bomb() -> Iterator[bytes]:
    """Yield 520 MB of one row, packed into half a megabyte."""
    out = io.BytesIO()
    with gzip.open(out, "wb", compresslevel=1) as packed:
        for _ in range(520):
            packed.write(ROW.encode() * (2**20 // len(ROW) + 1))
    yield out.getvalue()


def _encrypted() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + _LOCKED


def _random() -> bytes:
    return random.Random(7).randbytes(5000)


_FORMULAS = "=cmd|' /C calc'!A0;f@a.example\n+1;g@a.example\n@x;h@a.example\n"
_DATES: list[object] = [
    "a@a.example",
    datetime(2026, 1, 5, 10),  # noqa: DTZ001  # Excel knows no zones
    date(2026, 2, 1),
]
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_XXE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
FILES = [
    Hostile("zip bomb.xlsx", "bomb", _bomb),
    Hostile("zip bomb that lies.xlsx", "broken_archive", _lying_bomb),
    Hostile("a line of 300 MB.csv", "long_line", _line),
    Hostile("a long line in UTF-16.csv", "long_line", _wide_line),
    Hostile("a quotation mark that is never closed.csv", "broken_quotes", _quoted_line),
    _bytes("entities that grow.xlsx", "instructions", _entities()),
    _bytes("XXE in the sheet.xlsx", "instructions", _changed(sheet=_SHEET.format(_XXE, "&e;"))),
    _bytes("XXE in the book.xlsx", "instructions", _changed(book=f"{_XXE}<workbook/>")),
    _bytes("formulas.csv", 4, HEAD + ROW + _FORMULAS),
    _bytes(
        "formula.xlsx",
        1,
        _book(["Name", "E-Mail"], ['=HYPERLINK("http://evil.example")', "a@a.example"]),
    ),
    _bytes("NUL bytes.csv", 1, "Na\0me;E-Mail\nA\0da;ada@a.example\n"),
    _bytes("nothing but NUL.csv", "binary", b"\0" * 5000),
    _bytes("random bytes.csv", "binary", _random()),
    _bytes(
        "mixed encodings.csv",
        2,
        HEAD.encode() + "Jörg;j@a.example\n".encode() + "Grün;g@a.example\n".encode("cp1252"),
    ),
    _bytes("UTF-16 without a mark.csv", 1, (HEAD + ROW).encode("utf-16-le")),
    _bytes(
        "the same header twice.csv", 1, "E-Mail;E-Mail;Name;Name\na@a.example;b@a.example;A;B\n"
    ),
    _bytes("headers without names.csv", 1, ";E-Mail;\nx;a@a.example;y\n"),
    _bytes("right to left.csv", 1, HEAD + "\u202eadA\u202c עדה;ada@a.example\n"),
    _bytes(
        "10,000 columns.csv", "many_columns", ";".join(f"c{n}" for n in range(10_000)) + "\nx\n"
    ),
    _bytes("10,000 columns.xlsx", "many_columns", _book([f"c{n}" for n in range(10_000)], ["x"])),
    _bytes("a picture.csv", "other_kind", b"\x89PNG\r\n\x1a\n" + b"\0" * 100),
    _bytes("a program.xlsx", "other_kind", b"MZ" + b"\x90\0" * 100),
    _bytes("CSV called XLSX.xlsx", 1, HEAD + ROW),
    _bytes("XLSX called CSV.csv", 1, _book(["E-Mail"], ["a@a.example"])),
    _bytes("a web page.xls", "markup", "<html><table><tr><td>E-Mail</td></tr></table></html>"),
    _bytes("JSON.csv", "json", '[{"email": "a@a.example"}]'),
    _bytes("encrypted.xlsx", "encrypted", _encrypted()),
    _bytes("empty.csv", "empty", b""),
    _bytes("blank lines.csv", "empty", b"\xef\xbb\xbf \r\n\r\n \n"),
    _bytes("only a header.csv", "only_header", HEAD),
    _bytes("no header.csv", "no_header", "ada@a.example;Ada\nben@a.example;Ben\n"),
    _bytes("an empty sheet.xlsx", "empty", _book()),
    _bytes("cells that are lists.csv", 1, 'Name;E-Mail\n"[""a"", {""b"": 1}]";a@a.example\n'),
    _bytes("dates of Excel.xlsx", 1, _book(["E-Mail", "Erstellt am", "won_at"], _DATES)),
    _bytes("huge numbers.csv", 1, f"E-Mail;Umsatz\na@a.example;{'9' * 4000}\n"),
    _bytes("huge numbers.xlsx", 1, _book(["E-Mail", "Umsatz"], ["a@a.example", 1.7e308])),
    _bytes(
        "a cell of 200,000 characters.csv", "long_cell", HEAD + "x" * 120_000 + ";a@a.example\n"
    ),
    _bytes("half a spreadsheet.xlsx", "broken_archive", _book(["E-Mail"], ["a@a.example"])[:2000]),
    _bytes("a broken sheet.xlsx", "broken_sheet", _changed(sheet="<worksheet><sheetData><row")),
    Hostile("an archive.zip", "other_archive", _archive),
    Hostile("a gzip bomb.csv.gz", "bomb", _gzip_bomb),
    _bytes("a broken gzip.csv.gz", "broken_archive", gzip.compress(b"E-Mail\n")[:12]),
    _bytes(
        "a path in a vCard.vcf",
        1,
        "BEGIN:VCARD\nFN:../../etc/passwd\nEMAIL:a@a.example\nEND:VCARD\n",
    ),
]
