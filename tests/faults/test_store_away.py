"""The store does not answer for a while: clients are asked to come again, and what they do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import KEY, Server, Store, serving, start, store

VISIT = Path(__file__).parents[1] / "api" / "clients" / "visit.py"
LEAD = (
    "SELECT 1 FROM store_lead l JOIN store_contactdetail d ON d.lead_id = l.id"
    " WHERE d.normal = ? AND l.sales_ready"
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Return a store with a company on it."""
    with store(tmp_path_factory.mktemp("shop")) as of:
        of.found()
        yield of


def test_clients_come_again_while_the_store_is_away(shop: Store) -> None:
    with serving(shop) as server:
        assert track(server, "before") == (200, None)
        shop.change("ALTER TABLE store_received RENAME TO away")
        assert track(server, "meanwhile") == (503, "1")
        command = [sys.executable, str(VISIT), server.url, KEY, "p@patient.example", "plain"]
        with subprocess.Popen(command) as client:
            time.sleep(2)
            assert client.poll() is None  # it waits
            shop.change("ALTER TABLE away RENAME TO store_received")
            assert client.wait(timeout=30) == 0
        assert track(server, "after") == (200, None)
        assert shop.wait_for(LEAD, ["p@patient.example"], seconds=20)
        rows = shop.rows("SELECT type FROM store_event WHERE type IN ('before', 'meanwhile')")
        assert rows == [("before",)]


def test_a_server_whose_parent_was_killed_ends_and_makes_room(shop: Store) -> None:
    first = start(shop, options=["--no-worker"])
    try:
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait()
        wait_until_nobody_listens(first)
        with serving(shop, port=first.port, options=["--no-worker"]) as second:
            assert track(second, "again") == (200, None)
    finally:
        first.kill()


def track(server: Server, event: str) -> tuple[int, str | None]:
    """Say that somebody did something; return the status, and when to come again."""
    body = json.dumps({"writeKey": KEY, "userId": "u", "event": event, "messageId": event})
    answer = server.ask("POST", "/v1/track", body.encode())
    return answer.status, answer.headers.get("retry-after")


def wait_until_nobody_listens(server: Server) -> None:
    """Return once connections are refused."""
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        try:
            server.ask("OPTIONS", "/v1/track")
        except ConnectionRefusedError:
            return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError("the server is still there")
