"""Unpacking: a file of any kind becomes a plain CSV file, in a process of its own.

`python -m einig.connectors.files.unpack FILE TABLE` writes the table, and prints as JSON what it
found, or why it found nothing. It may use so much memory and time, and reads nothing but the file.
"""

from __future__ import annotations

import csv
import gzip
import itertools
import json
import resource
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from einig.connectors.files import excel, text, vcard
from einig.connectors.files.limits import (
    CELL,
    COLUMNS,
    LARGEST,
    MEMORY,
    ROWS,
    SECONDS,
    Refused,
)


@dataclass(frozen=True, slots=True)
class Table:
    """What was found in a file: `kind` is csv, excel or vcard."""

    kind: str
    encoding: str
    columns: list[str]
    rows: int


def unpack(file: Path, table: Path) -> Table:
    """Write the table of a file as CSV, by a process of its own. Raises Refused."""
    if file.stat().st_size > LARGEST:
        raise Refused("too_large", LARGEST // 1024 // 1024)
    command = [sys.executable, "-m", "einig.connectors.files.unpack", str(file), str(table)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        told = json.loads(done.stdout) if done.returncode == 0 else {"code": "too_much"}
    except (subprocess.TimeoutExpired, ValueError):
        told = {"code": "too_much"}
    if "code" in told:
        table.unlink(missing_ok=True)
        raise Refused(told["code"], *told.get("what", []))
    return Table(**told)


def read(file: Path, table: Path) -> Table:
    """Write the table of a file as CSV, here. Raises Refused."""
    kind, encoding, found = _rows(file)
    head = next(found, None)
    if head is None:
        raise Refused("empty")
    columns = _columns(head)
    with table.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(columns)
        count = 0
        for row in found:
            count += 1
            if count > ROWS:
                raise Refused("many_rows", ROWS)
            if max(map(len, row)) > CELL:
                raise Refused("long_cell", count + 1, CELL)
            writer.writerow(row)
    if not count:
        raise Refused("only_header")
    return Table(kind, encoding, columns, count)


def _columns(head: list[str]) -> list[str]:
    while head and not head[-1]:
        head = head[:-1]
    if len(head) > COLUMNS:
        raise Refused("many_columns", len(head), COLUMNS)
    if any("@" in cell and "." in cell.partition("@")[2] for cell in head):
        raise Refused("no_header")
    return [cell[:200] for cell in head]


def _rows(file: Path) -> tuple[str, str, Iterator[list[str]]]:
    with file.open("rb") as of:
        begins = of.read(8)
    if not begins:
        raise Refused("empty")
    if begins.startswith(b"\x1f\x8b"):
        file = _unzipped(file)
        with file.open("rb") as of:
            begins = of.read(8)
    if begins.startswith((excel.PACKED, excel.OLD)):
        return "excel", "", excel.rows(file)
    lines = text.lines(file)
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise Refused("empty")
    whole = itertools.chain([first], lines)
    encoding = text.encoding_of(file)
    if vcard.is_card(first):
        return "vcard", encoding, vcard.rows(whole)
    return "csv", encoding, text.rows(whole)


def _unzipped(file: Path) -> Path:
    unpacked = file.with_suffix(".unzipped")
    try:
        with gzip.open(file) as packed, unpacked.open("wb") as out:
            shutil.copyfileobj(_Limited(packed), out)
    except (OSError, EOFError, zlib.error):
        raise Refused("broken_archive") from None
    return unpacked


class _Limited:
    """Reads as much as a file may hold, and no more."""

    def __init__(self, packed: gzip.GzipFile) -> None:
        self.packed, self.left = packed, LARGEST

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes. Raises Refused beyond the limit."""
        part = self.packed.read(size)
        self.left -= len(part)
        if self.left < 0:
            raise Refused("bomb", LARGEST // 1024 // 1024)
        return part


def _main(file: Path, table: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        found = read(file, table)
        told: dict[str, object] = {name: getattr(found, name) for name in found.__slots__}
    except Refused as refused:
        told = {"code": refused.code, "what": refused.what}
    except MemoryError:
        told = {"code": "too_much"}
    finally:
        file.with_suffix(".unzipped").unlink(missing_ok=True)
    print(json.dumps(told))  # noqa: T201  # whoever started this reads it


if __name__ == "__main__":
    _main(Path(sys.argv[1]), Path(sys.argv[2]))
