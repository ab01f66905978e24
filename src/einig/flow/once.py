"""Once: what is asked for twice is done once. Whoever writes its key down first goes on.

A key is the row of a task that is done already, so no worker looks at it; its payload is what was
answered.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from einig.engine.instants import DAY
from einig.store.models import Task

_KIND = "form"
_PATIENCE = 20.0  # seconds to wait for whoever was first
_EVERY = 100  # keys after which old ones are looked for


@dataclass(frozen=True, slots=True)
class Told:
    """What was answered: where to go, and what was said with it."""

    at: int
    to: str
    said: Sequence[tuple[int, str]]


class StillAtIt(Exception):
    """Whoever was first has not ended yet."""


def begin(key: str, *, at: int) -> bool:
    """Return whether nobody asked for this before; then it is to be ended or forgotten."""
    try:
        with transaction.atomic():
            made = Task.objects.create(kind=_KIND, key=_named(key), due_at=at, done_at=at)
    except IntegrityError:
        return False
    if made.id % _EVERY == 0:
        Task.objects.filter(kind=_KIND, done_at__lt=at - DAY).delete()
    return True


def end(key: str, *, at: int, to: str, said: Sequence[tuple[int, str]]) -> None:
    """Keep what was answered."""
    Task.objects.filter(key=_named(key)).update(done_at=at, payload={"to": to, "said": said})


def forget(key: str) -> None:
    """Let it be asked for again: nothing was done."""
    Task.objects.filter(key=_named(key)).delete()


def answer_of(key: str) -> Told | None:
    """Return what was answered, once it is; None if nothing was done. Raises StillAtIt."""
    ends = time.monotonic() + _PATIENCE
    while kept := Task.objects.filter(key=_named(key)).first():
        if kept.payload:
            said = [(level, text) for level, text in kept.payload["said"]]
            return Told(kept.done_at or 0, kept.payload["to"], said)
        if time.monotonic() > ends:
            raise StillAtIt
        time.sleep(0.05)
    return None


def _named(key: str) -> str:
    return f"{_KIND}:{key}"
