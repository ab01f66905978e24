"""A real server that is sent the largest hostile files: its memory stays as it is."""

from __future__ import annotations

import http.client
import os
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.connectors.files.hostile import FILES, Hostile
from tests.servers import Server, serving, store

_SIGNED_IN = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from einig.store.models import User
mia, session = User.objects.get(name="Mia"), SessionStore()
session[SESSION_KEY] = str(mia.id)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = mia.get_session_auth_hash()
session.save()
print(session.session_key)
"""
_EDGE, _TOKEN = "edge-of-a-form", "t" * 32
_LARGE = [of for of in FILES if of.name in {"zip bomb.xlsx", "a line of 300 MB.csv"}]
_GROWTH = 64 * 1024  # kB


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with store(tmp_path_factory.mktemp("large")) as of:
        of.found()
        with serving(of) as running:
            yield running


def uploaded(server: Server, of: Hostile, session: str) -> str:
    """Send a file as a browser does, a piece at a time, and return the page that answers."""
    head = (
        f'--{_EDGE}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{_TOKEN}'
        f'\r\n--{_EDGE}\r\nContent-Disposition: form-data; name="file"; filename="{of.name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode()
    tail = f"\r\n--{_EDGE}--\r\n".encode()
    parts = [head, *of.make(), tail]  # made once: an XLSX made later can be longer
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)) as to:
        to.putrequest("POST", "/settings/import")
        to.putheader("Content-Type", f"multipart/form-data; boundary={_EDGE}")
        to.putheader("Content-Length", str(sum(map(len, parts))))
        to.putheader("Cookie", f"sessionid={session}; csrftoken={_TOKEN}")
        to.endheaders()
        for part in parts:
            to.send(part)
        answer = to.getresponse()
        assert answer.status == 200
        return answer.read().decode()


def peaks(server: Server) -> dict[int, int]:
    """Return by process the most memory that each of a server's had, in kB.

    What is done once a day begins with the server, in processes of its own: they are left out.
    """
    found: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            is_daily = b"einig.jobs.long" in (folder / "cmdline").read_bytes()
            if os.getpgid(int(folder.name)) == server.process.pid and not is_daily:
                told = re.search(r"VmHWM:\s+(\d+)", (folder / "status").read_text())
                found[int(folder.name)] = int(told[1]) if told else 0
        except (OSError, ValueError):
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux")
def test_the_largest_hostile_files_do_not_make_the_server_grow(server: Server) -> None:
    session = server.store.do(_SIGNED_IN).strip()
    first = next(of for of in FILES if of.answer == "only_header")
    assert "keine Zeilen" in uploaded(server, first, session)
    before = peaks(server)
    for of in _LARGE:
        assert 'class="error"' in uploaded(server, of, session)
    after = peaks(server)
    grown = {id_: after[id_] - before[id_] for id_ in before if id_ in after}
    assert {id_: kb for id_, kb in grown.items() if kb > _GROWTH} == {}
    assert server.store.rows("SELECT count(*) FROM store_import") == [(0,)]
    folder = server.store.home / "imports"
    assert list(folder.iterdir()) == []
