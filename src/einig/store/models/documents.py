"""Documents that are given against contact details."""

from __future__ import annotations

from django.db import models

from einig.store.fields import InstantField
from einig.store.models.people import User


class Document(models.Model):
    """A file that forms give away. Its bytes lie on disk under `key`, and never change."""

    name = models.CharField(max_length=120)
    file_name = models.CharField(max_length=120)
    kind = models.CharField(max_length=100)  # its media type, as its bytes say
    size = models.PositiveIntegerField()
    key = models.CharField(max_length=40, unique=True)
    at = InstantField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    withdrawn_at = InstantField(null=True)

    def __str__(self) -> str:
        return self.name
