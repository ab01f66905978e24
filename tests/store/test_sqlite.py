"""On SQLite whoever writes waits for others who do, and nothing is done twice meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

from einig.store.sqlite.base import Cursor, DatabaseWrapper

pytestmark = pytest.mark.django_db


@pytest.fixture
def others(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return a connection that has its turn to write, in a file with one table."""
    with closing(sqlite3.connect(tmp_path / "file", timeout=0, isolation_level=None)) as others:
        others.execute("PRAGMA journal_mode = WAL")
        others.execute("CREATE TABLE told (n INTEGER PRIMARY KEY)")
        others.execute("BEGIN IMMEDIATE")
        yield others


@pytest.fixture
def ours(tmp_path: Path, others: sqlite3.Connection) -> Iterator[DatabaseWrapper]:
    """Return a connection of Django to that file, with a minute of patience."""
    given = {**settings.DATABASES["default"], "ENGINE": "einig.store.sqlite"}
    options = {"transaction_mode": "IMMEDIATE", "timeout": 60}
    ours = DatabaseWrapper(given | {"NAME": tmp_path / "file", "OPTIONS": options}, "ours")
    ours.connect()
    with closing(ours):
        yield ours


def end_at(look: int, ours: DatabaseWrapper, others: sqlite3.Connection) -> list[str]:
    """Let the others end as soon as we begin to look for the nth time; return what we tried."""
    tried: list[str] = []

    def told(statement: str) -> None:
        tried.append(statement)
        if len(tried) == look:
            others.execute("ROLLBACK")

    ours.connection.set_trace_callback(told)
    return tried


def test_what_stands_alone_waits_for_its_turn(
    ours: DatabaseWrapper, others: sqlite3.Connection
) -> None:
    tried = end_at(3, ours, others)
    with ours.cursor() as cursor:
        cursor.execute("INSERT INTO told VALUES (%s)", [7])
        assert tried == ["INSERT INTO told VALUES (7)"] * 3
        assert cursor.execute("SELECT n FROM told").fetchall() == [(7,)]


def test_a_transaction_waits_where_it_begins(
    ours: DatabaseWrapper, others: sqlite3.Connection
) -> None:
    tried = end_at(3, ours, others)
    ours.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    assert tried == ["BEGIN IMMEDIATE"] * 3


def test_many_rows_are_kept_together_or_not_at_all(
    ours: DatabaseWrapper, others: sqlite3.Connection
) -> None:
    end_at(3, ours, others)
    with ours.cursor() as cursor:
        cursor.executemany("INSERT INTO told VALUES (%s)", [(1,), (2,)])
        with pytest.raises(Exception, match="UNIQUE"):
            cursor.executemany("INSERT INTO told VALUES (%s)", [(3,), (2,)])
        assert cursor.execute("SELECT n FROM told").fetchall() == [(1,), (2,)]


def test_patience_ends(ours: DatabaseWrapper, others: sqlite3.Connection) -> None:
    with closing(ours.connection.cursor(factory=Cursor)) as impatient:
        for write, values in ((impatient.execute, [1]), (impatient.executemany, [[2], [3]])):
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                write("INSERT INTO told VALUES (%s)", values)
        others.execute("ROLLBACK")
        impatient.executemany("INSERT INTO told VALUES (%s)", [[2], [3]])
        assert impatient.execute("SELECT n FROM told").fetchall() == [(2,), (3,)]


def test_a_reader_that_would_write_on_what_is_old_is_told_at_once(
    ours: DatabaseWrapper, others: sqlite3.Connection
) -> None:
    others.execute("INSERT INTO told VALUES (1), (2)")
    others.execute("COMMIT")
    with ours.cursor() as reading, ours.cursor() as writing:
        assert reading.execute("SELECT n FROM told").fetchone() == (1,)
        others.execute("INSERT INTO told VALUES (3)")
        with pytest.raises(Exception, match="locked"):
            writing.execute("INSERT INTO told VALUES (4)")
