"""Lead sources: their keys, and what their campaigns cost."""

from __future__ import annotations

import secrets
from decimal import Decimal

from django.db import transaction

from einig.flow import audit
from einig.flow.permissions import require
from einig.store.models import Campaign, Source, User


def add(*, name: str, kind: str, inbound: bool, by: User, at: int) -> Source:
    """Add a source with a key of its own, and a secret to sign what it sends."""
    require(by, "edit_sources")
    with transaction.atomic():
        made = Source.objects.create(
            name=name,
            kind=kind,
            inbound=inbound,
            key=secrets.token_urlsafe(24),
            secret=secrets.token_urlsafe(32),
        )
        audit.record("source_added", f"source:{made.name}", at=at, by=by, kind=kind)
    return made


def spend(source: Source, *, name: str, spend: Decimal, by: User, at: int) -> Campaign:
    """Say what a campaign cost."""
    require(by, "edit_sources")
    with transaction.atomic():
        campaign = Campaign.objects.update_or_create(
            source=source, name=name, defaults={"spend": spend}
        )[0]
        audit.record(
            "spend", f"source:{source.name}", at=at, by=by, campaign=name, spend=str(spend)
        )
    return campaign
