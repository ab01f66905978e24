"""A connection to SQLite that looks again every millisecond while somebody else writes.

SQLite itself would look ever more rarely, up to ten times a second: whoever waited longest would
then come last. Nothing waits inside a transaction: it has begun by taking its turn to write, or
only reads.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import transaction
from django.db.backends.sqlite3 import base

_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_RECOVERY})
_PAUSE = 0.001  # seconds between two looks
_Result = TypeVar("_Result")


def patiently(do: Callable[[], _Result], *, patience: float, pause: float = _PAUSE) -> _Result:
    """Do something that writes once nobody else does, for at most so many seconds."""
    ends = time.monotonic() + patience
    while True:
        try:
            return do()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode not in _BUSY or time.monotonic() > ends:
                raise
        time.sleep(pause)


class Cursor(base.SQLiteCursorWrapper):
    """Waits for its turn with whatever stands alone, and with what begins a transaction."""

    patience = 0.0

    def execute(self, query: str, params: Any = None) -> Any:
        """Run a statement."""
        run = super().execute
        if self.connection.in_transaction:
            return run(query, params)
        return patiently(lambda: run(query, params), patience=self.patience)

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        """Run a statement for many rows; alone it is a transaction, since some may have waited."""
        if self.connection.in_transaction:
            return super().executemany(query, param_list)
        self.execute("BEGIN IMMEDIATE")
        with self.connection:
            return super().executemany(query, param_list)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's connection, with cursors that are patient where SQLite would be."""

    transaction_mode: str | None  # as OPTIONS say

    def get_new_connection(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        """Connect, and wait in cursors instead of inside SQLite from then on."""
        made: sqlite3.Connection = super().get_new_connection(conn_params)
        made.execute("PRAGMA busy_timeout = 0")
        return made

    def create_cursor(self, name: str | None = None) -> Cursor:
        """Return a cursor as patient as OPTIONS say."""
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        cursor.patience = self.settings_dict["OPTIONS"].get("timeout", 5.0)
        return cursor

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold a transaction that takes no turn to write: it sees the file as of its first read."""
        self.ensure_connection()  # which sets the mode
        usual = self.transaction_mode
        self.transaction_mode = "DEFERRED"
        try:
            with transaction.atomic(using=self.alias):
                self.transaction_mode = usual
                yield
        finally:
            self.transaction_mode = usual
