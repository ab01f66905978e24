"""A backup holds everything, and a store that holds something is never overwritten."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.servers import Store

_LEAD = """
from tests.live import *
us = company()
say([identify("u1", email="p@pumpen.example", industry="Software")], of=us.website, at=NOW)
"""
_COUNT = "from einig.store.models import *; print(Lead.objects.count(), User.objects.count())"


def einig(of: Store, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command on a store."""
    command = [sys.executable, "-m", "einig.cli", *arguments]
    return subprocess.run(command, env=of.environment, capture_output=True, text=True, check=False)


def test_a_backup_can_be_restored_into_an_empty_store_only(tmp_path: Path) -> None:
    full, empty = Store(tmp_path / "full"), Store(tmp_path / "empty")
    full.do(_LEAD)
    file = tmp_path / "backup.sqlite3"
    assert einig(full, "backup", str(file)).returncode == 0
    assert file.stat().st_mode & 0o077 == 0  # its owner's alone
    again = einig(full, "backup", str(file))
    assert (again.returncode, "This file exists." in again.stderr) == (2, True)
    assert einig(empty, "restore", str(file)).returncode == 0
    assert empty.do(_COUNT) == "1 6\n"
    refused = einig(empty, "restore", str(file))
    assert (refused.returncode, "holds something already" in refused.stderr) == (2, True)


_ERASE = """
from einig.flow import erasure
from tests.live import *
erasure.erase(Lead.objects.get(), by=User.objects.get(name="Ada"), at=NOW + 1)
"""


def test_who_was_erased_after_a_backup_is_erased_again(tmp_path: Path) -> None:
    full, empty = Store(tmp_path / "full"), Store(tmp_path / "empty")
    full.do(_LEAD)
    file, erased = tmp_path / "backup.sqlite3", full.home / "erased.jsonl"
    assert einig(full, "backup", str(file)).returncode == 0
    full.do(_ERASE)
    assert b"p@pumpen.example" not in (full.home / "einig.sqlite3").read_bytes()
    told = einig(empty, "restore", str(file), "--erased", str(erased))
    said = " ".join(told.stderr.split())
    assert (told.returncode, "after this backup: 1." in said) == (0, True), told.stderr
    assert empty.do(_COUNT) == "0 6\n"


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    of = Store(tmp_path / "store")
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8 no database")
    refused = einig(of, "restore", str(tmp_path / "photo.jpg"))
    assert (refused.returncode, "is not a backup of Einig" in refused.stderr) == (2, True)
