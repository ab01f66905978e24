"""Personal keys: made by a person for their own tools, shown once, revoked at any time."""

from __future__ import annotations

import hashlib
import secrets

from django.db import transaction

from einig.flow import audit
from einig.store.models import PersonalKey, User


class Revoked(Exception):
    """A key that was made before opens nothing any more."""


def make(*, by: User, at: int, name: str, token: str | None = None) -> str:
    """Return a new key; it is shown once, and only its hash is kept.

    `token` is the secret in it; one that was given before is that of the same key. Raises
    Revoked if that was revoked since.
    """
    secret = f"einig_own_{token or secrets.token_urlsafe(32)}"
    if before := PersonalKey.objects.filter(key_hash=_hashed(secret)).first():
        if before.revoked_at is not None:
            raise Revoked
        return secret
    with transaction.atomic():
        made = PersonalKey.objects.create(
            user=by, name=name[:80], key_hash=_hashed(secret), made_at=at
        )
        audit.record("own_key_made", f"user:{by.id}", at=at, by=by, key=made.name)
    return secret


def revoke(key: PersonalKey, *, by: User, at: int) -> None:
    """Make a key useless from now on."""
    with transaction.atomic():
        if PersonalKey.objects.filter(id=key.id, user=by, revoked_at=None).update(revoked_at=at):
            audit.record("own_key_revoked", f"user:{by.id}", at=at, by=by, key=key.name)


def whose(secret: str) -> User | None:
    """Return the person for whom a key speaks, unless it is unknown, revoked, or they are gone."""
    found = PersonalKey.objects.select_related("user").filter(
        key_hash=_hashed(secret), revoked_at=None, user__is_active=True
    )
    key = found.first()
    return key.user if key is not None else None


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
