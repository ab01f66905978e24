"""How long it takes from an activity to the hand-off that it leads to, idle and under load.

The clock runs from before the request until the hand-off is in the store, where the open inbox of
its person looks five times a second.
"""

from __future__ import annotations

import http.client
import json
import tempfile
import threading
import time
from base64 import b64encode
from contextlib import closing
from pathlib import Path

from benchmarks.timing import figure
from tests.servers import KEY, Server, serving, store

TRIES, A_SECOND = 60, 200
HEADERS = {
    "Authorization": f"Basic {b64encode(f'{KEY}:'.encode()).decode()}",
    "Content-Type": "application/json",
}
_OPENED = """
SELECT 1 FROM store_handoff h JOIN store_identity i ON i.lead_id = h.lead_id WHERE i.key = ?"""


def run() -> None:
    """Measure both."""
    with tempfile.TemporaryDirectory() as folder, store(Path(folder)) as of:
        of.found()
        with serving(of) as server:
            _try(server, "warm")
            _report(server, "idle")
            stop = threading.Event()
            load = threading.Thread(target=_load, args=(server, stop), daemon=True)
            load.start()
            time.sleep(2)
            _report(server, f"under {A_SECOND} events a second")
            stop.set()
            load.join()


def _report(server: Server, when: str) -> None:
    times = sorted(_try(server, f"{when[:4]}{n}") for n in range(TRIES))
    p50, p99 = times[len(times) // 2], times[int(0.99 * (len(times) - 1))]
    figure(f"activity to hand-off, {when}, p50", 1000 * p50, "ms", goal=500)
    figure(f"activity to hand-off, {when}, p99", 1000 * p99, "ms", goal=1000)


def _try(server: Server, user: str) -> float:
    """Return how long the hand-off of a new lead takes, in seconds."""
    traits = {"email": f"{user}@x{user}.example", "industry": "Software"}
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        post(connection, "identify", {"userId": user, "traits": traits})
        began = time.perf_counter()
        post(connection, "track", {"userId": user, "event": "demo_requested"})
    while not server.store.rows(_OPENED, [f"user:{user}"]):
        time.sleep(0.005)
        assert time.perf_counter() - began < 60, "nothing was handed over"
    return time.perf_counter() - began


def _load(server: Server, stop: threading.Event) -> None:
    """Let visitors do things, evenly, until it is enough."""
    began, n = time.perf_counter(), 0
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        while not stop.is_set():
            said = {"userId": f"load-{n % 500}", "event": "page_viewed"}
            post(connection, "track", said)
            n += 1
            time.sleep(max(0.0, began + n / A_SECOND - time.perf_counter()))


def post(connection: http.client.HTTPConnection, path: str, message: object) -> None:
    """Send a message as a server does; it has to be thanked for."""
    connection.request("POST", f"/v1/{path}", json.dumps(message), HEADERS)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200
