"""Lead sources: their keys, and what their campaigns cost."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from einig.connectors.registry import CONNECTORS
from einig.flow import audit
from einig.flow.keys import Revoked
from einig.flow.permissions import require
from einig.store.models import ApiKey, Campaign, Source, User
from einig.store.models.sources import Kind

__all__ = ["Revoked"]
SCOPES = ("capture", "read", "outcomes")


def add(*, name: str, kind: str, inbound: bool, by: User, at: int) -> Source:
    """Add a source with a key of its own, and a secret to sign what it sends.

    `kind` is one of the store's, or that of a connector.
    """
    require(by, "edit_sources")
    sender = kind if kind in CONNECTORS else ""
    with transaction.atomic():
        made = Source.objects.create(
            name=name,
            kind=Kind.SENDER if sender else kind,
            inbound=inbound,
            key=secrets.token_urlsafe(24),
            secret=secrets.token_urlsafe(32),
            sender=sender,
            settings=_made_here(sender) if sender else {},
        )
        audit.record("source_added", f"source:{made.name}", at=at, by=by, kind=kind)
    return made


def _made_here(sender: str) -> dict[str, str]:
    """Return the settings of a sender that Einig makes up itself."""
    return {
        of.name: secrets.token_urlsafe(24) for of in CONNECTORS[sender].settings if of.made_here
    }


def connect(source: Source, given: Mapping[str, str], *, by: User, at: int) -> None:
    """Keep what a connector needs; a secret that is left empty stays as it was."""
    require(by, "edit_sources")
    settings = dict(source.settings)
    for of in CONNECTORS[source.sender].settings:
        said = given.get(of.name, "").strip()[:500]
        if not of.made_here and (said or not of.secret):
            settings[of.name] = said
    with transaction.atomic():
        Source.objects.filter(id=source.id).update(settings=settings)
        changed = sorted(k for k, value in settings.items() if source.settings.get(k) != value)
        audit.record("source_connected", f"source:{source.name}", at=at, by=by, changed=changed)
    source.settings = settings


def missing(source: Source) -> list[str]:
    """Return the labels of what has to be filled in before a sender is heard."""
    return [
        of.label
        for of in CONNECTORS[source.sender].settings
        if of.required and not source.settings.get(of.name)
    ]


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


def make_key(source: Source, *, by: User, at: int, name: str | None = None) -> str:
    """Return a new key of the REST API; it is shown once, and only its hash is kept.

    `name` is the secret in it; one that was given before is that of the same key. Raises
    Revoked if that was revoked since.
    """
    require(by, "edit_sources")
    token = f"einig_{name or secrets.token_urlsafe(32)}"
    hashed = hashlib.sha256(token.encode()).hexdigest()
    if before := ApiKey.objects.filter(key_hash=hashed).first():
        if before.revoked_at is not None:
            raise Revoked
        return token
    with transaction.atomic():
        made = ApiKey.objects.create(
            name=f"{source.name} {token[6:10]}…",
            key_hash=hashed,
            scopes=list(SCOPES),
            source=source,
            made_at=at,
        )
        audit.record("key_made", f"source:{source.name}", at=at, by=by, key=made.name)
    return token


def revoke_key(key: ApiKey, *, by: User, at: int) -> None:
    """Make a key useless from now on."""
    require(by, "edit_sources")
    with transaction.atomic():
        if ApiKey.objects.filter(id=key.id, revoked_at=None).update(revoked_at=at):
            audit.record("key_revoked", f"source:{key.source.name}", at=at, by=by, key=key.name)


def map_webhook(source: Source, mapping: Mapping[str, Any], *, by: User, at: int) -> None:
    """Say where in a webhook's JSON what stands."""
    require(by, "edit_sources")
    with transaction.atomic():
        Source.objects.filter(id=source.id).update(mapping=dict(mapping))
        audit.record("webhook_mapped", f"source:{source.name}", at=at, by=by)
