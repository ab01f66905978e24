"""Backups: the whole store as one file, and back."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

from django.db import connection

from einig.store.models import Lead, Received, User


class CannotBackUp(Exception):
    """What is needed is missing, or the file is not a backup; the message says which."""


def write(file: Path) -> None:
    """Write everything to a file, as of one moment. Raises CannotBackUp."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.close(made)
        with contextlib.closing(sqlite3.connect(file)) as copy:
            connection.connection.backup(copy)
        return
    _run("pg_dump", "--format=custom", "--no-owner", f"--file={file}")


def read(file: Path) -> None:
    """Fill the store from a file. Raises CannotBackUp."""
    if connection.vendor == "sqlite":
        _check(file)
        connection.ensure_connection()
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as kept:
            kept.backup(connection.connection)
        connection.close()
        return
    connection.close()
    _run("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(file))


def is_empty() -> bool:
    """Return whether nobody has an account and nothing was received."""
    return not (User.objects.exists() or Lead.objects.exists() or Received.objects.exists())


def _check(file: Path) -> None:
    try:
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as kept:
            kept.execute("SELECT count(*) FROM store_lead").fetchall()
            sound = kept.execute("PRAGMA quick_check").fetchall()
    except sqlite3.DatabaseError as error:
        raise CannotBackUp(f"{file} is not a backup of Einig ({error})") from None
    if sound != [("ok",)]:
        raise CannotBackUp(f"{file} is damaged")


def _run(program: str, *options: str) -> None:
    """Run one of PostgreSQL's programs on this database; the password stays out of sight."""
    found = shutil.which(program)
    if found is None:
        raise CannotBackUp(f"{program} is not installed")
    of: dict[str, Any] = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    told = os.environ | {ours: str(of[theirs]) for ours, theirs in names.items() if of[theirs]}
    target = [f"--dbname={of['NAME']}"]
    done = subprocess.run(
        [found, *target, *options], env=told, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise CannotBackUp(done.stderr.strip().splitlines()[-1] if done.stderr else program)
