"""Where leads come from."""

from __future__ import annotations

from django.db import models

from einig.store.fields import InstantField
from einig.store.models.people import User


class Kind(models.TextChoices):
    """How a source hands leads over."""

    TRACKING = "tracking"  # a website or product, through the Segment API
    FORM = "form"
    FAIR = "fair"  # our own people at a stand
    IMPORT = "import"
    PHONE = "phone"
    WEBHOOK = "webhook"  # anything that sends signed JSON
    SENDER = "sender"  # one of `einig.connectors`
    API = "api"
    HAND = "hand"


class Source(models.Model):
    """A channel with its key. `mapping` says which field of a webhook is what.

    `sender` is the connector that understands it, and `settings` what that one needs.
    """

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    inbound = models.BooleanField(default=True)
    key = models.CharField(max_length=64, unique=True)  # write key, or part of the address
    secret = models.CharField(max_length=64, blank=True, default="")  # signs webhooks
    mapping = models.JSONField(default=dict, blank=True)
    sender = models.CharField(max_length=20, blank=True, default="")
    settings = models.JSONField(default=dict, blank=True)
    per_minute = models.PositiveIntegerField(default=600)  # deliveries; more have to wait
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """What a sender delivered, as it came: kept before anybody tries to understand it.

    One that was understood stays for a while, so that it can be read again once a mapping was put
    right; one that was not stays until somebody mends it or lets it go. `mended` is what is read in
    place of the body then.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="deliveries")
    delivery_id = models.CharField(max_length=128)
    at = InstantField()
    url = models.TextField(blank=True, default="")
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    mended = models.TextField(null=True)
    fetched = models.JSONField(default=dict)  # what was asked for at the sender, by name
    reason = models.CharField(max_length=300, blank=True, default="")
    said = models.PositiveSmallIntegerField(default=0)  # how many facts it told
    is_test = models.BooleanField(default=False)
    asking = models.BooleanField(default=False)  # whether the sender is being asked for more
    understood_at = InstantField(null=True)
    dismissed_at = InstantField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "delivery_id"], name="one_delivery")
        ]
        indexes = [
            models.Index(fields=["source", "-at"], name="delivery_by_source"),
            models.Index(
                fields=["id"],
                name="delivery_waiting",
                condition=models.Q(understood_at=None, reason="", dismissed_at=None, asking=False),
            ),
        ]


class Pace(models.Model):
    """How many messages of a source came within some seconds from `since` on."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="+")
    since = InstantField()
    many = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "since"], name="one_pace")]


class FormVersion(models.Model):
    """What a form of ours asks and says, from an instant on.

    Rows are only added; the newest that was not taken back counts. `document` is read by
    `flow.form_design`, and by nobody else.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="form_versions")
    document = models.JSONField(default=dict)
    at = InstantField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    taken_back_at = InstantField(null=True)


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
