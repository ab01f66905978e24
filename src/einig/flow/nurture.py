"""Nurture: leads that are not ready, or came back, are kept warm and never dropped."""

from __future__ import annotations

from django.db import transaction

from einig.engine.instants import DAY
from einig.flow import audit, consent, contacting, tasks
from einig.flow.permissions import require
from einig.store.models import Attempt, Consent, Lead, NurtureEntry, Stage, User

MAIL_AFTER = 3 * DAY
CALL_AFTER = 30 * DAY


def enter(lead: Lead, *, at: int, reason: str, by: User | None = None) -> NurtureEntry:
    """Put a lead into nurture: one mail after days if it agreed to mails, one call after weeks."""
    with transaction.atomic():
        entry, new = NurtureEntry.objects.get_or_create(
            lead=lead,
            left_at=None,
            defaults={"entered_at": at, "reason": reason[:200], "human_due_at": at + CALL_AFTER},
        )
        if new:
            lead.stage = Stage.NURTURE
            lead.save(update_fields=["stage"])
            tasks.schedule("mail_nurture", str(entry.id), due_at=at + MAIL_AFTER, entry=entry.id)
            audit.record("nurture_entered", lead, at=at, by=by)
    return entry


def may_mail(lead: Lead) -> bool:
    """Return whether a lead agreed to get mails, and still does."""
    return consent.holds(lead, Consent.Purpose.MAIL) is not None


def call_done(entry: NurtureEntry, *, by: User, at: int) -> None:
    """Write down that the one call of the sequence was made. Raises contacting.NotPermitted."""
    require(by, "work_nurture")
    contacting.require_channel(entry.lead, Attempt.Channel.PHONE, at=at)
    with transaction.atomic():
        entry.human_by, entry.human_done_at = by, at
        entry.save(update_fields=["human_by", "human_done_at"])
        audit.record("nurture_called", entry.lead, at=at, by=by)
