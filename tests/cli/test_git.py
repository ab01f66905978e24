"""`einig pull` and `einig push` against a real server."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_commands import EINIG
from tests.live import AGREED
from tests.servers import Server, serving, store

CHANGED = AGREED.replace("industry: {Software: 20", "industry: {Software: 25")
THEIRS = AGREED.replace("industry: {Software: 20", "industry: {Software: 22")
_KEY = """
from einig.flow import keys
from einig.store.models import User
print(keys.make(by=User.objects.get(name="Max"), at=1, name="laptop", token="secret"))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with store(tmp_path_factory.mktemp("git")) as made:
        made.found()
        made.do(_KEY)
        with serving(made, options=["--no-worker"]) as running:
            yield running


def einig(
    server: Server, folder: Path, *arguments: str, key: str = "einig_own_secret"
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, as Max."""
    told = os.environ | {"PYTHONPATH": server.store.environment["PYTHONPATH"]}
    told |= {"EINIG_URL": server.url, "EINIG_KEY": key, "COLUMNS": "200"}
    return subprocess.run(
        [EINIG, *arguments], cwd=folder, env=told, capture_output=True, text=True, check=False
    )


def pushed(server: Server, folder: Path, text: str, name: str = "mine.yaml") -> int:
    """Push a new file, and return the number of the draft that it is now."""
    (folder / name).write_text(text)
    done = einig(server, folder, "push", name)
    assert done.returncode == 0, done.stderr
    files = json.loads((folder / ".einig.json").read_text())["files"]
    return int(files[name]["number"])


def test_what_is_pulled_is_the_file_to_the_last_byte(server: Server, tmp_path: Path) -> None:
    done = einig(server, tmp_path, "pull")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "agreements" / "version-1.yaml").read_bytes() == AGREED.encode()


def test_a_file_becomes_a_draft_and_changes_it(server: Server, tmp_path: Path) -> None:
    number = pushed(server, tmp_path, AGREED)
    (tmp_path / "mine.yaml").write_text(CHANGED + "# why: they close\n")
    assert einig(server, tmp_path, "push", "mine.yaml").returncode == 0
    query = "SELECT text, revision FROM store_version WHERE number = ?"
    assert server.store.rows(query, [number]) == [(CHANGED + "# why: they close\n", 2)]
    again = einig(server, tmp_path, "push", "mine.yaml")
    assert (again.returncode, "nothing new" in again.stderr) == (0, True)


def test_a_push_that_was_cut_off_makes_no_second_draft(server: Server, tmp_path: Path) -> None:
    number = pushed(server, tmp_path, AGREED)
    index = tmp_path / ".einig.json"
    told = json.loads(index.read_text())
    assert (told["server"], told["sending"]) == (server.url, {})
    file = tmp_path / "other.yaml"
    file.write_text(AGREED)
    index.write_text(json.dumps(told | {"sending": {"other.yaml": "a key of its own"}}))
    before = index.read_text()
    assert einig(server, tmp_path, "push", "other.yaml").returncode == 0
    index.write_text(before)  # as if it had been killed before it was written down
    file.write_text(CHANGED)
    assert einig(server, tmp_path, "push", "other.yaml").returncode == 0
    query = "SELECT number, text, revision FROM store_version WHERE number > ?"
    assert server.store.rows(query, [number]) == [(number + 1, CHANGED, 2)]


def test_two_who_change_a_draft_never_overwrite_each_other(server: Server, tmp_path: Path) -> None:
    mine, other = tmp_path / "mine", tmp_path / "other"
    mine.mkdir()
    number = pushed(server, mine, AGREED)
    name = f"draft-{number}.yaml"
    assert einig(server, tmp_path, "pull", "other").returncode == 0
    (other / name).write_text(THEIRS)
    assert einig(server, other, "push", name).returncode == 0
    (mine / "mine.yaml").write_text(CHANGED)
    refused = einig(server, mine, "push", "mine.yaml")
    assert (refused.returncode, "meanwhile" in refused.stderr) == (2, True)
    undecided = einig(server, mine, "pull", ".")
    assert undecided.returncode == 3, undecided.stderr
    assert (mine / "mine.yaml").read_text() == CHANGED
    assert (mine / "mine.server.yaml").read_text() == THEIRS
    assert einig(server, mine, "push", "mine.yaml").returncode == 0
    query = "SELECT text, revision FROM store_version WHERE number = ?"
    assert server.store.rows(query, [number]) == [(CHANGED, 3)]


def test_what_is_in_force_is_not_changed_by_a_push(server: Server, tmp_path: Path) -> None:
    einig(server, tmp_path, "pull", ".")
    (tmp_path / "version-1.yaml").write_text(CHANGED)
    refused = einig(server, tmp_path, "push", "version-1.yaml")
    assert (refused.returncode, "new file" in refused.stderr) == (2, True)
    assert einig(server, tmp_path, "pull", ".").returncode == 0
    assert (tmp_path / "version-1.yaml").read_text() == CHANGED


def test_a_mistake_is_named_before_anything_is_sent(server: Server, tmp_path: Path) -> None:
    before = server.store.rows("SELECT count(*) FROM store_version")
    (tmp_path / "bad.yaml").write_text("name: X\nsales_ready: {fitt: 3}\n")
    refused = einig(server, tmp_path, "push", "bad.yaml")
    assert (refused.returncode, "bad.yaml:2:" in refused.stderr) == (2, True)
    assert server.store.rows("SELECT count(*) FROM store_version") == before


@pytest.mark.parametrize("key", ["", "einig_own_wrong"])
def test_without_a_key_that_is_known_nothing_is_told(
    server: Server, tmp_path: Path, key: str
) -> None:
    refused = einig(server, tmp_path, "pull", key=key)
    assert (refused.returncode, "/keys" in refused.stderr) == (2, True)
    assert not (tmp_path / "agreements").exists()


def test_a_key_goes_to_nobody_without_https(server: Server, tmp_path: Path) -> None:
    refused = einig(server, tmp_path, "pull", "--server", "http://einig.example.com")
    assert (refused.returncode, "https://einig.example.com" in refused.stderr) == (2, True)


def test_a_server_that_is_away_is_named(server: Server, tmp_path: Path) -> None:
    refused = einig(server, tmp_path, "pull", "--server", "http://127.0.0.1:9")
    assert (refused.returncode, "127.0.0.1:9" in refused.stderr) == (2, True)
