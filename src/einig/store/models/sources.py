"""Where leads come from."""

from __future__ import annotations

from django.db import models

from einig.store.fields import InstantField


class Kind(models.TextChoices):
    """How a source hands leads over."""

    TRACKING = "tracking"  # a website or product, through the Segment API
    FORM = "form"
    IMPORT = "import"
    PHONE = "phone"
    WEBHOOK = "webhook"
    API = "api"
    HAND = "hand"


class Source(models.Model):
    """A channel with its key. `mapping` says which field of a webhook is what."""

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    inbound = models.BooleanField(default=True)
    key = models.CharField(max_length=64, unique=True)  # write key, or part of the address
    secret = models.CharField(max_length=64, blank=True, default="")  # signs webhooks
    mapping = models.JSONField(default=dict, blank=True)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Campaign(models.Model):
    """What a source was used for, and what that cost."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="campaigns")
    name = models.CharField(max_length=120)
    spend = models.DecimalField(max_digits=12, decimal_places=2, default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "name"], name="one_campaign")]

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """A key of the REST API; only its hash is kept."""

    name = models.CharField(max_length=80)
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    source = models.ForeignKey(Source, models.PROTECT)
    made_at = InstantField()
    revoked_at = InstantField(null=True)
