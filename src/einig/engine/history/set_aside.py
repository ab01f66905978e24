"""Rows that could not be used: kept with their line and the reason, so they can be mended."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row of a file (lines count from 1) that was not used, and why."""

    file: str
    line: int
    reason: str
    row: str


@dataclass(slots=True)
class Aside:
    """Collects what is set aside while a history is read; each line of a file once."""

    rows: dict[tuple[str, int], SetAside] = field(default_factory=dict)

    def put(self, rows: Iterable[SetAside]) -> None:
        """Set rows aside; the first reason for a line stays."""
        for row in rows:
            self.rows.setdefault((row.file, row.line), row)

    def __len__(self) -> int:
        return len(self.rows)

    def write(self, path: Path) -> None:
        """Write everything to a CSV file, sorted by file and line."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["file", "line", "reason", "row"])
            for _, row in sorted(self.rows.items()):
                writer.writerow([row.file, row.line, row.reason, row.row])
