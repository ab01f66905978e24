"""The journey of a message: taken in, scored, decided on, handed over. Begin here.

What a client was thanked for waits in `Received`. `take_in_waiting` works through it in the order
of arrival: whose it is and what it says (`intake`), what the agreement in force says of the lead
now (`scoring`), and whether the lead goes to sales (`handoff`). Each message is whole or not
at all, with its audit rows; what cannot be used stays where it is, with the reason.

A lead changes without a message too, when a window runs out or another version comes into force:
`due` looks at those.
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

from einig.engine.backtest.exploring import draws
from einig.engine.backtest.handoffs import handoffs_of
from einig.engine.instants import FOREVER
from einig.engine.scoring import LeadHistory, counts, next_change, shows_intent, turns
from einig.flow import handoff, legitimacy, notice, scoring
from einig.flow.contacting import asks
from einig.flow.intake import TakenIn, take_in
from einig.flow.messages import Message, Unusable, read
from einig.flow.scoring import InForce
from einig.store import quick, rows
from einig.store.models import Decision, Event, Handoff, Lead, Received, Source
from einig.store.turns import wait

log = logging.getLogger(__name__)
# seconds of work in one transaction: on SQLite whoever writes waits meanwhile, on PostgreSQL only
# whoever takes turns
_LONGEST = {"sqlite": 0.03, "postgresql": 0.1}
_PATIENCE = 2.0  # seconds that somebody waits for their own message


def take_in_waiting(*, most: int = 30) -> int:
    """Take in what waits, oldest first, and return how much that was."""
    scoring.prepare()
    if not rows.waiting(1):
        return 0  # nobody has to wait for us to see that
    try:
        return _turn(most, one_by_one=False)
    except (OperationalError, InterfaceError):
        raise  # the next try may do better
    except Exception:  # some message did that: whatever it wrote is undone, and that alone
        return _turn(most, one_by_one=True)


def _turn(most: int, *, one_by_one: bool) -> int:
    """Take in what one transaction takes; `one_by_one`, each message can fail by itself."""
    do = _take_in if one_by_one else _understand
    with transaction.atomic():
        take_turns()
        waiting = rows.waiting(most)
        versions = scoring.timeline() if waiting else []
        sources = Source.objects.in_bulk({of.source_id for of in waiting if of.source_id})
        ends, done, seen = turn_ends(), list[int](), 0
        for of in waiting:
            seen += 1
            if of.source_id is not None:
                of.source = sources[of.source_id]
            if do(of, versions):
                done.append(of.id)
            if time.thread_time() > ends:
                break
        Received.objects.filter(id__in=done).delete()
    return seen


def catch_up() -> None:
    """Take in what waits, for somebody who wants to see it at once; the worker does the rest."""
    ends = time.monotonic() + _PATIENCE
    while take_in_waiting() and time.monotonic() < ends:
        pass


def judge(
    lead: Lead, versions: list[InForce], *, at: int, taken_in: TakenIn | None = None
) -> list[Handoff]:
    """Decide about a lead as of an instant, and hand it over if that is what was decided.

    Instants between the last look and this one are decided as of themselves.
    """
    if not lead.profiled:
        return _by_hand(lead, versions, at=at, taken_in=taken_in)
    quick.lock(lead, _STANDS)  # a version that judges all leads anew may do so meanwhile
    at = max(at, lead.judged_at or lead.created_at)
    since = lead.created_at if lead.judged_at is None else lead.judged_at + 1
    version = scoring.in_force(at, versions)
    history = scoring.lead_history(lead)
    lead.last_known, lead.judged_at = max(lead.last_known, at), at
    lead.next_change_at = next_look(lead, history, versions, at)
    opened: list[Handoff] = []
    if version is not None:
        is_drawn = since <= _drawn_at(lead, versions) <= at
        if _decide(lead, history, versions, since, at) or is_drawn:
            opened = _hand_over(lead, history, versions, since, at)
        event = taken_in.event if taken_in is not None else None
        if not opened and event is not None and counts(version.plan, history, event.event_id):
            opened = _answer(lead, history, version, event)
            notice.changed(lead, event)
    quick.update(lead, _JUDGED if taken_in is None else _JUDGED + _DESCRIBED)
    return opened


def _by_hand(
    lead: Lead, versions: list[InForce], *, at: int, taken_in: TakenIn | None
) -> list[Handoff]:
    """Judge nothing of a lead without a basis for that: whoever asks for something is answered."""
    lead.last_known, lead.next_change_at = max(lead.last_known, at), None
    opened: list[Handoff] = []
    version = scoring.in_force(at, versions)
    event = taken_in.event if taken_in is not None else None
    if version is not None and event is not None:
        if asks(event.type, version) and not lead.handoffs.filter(closed_at=None).exists():
            kind = Handoff.Kind.ANSWER
            opened = [handoff.open_handoff(lead, version, at=event.known_from, kind=kind)]
        notice.changed(lead, event)
    fields = ["last_known", "next_change_at", "stage", "owner"]
    quick.update(lead, fields if taken_in is None else fields + _DESCRIBED)
    return opened


_DESCRIBED = ["name", "title", "company"]  # by what was taken in
_STANDS = [
    "judged_at", "next_change_at", "version", "fit", "engagement", "intent", "sales_ready",
]  # fmt: skip
_JUDGED = ["last_known", *_STANDS, "stage", "owner"]


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
    """Take a message in, and return whether it need not be kept: one that we fail at stays."""
    try:
        try:
            with transaction.atomic():
                return _understand(received, versions)
        except IntegrityError:  # somebody was quicker, with a hand-off perhaps: now it can be seen
            with transaction.atomic():
                return _understand(received, versions)
    except (OperationalError, InterfaceError):
        raise  # the next try may do better
    except Exception as error:  # a mistake of ours must not hold up what comes after
        log.exception("message %s could not be taken in", received.id)
        Received.objects.filter(id=received.id).update(reason=f"our mistake: {error!r}"[:300])
    return False


def _understand(received: Received, versions: list[InForce]) -> bool:
    """Take a message in; return whether it need not be kept: one that is of no use stays."""
    source = received.source
    try:
        message = read(received.body, arrived=received.at, source=source.id if source else None)
    except Unusable as unusable:
        Received.objects.filter(id=received.id).update(reason=str(unusable)[:300])
        return False
    doubt = "" if received.vouched else legitimacy.doubt(message)
    if doubt:
        _keep_apart(received, message, doubt, versions)
        return False
    taken_in = take_in(message, arrived=received.at, source=source)
    if taken_in is not None and taken_in.lead is not None:
        judge(taken_in.lead, versions, at=taken_in.at, taken_in=taken_in)
    return True


def _keep_apart(received: Received, message: Message, doubt: str, versions: list[InForce]) -> None:
    """Keep apart what seems to be no person's doing; a burst of clicks undoes the first of them."""
    Received.objects.filter(id=received.id).update(doubt=doubt, reason=doubt)
    if doubt == legitimacy.SCANNER:
        lead = legitimacy.take_back(message, at=received.at)
        if lead is not None:
            judge(lead, versions, at=lead.last_known)


def _decide(lead: Lead, history: LeadHistory, versions: list[InForce], since: int, at: int) -> bool:
    """Write down each turn since the last look, and where the lead stands now.

    Returns whether the lead was sales-ready at any instant of that time.
    """
    said: dict[int, Decision] = {}
    for n, version in enumerate(versions):
        ends = versions[n + 1].since - 1 if n + 1 < len(versions) else FOREVER
        begins, last = max(since, version.since), min(at, ends)
        if begins <= last:
            for turn in turns(version.plan, history, begins, last):
                said[turn.at] = Decision(
                    lead=lead,
                    version_id=version.id,
                    at=turn.at,
                    fit=turn.fit,
                    engagement=turn.engagement,
                    intent=turn.intent,
                    sales_ready=turn.sales_ready,
                )
    news, told = [], _says(lead)
    for _, row in sorted(said.items()):
        if _says(row) != told:
            news.append(row)
            told = _says(row)
    if news:
        Decision.objects.bulk_create(news, ignore_conflicts=True)
        last_one = news[-1]
        lead.version_id, lead.fit, lead.engagement = told[:3]
        lead.intent, lead.sales_ready = last_one.intent, last_one.sales_ready
    return any(row.sales_ready for row in said.values())


def _says(of: Lead | Decision) -> tuple[int | None, int, int, bool, bool]:
    return of.version_id, of.fit, of.engagement, of.intent, of.sales_ready


def next_look(lead: Lead, history: LeadHistory, versions: list[InForce], at: int) -> int | None:
    """Return when a lead has to be looked at again if nothing else happens.

    That a newer version judges it is not written down at every lead: `due.leads` knows.
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
    wait("journey")


def turn_ends() -> float:
    """Return at which time of this thread a turn that begins now has taken long enough."""
    return time.thread_time() + _LONGEST[connection.vendor]
