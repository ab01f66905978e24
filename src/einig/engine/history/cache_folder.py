"""Where histories that were read are kept: the user's cache, or whatever can be had instead."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path

from einig.engine.document import Refused, refuse

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def folder_for(
    mapping: Path, data: Path, text: str, files: Iterable[Path], *, cache: Path | None, form: str
) -> Path:
    """Return the folder in which a history is kept: one for each state of mapping and files.

    `text` is that of the mapping, `form` names the form in which histories are kept. A file counts
    as changed if its size or time of change differs. Raises Refused if a folder that was named
    cannot be written; without one, a temporary folder stands in for it.
    """
    state = [form, text]
    for path in sorted(files):
        found = path.stat()
        state += [str(path.resolve()), str(found.st_size), str(found.st_mtime_ns)]
    of_mapping = _digest([str(mapping.resolve()), str(data.resolve())])
    return _cache(cache) / of_mapping / _digest(state)


def no_room(base: Path) -> Refused:
    """Return the refusal for a disk that is full."""
    message = f"There is no room left to keep the history in {base}."
    remedy = "Make room there, or set EINIG_CACHE to a folder that has some."
    return refuse(message, remedy, file=str(base))


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]


def _cache(named: Path | None) -> Path:
    told = named or (Path(of) if (of := os.environ.get("EINIG_CACHE")) else None)
    base = told or _default()
    try:
        base.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise no_room(base) from None
        return _temporary()
    try:
        with tempfile.TemporaryFile(dir=base):
            return base
    except OSError as error:
        if error.errno in NO_ROOM:
            raise no_room(base) from None
        if told is None:
            return _temporary()
        remedy = "Set EINIG_CACHE to a folder that can be."
        raise refuse(f"The folder {base} cannot be written to.", remedy, file=str(base)) from None


def _default() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111  # Path.expanduser raises where nobody has a home
    return Path(home) / "einig"


def _temporary() -> Path:
    """Return a folder of this user's own, the same in every run so that it is found again."""
    user = os.getuid() if hasattr(os, "getuid") else "user"
    folder = Path(tempfile.gettempdir()) / f"einig-{user}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return Path(tempfile.mkdtemp(prefix="einig-"))
    # others can write to the folder around it: what they put there is not trusted
    ours = not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not found.st_mode & 0o077)
    return folder if ours and stat.S_ISDIR(found.st_mode) else Path(tempfile.mkdtemp("", "einig-"))
