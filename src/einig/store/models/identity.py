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


class Search(models.Model):
    """A look through all leads for those that are probably there twice.

    `step` is what it is at: reading, comparing, writing; empty once it ended. `problem` says why it
    ended without a result.
    """

    at = InstantField(db_index=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    step = models.CharField(max_length=10, blank=True, default="waiting")
    leads = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    pairs = models.PositiveIntegerField(default=0)
    ended_at = InstantField(null=True)
    problem = models.CharField(max_length=20, blank=True, default="")


class Alike(models.Model):
    """Two leads that are probably one person, as a search found; `evidence` holds codes.

    Once somebody has said that they are not the same (`apart_at`), no search asks again. `one` has
    the smaller number.
    """

    one = models.ForeignKey(Lead, models.CASCADE, related_name="+")
    other = models.ForeignKey(Lead, models.CASCADE, related_name="+")
    probability = models.FloatField(default=0)
    evidence = models.JSONField(default=list)
    found = models.ForeignKey(Search, models.SET_NULL, null=True, related_name="+")
    apart_at = InstantField(null=True)
    apart_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["one", "other"], name="one_pair")]
        indexes = [
            models.Index(
                fields=["-probability", "id"],
                name="pair_to_look_at",
                condition=models.Q(apart_at=None),
            )
        ]
