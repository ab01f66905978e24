"""Notices: what changed about a lead since its person last looked."""

from __future__ import annotations

from einig.engine.scoring import LeadHistory, counts, plan
from einig.flow.intake import TakenIn
from einig.flow.scoring import InForce
from einig.store.models import Lead, Notice, User


def changed(lead: Lead, history: LeadHistory, version: InForce, taken_in: TakenIn) -> None:
    """Tell whoever has a lead, or gave it back, of an activity that counts."""
    event = taken_in.event
    if event is None or not counts(plan(version.agreement), history, event.event_id):
        return
    last = lead.handoffs.select_related("to").order_by("-opened_at", "-id").first()
    if last is None or last.to is None or last.opened_at == taken_in.at:
        return
    tell(last.to, lead, "activity", at=taken_in.at, activity=event.type)


def tell(to: User, lead: Lead, what: str, *, at: int, **detail: object) -> None:
    """Leave a notice."""
    Notice.objects.create(to=to, lead=lead, at=at, what=what, detail=detail)


def seen(to: User, lead: Lead, *, at: int) -> None:
    """Write down that somebody looked at a lead."""
    Notice.objects.filter(to=to, lead=lead, seen_at=None).update(seen_at=at)
