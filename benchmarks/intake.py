"""How long a message takes until it is taken in, or is kept apart as no person's doing.

Every message passes every check; each kind of message here is held up by another one, and somebody
real by none. The clock runs from before the request until the store says what became of it. The
yardstick is a visit of a page that no check has anything to look at, in the same run.
"""

from __future__ import annotations

import http.client
import itertools
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.handoff import post
from benchmarks.timing import figure, ratio
from tests.servers import Server, serving, store

TRIES = 150
_GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
_FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_APART = "SELECT 1 FROM store_received WHERE doubt = ? LIMIT 1 OFFSET ?"
_TAKEN = """
SELECT 1 FROM store_fact f JOIN store_identity i ON i.id = f.identity_id WHERE i.key = ?"""
_VISITED = """
SELECT 1 FROM store_event e JOIN store_identity i ON i.id = e.identity_id WHERE i.key = ?"""
_Kind = Callable[[str], dict[str, Any]]


def _form(agent: str = _FIREFOX, traits: dict[str, str] | None = None, **signs: str) -> _Kind:
    def said(user: str) -> dict[str, Any]:
        left = {"email": f"{user}@pumpen.example", "phone": "+49 89 123456"}
        context = {"userAgent": agent, "signs": {"seconds": "40"} | signs}
        return {"userId": user, "traits": traits or left, "context": context}

    return said


KINDS = {
    "crawler": _form(_GOOGLE),
    "honeypot": _form(honeypot="yes"),
    "too_fast": _form(seconds="0.4"),
    "address": _form(traits={"email": "no address"}),
    "throwaway": _form(traits={"email": "a@mailinator.com"}),
    "number": _form(traits={"phone": "+49 1"}),
}


def run() -> None:
    """Measure each."""
    with tempfile.TemporaryDirectory() as folder, store(Path(folder)) as of:
        of.found()
        with serving(of) as server:
            for _ in _visits(server, "warm", 20):
                pass
            visit = _p99(_visits(server, "visit", TRIES))
            figure("a visit of a page taken in, p99", 1000 * visit, "ms", goal=1000)
            person = _p99(_people(server))
            _report("somebody real, by no check", person, visit)
            for doubt, kind in KINDS.items():
                _report(f"held up by {doubt}", _p99(_doubtful(server, doubt, kind)), visit)
            _report("held up by scanner", _p99(_bursts(server)), visit)


def _report(name: str, p99: float, visit: float) -> None:
    figure(f"{name}, p99", 1000 * p99, "ms", goal=1000)
    ratio(name, p99, visit, goal=3, against="a visit of a page, p99")


def _p99(times: Iterator[float]) -> float:
    found = sorted(times)
    return found[int(0.99 * (len(found) - 1))]


def _visits(server: Server, who: str, many: int) -> Iterator[float]:
    for n in range(many):
        said = {"userId": f"{who}{n}", "event": "page_viewed"}
        yield _until(server, "track", said, _VISITED, [f"user:{who}{n}"])


def _people(server: Server) -> Iterator[float]:
    kind = _form()
    for n in range(TRIES):
        yield _until(server, "identify", kind(f"person{n}"), _TAKEN, [f"user:person{n}"])


def _doubtful(server: Server, doubt: str, kind: _Kind) -> Iterator[float]:
    for n in range(TRIES):
        yield _until(server, "identify", kind(f"{doubt}{n}"), _APART, [doubt, n])


def _bursts(server: Server) -> Iterator[float]:
    """Click three links of a mail at once, and clock the one that shows that nobody did."""
    for n, user in enumerate(f"scanner{n}" for n in range(TRIES)):
        clicks = [
            {"userId": user, "event": "mail_link_clicked", "properties": {"url": f"/{link}"}}
            for link in range(3)
        ]
        for click, done in zip(clicks[:2], itertools.count(), strict=False):
            _until(server, "track", click, f"{_VISITED} LIMIT 1 OFFSET {done}", [f"user:{user}"])
        yield _until(server, "track", clicks[2], _APART, ["scanner", n])


def _until(server: Server, path: str, said: object, query: str, values: list[Any]) -> float:
    """Return how long it takes from a request until a query finds something, in seconds."""
    began = time.perf_counter()
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        post(connection, path, said)
    while not server.store.rows(query, values):
        time.sleep(0.002)
        assert time.perf_counter() - began < 60, f"nothing became of {said}"
    return time.perf_counter() - began
