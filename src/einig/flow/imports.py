"""Imports: leads from a file, whatever its columns are called; nothing is guessed silently.

A file is kept on disk and looked at, its columns are mapped, a dry run says what would become of
each row, then it is written in the background, and all of that can be taken back. Begin here.
"""

from __future__ import annotations

import hashlib
import itertools
import logging
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from einig.connectors.files import exports
from einig.connectors.files.limits import LARGEST, Refused
from einig.connectors.files.unpack import unpack
from einig.connectors.words import ATTRIBUTES
from einig.flow import (
    audit,
    import_check,
    import_rows,
    import_undoing,
    import_writing,
    pacing,
    tasks,
)
from einig.flow.import_rows import FOLDER, Puzzling
from einig.flow.permissions import require
from einig.store.models import Import, ImportRow, ImportState, Source, User

log = logging.getLogger(__name__)
TASK = "import"
MEANINGS = (*ATTRIBUTES, *exports.SPECIAL)
_PART = 1024 * 1024
_CLEARED_AT_ONCE = 500  # rows
_WORKING = (ImportState.CHECKING, ImportState.IMPORTING, ImportState.UNDOING)


class Impossible(Exception):
    """An import is not at the point at which that can be asked for."""


class NothingMapped(Exception):
    """No column says how anybody can be reached, or under what they are known."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The columns of a file, what each means, its first rows, and the export that it is."""

    columns: list[str]
    meanings: list[str]
    rows: list[list[str]]
    export: str


def keep(name: str, parts: Iterable[bytes], *, by: User, at: int) -> Import:
    """Keep a file on disk and look into it. Raises Refused; then nothing of it is kept."""
    require(by, "import_leads")
    folder: Path = settings.HOME / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    key = secrets.token_urlsafe(16)
    given, table = folder / key, folder / f"{key}.csv"
    try:
        with given.open("wb") as out:
            hashed = _copy(parts, out)
        found = unpack(given, table)
    except BaseException:
        table.unlink(missing_ok=True)
        raise
    finally:
        given.unlink(missing_ok=True)
    with transaction.atomic():
        of = Import.objects.create(
            key=key,
            name=Path(name).name[-200:] or "file",
            sha256=hashed,
            kind=found.kind,
            encoding=found.encoding,
            columns=found.columns,
            meanings=exports.guess(found.columns),
            rows=found.rows,
            at=at,
            by=by,
        )
        audit.record("file_kept", f"import:{of.id}", at=at, by=by, rows=found.rows)
    return of


def preview(of: Import) -> Preview:
    """Return the columns of a file, what each means, and its first rows."""
    rows = list(itertools.islice(import_rows.cells(of), 5))
    export = exports.recognise(of.columns)
    return Preview(of.columns, of.meanings, rows, export.name if export else "")


def before(of: Import) -> Import | None:
    """Return the import of the very same file that was there before and still stands."""
    same = Import.objects.filter(sha256=of.sha256, state=ImportState.IMPORTED)
    return same.exclude(id=of.id).order_by("-id").first()


def check(
    of: Import,
    meanings: Sequence[str],
    *,
    dates: str,
    decimal: str,
    by: User,
    at: int,
    source: Source | None = None,
    contacts: bool = False,
) -> None:
    """Say what the columns mean, and ask what would become of each row. Raises NothingMapped.

    `source` is where they come from; `contacts` are held, and no leads until they show interest.
    """
    require(by, "import_leads")
    known = [code if code in MEANINGS else "" for code in meanings]
    known = (known + [""] * len(of.columns))[: len(of.columns)]
    if not {"email", "phone", "linkedin", exports.RECORD_ID} & set(known):
        raise NothingMapped
    _go(
        of,
        (ImportState.KEPT, ImportState.CHECKED),
        ImportState.CHECKING,
        at=at,
        meanings=known,
        dates=dates if dates in {"dmy", "mdy"} else "",
        decimal=decimal if decimal in {".", ","} else "",
        problem=[],
        source=source,
        contacts=contacts,
    )


def begin(of: Import, *, by: User, at: int) -> None:
    """Write what the file says, as the dry run said it. Raises Impossible."""
    require(by, "import_leads")
    with transaction.atomic():
        _go(of, (ImportState.CHECKED,), ImportState.IMPORTING, at=at, begun_at=at, counts={})
        audit.record("import_begun", f"import:{of.id}", at=at, by=by, rows=of.rows)


def undo(of: Import, *, by: User, at: int) -> None:
    """Take back what an import made. Raises Impossible."""
    require(by, "import_leads")
    with transaction.atomic():
        _go(of, (ImportState.IMPORTED,), ImportState.UNDOING, at=at, undone_by=by)
        audit.record("import_undone", f"import:{of.id}", at=at, by=by)


def discard(of: Import, *, by: User, at: int) -> None:
    """Let go of a file that was not imported. Raises Impossible."""
    require(by, "import_leads")
    with transaction.atomic():
        gone = Import.objects.filter(id=of.id, state__in=[ImportState.KEPT, ImportState.CHECKED])
        if not gone.delete()[0]:
            raise Impossible
        audit.record("file_let_go", f"import:{of.id}", at=at, by=by)
    _remove_table(of)


def old(before: int) -> QuerySet[Import]:
    """Return the imports from before an instant of which more is kept than their counts."""
    told = ImportRow.objects.filter(of=OuterRef("id"))
    found = Import.objects.filter(at__lt=before).exclude(state__in=_WORKING)
    return found.filter(~Q(state=ImportState.CLEARED) | Exists(told))


def clear(of: Import) -> None:
    """Remove the table of an import and what became of each row; what it brought stays.

    It cannot be taken back any more.
    """
    ended = Import.objects.filter(id=of.id).exclude(state__in=_WORKING)
    if not ended.update(state=ImportState.CLEARED):
        return
    _remove_table(of)
    told = ImportRow.objects.filter(of=of)
    while some := list(told.values_list("id", flat=True)[:_CLEARED_AT_ONCE]):
        told.filter(id__in=some).delete()
        time.sleep(pacing.BREATH)


def is_working(of: Import) -> bool:
    """Return whether something of an import goes on in the background."""
    return of.state in _WORKING


def work(import_id: int, *, clock: Callable[[], int]) -> None:
    """Do what was asked for, from where it was interrupted, if it was."""
    of = Import.objects.select_related("by", "source").get(id=import_id)
    try:
        if of.state == ImportState.CHECKING:
            import_check.check(of)
        elif of.state == ImportState.IMPORTING:
            import_writing.write_all(of, clock=clock)
            _ended(of, ImportState.IMPORTING, ImportState.IMPORTED, at=clock())
        elif of.state == ImportState.UNDOING:
            import_undoing.undo_all(of, clock=clock)
            _ended(of, ImportState.UNDOING, ImportState.UNDONE, at=clock())
    except Puzzling as puzzling:
        _back(of, [puzzling.code, *puzzling.what])
    except (OperationalError, InterfaceError):
        raise  # the next try may do better
    except Exception as error:  # it would go wrong again: whoever asked is told
        log.exception("import %s failed", of.id)
        _back(of, ["our_mistake", repr(error)[:200]])


def give_up(import_id: int) -> None:
    """Write down that whoever worked on an import died each time."""
    _back(Import.objects.get(id=import_id), ["died"])


def _back(of: Import, problem: list[object]) -> None:
    """Go back to where somebody can do something: an import that began can be taken back."""
    to = {
        ImportState.CHECKING: ImportState.KEPT,
        ImportState.IMPORTING: ImportState.IMPORTED,
        ImportState.UNDOING: ImportState.IMPORTED,
    }
    for state, back in to.items():
        Import.objects.filter(id=of.id, state=state).update(state=back, problem=problem)


def _go(
    of: Import, states: Sequence[ImportState], to: ImportState, *, at: int, **said: object
) -> None:
    with transaction.atomic():
        waiting = Import.objects.filter(id=of.id, state__in=states)
        if not waiting.update(state=to, done=0, **said):
            raise Impossible
        tasks.schedule(TASK, f"{of.id}:{to}:{at}", due_at=at, of=of.id)
    of.refresh_from_db()


def _ended(of: Import, state: ImportState, to: ImportState, *, at: int) -> None:
    with transaction.atomic():
        if Import.objects.filter(id=of.id, state=state).update(state=to, ended_at=at, problem=[]):
            of.refresh_from_db()
            about = f"import:{of.id}"
            audit.record(f"import_{to}_ended", about, at=at, by=of.by, **of.counts)


def _remove_table(of: Import) -> None:
    for lies in (import_rows.table(of), import_check.told_in(of)):
        lies.unlink(missing_ok=True)


def _copy(parts: Iterable[bytes], out: IO[bytes]) -> str:
    """Write a file as it comes, and return its hash. Raises Refused if it is too large."""
    hashed, size = hashlib.sha256(), 0
    for part in parts:
        size += len(part)
        if size > LARGEST:
            raise Refused("too_large", LARGEST // _PART)
        hashed.update(part)
        out.write(part)
    return hashed.hexdigest()
