"""Versions of the agreement, and who signed them."""

from __future__ import annotations

from django.db import models

from einig.store.fields import InstantField
from einig.store.models.people import Side, User


class Version(models.Model):
    """An agreement as a document: a draft, proposed, signed by both, in force from an instant."""

    number = models.PositiveIntegerField(unique=True)
    text = models.TextField()
    content_hash = models.CharField(max_length=64)
    drafted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    drafted_at = InstantField()
    proposed_at = InstantField(null=True)
    in_force_from = InstantField(null=True, db_index=True)
    withdrawn_at = InstantField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["in_force_from"], name="one_version_at_a_time"),
            models.CheckConstraint(
                name="only_what_was_proposed_comes_into_force",
                condition=models.Q(in_force_from=None) | models.Q(proposed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)


class Signature(models.Model):
    """One side's yes to a version."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="signatures")
    side = models.CharField(max_length=10, choices=Side.choices)
    by = models.ForeignKey(User, models.PROTECT)
    at = InstantField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "side"], name="one_signature")]
