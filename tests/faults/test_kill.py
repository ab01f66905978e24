"""`kill -9` at any moment: nothing that was acknowledged is lost, and nothing happens twice."""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers import KEY, Server, Store, free_port, serving, start, store

WORKER_LOG = "worker.log"
CLIENT = Path(__file__).with_name("client.py")
REPLAY = """
import json
import os
from einig.engine.backtest import backtest
from einig.flow import scoring
from einig.store import history
of = history.read()
replayed = backtest(of, scoring.enactments(scoring.timeline())).handoffs
leads = of.leads["lead_id"].take(replayed.lead).to_pylist()
print(json.dumps(sorted(zip(leads, replayed.at.tolist()))))
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Store]:
    """Return a store with a company on it, where a worker need not compile anything first."""
    with store(tmp_path / "shop") as of:
        of.found()
        of.do("from einig.flow import scoring; scoring.prepare()")
        yield of


def test_nothing_is_lost_or_doubled_by_five_kills(shop: Store) -> None:
    acknowledged, handoffs = kill_again_and_again(shop, times=5)
    assert acknowledged > 0
    assert handoffs > 0


@pytest.mark.prove
def test_nothing_is_lost_or_doubled_by_fifty_kills(
    shop: Store, record_property: Callable[[str, object], None]
) -> None:
    acknowledged, handoffs = kill_again_and_again(shop, times=50)
    assert acknowledged > 0
    assert handoffs > 0
    record_property("events_acknowledged", acknowledged)
    record_property("hand-offs", handoffs)


def kill_again_and_again(shop: Store, *, times: int, seed: int = 1) -> tuple[int, int]:
    """Kill server and worker while a client sends, then compare what is there with its log.

    Return the number of acknowledged messages and of hand-offs.
    """
    rng, port, log = random.Random(seed), free_port(), shop.home / "acknowledged"
    victims = itertools.cycle(["server", "worker", "server", "both", "server"])
    server, worker = serve(shop, port), work(shop)
    client = subprocess.Popen(
        [sys.executable, str(CLIENT), str(port), KEY, str(log), str(seed)], stdin=subprocess.PIPE
    )
    try:
        for victim in itertools.islice(victims, times):
            if victim != "server":
                wait_until_at_work(shop)
            time.sleep(rng.uniform(0.1, 1.0))
            if victim != "worker":
                server.kill()
            if victim != "server":
                end(worker)
                worker = work(shop)  # beside the server that starts too
            if victim != "worker":
                server = serve(shop, port)
        client.communicate(timeout=10)
        settle(shop, worker)
    finally:
        end(client, worker)
        server.kill()
    return compare(shop, [line.split() for line in log.read_text().splitlines()])


def compare(shop: Store, acknowledged: list[list[str]]) -> tuple[int, int]:
    """Compare a store with what was acknowledged, and its hand-offs with those of a replay."""
    did = {id_ for kind, id_ in acknowledged if kind != "identify"}
    found = Counter(
        id_.partition(".")[2] for (id_,) in shop.rows("SELECT event_id FROM store_event")
    )
    assert found == dict.fromkeys(did, 1)
    users = sorted(id_.rpartition(".")[0] for kind, id_ in acknowledged if kind == "identify")
    identified = "SELECT i.key FROM store_fact f JOIN store_identity i ON f.identity_id = i.id"
    emails = shop.rows(f"{identified} WHERE f.attribute = 'email' ORDER BY i.key")
    assert [key for (key,) in emails] == sorted(f"user:{user}" for user in users)
    assert shop.rows("SELECT count(*) FROM store_lead") == [(len(users),)]
    assert shop.rows("SELECT count(*) FROM store_received") == [(0,)]
    open_ = "SELECT lead_id FROM store_handoff WHERE closed_at IS NULL"
    assert shop.rows(f"{open_} GROUP BY lead_id HAVING count(*) > 1") == []
    handoffs = shop.rows(
        "SELECT l.lead_id, h.opened_at FROM store_handoff h JOIN store_lead l ON h.lead_id = l.id"
        " WHERE h.kind = 'sales' ORDER BY l.lead_id"
    )
    assert [list(row) for row in handoffs] == json.loads(shop.do(REPLAY))
    assert len(handoffs) > len(users) / 10
    return len(acknowledged), len(handoffs)


def serve(shop: Store, port: int) -> Server:
    """Start a server without a worker."""
    return start(shop, port=port, options=["--no-worker"])


def work(shop: Store) -> subprocess.Popen[bytes]:
    """Start a worker; what it says is kept."""
    command = [sys.executable, "-m", "einig.cli", "worker"]
    with (shop.home / WORKER_LOG).open("ab") as log:
        return subprocess.Popen(command, env=shop.environment, stdout=log, stderr=log)


def settle(shop: Store, worker: subprocess.Popen[bytes]) -> None:
    """Wait until everything is taken in; show what the worker said, and where it is, if not."""
    try:
        shop.settle(patience=60)
    except AssertionError as waits:
        said = (shop.home / WORKER_LOG).read_text(errors="replace")
        raise AssertionError(f"{waits}; the worker: {worker.poll()}, {said[-4000:]}") from None


def wait_until_at_work(shop: Store) -> None:
    """Wait until a worker takes in what arrives."""
    [(before,)] = shop.rows("SELECT count(*) FROM store_event")
    more = "SELECT n FROM (SELECT count(*) AS n FROM store_event) AS e WHERE n > ?"
    assert shop.wait_for(more, [before], seconds=40), "no worker took anything in"


def end(*processes: subprocess.Popen[bytes]) -> None:
    """End processes as a power failure would."""
    for process in processes:
        process.kill()
        process.wait()


def test_a_worker_that_dies_is_followed_by_another(tmp_path: Path) -> None:
    with store(tmp_path) as of:
        of.found()
        with serving(of) as server:
            post = {"userId": "u1", "traits": {"email": "p@pumpen.example"}}
            found = ["pgrep", "-f", f"einig.cli worker --parent {server.process.pid}"]
            first = subprocess.run(found, capture_output=True, text=True, check=False).stdout
            os.kill(int(first.split()[0]), signal.SIGKILL)
            key = {"Authorization": f"Bearer {KEY}"}
            assert server.ask("POST", "/v1/identify", json.dumps(post).encode(), key).status == 200
            assert of.wait_for("SELECT 1 FROM store_lead", seconds=60)
