"""Work that waits for its time, and the trail of what was done."""

from __future__ import annotations

from django.db import models

from einig.store.fields import InstantField
from einig.store.models.leads import Lead
from einig.store.models.people import User


class Task(models.Model):
    """Slow or later work. A worker claims what is due; `key` makes sure that it is there once."""

    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=200, unique=True)
    payload = models.JSONField(default=dict)
    due_at = InstantField()
    claimed_until = InstantField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True, default="")
    done_at = InstantField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="task_due", condition=models.Q(done_at=None))
        ]


class Notice(models.Model):
    """What changed about a lead since its person last looked."""

    to = models.ForeignKey(User, models.CASCADE, related_name="notices")
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="notices")
    at = InstantField()
    what = models.CharField(max_length=30)
    detail = models.JSONField(default=dict)
    seen_at = InstantField(null=True)

    class Meta:
        indexes = [models.Index(fields=["to", "-at"], name="notice_by_person")]


class AuditEntry(models.Model):
    """Who did what, when. The database itself refuses to change or remove a row.

    So it goes on saying who it was by number when the person is gone.
    """

    at = InstantField()
    by = models.ForeignKey(User, models.DO_NOTHING, null=True, db_constraint=False)
    action = models.CharField(max_length=40)
    about = models.CharField(max_length=80, db_index=True)  # such as lead:L-17
    detail = models.JSONField(default=dict)
