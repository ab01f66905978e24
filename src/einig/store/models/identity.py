"""Who is one person with whom: leads that somebody merged, from when until when."""

from __future__ import annotations

from django.db import models

from einig.store.fields import InstantField
from einig.store.models.leads import Lead, Link
from einig.store.models.people import User


class Merger(models.Model):
    """From `at` until `undone_at` a lead is part of another: somebody said they are one person.

    `evidence` says what spoke for it, as codes. `took_over` is what the other lead became by it, by
    field: what it was before, and what it was made.
    """

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="mergers")
    into = models.ForeignKey(Lead, models.CASCADE, related_name="absorbed")
    link = models.OneToOneField(Link, models.CASCADE)
    at = InstantField(db_index=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    why = models.CharField(max_length=300, blank=True, default="")
    evidence = models.JSONField(default=dict)
    took_over = models.JSONField(default=dict)
    undone_at = InstantField(null=True)
    undone_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead"], condition=models.Q(undone_at=None), name="part_of_one"
            )
        ]
