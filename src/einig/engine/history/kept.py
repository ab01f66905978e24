"""Histories that were read are kept as Parquet, so that a second run starts at once."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from einig.engine.history.cache_folder import NO_ROOM, no_room
from einig.engine.history.contract import About, History
from einig.engine.history.set_aside import Aside

FORMAT = "3"  # changes whenever a history that was kept before would be read differently
_TABLES = ("leads", "facts", "outcomes", "feedback")
_ASIDE = "set-aside.csv"
_ABANDONED = 24 * 3600  # seconds after which nobody is at work on a half-written folder any more


def find(folder: Path) -> History | None:
    """Return the history that a folder keeps, or None if it keeps none that is whole.

    Whole is what still has the digests that it was written with.
    """
    import pyarrow.dataset as ds  # noqa: PLC0415  # brings pandas, late if at all

    try:
        told = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        digests: dict[str, str] = told["digests"]
        whole = told["digest"] == _digest_of(told["about"], digests)
        if not whole or any(_digest(folder / name) != of for name, of in digests.items()):
            return None
        tables = {name: pq.read_table(folder / f"{name}.parquet") for name in _TABLES}
        events = ds.dataset(folder / "events.parquet")
        return History(about=_about(told["about"], folder), events=events, **tables)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, pa.ArrowException):
        return None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest_of(about: dict[str, Any], digests: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps([about, digests], sort_keys=True).encode()).hexdigest()


def _about(told: dict[str, Any], folder: Path) -> About:
    read = told | {name: frozenset(told[name]) for name in ("assumed_known", "outcome_names")}
    read |= {name: tuple(told[name]) for name in ("activities", "attributes")}
    read["unknown"] = tuple((reason, number) for reason, number in told["unknown"])
    read["set_aside_file"] = str(folder / _ASIDE) if told["set_aside_file"] else None
    return About(**read)


def keep(history: History, aside: Aside, folder: Path) -> History:
    """Keep a history in a folder, and return it as it is found there.

    The folder appears whole or not at all. Raises Refused where there is no room.
    """
    made = folder.with_name(f"{folder.name}.{os.getpid()}")
    try:
        shutil.rmtree(made, ignore_errors=True)  # of an earlier process with the same number
        made.mkdir(parents=True)
        _write(history, aside, made)
        found = _put(made, folder)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise no_room(folder.parent.parent) from None
        raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
    _forget_others(folder)
    return found


def _put(made: Path, folder: Path) -> History:
    """Move a finished folder to its place, unless another run put the same history there first."""
    for _ in range(3):
        if (found := find(folder)) is not None:
            return found
        shutil.rmtree(folder, ignore_errors=True)  # damaged
        try:
            made.rename(folder)
        except OSError as error:
            if error.errno in NO_ROOM or not folder.exists():
                raise
    found = find(folder)
    if found is None:
        raise OSError(errno.EIO, "What was kept cannot be read again", str(folder))
    return found


def _write(history: History, aside: Aside, folder: Path) -> None:
    for name in _TABLES:
        pq.write_table(getattr(history, name), folder / f"{name}.parquet")
    pq.write_table(history.events.to_table(), folder / "events.parquet", row_group_size=1 << 20)
    about = history.about
    if len(aside):
        aside.write(folder / _ASIDE)
        total = about.set_aside + len(aside)
        about = replace(about, set_aside=total, set_aside_file=_ASIDE)
    digests = {path.name: _digest(path) for path in sorted(folder.iterdir())}
    plain = _plain(about)
    told = {"about": plain, "digests": digests, "digest": _digest_of(plain, digests)}
    (folder / "about.json").write_text(json.dumps(told), encoding="utf-8")


def _plain(about: About) -> dict[str, Any]:
    told = asdict(about)
    return told | {name: sorted(told[name]) for name in ("assumed_known", "outcome_names")}


def _forget_others(folder: Path) -> None:
    """Remove what was kept of earlier states of the same mapping, and what a killed run left."""
    for other in folder.parent.iterdir():
        if other == folder:
            continue
        try:
            age = time.time() - other.stat().st_mtime
        except OSError:  # another run was quicker
            continue
        if "." not in other.name or age > _ABANDONED:
            shutil.rmtree(other, ignore_errors=True)
