"""Long work: one task in a process of its own, so that no lead waits for it.

`python -m einig.jobs.long TASK` does a task that a worker has claimed, and keeps the claim while it
lives. If it dies, the claim runs out and a worker starts it again.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from einig.store.models import Task

_BEAT = 10.0  # seconds between two signs of life


def main(id_: int) -> None:
    """Do a task; what goes wrong is written down beside it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "einig.config.settings")
    import django  # noqa: PLC0415  # not before the settings are named

    django.setup()
    from einig.flow import tasks  # noqa: PLC0415  # needs the models
    from einig.store.models import Task  # noqa: PLC0415  # needs the models

    task = Task.objects.get(id=id_)
    ended = threading.Event()
    beat = threading.Thread(target=_keep, args=(task, ended), daemon=True)
    beat.start()
    try:
        _does()[task.kind](task)
        tasks.done(task, at=_now())
    except Exception as error:
        tasks.failed(task, repr(error), at=_now())
        raise
    finally:
        ended.set()
        beat.join()


def _does() -> dict[str, Callable[[Task], object]]:
    from einig.flow import (  # noqa: PLC0415  # needs the models
        consent,
        due,
        duplicates,
        enacting,
        fetching,
        foresight,
        ideal_lead,
        imports,
        mailboxes,
        retention,
        watching,
    )

    return {
        "fetch": lambda task: fetching.fetch(task.payload["delivery"]),
        "mailbox": lambda task: mailboxes.fetch(task.payload["source"], clock=_now),
        duplicates.TASK: lambda task: duplicates.work(task.payload["search"], clock=_now),
        imports.TASK: lambda task: imports.work(task.payload["of"], clock=_now),
        "learn": lambda task: ideal_lead.work(task.payload["study"], clock=_now),
        "promise": lambda task: watching.work_out(task.payload["version"]),
        "retention": lambda _task: retention.work(at=_now()),
        "settle_profiling": lambda _task: consent.settle_all(at=_now()),
        "watch": lambda _task: watching.look(at=_now()),
        enacting.FORESEE: lambda task: foresight.work(task.payload["version"], at=_now()),
        due.ANEW: lambda task: enacting.work(task.payload["enactment"], clock=_now),
    }


def _keep(task: Task, ended: threading.Event) -> None:
    from django.db import DatabaseError, connection  # noqa: PLC0415  # needs the settings

    from einig.flow import tasks  # noqa: PLC0415  # needs the models

    while not ended.wait(_BEAT):
        try:
            tasks.keep(task, at=_now())
        except DatabaseError:  # the next beat may get through; the claim lasts longer than one
            connection.close()
    connection.close()


def _now() -> int:
    return time.time_ns() // 1000


if __name__ == "__main__":
    os.nice(10)
    main(int(sys.argv[1]))
