"""`einig pull` and `einig push` with an index, an address or a server that means no good."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from einig.cli import output
from tests.cli.test_commands import EINIG
from tests.live import AGREED

CODE = str(Path(output.__file__).parents[2])  # wherever the command is run
TOLD = {
    "number": 2, "revision": 1, "state": "draft", "text": AGREED,
    "text_hash": hashlib.sha256(AGREED.encode()).hexdigest(),
}  # fmt: skip


class Odd(ThreadingHTTPServer):
    """A server that answers everything with one answer."""

    daemon_threads = True
    answer: tuple[int, bytes] = (200, b"[]")

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.server_port}"


class _Answers(BaseHTTPRequestHandler):
    server: Odd

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, body = self.server.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = _answer  # noqa: N815  # as http.server calls them

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def odd() -> Iterator[Odd]:
    """A server of this test."""
    with Odd(("127.0.0.1", 0), _Answers) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


def einig(folder: Path, server: str, *arguments: str, key: str = "einig_own_secret") -> list[Any]:
    """Run a command in a folder; return its exit code and what it says."""
    told = os.environ | {"PYTHONPATH": CODE, "EINIG_URL": server, "EINIG_KEY": key}
    told |= {"COLUMNS": "200"}
    done = subprocess.run(
        [EINIG, *arguments], cwd=folder, env=told, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    return [done.returncode, done.stdout + done.stderr]


def index(folder: Path, server: str, **files: object) -> None:
    """Write an index by hand."""
    folder.mkdir(exist_ok=True)
    told = {"server": server, "files": files, "sending": {}}
    (folder / ".einig.json").write_text(json.dumps(told))


def known(text: str = AGREED, **more: object) -> dict[str, object]:
    """Return what an index says of a file."""
    told = {name: TOLD[name] for name in ("number", "revision", "state")}
    return told | {"text_hash": hashlib.sha256(text.encode()).hexdigest()} | more


@pytest.mark.parametrize("name", ["../victim.yaml", "..", "a/b.yaml", "/tmp/victim.yaml", "..\\v"])
def test_an_index_names_nothing_outside_its_folder(tmp_path: Path, odd: Odd, name: str) -> None:
    victim = tmp_path / "victim.yaml"
    victim.write_text(AGREED)
    index(tmp_path / "agreements", odd.url, **{name: known()})
    code, said = einig(tmp_path, odd.url, "pull")
    assert (code, "This is not what einig pull wrote." in said) == (2, True)
    assert victim.read_text() == AGREED


@pytest.mark.parametrize("number", ["2/../1", 2.5, True, None, [2]])
def test_an_index_has_whole_numbers(tmp_path: Path, odd: Odd, number: object) -> None:
    index(tmp_path / "agreements", odd.url, **{"draft-2.yaml": known(number=number)})
    code, said = einig(tmp_path, odd.url, "pull")
    assert (code, "This is not what einig pull wrote." in said) == (2, True)


def test_an_index_of_another_server_is_not_used(tmp_path: Path, odd: Odd) -> None:
    index(tmp_path, "https://other.example.com", **{"draft-2.yaml": known("")})
    (tmp_path / "draft-2.yaml").write_text(AGREED)
    for command in (["pull", "."], ["push", "draft-2.yaml"]):
        code, said = einig(tmp_path, odd.url, *command)
        assert (code, "These files belong to https://other.example.com" in said) == (2, True)


ODD = {
    "a number": (200, b"5"),
    "no list": (200, json.dumps(TOLD).encode()),
    "a list of words": (200, b'["x"]'),
    "a version without number": (200, json.dumps([TOLD | {"number": None}]).encode()),
    "a number below one": (200, json.dumps([TOLD | {"number": -1}]).encode()),
    "another text": (200, json.dumps([TOLD | {"text": "x"}]).encode()),
    "half a character": (200, json.dumps([TOLD | {"text": "\ud800"}]).encode()),
    "too deep": (200, b"[" * 100_000),
    "no JSON": (200, b"<html>"),
    "not even text": (200, b"\xff\xfe"),
    "a conflict without now": (409, b'{"detail": "no"}'),
    "a conflict in a list": (409, b"[]"),
    "issues of another shape": (422, b'{"detail": "no", "issues": [5]}'),
    "an error in a list": (500, b"[5]"),
}  # fmt: skip


@pytest.mark.parametrize("what", ODD)
@pytest.mark.parametrize("command", ["pull", "push"])
def test_what_a_server_answers_is_understood_or_refused(
    tmp_path: Path, odd: Odd, what: str, command: str
) -> None:
    odd.answer = ODD[what]
    (tmp_path / "mine.yaml").write_text(AGREED)
    where = "." if command == "pull" else "mine.yaml"
    code, said = einig(tmp_path, odd.url, command, where)
    if (what, command) == ("no list", "push"):  # which is what becomes of a draft
        assert (code, "draft 2 at" in said) == (0, True)
    else:
        assert (code, odd.url in said) == (2, True)
        assert not list(tmp_path.glob("draft-*"))


@pytest.mark.parametrize("key", ["einig_own_se\ncret", "einig_own_sécret", "einig own secret"])
def test_a_key_is_never_printed(tmp_path: Path, odd: Odd, key: str) -> None:
    code, said = einig(tmp_path, odd.url, "pull", key=key)
    assert (code, "What EINIG_KEY says is no key." in said, "cret" in said) == (2, True, False)


@pytest.mark.parametrize("address", ["http://[::1", "http://", "x", "http://127.0.0.1:99999"])
def test_what_is_no_address_is_refused(tmp_path: Path, address: str) -> None:
    code, said = einig(tmp_path, address, "pull")
    assert (code, address in said) == (2, True)


def test_a_folder_where_a_file_should_be_is_named(tmp_path: Path, odd: Odd) -> None:
    odd.answer = (200, json.dumps([TOLD]).encode())
    (tmp_path / "draft-2.yaml").mkdir()
    code, said = einig(tmp_path, odd.url, "pull", ".")
    assert (code, "draft-2.yaml" in said) == (2, True)
