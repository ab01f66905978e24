"""How a version comes into force: every lead is judged anew, and everybody concerned is told.

At its instant the version judges every lead that exists. Few leads are judged one by one by the
worker; many all at once by a task of its own (`rejudging`), while messages go on to be taken in. A
lead that a message reaches first is judged anew by that. When all are judged, `found` says what
came of it, and whoever has a lead that is not sales-ready any more is told: it stays with them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from einig.flow import audit, due, journey, seals, tasks
from einig.flow.due import ANEW
from einig.flow.permissions import LEADS
from einig.store.models import (
    Decision,
    Enactment,
    Handoff,
    Lead,
    Notice,
    Task,
    User,
    Version,
)

FORESEE = "foresee"  # the task that works out what a version would do
_BREATH = 0.003  # seconds between two transactions, so that others get to write
_TOLD_AT_ONCE = 100  # leads, in about six milliseconds
FEW = 2000  # leads that the worker judges one by one in about ten seconds


@transaction.atomic
def enact(version: Version, *, since: int, at: int) -> Enactment:
    """Put a version in force from an instant; every lead is judged anew there.

    What has been judged up to now was judged by the version before, so the instant comes after
    that: no lead is judged by two versions at once, and nothing is judged meanwhile.
    """
    journey.take_turns()
    judged = Lead.objects.aggregate(last=Max("judged_at"))["last"]
    judged_leads = Lead.objects.filter(profiled=True)
    since = max(since, at if judged is None else judged + 1)
    while Version.objects.filter(in_force_from=since).exclude(id=version.id).exists():
        since += 1
    seals.enacted(version, since=since, at=at)
    Version.objects.filter(id=version.id).update(in_force_from=since)
    expected = Version.objects.values_list("expected", flat=True).get(id=version.id)
    made, _ = Enactment.objects.update_or_create(
        version=version,
        defaults={
            "since": since, "asked_at": at, "leads": judged_leads.count(), "judged": 0,
            "expected": expected, "found": None, "finished_at": None,
        },
    )  # fmt: skip
    audit.record("version_in_force", f"version:{version.number}", at=at, by=None, since=since)
    return made


def foresee(version: Version, *, at: int) -> None:
    """Have it worked out what a version would do (`foresight`), in a process of its own."""
    tasks.schedule(FORESEE, f"{version.id}:{at}", due_at=at, version=version.id)


def foreseeing(version: Version, *, at: int) -> bool:
    """Return whether that is being worked out."""
    return Task.objects.filter(
        kind=FORESEE, done_at=None, due_at__lte=at, key__startswith=f"{FORESEE}:{version.id}:"
    ).exists()


def unfinished(at: int) -> Enactment | None:
    """Return the first version in force that has not judged every lead yet."""
    begun = Enactment.objects.filter(finished_at=None, since__lte=at)
    return begun.select_related("version").order_by("since").first()


def go_on(*, at: int) -> bool:
    """See to it that all leads are judged anew; return whether anything was done for that.

    One version after the other: the next one waits until all leads are judged by this one.
    """
    now = unfinished(at)
    if now is None or tasks.under_way(ANEW, at=at):
        return False
    left = due.left_to_judge(now.since, at=at)
    if not left.exists():
        finish(now, at=at)
        return True
    many = left[: FEW + 1].count() > FEW
    return many and tasks.schedule(ANEW, str(now.id), due_at=at, enactment=now.id)


def work(enactment_id: int, *, clock: Callable[[], int]) -> None:
    """Judge all leads anew, in a process of its own; one that died before goes on."""
    from einig.flow.rejudging import rejudge  # noqa: PLC0415  # the worker does without it

    now = Enactment.objects.select_related("version").get(id=enactment_id)
    if now.finished_at is not None:
        return
    leads = Lead.objects.filter(created_at__lte=now.since, profiled=True).count()
    left = due.left_to_judge(now.since, at=clock()).count()
    Enactment.objects.filter(id=now.id).update(leads=leads, judged=max(0, leads - left))
    rejudge(now)
    while due.judge_anew(at=clock()) or due.waits_since(now.since):
        time.sleep(_BREATH)
        due.let_messages_first(clock=clock)
    at = clock()
    if not due.left_to_judge(now.since, at=at).exists():
        finish(now, at=at)


# --- what came of it --------------------------------------------------------------------------


def became_ready(of: Enactment) -> QuerySet[Lead]:
    """Return the leads that became sales-ready because a version came into force."""
    return Lead.objects.filter(id__in=_turned(of, ready=True).values("lead"))


def no_longer_ready(of: Enactment) -> QuerySet[Lead]:
    """Return the leads that are not sales-ready any more because a version came into force."""
    return Lead.objects.filter(id__in=_turned(of, ready=False).values("lead"))


def kept_by_sales(of: Enactment) -> QuerySet[Handoff]:
    """Return the open hand-offs of leads that are not sales-ready any more."""
    held = Handoff.objects.filter(kind=Handoff.Kind.SALES, closed_at=None, opened_at__lt=of.since)
    turned = _turned(of, ready=False).filter(lead=OuterRef("lead"))
    return held.filter(Exists(turned)).select_related("lead__company", "to")


def opened_by(of: Enactment) -> QuerySet[Handoff]:
    """Return the hand-offs that opened because a version came into force."""
    opened = Handoff.objects.filter(version=of.version_id, opened_at=of.since, explored=0)
    return opened.filter(kind=Handoff.Kind.SALES)


def _turned(of: Enactment, *, ready: bool) -> QuerySet[Decision]:
    said = Decision.objects.filter(version=of.version_id, at=of.since, sales_ready=ready)
    earlier = Decision.objects.filter(lead=OuterRef("lead"), at__lt=of.since).order_by("-at")
    told = said.annotate(was=Coalesce(Subquery(earlier.values("sales_ready")[:1]), False))
    return told.filter(was=not ready)


def finish(of: Enactment, *, at: int) -> None:
    """Write down what came of it, once, and tell everybody concerned.

    Whoever has leads is told first, of a hundred at a time: who was told is not told again.
    """
    kept = list(kept_by_sales(of).values_list("id", flat=True))
    for begins in range(0, len(kept), _TOLD_AT_ONCE):
        if not _tell(of, kept[begins : begins + _TOLD_AT_ONCE], at=at):
            return
        time.sleep(_BREATH)
    found = {
        "becomes": _turned(of, ready=True).count(),
        "ceases": _turned(of, ready=False).count(),
        "kept": len(kept),
        "handoffs": opened_by(of).count(),
    }
    with transaction.atomic():
        if not Enactment.objects.filter(id=of.id, finished_at=None).update(
            found=found, finished_at=at, judged=F("leads")
        ):
            return
        if Version.objects.filter(in_force_from__lt=of.since).exists():  # a first one is no news
            for user in User.objects.filter(is_active=True, role__in=LEADS):
                tasks.schedule(
                    "mail_enacted", f"{of.id}:{user.id}", due_at=at, enactment=of.id, to=user.id
                )
        audit.record("leads_judged_anew", f"version:{of.version.number}", at=at, by=None, **found)


@transaction.atomic
def _tell(of: Enactment, handoffs: Sequence[int], *, at: int) -> bool:
    """Tell whoever has these leads, once; return whether there was still something to be told."""
    still = Enactment.objects.select_for_update().filter(id=of.id, finished_at=None)
    if not list(still):  # two who finish at once take turns
        return False
    told = {"version": of.version.number}
    before = Notice.objects.filter(what="not_ready", lead=OuterRef("lead"), detail=told)
    open_ones = Handoff.objects.filter(id__in=handoffs, closed_at=None).exclude(to=None)
    Notice.objects.bulk_create(
        Notice(to_id=to, lead_id=lead, at=at, what="not_ready", detail=told)
        for lead, to in open_ones.filter(~Exists(before)).values_list("lead", "to")
    )
    return True
