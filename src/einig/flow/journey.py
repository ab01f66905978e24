"""The journey of a message: taken in, scored, decided on, handed over. Begin here.

What a client was thanked for waits in `Received`. `take_in_waiting` works through it in the order
of arrival: whose it is and what it says (`intake`), what the agreement in force says of the lead
now (`scoring`), and whether the lead goes to sales (`handoff`). Each message is one transaction
with its audit rows; what cannot be used stays where it is, with the reason.

A lead changes without a message too, when a window runs out. `judge_due` looks at those, as of the
very instant at which that happened.
"""

from __future__ import annotations

import logging
import time

from django.db import (
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from django.db.models import QuerySet

from einig.engine.backtest.exploring import draws
from einig.engine.backtest.handoffs import handoffs_of
from einig.engine.instants import FOREVER, HOUR
from einig.engine.scoring import LeadHistory, counts, next_change, shows_intent, turns
from einig.flow import handoff, notice, scoring, tasks
from einig.flow.intake import TakenIn, take_in
from einig.flow.messages import Unusable, read
from einig.flow.scoring import InForce
from einig.store.models import Decision, Event, Handoff, Lead, Received

log = logging.getLogger(__name__)
LONGEST = 0.04  # seconds that one transaction may take, since others wait to write meanwhile
_PATIENCE = 2.0  # seconds that somebody waits for their own message
_ONE_AT_A_TIME = 0x45494E4947  # the lock by which workers on PostgreSQL take turns
ANEW = "judge_anew"  # the task that lets a version judge all leads
_later: dict[int, int] = {}  # leads that could not be judged, and when they are tried again


def take_in_waiting(*, most: int = 20) -> int:
    """Take in what waits, oldest first, and return how much that was."""
    scoring.prepare()
    with transaction.atomic():
        take_turns()
        waiting = list(
            Received.objects.filter(reason="", dismissed_at=None)
            .select_related("source")
            .order_by("id")[:most]
        )
        versions = scoring.timeline() if waiting else []
        began, done, seen = time.monotonic(), list[int](), 0
        for received in waiting:
            seen += 1
            if _take_in(received, versions):
                done.append(received.id)
            if time.monotonic() - began > LONGEST:
                break
        Received.objects.filter(id__in=done).delete()
    return seen


def catch_up() -> None:
    """Take in what waits, for somebody who wants to see it at once; the worker does the rest."""
    ends = time.monotonic() + _PATIENCE
    while take_in_waiting() and time.monotonic() < ends:
        pass


def judge_due(*, at: int, most: int = 50) -> int:
    """Judge leads of which something runs out up to an instant; return how many.

    Those that a newer version has still to judge are left to whoever does that for all of them.
    """
    scoring.prepare()
    with transaction.atomic():
        take_turns()
        if Received.objects.filter(reason="", dismissed_at=None).exists():
            return 0  # what arrived earlier comes first
        versions = scoring.timeline()
        return _judge_all(due(versions, at=at, most=most), versions, at=at)


def judge_anew(*, at: int, most: int = 50) -> int:
    """Judge leads that the version in force has still to judge, one by one; return how many."""
    scoring.prepare()
    with transaction.atomic():
        take_turns()
        versions = scoring.timeline()
        newest = scoring.in_force(at, versions)
        if newest is None or waits_since(newest.since):
            return 0
        leads = [*_to_judge_anew(newest, at)[:most]]
        found = sorted((_as_of(lead, versions, at), lead.id, lead) for lead in leads)
        return _judge_all([(when, lead) for when, _, lead in found], versions, at=at)


def waits_since(at: int) -> bool:
    """Return whether something that arrived up to an instant has still to be taken in."""
    return Received.objects.filter(reason="", dismissed_at=None, at__lte=at).exists()


def due(versions: list[InForce], *, at: int, most: int | None = None) -> list[tuple[int, Lead]]:
    """Return the leads to be judged up to an instant and as of when, soonest first."""
    leads = Lead.objects.filter(next_change_at__lte=at).order_by("next_change_at", "id")
    found = {lead.id: lead for lead in leads.select_related("company", "owner")[:most]}
    newest = scoring.in_force(at, versions)
    if newest is not None and not tasks.under_way(ANEW, at=at):
        found |= {lead.id: lead for lead in _to_judge_anew(newest, at)[:most]}
    told = sorted((_as_of(lead, versions, at), lead.id) for lead in found.values())
    return [(when, found[id_]) for when, id_ in told][:most]


def _to_judge_anew(newest: InForce, at: int) -> QuerySet[Lead]:
    leads = left_to_judge(newest.since, at=at).select_related("company", "owner")
    return leads.order_by("judged_at", "id")


def left_to_judge(since: int, *, at: int) -> QuerySet[Lead]:
    """Return the leads that a version in force since an instant has still to judge.

    One that could not be judged is left out until it is tried again.
    """
    broken = [id_ for id_, again in _later.items() if again > at]
    left = Lead.objects.filter(judged_at__lt=since)
    return left.exclude(id__in=broken) if broken else left


def _as_of(lead: Lead, versions: list[InForce], at: int) -> int:
    """Return the instant that a lead is to be judged at next: a change of its own, or a version."""
    coming = [version.since for version in versions if version.since <= at]
    if lead.judged_at is not None:
        coming = [since for since in coming if since > lead.judged_at]
    return min([*coming[:1], at if lead.next_change_at is None else lead.next_change_at])


def _judge_all(found: list[tuple[int, Lead]], versions: list[InForce], *, at: int) -> int:
    """Judge leads for as long as a transaction may take; return how many that were."""
    began = time.monotonic()
    for done, (when, lead) in enumerate(found, 1):
        _judge_due(lead, versions, as_of=when, at=at)
        if time.monotonic() - began > LONGEST:
            return done
    return len(found)


def _judge_due(lead: Lead, versions: list[InForce], *, as_of: int, at: int) -> None:
    try:
        with transaction.atomic():
            judge(lead, versions, at=as_of)
        _later.pop(lead.id, None)
    except OperationalError:
        raise  # the next try may do better
    except Exception:  # a mistake of ours must not hold up the others; late is as exact as in time
        log.exception("lead %s could not be judged", lead.lead_id)
        _later[lead.id] = at + HOUR
        Lead.objects.filter(id=lead.id).update(next_change_at=at + HOUR)


def judge(
    lead: Lead, versions: list[InForce], *, at: int, taken_in: TakenIn | None = None
) -> list[Handoff]:
    """Decide about a lead as of an instant, and hand it over if that is what was decided.

    Instants between the last look and this one are decided as of themselves.
    """
    at = max(at, lead.judged_at or lead.created_at)
    since = lead.created_at if lead.judged_at is None else lead.judged_at + 1
    version = scoring.in_force(at, versions)
    history = scoring.lead_history(lead)
    lead.last_known, lead.judged_at = max(lead.last_known, at), at
    lead.next_change_at = _next_change(lead, history, versions, at)
    opened: list[Handoff] = []
    if version is not None:
        is_drawn = since <= _drawn_at(lead, versions) <= at
        if _decide(lead, history, versions, since, at) or is_drawn:
            opened = _hand_over(lead, history, versions, since, at)
        event = taken_in.event if taken_in is not None else None
        if not opened and event is not None and counts(version.plan, history, event.event_id):
            opened = _answer(lead, history, version, event)
            notice.changed(lead, event)
    lead.save(update_fields=_JUDGED if taken_in is None else _JUDGED + _DESCRIBED)
    return opened


_DESCRIBED = ["name", "title", "company"]  # by what was taken in
_JUDGED = [
    "last_known", "judged_at", "next_change_at", "version", "fit", "engagement", "intent",
    "sales_ready", "stage", "owner",
]  # fmt: skip


def _hand_over(
    lead: Lead, history: LeadHistory, versions: list[InForce], since: int, at: int
) -> list[Handoff]:
    """Open the hand-offs that fall between the last look and this one."""
    opened: list[Handoff] = []
    returns, timeline = scoring.returns(lead), scoring.enactments(versions)
    decided_at = scoring.decided_at(lead)
    for opening in handoffs_of(history, timeline, returns, at, decided_at=decided_at):
        kept = lead.handoffs.filter(kind=Handoff.Kind.SALES, closed_at=None)
        by = scoring.in_force(opening.at, versions)
        if opening.at >= since and by is not None and not kept.exists():
            explored = opening.explored
            opened.append(handoff.open_handoff(lead, by, at=opening.at, explored=explored))
    return opened


def _drawn_at(lead: Lead, versions: list[InForce]) -> int:
    """Return when a lead is drawn for the share that goes to sales below the line."""
    draw = draws(lead.lead_id, lead.created_at, scoring.enactments(versions))
    return draw[0] if draw is not None else FOREVER


def _take_in(received: Received, versions: list[InForce]) -> bool:
    """Take a message in, and return whether it need not be kept: one that is of no use stays."""
    try:
        try:
            _understand(received, versions)
        except IntegrityError:  # somebody was quicker, with a hand-off perhaps: now it can be seen
            _understand(received, versions)
    except Unusable as unusable:
        Received.objects.filter(id=received.id).update(reason=str(unusable)[:300])
    except (OperationalError, InterfaceError):
        raise  # the next try may do better
    except Exception as error:  # a mistake of ours must not hold up what comes after
        log.exception("message %s could not be taken in", received.id)
        Received.objects.filter(id=received.id).update(reason=f"our mistake: {error!r}"[:300])
    else:
        return True
    return False


@transaction.atomic
def _understand(received: Received, versions: list[InForce]) -> None:
    source = received.source
    message = read(received.body, arrived=received.at, source=source.id if source else None)
    taken_in = take_in(message, arrived=received.at, source=source)
    if taken_in is not None and taken_in.lead is not None:
        judge(taken_in.lead, versions, at=taken_in.at, taken_in=taken_in)


def _decide(lead: Lead, history: LeadHistory, versions: list[InForce], since: int, at: int) -> bool:
    """Write down each turn since the last look, and where the lead stands now.

    Returns whether the lead was sales-ready at any instant of that time.
    """
    rows: dict[int, Decision] = {}
    for n, version in enumerate(versions):
        ends = versions[n + 1].since - 1 if n + 1 < len(versions) else FOREVER
        begins, last = max(since, version.since), min(at, ends)
        if begins <= last:
            for turn in turns(version.plan, history, begins, last):
                rows[turn.at] = Decision(
                    lead=lead,
                    version_id=version.id,
                    at=turn.at,
                    fit=turn.fit,
                    engagement=turn.engagement,
                    intent=turn.intent,
                    sales_ready=turn.sales_ready,
                )
    news, told = [], _says(lead)
    for _, row in sorted(rows.items()):
        if _says(row) != told:
            news.append(row)
            told = _says(row)
    if news:
        Decision.objects.bulk_create(news, ignore_conflicts=True)
        last_one = news[-1]
        lead.version_id, lead.fit, lead.engagement = told[:3]
        lead.intent, lead.sales_ready = last_one.intent, last_one.sales_ready
    return any(row.sales_ready for row in rows.values())


def _says(of: Lead | Decision) -> tuple[int | None, int, int, bool, bool]:
    return of.version_id, of.fit, of.engagement, of.intent, of.sales_ready


def _next_change(lead: Lead, history: LeadHistory, versions: list[InForce], at: int) -> int | None:
    """Return when a lead has to be looked at again if nothing else happens.

    That a newer version judges it is not written down at every lead: `due` knows.
    """
    version = scoring.in_force(at, versions)
    coming = [drawn] if at < (drawn := _drawn_at(lead, versions)) < FOREVER else []
    if version is not None:
        changes = next_change(version.plan, history, at)
        coming += [changes] if changes is not None else []
    return min(coming, default=None)


def _answer(lead: Lead, history: LeadHistory, version: InForce, event: Event) -> list[Handoff]:
    """Open the human answer to a buying signal from outside the ideal lead."""
    if lead.sales_ready or version.agreement.outside_fit is None:
        return []
    if not shows_intent(version.plan, history, event.event_id):
        return []
    if lead.handoffs.filter(closed_at=None).exists():
        return []
    kind = Handoff.Kind.ANSWER
    return [handoff.open_handoff(lead, version, at=event.known_from, kind=kind)]


def take_turns() -> None:
    """Let workers on PostgreSQL take turns; on SQLite a writing transaction is alone anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
