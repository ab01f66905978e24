"""How two teams come to agree: threads on criteria, the agreement test, the Jour fixe."""

from __future__ import annotations

from django.db import models

from einig.store.fields import InstantField
from einig.store.models.agreements import Version
from einig.store.models.leads import Lead
from einig.store.models.people import Side, User


class Thread(models.Model):
    """What is discussed about one criterion of a draft, until it is resolved."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="threads")
    criterion = models.CharField(max_length=200)  # as in `engine.agreement.diff`: fit.employees
    opened_at = InstantField()
    resolved_at = InstantField(null=True)
    resolved_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "criterion"],
                condition=models.Q(resolved_at=None),
                name="one_open_thread",
            )
        ]


class Remark(models.Model):
    """What somebody said in a thread; whoever is mentioned is told."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="remarks")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = InstantField()
    text = models.TextField()


class Mention(models.Model):
    """Somebody who is asked in a remark to look."""

    remark = models.ForeignKey(Remark, models.CASCADE, related_name="mentions")
    to = models.ForeignKey(User, models.CASCADE, related_name="mentions")
    seen_at = InstantField(null=True)


class AgreementTest(models.Model):
    """Both teams judge the same leads blindly; their agreement is measured.

    `result` is kept once it is closed: the share, kappa with its interval, the disputes.
    """

    asked_at = InstantField()
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    closed_at = InstantField(null=True)
    result = models.JSONField(null=True)
    draft = models.ForeignKey(Version, models.SET_NULL, null=True, related_name="+")


class Sample(models.Model):
    """A lead of an agreement test, as it was known at `as_of`; `probability` of the draw."""

    test = models.ForeignKey(AgreementTest, models.CASCADE, related_name="leads")
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    as_of = InstantField()
    probability = models.FloatField(default=1)
    shown = models.JSONField(default=dict)  # what whoever judges sees, in the words of its day

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["test", "position"], name="one_lead_a_place"),
            models.UniqueConstraint(fields=["test", "lead"], name="once_in_a_test"),
        ]


class Juror(models.Model):
    """Somebody who judges, for one side, by a link of their own. Only the token's hash is kept."""

    test = models.ForeignKey(AgreementTest, models.CASCADE, related_name="jurors")
    side = models.CharField(max_length=10, choices=Side.choices)
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=120)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = InstantField()
    begun_at = InstantField(null=True)
    finished_at = InstantField(null=True)
    revoked_at = InstantField(null=True)


class Judgement(models.Model):
    """What one juror says of one lead: is it sales-ready, and what speaks for or against it."""

    juror = models.ForeignKey(Juror, models.CASCADE, related_name="judgements")
    lead = models.ForeignKey(Sample, models.CASCADE, related_name="judgements")
    ready = models.BooleanField()
    criteria = models.JSONField(default=list)  # what decided, such as fit.industry
    note = models.CharField(max_length=500, blank=True, default="")
    at = InstantField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["juror", "lead"], name="one_judgement")]


class JourFixe(models.Model):
    """Thirty minutes together: disputed leads, one proposed change, what each side promises."""

    at = InstantField()
    begun_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    leads = models.JSONField(default=list)  # ids of the disputed leads, with what was said of them
    change = models.ForeignKey(Version, models.SET_NULL, null=True, related_name="+")
    marketing_promises = models.TextField(blank=True, default="")
    sales_promises = models.TextField(blank=True, default="")
    notes = models.TextField(blank=True, default="")
    approved = models.JSONField(default=dict)  # by side: who, when, and what was seen
    kept = models.JSONField(default=dict)  # by side: of each promise, whether it was kept
    ended_at = InstantField(null=True)
