"""Leads whose time has come: a window runs out, or a version has still to judge them.

Each is judged as of the very instant at which that happened, so it does not matter how much later
somebody looks.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db import OperationalError, transaction
from django.db.models import QuerySet

from einig.engine.instants import HOUR, SECOND
from einig.flow import journey, scoring, tasks
from einig.flow.scoring import InForce
from einig.store.models import Lead, Received

log = logging.getLogger(__name__)
ANEW = "judge_anew"  # the task that lets a version judge all leads
_LATE, _MOMENT = SECOND // 4, 0.2  # microseconds that a message may wait; seconds
_later: dict[int, int] = {}  # leads that could not be judged, and when they are tried again


def judge_due(*, at: int, most: int = 50) -> int:
    """Judge leads of which something runs out up to an instant; return how many.

    Those that a newer version has still to judge are left to whoever does that for all of them.
    """
    scoring.prepare()
    with transaction.atomic():
        journey.take_turns()
        if Received.objects.filter(reason="", dismissed_at=None).exists():
            return 0  # what arrived earlier comes first
        versions = scoring.timeline()
        return _judge_all(leads(versions, at=at, most=most), versions, at=at)


def judge_anew(*, at: int, most: int = 50) -> int:
    """Judge leads that the version in force has still to judge, one by one; return how many."""
    scoring.prepare()
    with transaction.atomic():
        journey.take_turns()
        versions = scoring.timeline()
        newest = scoring.in_force(at, versions)
        if newest is None or waits_since(newest.since):
            return 0
        left = _to_judge_anew(newest, at)[:most]
        found = sorted((_as_of(lead, versions, at), lead.id, lead) for lead in left)
        return _judge_all([(when, lead) for when, _, lead in found], versions, at=at)


def waits_since(at: int) -> bool:
    """Return whether something that arrived up to an instant has still to be taken in."""
    return Received.objects.filter(reason="", dismissed_at=None, at__lte=at).exists()


def let_messages_first(*, clock: Callable[[], int]) -> None:
    """Wait while messages wait for longer than they should; but a moment at most, to go on too."""
    ends = time.monotonic() + _MOMENT
    while waits_since(clock() - _LATE) and time.monotonic() < ends:
        time.sleep(0.01)


def leads(versions: list[InForce], *, at: int, most: int | None = None) -> list[tuple[int, Lead]]:
    """Return the leads to be judged up to an instant and as of when, soonest first."""
    own = Lead.objects.filter(next_change_at__lte=at).order_by("next_change_at", "id")
    found = {lead.id: lead for lead in own.select_related("company", "owner")[:most]}
    newest = scoring.in_force(at, versions)
    if newest is not None and not tasks.under_way(ANEW, at=at):
        found |= {lead.id: lead for lead in _to_judge_anew(newest, at)[:most]}
    told = sorted((_as_of(lead, versions, at), lead.id) for lead in found.values())
    return [(when, found[id_]) for when, id_ in told][:most]


def _to_judge_anew(newest: InForce, at: int) -> QuerySet[Lead]:
    left = left_to_judge(newest.since, at=at).select_related("company", "owner")
    return left.order_by("judged_at", "id")


def left_to_judge(since: int, *, at: int) -> QuerySet[Lead]:
    """Return the leads that a version in force since an instant has still to judge.

    One that could not be judged is left out until it is tried again.
    """
    broken = [id_ for id_, again in _later.items() if again > at]
    left = Lead.objects.filter(judged_at__lt=since, profiled=True)
    return left.exclude(id__in=broken) if broken else left


def _as_of(lead: Lead, versions: list[InForce], at: int) -> int:
    """Return the instant that a lead is to be judged at next: a change of its own, or a version."""
    coming = [version.since for version in versions if version.since <= at]
    if lead.judged_at is not None:
        coming = [since for since in coming if since > lead.judged_at]
    return min([*coming[:1], at if lead.next_change_at is None else lead.next_change_at])


def _judge_all(found: list[tuple[int, Lead]], versions: list[InForce], *, at: int) -> int:
    """Judge leads for as long as a transaction may take; return how many that were."""
    ends = journey.turn_ends()
    for done, (when, lead) in enumerate(found, 1):
        _judge_due(lead, versions, as_of=when, at=at)
        if time.thread_time() > ends:
            return done
    return len(found)


def _judge_due(lead: Lead, versions: list[InForce], *, as_of: int, at: int) -> None:
    try:
        with transaction.atomic():
            journey.judge(lead, versions, at=as_of)
        _later.pop(lead.id, None)
    except OperationalError:
        raise  # the next try may do better
    except Exception:  # a mistake of ours must not hold up the others; late is as exact as in time
        log.exception("lead %s could not be judged", lead.lead_id)
        _later[lead.id] = at + HOUR
        Lead.objects.filter(id=lead.id).update(next_change_at=at + HOUR)
