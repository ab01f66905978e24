"""What becomes of leads: nurture and outcomes."""

from __future__ import annotations

from django.db import models

from einig.store.fields import InstantField
from einig.store.models.leads import Lead
from einig.store.models.people import User


class NurtureEntry(models.Model):
    """A lead in nurture, since when and why, and for what it left."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="nurture")
    entered_at = InstantField()
    reason = models.CharField(max_length=200)
    mailed_at = InstantField(null=True)  # the one mail of its sequence
    human_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    human_due_at = InstantField(null=True)  # the one call of its sequence
    human_done_at = InstantField(null=True)
    left_at = InstantField(null=True)
    left_for = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead"], condition=models.Q(left_at=None), name="once_in_nurture"
            )
        ]
        indexes = [
            models.Index(
                fields=["entered_at"], name="nurture_inside", condition=models.Q(left_at=None)
            ),
            models.Index(
                fields=["human_due_at"],
                name="nurture_to_call",
                condition=models.Q(left_at=None, human_done_at=None),
            ),
        ]


class Outcome(models.Model):
    """How it ended: won with revenue, or lost with a reason."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="outcomes")
    won = models.BooleanField()
    at = InstantField(db_index=True)
    revenue = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, default="EUR")
    reason = models.CharField(max_length=200, blank=True, default="")
    by = models.ForeignKey(User, models.SET_NULL, null=True)
