"""What is read together is as of one instant, and whoever writes meanwhile waits for nobody."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from einig.flow import verifying
from einig.store import history
from einig.store.models import Campaign, Lead
from einig.store.snapshot import snapshot
from einig.store.sqlite.base import DatabaseWrapper
from tests.live import NOW, company, identify, say, track

pytestmark = pytest.mark.django_db(transaction=True)

Write = Callable[[str], None]


@pytest.fixture
def write(tmp_path: Path) -> Iterator[Write]:
    """Return somebody else who writes, at once or not at all; SQLite is in a file, as live."""
    if connection.vendor == "postgresql":
        yield from _beside_postgresql()
        return
    file = tmp_path / "store.sqlite3"
    ours = DatabaseWrapper(settings.DATABASES["default"] | {"NAME": file}, "default")
    memory, connections["default"] = connections["default"], ours
    try:
        call_command("migrate", verbosity=0)
        with (
            closing(ours),
            closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other,
        ):
            yield lambda statement: _ran(other.execute(statement))
    finally:
        connections["default"] = memory


def _beside_postgresql() -> Iterator[Write]:
    import psycopg  # only with PostgreSQL

    given = connection.get_connection_params()
    kept = {
        key: given[key] for key in ("dbname", "user", "password", "host", "port") if given.get(key)
    }
    with psycopg.connect(**kept, autocommit=True) as other:
        other.execute("SET lock_timeout = '1ms'")
        yield lambda statement: _ran(other.execute(statement.encode()))


def _ran(_cursor: object) -> None:
    """Drop what a statement returns."""


def filled() -> None:
    """Found a company with three leads and a campaign."""
    us = company()
    for n, name in enumerate(("u1", "u2", "u3")):
        said = identify(name, email=f"{name}@f{n}.example", industry="Software")
        say([said, track("demo_requested", name)], of=us.website, at=NOW + n)
    Campaign.objects.create(source=us.website, name="Fair", spend=100)


def reading(then: Callable[[int], None]) -> Any:
    """Return a wrapper of queries that does something before each, told how many came before."""
    asked = iter(range(1_000_000))

    def asking(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        then(next(asked))
        return execute(sql, params, many, context)

    return connection.execute_wrapper(asking)


EVENTS, FACTS = "UPDATE store_event SET type = 'gone'", "UPDATE store_fact SET value = 'gone'"


def _types(of: Any) -> tuple[set[str], set[str | None]]:
    rows = of.events.to_table(columns=["type"]).to_pylist()
    return {row["type"] for row in rows}, {row["value"] for row in of.facts.to_pylist()}


def test_what_is_written_between_two_queries_is_not_half_seen(write: Write) -> None:
    filled()
    before = _types(history.read())
    asked: list[int] = []

    def meddle(number: int) -> None:
        asked.append(number)
        if number == 3:  # after the transaction's own statement, and a first query
            write(EVENTS)
            write(FACTS)

    with reading(meddle):
        during = _types(history.read())
    assert len(asked) > 4
    assert during == before
    assert _types(history.read()) == ({"gone"}, {"gone"})


def test_everything_read_within_one_snapshot_is_as_of_one_instant(write: Write) -> None:
    filled()
    with snapshot():
        leads = list(Lead.objects.values_list("created_at", flat=True))
        write("UPDATE store_campaign SET spend = 7")
        write("UPDATE store_lead SET created_at = 1")
        assert list(Lead.objects.values_list("created_at", flat=True)) == leads
        assert Campaign.objects.get().spend == 100
    assert Campaign.objects.get().spend == 7
    assert set(Lead.objects.values_list("created_at", flat=True)) == {1}


def test_whoever_signs_while_everything_is_verified_is_not_half_seen(write: Write) -> None:
    filled()
    before = verifying.verify().broken
    signed = (
        "INSERT INTO store_signature (version_id, side, by_name, content_hash, at) "
        "SELECT id, 'sales', 'Sol', content_hash, 5 FROM store_version"
    )
    with reading(lambda number: write(signed) if number == 2 else None):
        during = verifying.verify()
    assert (during.signatures, during.broken) == (0, before)
    assert verifying.verify().signatures == 1


def test_a_snapshot_leaves_the_connection_as_it_was(write: Write) -> None:
    filled()
    with snapshot():
        assert Lead.objects.count() == 3
    Lead.objects.update(created_at=5)
    write("UPDATE store_lead SET created_at = 6")
    assert set(Lead.objects.values_list("created_at", flat=True)) == {6}
    if isinstance(ours := connections["default"], DatabaseWrapper):
        assert ours.transaction_mode == "IMMEDIATE"
