"""The writer behind the collector: one thread that commits whatever is there, again and again.

Requests gather in the server's loop while one commit is on its way to the disk, and share the next
one. Nothing waits for a clock: a group goes as soon as a round of the loop brings nobody new. Each
request is answered only after its commit.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

import msgspec
from django.db import close_old_connections, connection

from einig.store.sqlite.base import patiently

log = logging.getLogger(__name__)
_INTO = "INSERT INTO store_received (source_id, body, reason, at)"
_IN_POSTGRESQL = f"""
{_INTO} SELECT (row->>0)::bigint, row->>1, row->>2, (row->>3)::bigint
FROM json_array_elements(%s::json) AS row
"""
_ROWS = 1000  # of one statement
_PATIENCE = 20.0  # seconds to wait for others who write
_PAUSE = 0.0001  # seconds between two looks at whether they still do
Row = tuple[int | None, str, str]  # source, body, reason (empty: to be taken in)


@dataclass(slots=True)
class _Group:
    """Requests that share a commit: their rows, and whom to tell."""

    rows: list[Row] = field(default_factory=list)
    kept: list[asyncio.Future[None]] = field(default_factory=list)


class Writer:
    """Keeps rows in `Received`, many requests a transaction."""

    _MOST = 2000  # rows from which on a group is full

    def __init__(self) -> None:
        self._gathering = _Group()
        self._full: list[_Group] = []
        self._busy = False  # from a first request until a look finds nobody
        self._queue: queue.SimpleQueue[_Group | None] = queue.SimpleQueue()
        self._last = 0

    def start(self) -> None:
        """Begin to write, for requests of the running loop."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="collector-writer", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Write what is there, and end."""
        while self._busy:
            await asyncio.sleep(0.01)
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join, 30)

    async def keep(self, rows: Sequence[Row]) -> None:
        """Return once rows are on the disk."""
        if not rows:
            return
        if not self._busy:
            self._busy = True
            self._loop.call_soon(self._look, 0)
        group, kept = self._gathering, self._loop.create_future()
        group.rows += rows
        group.kept.append(kept)
        if len(group.rows) >= self._MOST:
            self._full.append(group)
            self._gathering = _Group()
        await kept

    # --- in the loop --------------------------------------------------------------------------

    def _look(self, seen: int) -> None:
        """Send a group off, or look again if somebody joined it since the last round."""
        joined = len(self._gathering.kept)
        if self._full:
            self._queue.put(self._full.pop(0))
        elif joined > seen:
            self._loop.call_soon(self._look, joined)
        elif joined:
            self._queue.put(self._gathering)
            self._gathering = _Group()
        else:
            self._busy = False

    def _answer(self, group: _Group, error: Exception | None) -> None:
        self._look(0)
        for kept in group.kept:
            if kept.done():  # the client went away
                continue
            if error is None:
                kept.set_result(None)
            else:
                kept.set_exception(error)

    # --- in the thread ------------------------------------------------------------------------

    def _run(self) -> None:
        while (group := self._queue.get()) is not None:
            error: Exception | None = None
            try:
                self._insert(group.rows)
            except Exception as failed:
                log.exception("could not keep %s rows", len(group.rows))
                close_old_connections()
                error = failed
            try:
                self._loop.call_soon_threadsafe(self._answer, group, error)
            except RuntimeError:  # the server is gone, and with it whoever asked
                break
        connection.close()

    def _insert(self, rows: Sequence[Row]) -> None:
        """Insert rows with arrivals that only ever increase."""
        now = max(time.time_ns() // 1000, self._last + 1)
        self._last = now + len(rows)
        values = [(*row, now + n) for n, row in enumerate(rows)]
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:  # one text is sent faster than many values
                cursor.execute(_IN_POSTGRESQL, [msgspec.json.encode(values).decode()])
        else:
            connection.ensure_connection()
            _insert_in_sqlite(connection.connection, values)


def _insert_in_sqlite(raw: sqlite3.Connection, values: Sequence[tuple[object, ...]]) -> None:
    """Insert everything or nothing.

    A statement with many rows runs without Python's lock from its start to the disk. Row by row
    the lock would be asked for each time, against the loop that has it.
    """
    if len(values) <= _ROWS:
        _patiently(raw, _insertion(len(values)), list(chain.from_iterable(values)))
        return
    _patiently(raw, "BEGIN IMMEDIATE")
    try:
        for first in range(0, len(values), _ROWS):
            part = values[first : first + _ROWS]
            raw.execute(_insertion(len(part)), list(chain.from_iterable(part)))
        raw.execute("COMMIT")
    except BaseException:
        raw.execute("ROLLBACK")
        raise


@functools.cache
def _insertion(rows: int) -> str:
    return _INTO + " VALUES " + ", ".join(["(?, ?, ?, ?)"] * rows)


def _patiently(raw: sqlite3.Connection, statement: str, values: Sequence[object] = ()) -> None:
    """Run a statement once nobody else writes; clients wait for it, so it looks most often."""
    patiently(lambda: raw.execute(statement, values), patience=_PATIENCE, pause=_PAUSE)
