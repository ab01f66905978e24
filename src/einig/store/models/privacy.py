"""What may be done with what is known of people: purposes, consents, objections, erasure."""

from __future__ import annotations

from django.db import models

from einig.store.fields import InstantField
from einig.store.models.leads import Lead
from einig.store.models.people import User
from einig.store.models.sources import Source


class Basis(models.TextChoices):
    """Why something may be done with what is known of somebody."""

    CONSENT = "consent"
    INTEREST = "interest"  # a legitimate interest, with its weighing
    REQUEST = "request"  # they asked for it: steps before a contract
    CUSTOMER = "customer"  # customers, of similar goods, unless they object
    PRESUMED = "presumed"  # a business: the recorded reason to presume consent to a call


class Purpose(models.Model):
    """A purpose as it is worded from an instant on; rows are only added, the newest one counts.

    `confirmed`: a consent opens it only once it was confirmed by mail (double opt-in). Names and
    texts are by language.
    """

    code = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField()
    basis = models.CharField(max_length=10, choices=Basis.choices)
    names = models.JSONField(default=dict)
    texts = models.JSONField(default=dict)
    weighing = models.TextField(blank=True, default="")
    confirmed = models.BooleanField(default=False)
    retired = models.BooleanField(default=False)
    at = InstantField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_wording"),
        ]


class Consents(models.QuerySet["Consent"]):
    """Consents, all or some."""

    def open(self) -> Consents:
        """Return those that hold: confirmed where that is asked for, and not withdrawn."""
        return self.filter(opened_at__isnull=False, withdrawn_at=None)

    def waiting(self) -> Consents:
        """Return those that wait to be confirmed."""
        return self.filter(opened_at=None, withdrawn_at=None)


class Consent(models.Model):
    """A lead's permission for one purpose: its legal basis, the text agreed to, and the proof.

    It opens its purpose at `opened_at`: at once, or when whoever got the mail to `address`
    confirmed it, from the network address `confirmed_from`. `heard` is the message that told it.
    """

    class Purpose(models.TextChoices):
        """The purposes that something here depends on; there can be others."""

        MAIL = "mail"
        PHONE = "phone"
        PROFILING = "profiling"
        TRACKING = "tracking"

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20)
    basis = models.CharField(max_length=40)
    text = models.TextField(blank=True, default="")
    version = models.PositiveSmallIntegerField(default=0)  # of the text; 0: a sender's own
    language = models.CharField(max_length=5, blank=True, default="")
    source = models.ForeignKey(Source, models.SET_NULL, null=True, related_name="+")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    proof = models.TextField(blank=True, default="")
    heard = models.CharField(max_length=330, null=True, unique=True)
    given_at = InstantField()
    address = models.CharField(max_length=254, blank=True, default="")
    asked = models.PositiveSmallIntegerField(default=0)  # mails that asked to confirm it
    opened_at = InstantField(null=True)
    confirmed_from = models.CharField(max_length=64, blank=True, default="")
    withdrawn_at = InstantField(null=True)

    objects = Consents.as_manager()


class Objection(models.Model):
    """From an instant on a lead wants something no more; a consent given later opens it again."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="objections")
    purpose = models.CharField(max_length=20)
    at = InstantField()
    how = models.CharField(max_length=10)  # link: by their own; told: to us; file: as one says
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")


class Suppression(models.Model):
    """Somebody who was erased, as a keyed hash of what they could be known by.

    `key` says under which key of the installation that was. `kept_out` counts how often somebody
    would have come back by it.
    """

    kind = models.CharField(max_length=10)  # a kind of contact detail, identity or lead
    hash = models.CharField(max_length=64)
    key = models.CharField(max_length=8)
    at = InstantField()
    kept_out = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "hash"], name="suppressed_once"),
        ]


class Retention(models.Model):
    """For how long one kind of data is kept, where it is not as Einig proposes."""

    kind = models.CharField(max_length=20, unique=True)
    days = models.PositiveIntegerField()
    active = models.BooleanField(default=False)
