"""Leads: what people of ours say about them."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from einig.flow import audit, journey, one_person, scoring
from einig.flow.intake import own_identity
from einig.flow.permissions import require
from einig.store.models import Fact, Lead, Relation, User


def state(lead: Lead, facts: Mapping[str, str], *, by: User, at: int) -> None:
    """Say what a lead is from now on, and judge it anew. A blank value says that it is unknown."""
    require(by, "edit_lead")
    with transaction.atomic():
        current = Lead.objects.select_for_update().get(id=one_person.now(lead).id)
        known = max(at, current.last_known + 1)
        identity = own_identity(current)
        for n, (name, value) in enumerate(facts.items()):
            Fact.objects.create(
                identity=identity,
                attribute=name,
                value=value or None,
                known_from=known,
                sequence=n,
                by=by,
            )
            audit.record("fact_stated", current, at=at, by=by, attribute=name)
            if name == "relation" and value in Relation.values:
                current.relation = value
        journey.judge(current, scoring.timeline(), at=known)
    lead.refresh_from_db()
