"""Notices: what changed about a lead since its person last looked."""

from __future__ import annotations

from einig.store.models import Event, Lead, Notice, User


def changed(lead: Lead, event: Event) -> None:
    """Tell whoever has a lead, or gave it back, of an activity that counts."""
    last = lead.handoffs.select_related("to").order_by("-opened_at", "-id").first()
    if last is not None and last.to is not None and last.opened_at != event.known_from:
        lead.handoffs.filter(closed_at=None).update(later_at=None)  # it is not for later any more
        tell(last.to, lead, "activity", at=event.known_from, activity=event.type)


def tell(to: User, lead: Lead, what: str, *, at: int, **detail: object) -> None:
    """Leave a notice."""
    Notice.objects.create(to=to, lead=lead, at=at, what=what, detail=detail)


def seen(to: User, lead: Lead, *, at: int) -> None:
    """Write down that somebody looked at a lead."""
    Notice.objects.filter(to=to, lead=lead, seen_at=None).update(seen_at=at)
