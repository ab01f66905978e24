"""The collector at 64 connections, against the same server answering a constant."""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from benchmarks.timing import figure, ratio
from tests.servers import KEY, free_port, serving, store, wait_for_answer

CONNECTIONS, BATCH = 64, 100
_WARMS_UP, _LASTS, _ROUNDS = 0.5, 2.0, 5  # seconds each; ours and the yardstick by turns
_OK = b'{"success":true}'


@dataclass(frozen=True)
class Load:
    """What a client measured."""

    requests: int
    took: float
    p50: float
    p99: float

    def of(self, requests: int) -> float:
        """Return the seconds that so many requests take, all connections together."""
        return self.took / self.requests * requests

    def __str__(self) -> str:
        rate = self.requests / self.took
        return f"{rate:,.0f}/s, p50 {self.p50 * 1000:.1f} ms, p99 {self.p99 * 1000:.1f} ms"


def run() -> None:
    """Measure single events and batches, alone and while the worker takes in what arrives."""
    with tempfile.TemporaryDirectory() as folder, store(Path(folder, "alone")) as of:
        of.found()
        with serving(of, options=["--no-worker"]) as server, _constant(Path(folder)) as port:
            pairs = [(load(port), load(server.port)) for _ in range(_ROUNDS)]
            batches = load(server.port, messages=BATCH, connections=8)
        yardstick, single = (_median(loads) for loads in zip(*pairs, strict=True))
        sent = sum(ours.requests for _, ours in pairs) + batches.requests * BATCH
        [(kept,)] = of.rows("SELECT count(*) FROM store_received")
        assert kept >= sent, f"{sent - kept} acknowledged events were lost"
    rate = batches.requests * BATCH / batches.took
    print(f"the same server answering a constant: {yardstick}")
    print(f"single events at {CONNECTIONS} connections: {single}")
    print(
        f"batches of {BATCH} events at 8 connections: {batches}; {rate:,.0f} events/s", flush=True
    )
    name = f"10,000 single events at {CONNECTIONS} connections"
    against = "the same server answering a constant"
    ratio(name, single.of(10_000), yardstick.of(10_000), goal=2.0, against=against)
    busy = _while_the_worker_is_busy()
    figure("an event while the worker is busy, p99", busy.p99 * 1000, "ms", goal=150)


def _while_the_worker_is_busy() -> Load:
    with tempfile.TemporaryDirectory() as folder, store(Path(folder, "busy")) as of:
        of.found()
        with serving(of) as server:
            load(server.port, messages=10, connections=8)  # so much that it lasts
            of.wait_for("SELECT 1 FROM store_event LIMIT 1", seconds=30)
            busy = load(server.port, connections=4, pause=0.02)
        [(waiting,)] = of.rows("SELECT count(*) FROM store_received")
        assert waiting > 0, "the worker was not busy all the time"
    return busy


def load(
    port: int, *, messages: int = 1, connections: int = CONNECTIONS, pause: float = 0.0
) -> Load:
    """Let a process of its own send, each connection one request after the other."""
    options = json.dumps([port, messages, connections, pause])
    command = [sys.executable, "-m", "benchmarks.collector", "send", options]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Load(**json.loads(done.stdout))


def _median(loads: Sequence[Load]) -> Load:
    return sorted(loads, key=lambda of: of.of(1))[len(loads) // 2]


@contextlib.contextmanager
def _constant(folder: Path) -> Iterator[int]:
    """Run the server with an application that answers the same to everything."""
    port, log = free_port(), folder / "constant.log"
    command = [sys.executable, "-m", "benchmarks.collector", "constant", str(port)]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        wait_for_answer(process, port, log=log)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


async def constant(
    _scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Answer the same to everything, once the body is there."""
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/json"), (b"content-length", b"16")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _OK})


def _serve(port: int) -> None:
    Server(
        "benchmarks.collector:constant",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.ASGINL,
        workers=1,
        log_access=False,
        log_level=LogLevels.warning,
    ).serve()


# --- the client ---------------------------------------------------------------------------------


class _Sender(asyncio.Protocol):
    """Sends one request after the other, each as soon as the last was answered with 200."""

    def __init__(self, name: int, messages: int, pause: float, took: list[float]) -> None:
        self.name, self.messages, self.pause, self.took = name, messages, pause, took
        self.number, self.began, self.heard = 0, 0.0, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.send()

    def send(self) -> None:
        self.number += 1
        self.began = time.perf_counter()
        self.transport.write(_request(f"{self.name}.{self.number}", self.messages))

    def data_received(self, data: bytes) -> None:
        self.heard += data
        if not self.heard.endswith(_OK):
            return
        assert self.heard.startswith(b"HTTP/1.1 200"), self.heard
        self.heard = b""
        self.took.append(time.perf_counter() - self.began)
        if self.pause:
            asyncio.get_running_loop().call_later(self.pause, self.send)
        else:
            self.send()


def _request(name: str, messages: int) -> bytes:
    one = (
        '{"type":"track","event":"page_viewed","anonymousId":"visitor-%s","messageId":"%s",'
        '"timestamp":"2026-11-24T08:15:00.000Z","properties":{"path":"/pricing","title":"Prices",'
        '"url":"https://www.example.com/pricing","referrer":"https://www.example.com/"},'
        '"context":{"locale":"de-DE","library":{"name":"analytics.js","version":"next-1.84.3"}}}'
    )
    batch = ",".join(one % (name, f"{name}.{n}") for n in range(messages))
    path, body = ("track", batch) if messages == 1 else ("batch", f'{{"batch":[{batch}]}}')
    return (
        f"POST /v1/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n"
        f"Authorization: Bearer {KEY}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


async def _send(port: int, messages: int, connections: int, pause: float) -> Load:
    loop, took = asyncio.get_running_loop(), list[float]()
    base = time.time_ns() % 10**12  # so that two runs do not send the same messages
    for name in range(base, base + connections):
        sender = partial(_Sender, name, messages, pause, took)
        await loop.create_connection(sender, "127.0.0.1", port)
    await asyncio.sleep(_WARMS_UP)
    took.clear()
    began = time.perf_counter()
    await asyncio.sleep(_LASTS)
    lasted, measured = time.perf_counter() - began, sorted(took)
    return Load(len(measured), lasted, statistics.median(measured), _share(measured, 0.99))


def _share(measured: Sequence[float], share: float) -> float:
    return measured[min(int(len(measured) * share), len(measured) - 1)]


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["constant", given]:
            _serve(int(given))
        case ["send", given]:
            print(json.dumps(vars(asyncio.run(_send(*json.loads(given))))))
        case _:
            run()
