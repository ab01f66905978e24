"""One snapshot: whatever is read within it is as of one instant, whoever writes meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from einig.store.sqlite.base import DatabaseWrapper as Sqlite


@contextmanager
def snapshot() -> Iterator[None]:
    """Read everything within as of one instant, and let others write; nothing is written here.

    Within a transaction that has begun already it is that one which decides what is seen.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        ours = transaction.get_connection()
        assert isinstance(ours, Sqlite)
        with ours.reading():
            yield
