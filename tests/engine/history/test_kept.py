"""A history that was read is kept, found again while nothing changed, and never half-written."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from einig.engine.document import Refused
from einig.engine.history import kept, read_history
from tests.engine.history.files import LEADS, MAPPING, aside, created, put


def kept_in(folder: Path) -> list[str]:
    """Return everything that a cache holds, by its path inside."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return put(tmp_path, {"leads.csv": LEADS + "broken\n"})


def test_the_second_run_finds_what_the_first_one_kept(small: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    said: list[str] = []
    first = read_history(small, cache=cache, progress=lambda what, _: said.append(what))
    assert said[0] == "Reading leads.csv"
    said.clear()
    again = read_history(small, cache=cache, progress=lambda what, _: said.append(what))
    assert said == []
    assert again.about == first.about
    assert again.leads.equals(first.leads)
    assert again.events.to_table().equals(first.events.to_table())
    assert aside(again) == [("leads.csv", 4, "1 fields instead of 3")]


def test_a_changed_file_or_mapping_is_read_again(small: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    read_history(small, cache=cache)
    leads = tmp_path / "leads.csv"
    leads.write_text(LEADS + "C,2026-03-02T09:00,x\n", encoding="utf-8")
    assert sorted(created(read_history(small, cache=cache))) == ["A", "B", "C"]
    small.write_text(MAPPING.replace("Small", "Other"), encoding="utf-8")
    assert read_history(small, cache=cache).about.name == "Other"
    assert len({name.split("/")[1] for name in kept_in(cache)}) == 1  # older states are forgotten


@pytest.mark.parametrize("name", ["about.json", "leads.parquet", "events.parquet"])
@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_what_is_damaged_is_read_again(small: Path, tmp_path: Path, name: str, damage: str) -> None:
    cache = tmp_path / "cache"
    first = read_history(small, cache=cache)
    (path,) = cache.rglob(name)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-9])
    else:
        path.unlink()
    again = read_history(small, cache=cache)
    assert again.leads.equals(first.leads)
    assert kept.find(path.parent) is not None


def test_where_nothing_can_be_kept_the_history_is_read_all_the_same(
    small: Path, tmp_path: Path
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("", encoding="utf-8")
    assert len(read_history(small, cache=blocked / "cache").leads) == 2


def test_a_full_disk_is_refused_and_leaves_nothing_behind(small: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    allowed = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, allowed[1]))  # no file can be longer
    try:
        with pytest.raises(Refused) as refused:
            read_history(small, cache=cache)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, allowed)
    assert str(refused.value).replace(str(tmp_path), "") == (
        "/cache:1:1: error: There is no room left to keep the history in /cache."
        " Make room there, or set EINIG_CACHE to a folder that has some."
    )
    assert kept_in(cache) == []


def test_an_interrupted_run_leaves_nothing_behind(small: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"

    def interrupt(what: str, _: float) -> None:
        if what.startswith("Keeping"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_history(small, cache=cache, progress=interrupt)
    assert kept_in(cache) == []


def test_two_runs_at_once_do_not_disturb_each_other(small: Path, tmp_path: Path) -> None:
    program = "import sys; from einig.engine.history import read_history as r; r(sys.argv[1])"
    environment = os.environ | {"EINIG_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, "-c", program, str(small)]
    runs = [subprocess.Popen(command, env=environment) for _ in range(2)]
    assert [run.wait(timeout=120) for run in runs] == [0, 0]
    assert len(read_history(small, cache=tmp_path / "cache").leads) == 2
