"""One person: which leads are the same person now, since somebody said so who looked at both.

Whatever concerns a person, and not one row, asks here: what they agreed and objected to, how they
are reached, what they may read of themselves, and what is erased. Identities stay with the lead
that they were linked to; so that a parting gives each its own back.
"""

from __future__ import annotations

from einig.store.models import Lead


def now(lead: Lead) -> Lead:
    """Return the lead that a lead is part of; itself, if it is part of none."""
    return lead.part_of or lead


def everything(lead: Lead) -> list[Lead]:
    """Return all leads that are one person with a lead: first the one that stays, then by age.

    Of a lead that was never merged that asks the database nothing.
    """
    whole = now(lead)
    return [whole, *whole.parts.order_by("created_at", "id")] if whole.has_parts else [whole]
