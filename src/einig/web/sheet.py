"""Spreadsheets, written row by row: every cell is text, so that none is run as a formula.

An XLSX file of text alone is five small parts; that is no reason for a package.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from typing import IO
from xml.sax.saxutils import escape

from django.http import FileResponse

from einig.engine.values import legible

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_SPEC = "http://schemas.openxmlformats.org"
_MAIN, _OFFICE = f"{_SPEC}/spreadsheetml/2006/main", f"{_SPEC}/officeDocument/2006/relationships"
_LINKS = f"{_SPEC}/package/2006/relationships"
_PART = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_LONGEST = 32_767  # characters that Excel takes in a cell
_PARTS = {
    "[Content_Types].xml": f'{_XML}<Types xmlns="{_SPEC}/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_PART}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_PART}.worksheet+xml"/></Types>',
    "_rels/.rels": f'{_XML}<Relationships xmlns="{_LINKS}">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Leads" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_LINKS}">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
}


def xlsx_of(name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> FileResponse:
    """Return rows as a spreadsheet; it is written to disk, not kept in memory."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  # whoever sends the answer closes it
    write(file, head, rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=KIND)


def write(file: IO[bytes], head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a spreadsheet with one sheet."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for part, text in _PARTS.items():
            packed.writestr(part, text)
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            sheet.write(_row(head))
            for row in rows:
                sheet.write(_row(row))
            sheet.write(b"</sheetData></worksheet>")


def _row(cells: Sequence[str]) -> bytes:
    texts = (escape(legible(cell)[:_LONGEST]) for cell in cells)
    told = (f'<c t="inlineStr"><is><t xml:space="preserve">{of}</t></is></c>' for of in texts)
    return f"<row>{''.join(told)}</row>".encode()
