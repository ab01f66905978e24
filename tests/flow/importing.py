"""Importing a file in a test: kept, mapped as it is guessed, tried out, written by the worker."""

from __future__ import annotations

from collections.abc import Mapping

from einig.engine.instants import SECOND
from einig.flow import due, imports
from einig.store.models import Import, ImportRow, Task, User
from tests.live import NOW


def keep(content: str | bytes, *, by: User, name: str = "leads.csv") -> Import:
    """Keep a file."""
    told = content.encode() if isinstance(content, str) else content
    return imports.keep(name, [told], by=by, at=NOW)


def check(of: Import, *, by: User, at: int = NOW, **meanings: str) -> None:
    """Try an import out; `meanings` corrects the guess by the names of columns."""
    corrected = {name.replace("_", " "): code for name, code in meanings.items()}
    check_as(of, corrected, by=by, at=at)


def check_as(
    of: Import, meanings: Mapping[str, str], *, by: User, at: int = NOW, dates: str = ""
) -> None:
    """Try an import out, with some meanings corrected."""
    pairs = zip(of.columns, of.meanings, strict=True)
    said = [meanings.get(name, code) for name, code in pairs]
    imports.check(of, said, dates=dates, decimal="", by=by, at=at)
    work(at=at)
    of.refresh_from_db()


def bring_in(content: str | bytes, *, by: User, at: int = NOW, name: str = "leads.csv") -> Import:
    """Import a file as it is guessed."""
    of = keep(content, by=by, name=name)
    check(of, by=by, at=at)
    assert of.problem == []
    begin(of, by=by, at=at)
    return of


def begin(of: Import, *, by: User, at: int = NOW) -> None:
    """Import what was tried out, and let what is due be judged."""
    imports.begin(of, by=by, at=at)
    work(at=at)
    while due.judge_due(at=at + SECOND):
        pass
    of.refresh_from_db()


def undo(of: Import, *, by: User, at: int) -> None:
    """Take an import back."""
    imports.undo(of, by=by, at=at)
    work(at=at)
    of.refresh_from_db()


def work(*, at: int) -> None:
    """Do what the background would do."""
    for task in Task.objects.filter(kind=imports.TASK, done_at=None):
        imports.work(task.payload["of"], clock=lambda: at)
        Task.objects.filter(id=task.id).update(done_at=at)


def results(of: Import) -> list[tuple[int, str]]:
    """Return what became of each row."""
    rows = ImportRow.objects.filter(of=of).order_by("row")
    return [(told.row, told.result) for told in rows]
