"""The agreement test: both teams judge the same leads blindly, each person by a link of their own.

A link's token is made from the secret key, so that a reminder can carry it again although the store
keeps its hash only. The address of somebody without an account stands in the task of their mail,
and is forgotten when the test is closed.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from einig.engine.instants import DAY
from einig.flow import agreement_result, audit, tasks
from einig.flow.agreement_leads import FEWEST, draw
from einig.flow.permissions import require
from einig.store.models import (
    AgreementTest,
    Judgement,
    Juror,
    Organisation,
    Sample,
    Side,
    Task,
    User,
)

VALID = 14 * DAY
MAIL = "mail_juror"
State = Literal["handed in", "revoked", "closed", "expired", "begun", "asked"]


class TooFewLeads(Exception):
    """There are not even FEWEST leads of which anything can be shown; `found` says how many."""

    def __init__(self, found: int) -> None:
        super().__init__(f"{found} leads, {FEWEST} are needed")
        self.found = found


class OneSided(Exception):
    """Nobody was asked on one of the two sides."""


class StillOpen(Exception):
    """One test at a time: the one that is open has to end first."""


class NoSuchLink(Exception):
    """The link is unknown, too old, was taken back, or its account is closed."""


class Over(Exception):
    """This person has handed in, or the test is closed: nothing can be judged any more."""


class NotAll(Exception):
    """Some leads are not judged yet."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody without an account who is asked to judge."""

    side: str
    name: str
    email: str


def start(
    *, by: User, at: int, people: Sequence[User], guests: Sequence[Guest] = ()
) -> AgreementTest:
    """Draw leads and ask people to judge them. Raises OneSided, StillOpen or TooFewLeads."""
    require(by, "start_agreement_test")
    sides = {person.side for person in people} | {Side(guest.side) for guest in guests}
    if not set(Side.values) <= sides:
        raise OneSided
    if running() is not None:
        raise StillOpen
    leads = draw(name=f"agreement test {AgreementTest.objects.count() + 1}", at=at)
    if len(leads) < FEWEST:
        raise TooFewLeads(len(leads))
    with transaction.atomic():
        list(Organisation.objects.select_for_update()[:1])  # two who start at once take turns
        if running() is not None:
            raise StillOpen
        test = AgreementTest.objects.create(asked_at=at, asked_by=by)
        Sample.objects.bulk_create(
            Sample(
                test=test,
                lead_id=each.lead_id,
                position=n,
                as_of=each.as_of,
                probability=each.probability,
                shown=each.shown,
            )
            for n, each in enumerate(leads, 1)
        )
        audit.record("test_started", _named(test), at=at, by=by, leads=len(leads))
        for person in people:
            _ask(test, person.side or "", person.name, by=by, at=at, user=person)
        for guest in guests:
            _ask(test, guest.side, guest.name, by=by, at=at, address=guest.email)
    return test


def _ask(
    test: AgreementTest,
    side: str,
    name: str,
    *,
    by: User,
    at: int,
    user: User | None = None,
    address: str = "",
) -> None:
    juror = Juror.objects.create(
        test=test,
        side=side,
        user=user,
        name=name[:120],
        token_hash=f"new {test.id} {test.jurors.count()}",
        expires_at=at + VALID,
    )
    juror.token_hash = _hashed(token_of(juror))
    juror.save(update_fields=["token_hash"])
    tasks.schedule(MAIL, str(juror.id), due_at=at, juror=juror.id, to=address)
    has_account = user is not None
    audit.record(
        "juror_asked", _named(test), at=at, by=by, side=side, juror=juror.id, account=has_account
    )


def running() -> AgreementTest | None:
    """Return the test that is open."""
    return AgreementTest.objects.filter(closed_at=None).order_by("-id").first()


def token_of(juror: Juror) -> str:
    """Return the token of somebody's link."""
    secret = salted_hmac("einig.juror", f"{juror.test_id}:{juror.id}", algorithm="sha256")
    return base64.urlsafe_b64encode(secret.digest()).decode().rstrip("=")


def juror(token: str, *, at: int) -> Juror:
    """Return whose link this is. Raises NoSuchLink."""
    found = _invited(Juror.objects.filter(token_hash=_hashed(token), expires_at__gt=at))
    one = found.select_related("test", "user").first()
    if one is None:
        raise NoSuchLink
    return one


def waiting(test: AgreementTest, *, at: int) -> QuerySet[Juror]:
    """Return who is waited for: a link that works, and not handed in."""
    return _invited(test.jurors.all()).filter(finished_at=None, expires_at__gt=at)


def state(of: Juror, *, at: int) -> State:
    """Return where somebody stands."""
    if of.finished_at is not None:
        return "handed in"
    if of.revoked_at is not None:
        return "revoked"
    if of.user is not None and not of.user.is_active:
        return "closed"
    if of.expires_at <= at:
        return "expired"
    return "asked" if of.begun_at is None else "begun"


def _invited(of: QuerySet[Juror]) -> QuerySet[Juror]:
    """Return those whose link was not taken back, and whose account, if any, is not closed."""
    return of.filter(revoked_at=None).exclude(user__is_active=False)


def address_of(of: Juror) -> str:
    """Return where somebody's mails go; empty once that was forgotten."""
    if of.user is not None:
        return of.user.email
    task = Task.objects.filter(key=f"{MAIL}:{of.id}").first()
    return str(task.payload.get("to", "")) if task is not None else ""


# --- judging ----------------------------------------------------------------------------------


def begin(of: Juror, *, at: int) -> None:
    """Write down that somebody looked at the leads for the first time."""
    with transaction.atomic():
        if Juror.objects.filter(id=of.id, begun_at=None).update(begun_at=at):
            audit.record("juror_began", _named(of.test), at=at, by=of.user, juror=of.id)


def judge(of: Juror, sample: Sample, *, ready: bool, criteria: Sequence[str], at: int) -> None:
    """Say of one lead whether it is sales-ready, or say it anew. Raises Over."""
    with transaction.atomic():
        _turn(of)
        named = [key for key in keys_of(sample) if key in set(criteria)]
        said = {"ready": ready, "criteria": named, "at": at}
        Judgement.objects.update_or_create(juror=of, lead=sample, defaults=said)


def finish(of: Juror, *, at: int) -> None:
    """Hand in; with the last one the test is closed. Raises NotAll or Over."""
    with transaction.atomic():
        test = _turn(of)
        if test.leads.exclude(judgements__juror=of).exists():
            raise NotAll
        Juror.objects.filter(id=of.id).update(finished_at=at)
        audit.record("juror_finished", _named(test), at=at, by=of.user, juror=of.id)
        _close_if_done(test, at=at)


def _turn(of: Juror) -> AgreementTest:
    """Let those who judge in one test take turns. Raises Over."""
    test = AgreementTest.objects.select_for_update().get(id=of.test_id)
    handed_in = Juror.objects.filter(id=of.id, finished_at__isnull=False).exists()
    if test.closed_at is not None or handed_in:
        raise Over
    return test


def keys_of(sample: Sample) -> list[str]:
    """Return what can be said to have decided: each attribute and activity that is shown."""
    facts = [f"fit.{name}" for name, _ in sample.shown["facts"]]
    return facts + [f"engagement.{did['type']}" for did in sample.shown["did"]]


# --- what whoever started it can do -----------------------------------------------------------


def remind(test: AgreementTest, *, by: User, at: int) -> int:
    """Write once more to those who have not handed in, at most once a day; return to how many.

    Their links work for a full term again, also those that had expired.
    """
    require(by, "start_agreement_test")
    with transaction.atomic():
        current = AgreementTest.objects.select_for_update().get(id=test.id)
        if current.closed_at is not None:
            return 0
        late = _invited(test.jurors.filter(finished_at=None))
        told = sum(
            tasks.schedule(MAIL, f"{of.id}:again:{at // DAY}", due_at=at, juror=of.id, again=True)
            for of in late
        )
        late.update(expires_at=at + VALID)
        if told:
            audit.record("jurors_reminded", _named(test), at=at, by=by, jurors=told)
    return told


def revoke(of: Juror, *, by: User, at: int) -> None:
    """Take a link back; what was judged by it does not count. Raises Over.

    If all others have handed in, that closes the test.
    """
    require(by, "start_agreement_test")
    with transaction.atomic():
        test = _turn(of)
        Juror.objects.filter(id=of.id).update(revoked_at=at)
        of.judgements.all().delete()
        audit.record("juror_revoked", _named(test), at=at, by=by, juror=of.id)
        _close_if_done(test, at=at)


def close(test: AgreementTest, *, by: User, at: int) -> None:
    """End a test with what was judged so far; nothing happens to one that is closed."""
    require(by, "start_agreement_test")
    with transaction.atomic():
        current = AgreementTest.objects.select_for_update().get(id=test.id)
        if current.closed_at is None:
            _close(current, at=at, by=by)
    test.refresh_from_db()


def _close_if_done(test: AgreementTest, *, at: int) -> None:
    """Close a test for which nobody is waited any more, if anybody has handed in."""
    handed_in = test.jurors.filter(finished_at__isnull=False).exists()
    if handed_in and not waiting(test, at=at).exists():
        _close(test, at=at)


def _close(test: AgreementTest, *, at: int, by: User | None = None) -> None:
    test.closed_at, test.result = at, agreement_result.figures(test)
    test.save(update_fields=["closed_at", "result"])
    for id_ in test.jurors.filter(user=None).values_list("id", flat=True):
        for task in Task.objects.filter(key=f"{MAIL}:{id_}"):
            task.payload = {"juror": id_}  # nobody needs the address any more
            task.save(update_fields=["payload"])
    said = {name: test.result[name] for name in ("leads", "agreed")}
    audit.record("test_closed", _named(test), at=at, by=by, **said)


def _named(test: AgreementTest) -> str:
    return f"test:{test.id}"


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
