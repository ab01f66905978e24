"""A history that was read is kept, found again while nothing changed, and never half-written."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
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


def test_what_was_kept_in_an_older_form_is_read_again(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    said: list[str] = []
    for form in ("2", "2", kept.FORMAT):
        monkeypatch.setattr(kept, "FORMAT", form)
        read_history(small, cache=cache, progress=lambda what, _: said.append(what))
    assert said.count("Building the history") == 2


@pytest.mark.parametrize("name", ["about.json", "leads.parquet", "events.parquet"])
@pytest.mark.parametrize("damage", ["cut", "gone", "changed"])
def test_what_is_damaged_is_read_again(small: Path, tmp_path: Path, name: str, damage: str) -> None:
    cache = tmp_path / "cache"
    first = read_history(small, cache=cache)
    (path,) = cache.rglob(name)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-9])
    elif damage == "changed":  # of the same size, and still readable where it is text
        raw = path.read_bytes()
        middle = len(raw) // 2
        path.write_bytes(raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :])
    else:
        path.unlink()
    assert kept.find(path.parent) is None
    again = read_history(small, cache=cache)
    assert (again.about, again.leads) == (first.about, first.leads)
    assert again.events.to_table().equals(first.events.to_table())
    assert kept.find(path.parent) is not None


def test_two_folders_of_data_are_kept_beside_each_other(small: Path, tmp_path: Path) -> None:
    other, cache = tmp_path / "other", tmp_path / "cache"
    other.mkdir()
    put(other, {"leads.csv": LEADS + "C,2026-03-02T09:00,x\n"})
    said: list[str] = []
    for data in (tmp_path, other, tmp_path, other):
        read_history(small, data=data, cache=cache, progress=lambda what, _: said.append(what))
    assert said.count("Building the history") == 2


def test_where_no_folder_can_be_made_a_temporary_one_stands_in(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked, temporary = tmp_path / "a file", tmp_path / "tmp"
    blocked.write_text("", encoding="utf-8")
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.delenv("EINIG_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    said: list[str] = []
    for _ in range(2):
        history = read_history(small, progress=lambda what, _: said.append(what))
        assert len(aside(history)) == 1
    assert said.count("Building the history") == 1  # it is found again
    assert [path.stat().st_mode & 0o777 for path in temporary.iterdir()] == [0o700]


def test_a_temporary_folder_that_others_can_write_is_not_trusted(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "tmp"
    planted = temporary / f"einig-{os.getuid()}"
    planted.mkdir(parents=True)
    planted.chmod(0o777)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    blocked = tmp_path / "a file"
    blocked.write_text("", encoding="utf-8")
    assert len(read_history(small, cache=blocked / "cache").leads) == 2
    assert list(planted.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder that nobody can write")
def test_a_cache_that_cannot_be_written_to_is_refused(small: Path) -> None:
    with pytest.raises(Refused) as refused:
        read_history(small, cache=Path("/proc"))
    assert str(refused.value) == (
        "/proc:1:1: error: The folder /proc cannot be written to."
        " Set EINIG_CACHE to a folder that can be."
    )


def test_what_a_killed_run_left_is_removed_after_a_day(small: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    read_history(small, cache=cache)
    (folder,) = (path.parent for path in cache.rglob("about.json"))
    old, at_work = folder.with_name("old.1"), folder.with_name("young.2")
    old.mkdir()
    at_work.mkdir()
    two_days_ago = time.time() - 2 * 24 * 3600
    os.utime(old, (two_days_ago, two_days_ago))
    (folder / "about.json").unlink()
    read_history(small, cache=cache)
    assert sorted(path.name for path in folder.parent.iterdir()) == sorted([folder.name, "young.2"])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_disk_that_is_really_full_is_refused_and_left_as_it_was(
    small: Path, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        with pytest.raises(Refused) as refused:
            read_history(small, cache=disk)
        assert kept_in(disk) == []
    finally:
        # lazily: the failed writer stays open for as long as its exception is looked at
        subprocess.run(["umount", "--lazy", str(disk)], check=True)
    assert [issue.remedy for issue in refused.value.issues] == [
        "Make room there, or set EINIG_CACHE to a folder that has some."
    ]


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


def test_an_interrupt_while_writing_leaves_nothing_behind(small: Path, tmp_path: Path) -> None:
    lines = [
        "import _thread, pathlib, sys, threading",
        "from einig.engine.history import read_history",
        "cache = pathlib.Path(sys.argv[2])",
        "def watch():",
        "    while not any(cache.rglob('*.parquet')):",
        "        pass",
        "    _thread.interrupt_main()",
        "threading.Thread(target=watch, daemon=True).start()",
        "try:",
        "    read_history(sys.argv[1], cache=cache)",
        "except KeyboardInterrupt:",
        "    sys.exit(130)",
    ]
    command = [sys.executable, "-c", "\n".join(lines), str(small), str(tmp_path / "cache")]
    ended = subprocess.run(command, timeout=120, check=False).returncode
    left = {Path(name).parent.name for name in kept_in(tmp_path / "cache")}
    assert ended in (0, 130)  # it may have been quicker than the watcher
    assert {name for name in left if "." in name} == set()  # whole or not at all


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
