"""Threads: what is discussed about a criterion, who is asked in them, and what is settled.

A thread belongs to the version on which it was opened, and is seen in every draft that was started
from there for as long as it is not resolved. A remark is not edited; its author can withdraw it,
and then nothing of it is left but that it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from einig.engine.agreement import loads
from einig.engine.agreement.paths import paths
from einig.engine.values import fold, legible, tidy
from einig.flow import agreements, audit, tasks
from einig.flow.permissions import NotAllowed, require
from einig.store.models import Mention, Remark, Thread, User, Version

LONGEST = 2000  # characters of a remark
_LONGEST_PATH = 200
MAIL = "mail_mention"


class Unsayable(Exception):
    """A remark is `empty` or `long`, or is about `nothing` that the version has."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Nobody(Exception):
    """Nobody of this name has an account."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class AnotherIsOpen(Exception):
    """A thread on the same criterion was opened since this one was resolved."""


# --- reading ----------------------------------------------------------------------------------


def of(version: Version) -> list[Thread]:
    """Return what is discussed about a version, with its remarks, oldest first.

    That is what was said here, and what was not resolved yet when the draft was started from
    another version.
    """
    line = ancestors(version)
    inherited = Q(version__in=line) & (Q(resolved_at=None) | Q(resolved_at__gte=_begun(version)))
    found = Thread.objects.filter(Q(version=version) | inherited)
    shown = found.select_related("version", "resolved_by").order_by("opened_at", "id")
    return list(shown.prefetch_related("remarks__by", "remarks__mentions__to"))


def ancestors(version: Version) -> list[int]:
    """Return the versions from which one was started, the nearest first."""
    bases = dict(Version.objects.values_list("id", "base"))
    line: list[int] = []
    at = version.base_id
    while at is not None and at not in line:
        line.append(at)
        at = bases.get(at)
    return line


def people() -> QuerySet[User]:
    """Return who can be asked: everybody with an account that is open."""
    return User.objects.filter(is_active=True).order_by("name", "id")


def asked(of: User) -> QuerySet[Mention]:
    """Return where somebody is asked and has not looked yet, newest first."""
    waiting = Mention.objects.filter(to=of, seen_at=None)
    return waiting.select_related("remark__by", "remark__thread__version").order_by("-id")


def look(by: User, threads: Iterable[Thread], *, at: int) -> None:
    """Write down that somebody saw in which threads they are asked."""
    mine = Mention.objects.filter(to=by, seen_at=None, remark__thread__in=list(threads))
    mine.update(seen_at=at)


# --- writing ----------------------------------------------------------------------------------


def say(version: Version, criterion: str, text: str, *, by: User, at: int, ask: str = "") -> Remark:
    """Say something about a criterion, in the thread that is open on it or in a new one.

    Whoever is written as @Name is asked, and so is whoever `ask` names. Raises Unsayable or Nobody.
    """
    require(by, "discuss_agreement")
    said = tidy(legible(text))
    if not said:
        raise Unsayable("empty")
    if len(said) > LONGEST:
        raise Unsayable("long")
    everybody = list(people())
    to = _mentioned(said, everybody) | _named(ask, everybody)
    with transaction.atomic():
        thread = _open(version, criterion) or _opened(version, criterion, at=at)
        remark = Remark.objects.create(thread=thread, by=by, at=at, text=said)
        for user in sorted(to - {by}, key=lambda user: user.pk):
            mention = Mention.objects.create(remark=remark, to=user)
            tasks.schedule(MAIL, str(mention.id), due_at=at, mention=mention.id)
        look(by, [thread], at=at)
        _record("remark_written", thread, at=at, by=by, remark=remark.id)
    return remark


def withdraw(remark: Remark, *, by: User, at: int) -> None:
    """Take back what one said oneself: its text is gone, and nobody is asked in it any more."""
    require(by, "discuss_agreement")
    if remark.by_id != by.pk:
        raise NotAllowed("discuss_agreement")
    with transaction.atomic():
        if Remark.objects.filter(id=remark.id).exclude(text="").update(text=""):
            Mention.objects.filter(remark=remark).delete()
            _record("remark_withdrawn", remark.thread, at=at, by=by, remark=remark.id)


def resolve(thread: Thread, *, by: User, at: int) -> None:
    """Say that a thread is settled; nothing happens to one that is."""
    require(by, "discuss_agreement")
    with transaction.atomic():
        still = Thread.objects.filter(id=thread.id, resolved_at=None)
        if still.update(resolved_at=at, resolved_by=by):
            _record("thread_resolved", thread, at=at, by=by)


def reopen(thread: Thread, *, by: User, at: int) -> None:
    """Go on with a thread that was settled. Raises AnotherIsOpen."""
    require(by, "discuss_agreement")
    try:
        with transaction.atomic():
            settled = Thread.objects.filter(id=thread.id, resolved_at__isnull=False)
            if settled.update(resolved_at=None, resolved_by=None):
                _record("thread_reopened", thread, at=at, by=by)
    except IntegrityError:
        raise AnotherIsOpen from None


def _open(version: Version, criterion: str) -> Thread | None:
    """Return the thread that is open on a criterion: here, or where the draft comes from."""
    line = [version.id, *ancestors(version)]
    found = Thread.objects.filter(version__in=line, criterion=criterion, resolved_at=None)
    return min(found, key=lambda of: line.index(of.version_id), default=None)


def _opened(version: Version, criterion: str, *, at: int) -> Thread:
    """Open a thread; of two who do so at once both get the same. Raises Unsayable."""
    known = paths(loads(agreements.text(version)).agreement)
    if criterion not in known or len(criterion) > _LONGEST_PATH:
        raise Unsayable("nothing")
    thread, _made = Thread.objects.get_or_create(
        version=version, criterion=criterion, resolved_at=None, defaults={"opened_at": at}
    )
    return thread


def _mentioned(text: str, everybody: Sequence[User]) -> set[User]:
    """Return whom a text asks by @ and name; of two with one name both are asked."""
    by_name: dict[str, set[User]] = {}
    for user in everybody:
        if name := fold(user.name):
            by_name.setdefault(name, set()).add(user)
    if not by_name:
        return set()
    longest_first = sorted(by_name, key=len, reverse=True)
    names = "|".join(re.escape(name) for name in longest_first)
    found = re.findall(rf"(?<!\w)@({names})(?!\w)", fold(text))
    return {user for name in found for user in by_name[name]}


def _named(name: str, everybody: Sequence[User]) -> set[User]:
    """Return who was chosen from the list: a name, or a name with the address. Raises Nobody."""
    chosen = fold(name).removeprefix("@")
    if not chosen:
        return set()
    forms = {user: {fold(user.name), fold(called(user)), fold(user.email)} for user in everybody}
    found = {user for user, of in forms.items() if chosen in of}
    if not found:
        raise Nobody(name)
    return found


def called(user: User) -> str:
    """Return a name that tells people apart who share one."""
    return f"{user.name} ({user.email})"


def _begun(version: Version) -> int:
    """Return when a draft was started, however often it was changed since."""
    first = version.revisions.order_by("number").values_list("at", flat=True).first()
    return version.drafted_at if first is None else first


def _record(action: str, thread: Thread, *, at: int, by: User, **more: object) -> None:
    about = f"version:{thread.version.number}"
    audit.record(action, about, at=at, by=by, criterion=thread.criterion, **more)
