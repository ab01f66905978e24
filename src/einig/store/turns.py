"""Whoever has to come one after another waits for their turn, until their transaction ends."""

from __future__ import annotations

import zlib

from django.db import connection


def wait(what: str) -> None:
    """Wait until nobody else is at it. On SQLite whoever is in a transaction is alone anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [zlib.crc32(what.encode())])
