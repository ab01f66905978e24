"""Consent: given for a purpose, on a legal basis, with its proof; withdrawn at once."""

from __future__ import annotations

from django.db import transaction

from einig.flow import audit
from einig.store.models import Consent, Lead

OBJECTION = "objection"


def give(lead: Lead, purpose: str, *, basis: str, proof: str, at: int) -> Consent:
    """Write down a consent."""
    with transaction.atomic():
        given = Consent.objects.create(
            lead=lead, purpose=purpose, basis=basis, proof=proof, given_at=at
        )
        audit.record("consent_given", lead, at=at, by=None, purpose=purpose, basis=basis)
    return given


def withdraw(lead: Lead, purpose: str, *, at: int) -> None:
    """End a consent from now on."""
    with transaction.atomic():
        held = Consent.objects.filter(lead=lead, purpose=purpose, withdrawn_at=None)
        if held.update(withdrawn_at=at):
            audit.record("consent_withdrawn", lead, at=at, by=None, purpose=purpose)


def object_to(lead: Lead, purpose: str, *, proof: str, at: int) -> Consent | None:
    """Write down an objection: what was held ends, and what was never given is withdrawn as well.

    None if an objection stands already.
    """
    with transaction.atomic():
        withdraw(lead, purpose, at=at)
        told = Consent.objects.filter(lead=lead, purpose=purpose).order_by("-given_at", "-id")
        if (last := told.first()) is not None and last.withdrawn_at is not None:
            return None
        made = Consent.objects.create(
            lead=lead, purpose=purpose, basis=OBJECTION, proof=proof, given_at=at, withdrawn_at=at
        )
        audit.record("objected", lead, at=at, by=None, purpose=purpose)
    return made
