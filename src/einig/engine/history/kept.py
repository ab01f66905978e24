"""Histories that were read are kept as Parquet, so that a second run starts at once."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from einig.engine.document import refuse
from einig.engine.history.contract import About, History
from einig.engine.history.set_aside import Aside

FORMAT = "1"  # changes whenever a history that was kept before would be read differently
_TABLES = ("leads", "facts", "outcomes", "feedback")
_ASIDE = "set-aside.csv"


def folder_for(mapping: Path, text: str, files: Iterable[Path], cache: Path | None) -> Path:
    """Return the folder in which a history is kept: one for each state of mapping and files.

    A file counts as changed if its size or time of change differs.
    """
    state = [FORMAT, text]
    for path in sorted(files):
        stat = path.stat()
        state += [str(path.resolve()), str(stat.st_size), str(stat.st_mtime_ns)]
    return _cache(cache) / _digest([str(mapping.resolve())]) / _digest(state)


def _cache(cache: Path | None) -> Path:
    """Return the folder of all kept histories; one for this run alone where none can be had."""
    base = cache or Path(os.environ.get("EINIG_CACHE") or _default())
    try:
        base.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=base):
            return base
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _no_room(base) from None
        return Path(tempfile.mkdtemp(prefix="einig-"))


def _default() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111
    return Path(home) / "einig"


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]


def find(folder: Path) -> History | None:
    """Return the history that a folder keeps, or None if it keeps none that is whole."""
    try:
        told = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        sizes: dict[str, int] = told["sizes"]
        if any((folder / name).stat().st_size != size for name, size in sizes.items()):
            return None
        tables = {name: pq.read_table(folder / f"{name}.parquet") for name in _TABLES}
        events = ds.dataset(folder / "events.parquet")
        return History(about=_about(told["about"], folder), events=events, **tables)
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        return None


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
        made.mkdir(parents=True)
        _write(history, aside, made)
        if folder.exists():  # damaged, or made by another run meanwhile
            shutil.rmtree(folder)
        made.rename(folder)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise _no_room(folder.parent.parent) from None
        raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
    _forget_others(folder)
    found = find(folder)
    assert found is not None
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
    sizes = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
    told = {"sizes": sizes, "about": _plain(about)}
    (folder / "about.json").write_text(json.dumps(told), encoding="utf-8")


def _plain(about: About) -> dict[str, Any]:
    told = asdict(about)
    return told | {name: sorted(told[name]) for name in ("assumed_known", "outcome_names")}


def _forget_others(folder: Path) -> None:
    """Remove what was kept of earlier states of the same mapping."""
    for other in folder.parent.iterdir():
        if other != folder and "." not in other.name:
            shutil.rmtree(other, ignore_errors=True)


def _no_room(base: Path) -> Exception:
    message = f"There is no room left to keep the history in {base}."
    remedy = "Make room there, or set EINIG_CACHE to a folder that has some."
    return refuse(message, remedy, file=str(base))
