"""What was learned from closed leads, kept as it was found."""

from __future__ import annotations

from django.db import models

from einig.store.fields import InstantField
from einig.store.models.agreements import Version
from einig.store.models.people import User


class Study(models.Model):
    """A look at the history for what leads that closed have in common.

    Asked for by a person, worked on by a worker (`progress` from 0 to 1, `step` in words), and then
    never changed: `result` is what was found, as JSON, with the span of the data and the content
    hash of the agreement that it proposes.
    """

    asked_at = InstantField()
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    question = models.JSONField(default=dict)  # target, within, goal, and what is to be kept
    step = models.CharField(max_length=80, blank=True, default="")
    progress = models.FloatField(default=0)
    finished_at = InstantField(null=True)
    error = models.TextField(blank=True, default="")
    data_from = InstantField(null=True)
    data_until = InstantField(null=True)
    content_hash = models.CharField(max_length=64, blank=True, default="")
    result = models.JSONField(null=True)
    draft = models.ForeignKey(Version, models.SET_NULL, null=True, related_name="+")
