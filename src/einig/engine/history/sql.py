"""How names and texts are written into SQL, and the engine that executes it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from einig.engine.instants import BEGINNING, FOREVER

Connection = duckdb.DuckDBPyConnection

CONSTANTS = {"beginning": BEGINNING, "forever": FOREVER}


@contextmanager
def engine(folder: Path | None = None) -> Iterator[Connection]:
    """Open an engine that works in memory, or in a folder with tables larger than memory."""
    connection = duckdb.connect(str(folder / "work.duckdb") if folder else ":memory:")
    try:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")
        if folder:
            connection.execute(f"SET temp_directory = {literal(str(folder / 'spill'))}")
        else:  # by default it would be the folder in which somebody happens to stand
            spill = Path(tempfile.gettempdir()) / f"einig-spill-{os.getpid()}"
            connection.execute(f"SET temp_directory = {literal(str(spill))}")
        for name, value in CONSTANTS.items():
            connection.execute(f"CREATE TEMP MACRO {name}() AS ({value})::BIGINT")
        yield connection
    finally:
        connection.close()


def quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def literals(texts: Iterable[str]) -> str:
    """Return texts as the list that follows IN; the list of nothing holds nothing."""
    return "(" + (", ".join(map(literal, texts)) or "NULL") + ")"


def whole(connection: Connection, query: str) -> int:
    """Return the one whole number that a query asks for; 0 where it is null."""
    return int(connection.execute(query).fetchall()[0][0] or 0)
