"""How large a table may be, and how it is said that a file is none."""

from __future__ import annotations

LARGEST = 512 * 1024 * 1024  # bytes of a file
ROWS = 5_000_000
COLUMNS = 500
LINE = 1024 * 1024  # characters of one line of a file
CELL = 100_000  # characters of one cell
MEMORY = 1024 * 1024 * 1024  # bytes of the process that reads one
SECONDS = 120


class Refused(Exception):
    """A file is no table that can be read; `code` says why, `what` holds the figures of it."""

    def __init__(self, code: str, *what: object) -> None:
        super().__init__(code, *what)
        self.code, self.what = code, what
