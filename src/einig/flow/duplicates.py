"""Duplicates: all leads are looked through for those that are probably one person.

That is work for a process of its own. It merges nobody: what it finds waits on a page until
somebody merges two, or says that they are not the same, which is remembered.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import F, Q, QuerySet

from einig.engine import duplicates
from einig.engine.duplicates import Pair, Person
from einig.flow import audit, contact, tasks
from einig.flow.permissions import require
from einig.store.models import Alike, ContactDetail, Lead, Search, User

TASK = "duplicates"
READING, COMPARING, WRITING = "reading", "comparing", "writing"
_AT_ONCE = 2000  # rows of one query
_EMAIL, _PHONE = ContactDetail.Kind.EMAIL, ContactDetail.Kind.PHONE


def ask(*, by: User, at: int) -> Search:
    """Have all leads looked through; while that is under way already, it is that one."""
    require(by, "find_duplicates")
    with transaction.atomic():
        running = newest()
        if running is not None and running.ended_at is None:
            return running
        asked = Search.objects.create(at=at, by=by)
        tasks.schedule(TASK, str(asked.id), due_at=at, search=asked.id)
        audit.record("duplicates_asked", f"search:{asked.id}", at=at, by=by)
    return asked


def newest() -> Search | None:
    """Return the search that was asked for last."""
    return Search.objects.order_by("-id").first()


def work(id_: int, *, clock: Callable[[], int]) -> None:
    """Look through all leads, and keep the pairs that are found."""
    mine = Search.objects.filter(id=id_, ended_at=None)
    if not mine.exists():
        return
    mine.update(step=READING, leads=Lead.objects.whole().count(), done=0)
    people = _people(lambda many: mine.update(done=F("done") + many))
    mine.update(step=COMPARING)
    threads = max(1, (os.cpu_count() or 1) - 1)  # somebody else wants to work, too
    found = duplicates.find(duplicates.table(people), threads=threads)
    mine.update(step=WRITING)
    with transaction.atomic():
        _keep(found, mine.get())
        mine.update(step="", pairs=len(found), ended_at=clock())


def give_up(id_: int, *, at: int) -> None:
    """Say that a search came to no end."""
    Search.objects.filter(id=id_, ended_at=None).update(step="", ended_at=at, problem="died")


def waiting() -> QuerySet[Alike]:
    """Return the pairs that somebody should look at, the most certain first.

    Whoever became part of another since needs no second look.
    """
    alone = Q(one__part_of=None, other__part_of=None)
    pairs = Alike.objects.filter(alone, apart_at=None).order_by("-probability", "id")
    return pairs.select_related("one__company", "other__company")


def keep_apart(one: Lead, other: Lead, *, by: User, at: int) -> None:
    """Say that two leads are not the same person; nobody is asked again."""
    require(by, "merge_leads")
    first, second = sorted((one.id, other.id))
    with transaction.atomic():
        Alike.objects.update_or_create(
            one_id=first, other_id=second, defaults={"apart_at": at, "apart_by": by}
        )
        for lead, than in ((one, other), (other, one)):
            audit.record("not_the_same", lead, at=at, by=by, than=than.lead_id)


def apart_from(lead: Lead) -> set[int]:
    """Return the leads of which somebody said that they are not the same person."""
    said = Alike.objects.filter(Q(one=lead) | Q(other=lead), apart_at__isnull=False)
    return {id_ for pair in said.values_list("one_id", "other_id") for id_ in pair} - {lead.id}


# --- what is compared, and what is kept -------------------------------------------------------


def _people(progress: Callable[[int], object]) -> list[Person]:
    """Return everybody as they are compared, each person once."""
    ways = _ways()
    found: list[Person] = []
    rows = Lead.objects.whole().order_by("id")
    told = rows.values_list("id", "name", "company__name", "company__domain")
    for n, (id_, name, company, domain) in enumerate(told.iterator(_AT_ONCE), 1):
        mails, phones = ways.get((id_, _EMAIL), ()), ways.get((id_, _PHONE), ())
        at_work = next(filter(None, map(contact.domain_of, mails)), "") or domain or ""
        found.append(Person(id_, name, company or "", tuple(mails), tuple(phones), at_work))
        if n % _AT_ONCE == 0:
            progress(_AT_ONCE)
    progress(len(found) % _AT_ONCE)
    return found


def _ways() -> dict[tuple[int, str], list[str]]:
    """Return how each person is reached, under the lead that stays."""
    part_of = dict(Lead.objects.exclude(part_of=None).values_list("id", "part_of_id"))
    ways: dict[tuple[int, str], list[str]] = defaultdict(list)
    details = ContactDetail.objects.filter(kind__in=[_EMAIL, _PHONE]).order_by("id")
    for lead, kind, normal in details.values_list("lead_id", "kind", "normal").iterator(_AT_ONCE):
        ways[part_of.get(lead) or lead, kind].append(normal)
    return ways


def _keep(found: Sequence[Pair], search: Search) -> None:
    """Keep what was found; what is not found any more goes, unless somebody said something."""
    there = set(Lead.objects.whole().values_list("id", flat=True))  # somebody may be gone since
    for n in range(0, len(found), _AT_ONCE):
        Alike.objects.bulk_create(
            [
                Alike(
                    one_id=pair.one,
                    other_id=pair.other,
                    probability=pair.probability,
                    evidence=list(pair.evidence),
                    found=search,
                )
                for pair in found[n : n + _AT_ONCE]
                if {pair.one, pair.other} <= there
            ],
            update_conflicts=True,
            unique_fields=["one", "other"],
            update_fields=["probability", "evidence", "found"],
        )
    Alike.objects.filter(apart_at=None).exclude(found=search).delete()
