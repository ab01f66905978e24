"""What leads did and what is known of them; and what came in and could not be used."""

from __future__ import annotations

from django.db import models

from einig.store.fields import InstantField
from einig.store.models.leads import Identity
from einig.store.models.people import User
from einig.store.models.sources import Source


class Received(models.Model):
    """Something that a client handed over and was thanked for, as it came.

    It waits here until the journey has taken it in; then it is an event or a fact, and the row
    goes. What cannot be used stays, with the `reason`, until someone mends it or lets it go. What
    is no person's doing, as far as can be told, is kept apart with the `doubt`, until somebody says
    that it is (`vouched`).
    """

    # every row passes through here once, and nobody asks for those of one source
    source = models.ForeignKey(Source, models.PROTECT, null=True, db_index=False)
    body = models.TextField()
    at = InstantField()
    reason = models.CharField(max_length=300, blank=True, default="")
    dismissed_at = InstantField(null=True)
    doubt = models.CharField(max_length=12, blank=True, default="", db_default="")
    vouched = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["source", "doubt"], name="received_apart", condition=~models.Q(doubt="")
            ),
            models.Index(
                fields=["id"],
                name="received_waiting",
                condition=models.Q(reason="", dismissed_at=None),
            ),
        ]


class Event(models.Model):
    """An activity. Columns are those of the engine's contract."""

    event_id = models.CharField(max_length=300)
    identity = models.ForeignKey(Identity, models.CASCADE, related_name="events", db_index=False)
    type = models.CharField(max_length=200)
    at = InstantField()
    known_from = InstantField()
    known_until = InstantField(null=True)
    properties = models.JSONField(default=dict)
    source = models.ForeignKey(Source, models.SET_NULL, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event_id"], name="one_event")]
        indexes = [models.Index(fields=["identity", "known_from"], name="event_by_identity")]


class Fact(models.Model):
    """From `known_from`, an attribute of an identity is `value` (null is blank).

    `assumed`: a file said it of a lead that had ended; since when it was known is not said, so it
    counts from the lead's creation.
    """

    identity = models.ForeignKey(Identity, models.CASCADE, related_name="facts", db_index=False)
    attribute = models.CharField(max_length=200)
    value = models.TextField(null=True)
    known_from = InstantField()
    sequence = models.IntegerField(default=0)
    by = models.ForeignKey(User, models.SET_NULL, null=True)
    assumed = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [models.Index(fields=["identity", "known_from"], name="fact_by_identity")]
