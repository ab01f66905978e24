"""Keys by which a person's own tools speak for them."""

from __future__ import annotations

from django.db import models

from einig.store.fields import InstantField
from einig.store.models.people import User


class PersonalKey(models.Model):
    """A key that may do what its person may; only its hash is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="keys")
    name = models.CharField(max_length=80)
    key_hash = models.CharField(max_length=64, unique=True)
    made_at = InstantField()
    revoked_at = InstantField(null=True)
