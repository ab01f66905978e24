"""A real server of the tests: `einig serve` in processes of its own, on a store of its own."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit, urlunsplit

import einig

KEY = "write-key"  # of the source that `Store.found` makes
_CODE = (Path(einig.__file__).parents[1], Path(__file__).parents[1])
_FOUND = """
import time
from django.conf import settings
from tests.live import company
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # nobody signs in
company(since=time.time_ns() // 1000 - 1_000_000)
"""


_OURS = ("EINIG_", "DJANGO_ALLOW")  # variables that are not handed on


class DidNotStart(Exception):
    """A server ended, or did not answer in time; what it said is in the message."""


@dataclass(frozen=True)
class Store:
    """A store that nobody else uses: a folder, and in it or elsewhere a database."""

    home: Path
    database: str = ""  # an address of PostgreSQL; empty: SQLite in `home`
    settings: dict[str, str] = field(default_factory=dict)  # more of the environment

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of every process that works on this store."""
        paths = [*map(str, _CODE), os.environ.get("PYTHONPATH", "")]
        kept = {name: of for name, of in os.environ.items() if not name.startswith(_OURS)}
        return kept | {
            "DJANGO_SETTINGS_MODULE": "einig.config.settings",
            "EINIG_HOME": str(self.home),
            "EINIG_SECRET_KEY": "only for tests",
            "EINIG_DATABASE": self.database or str(self.home / "einig.sqlite3"),
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            **self.settings,
        }

    def do(self, snippet: str) -> str:
        """Run Python on this store, with Django set up, and return what it prints."""
        code = f"from einig.cli.live import set_up\nset_up()\n{snippet}"
        done = subprocess.run(
            [sys.executable, "-c", code], env=self.environment, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout.decode()

    def found(self) -> None:
        """Make the company of the tests, with its agreement in force and a source with `KEY`."""
        self.do(_FOUND)

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return what a query finds; values stand for its question marks."""
        with self.asking() as ask:
            return ask(query, values)

    @contextlib.contextmanager
    def asking(self) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
        """Ask many times over one connection: on PostgreSQL a new one costs milliseconds."""
        if self.database:
            import psycopg

            with psycopg.connect(self.database, autocommit=True) as connection:
                yield lambda query, values=(): connection.execute(
                    query.replace("%", "%%").replace("?", "%s").encode(), values
                ).fetchall()
            return
        file = sqlite3.connect(self.home / "einig.sqlite3", timeout=20)
        with contextlib.closing(file):
            yield lambda query, values=(): file.execute(query, values).fetchall()

    def change(self, statement: str) -> None:
        """Run a statement that changes the store."""
        if self.database:
            import psycopg

            with psycopg.connect(self.database, autocommit=True) as postgresql:
                postgresql.execute(statement.encode())
            return
        file = sqlite3.connect(self.home / "einig.sqlite3", timeout=20)
        with contextlib.closing(file) as connection, connection:
            connection.execute(statement)

    def wait_for(self, query: str, values: Sequence[Any] = (), *, seconds: float = 90) -> Any:
        """Return what a query finds as soon as it finds something; empty if it never does."""
        ends = time.monotonic() + seconds
        with self.asking() as ask:
            while not (found := ask(query, values)) and time.monotonic() < ends:
                time.sleep(0.05)
        return found

    def settle(self, *, patience: float = 90) -> None:
        """Wait until the worker has taken in whatever waits, as long as there is progress."""
        waiting = "SELECT count(*) FROM store_received WHERE reason = '' AND dismissed_at IS NULL"
        before, ends = 0, time.monotonic() + patience
        while (now := self.rows(waiting)[0][0]) > 0:
            if now != before:
                before, ends = now, time.monotonic() + patience
            assert time.monotonic() < ends, f"{now} messages still wait"
            time.sleep(0.05)


@contextlib.contextmanager
def store(home: Path) -> Iterator[Store]:
    """Make a store: SQLite in a folder, or a database of its own where EINIG_DATABASE points."""
    home.mkdir(parents=True, exist_ok=True)
    given = os.environ.get("EINIG_DATABASE", "")
    if not given.startswith(("postgresql://", "postgres://")):
        yield Store(home)
        return
    import psycopg

    name = f"einig_{secrets.token_hex(6)}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    try:
        yield Store(home, urlunsplit(urlsplit(given)._replace(path=f"/{name}")))
    finally:
        with psycopg.connect(given, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


@dataclass
class Server:
    """A running `einig serve`."""

    store: Store
    process: subprocess.Popen[bytes]
    port: int
    log: Path = field(repr=False)

    @property
    def url(self) -> str:
        """Return the address."""
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        """Send one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            connection.request(method, path, body or None, headers or {})
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, told, answer.read())

    def is_well(self, *, seconds: float = 60) -> bool:
        """Return whether it says so, once what was due long ago in its store is done."""
        ends = time.monotonic() + seconds
        while (told := self.ask("GET", "/health").status) != 200 and time.monotonic() < ends:
            time.sleep(0.1)
        return told == 200

    def kill(self) -> None:
        """End server and worker at once, as a power failure would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ask the server to end, and end whatever is left of it after a while."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=20)
        self.kill()


def start(of: Store, *, port: int | None = None, options: Sequence[str] = ()) -> Server:
    """Start `einig serve` and return once it answers. Raises DidNotStart."""
    port = port or free_port()
    command = [sys.executable, "-m", "einig.cli", "serve", "--port", str(port), *options]
    log = of.home / "server.log"
    with log.open("ab") as out:
        server = Server(of, _spawn(command, of.environment, out), port, log)
    wait_for_answer(server.process, port, log=log)
    return server


@contextlib.contextmanager
def serving(of: Store, *, port: int | None = None, options: Sequence[str] = ()) -> Iterator[Server]:
    """Run `einig serve` on a store for as long as the context lasts."""
    server = start(of, port=port, options=options)
    try:
        yield server
    finally:
        server.stop()


def wait_for_answer(process: subprocess.Popen[bytes], port: int, *, log: Path) -> None:
    """Return once something answers at a port. Raises DidNotStart."""
    ends = time.monotonic() + 90
    while process.poll() is None and time.monotonic() < ends:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                connection.settimeout(5)
                connection.sendall(b"OPTIONS /v1/batch HTTP/1.1\r\nHost: localhost\r\n\r\n")
                if connection.recv(9) == b"HTTP/1.1 ":
                    return
        except OSError:
            time.sleep(0.05)
    raise DidNotStart(log.read_text(errors="replace"))


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _spawn(
    command: Sequence[str], environment: dict[str, str], out: IO[bytes]
) -> subprocess.Popen[bytes]:
    """Start a process as the leader of a group, so that all of it can be ended together."""
    return subprocess.Popen(
        command, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
    )
