"""Tasks: work for later, written in the transaction that wants it, claimed by a worker when due."""

from __future__ import annotations

from django.db.models import F

from einig.engine.instants import SECOND
from einig.store import quick
from einig.store.models import Task

CLAIM = 60 * SECOND  # after which a claim of a worker that died is free again
_MOST_TRIES = 12


def schedule(kind: str, key: str, *, due_at: int, **payload: object) -> bool:
    """Ask for work at an instant; false if the same `key` was asked for before."""
    return quick.insert_new(Task(kind=kind, key=f"{kind}:{key}", due_at=due_at, payload=payload))


def claim(at: int) -> Task | None:
    """Return a task that is due and that nobody else works on, for a while."""
    due = Task.objects.filter(done_at=None, due_at__lte=at, claimed_until__lte=at)
    for id_ in due.order_by("due_at", "id").values_list("id", flat=True)[:5]:
        free = Task.objects.filter(id=id_, done_at=None, claimed_until__lte=at)
        if free.update(claimed_until=at + CLAIM, tries=F("tries") + 1):
            return Task.objects.get(id=id_)
    return None


def keep(task: Task, *, at: int) -> None:
    """Go on holding a task that takes long."""
    Task.objects.filter(id=task.id, done_at=None).update(claimed_until=at + CLAIM)


def done(task: Task, *, at: int) -> None:
    """Write down that a task is done."""
    Task.objects.filter(id=task.id).update(done_at=at, error="")


def failed(task: Task, error: str, *, at: int) -> None:
    """Try again later, each time after twice as long; after a day of tries only by hand."""
    wait = SECOND * 2**task.tries * 5
    later = (
        {"due_at": at + wait} if task.tries < _MOST_TRIES else {"done_at": None, "due_at": 2**61}
    )
    Task.objects.filter(id=task.id).update(claimed_until=0, error=error[:2000], **later)


def pending(at: int) -> bool:
    """Return whether anything is due."""
    return Task.objects.filter(done_at=None, due_at__lte=at, claimed_until__lte=at).exists()


def under_way(kind: str, *, at: int) -> bool:
    """Return whether a task of a kind is being worked on, or is about to be."""
    return Task.objects.filter(kind=kind, done_at=None, due_at__lte=at).exists()
