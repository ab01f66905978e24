"""The worker: takes in what was received, judges what runs out, and does what is due.

It can be killed at any moment: everything it does is one transaction, or a task with an id that the
outside sees. On SIGTERM it finishes what it is doing, and ends.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from django.db import close_old_connections, transaction

from einig.engine.instants import DAY, HOUR, SECOND, moment
from einig.engine.routing import NobodyAvailable
from einig.flow import (
    agreement_test,
    deliveries,
    documents,
    due,
    enacting,
    handoff,
    journey,
    mailboxes,
    mails,
    organisation,
    tasks,
)
from einig.flow.permissions import SELLERS
from einig.store.models import (
    Consent,
    Enactment,
    Finding,
    Handoff,
    JourFixe,
    Juror,
    Mention,
    NurtureEntry,
    Signature,
    Task,
    User,
)

log = logging.getLogger(__name__)
NIGHT = 2 * HOUR  # after midnight UTC
_REST = 0.05  # seconds between looks for messages while there is nothing to do
_SELDOM = SECOND // 4  # and, in microseconds, for everything else
_BREATH = 0.002  # and while there is, so that others get to write in between


class Worker:
    """Works until it is told to stop, or until whoever started it is gone."""

    def __init__(self, *, parent: int | None = None) -> None:
        self.parent = parent
        self.stopping = False
        self.day: int | None = None
        self.minute: int | None = None
        self.idle_at = 0  # when there was nothing to do

    def run(self) -> None:
        """Work until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self.stopping and (self.parent is None or os.getppid() == self.parent):
            try:
                at = time.time_ns() // 1000
                busy = self._look(at)
            except Exception:  # whatever it was, what comes after it does not wait for us to look
                log.exception("this did not work; trying again")
                close_old_connections()
                time.sleep(1)
                continue
            time.sleep(_BREATH if busy else _REST)

    def _look(self, at: int) -> bool:
        """Do what there is; where there was nothing, only messages are looked for each time."""
        if at - self.idle_at < _SELDOM:
            organisation.forget()
            if not messages(at=at):
                return False
        self._plan(at)
        busy = work(at=at)
        self.idle_at = 0 if busy else at
        return busy

    def _plan(self, at: int) -> None:
        """Ask for what is done once a day and once a minute, as each begins."""
        day, minute = at // DAY, at // mailboxes.EVERY
        if day != self.day:
            date = str(moment(day * DAY).date())
            tasks.schedule("watch", date, due_at=day * DAY + NIGHT)
            tasks.schedule("retention", date, due_at=day * DAY + NIGHT)
            self.day = day
        if minute != self.minute:
            mailboxes.due(at)
            self.minute = minute

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True


def work(*, at: int) -> bool:
    """Do a little of everything that is due; return whether there was anything."""
    organisation.forget()
    busy = messages(at=at)
    busy = due.judge_due(at=at) > 0 or busy
    busy = enacting.go_on(at=at) or busy
    task = tasks.claim(at) if tasks.pending(at) else None
    if task is None:
        return busy
    if task.kind in LONG:
        _elsewhere(task, at=at)
        return True
    try:
        with transaction.atomic():
            DOES[task.kind](task, at)
            tasks.done(task, at=at)
    except Exception as error:
        log.warning("task %s failed: %r", task.key, error)
        tasks.failed(task, repr(error), at=at)
    return True


def messages(*, at: int) -> bool:
    """Understand what was delivered and take in what waits; return whether there was anything."""
    understood = deliveries.understand_waiting(at=at) > 0
    return journey.take_in_waiting() > 0 or understood


def _elsewhere(task: Task, *, at: int) -> None:
    """Let a process of its own do what takes long; it says itself how it ended.

    One that died again and again, for want of memory perhaps, is not started any more.
    """
    if task.tries > MOST_DEATHS:
        _give_up(task, at=at)
        tasks.done(task, at=at)
        return
    running = subprocess.Popen([sys.executable, "-m", "einig.jobs.long", str(task.id)])
    threading.Thread(target=running.wait, daemon=True).start()  # so that nothing of it remains


def _give_up(task: Task, *, at: int) -> None:
    """Say to whoever waits for it that it will not come; leads are judged one by one instead."""
    if task.kind == "learn":
        from einig.flow import ideal_lead  # noqa: PLC0415  # it loads what the worker can do without

        ideal_lead.give_up(task.payload["study"])
    elif task.kind == "import":
        from einig.flow import imports  # noqa: PLC0415  # as above

        imports.give_up(task.payload["of"])
    elif task.kind == "duplicates":
        from einig.flow import duplicates  # noqa: PLC0415  # as above

        duplicates.give_up(task.payload["search"], at=at)


def _mail_handoff(task: Task, at: int) -> None:
    of = Handoff.objects.select_related("lead__company").get(id=task.payload["handoff"])
    mails.send_handoff(of, User.objects.get(id=task.payload["to"]), id_=task.key)


def _mail_finding(task: Task, at: int) -> None:
    found = Finding.objects.select_related("version").get(id=task.payload["finding"])
    mails.send_finding(found, User.objects.get(id=task.payload["to"]), id_=task.key)


def _mail_document(task: Task, at: int) -> None:
    documents.send(task.payload, at=at, id_=task.key)


def _mail_enacted(task: Task, at: int) -> None:
    of = Enactment.objects.select_related("version").get(id=task.payload["enactment"])
    mails.send_enacted(of, User.objects.get(id=task.payload["to"]), id_=task.key)


def _mail_nurture(task: Task, at: int) -> None:
    entry = NurtureEntry.objects.select_related("lead").get(id=task.payload["entry"])
    if mails.send_nurture(entry, id_=task.key):
        NurtureEntry.objects.filter(id=entry.id).update(mailed_at=at)


def _mail_confirm(task: Task, at: int) -> None:
    found = Consent.objects.select_related("lead").filter(id=task.payload["consent"]).first()
    if found is not None:
        mails.send_confirm(found, at=at, id_=task.key)


def _mail_juror(task: Task, at: int) -> None:
    found = Juror.objects.select_related("test__asked_by", "user")
    of = found.filter(id=task.payload["juror"]).first()
    if of is not None and agreement_test.state(of, at=at) in {"asked", "begun"}:
        mails.send_juror(of, again=bool(task.payload.get("again")), id_=task.key)


def _mail_mention(task: Task, at: int) -> None:
    found = Mention.objects.select_related("to", "remark__by", "remark__thread__version")
    if (of := found.filter(id=task.payload["mention"]).first()) is not None:
        mails.send_mention(of, id_=task.key)


def _mail_minutes(task: Task, at: int) -> None:
    meeting = JourFixe.objects.select_related("change").get(id=task.payload["meeting"])
    mails.send_minutes(meeting, User.objects.get(id=task.payload["to"]), id_=task.key)


def _mail_voided(task: Task, at: int) -> None:
    of = Signature.objects.select_related("version", "by").get(id=task.payload["signature"])
    mails.send_voided(of, by=task.payload["by"], why=task.payload["why"], id_=task.key)


def _route(task: Task, at: int) -> None:
    """Look for somebody again, for hand-offs that nobody could take."""
    waiting = Handoff.objects.select_related("lead").filter(to=None, closed_at=None)
    for of in waiting.filter(lead__lead_id=task.payload["lead"]):
        handoff.assign(of, side=SELLERS, at=at)
        if of.to is None:
            raise NobodyAvailable(of.lead.lead_id)
        of.save(update_fields=["to", "routing"])
        handoff.announce(of, at=at)


MOST_DEATHS = 3
LONG = frozenset(  # einig.jobs.long
    {"duplicates", "fetch", "import", "learn", "mailbox", "promise", "retention", "watch"}
    | {"settle_profiling", due.ANEW, enacting.FORESEE}
)
DOES: dict[str, Callable[[Task, int], Any]] = {
    "mail_confirm": _mail_confirm,
    "mail_document": _mail_document,
    "mail_enacted": _mail_enacted,
    "mail_finding": _mail_finding,
    "mail_handoff": _mail_handoff,
    "mail_juror": _mail_juror,
    "mail_mention": _mail_mention,
    "mail_minutes": _mail_minutes,
    "mail_nurture": _mail_nurture,
    "mail_voided": _mail_voided,
    "route": _route,
}
