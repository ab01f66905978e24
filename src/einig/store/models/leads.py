"""Leads, how they can be reached, and the identities under which they act."""

from __future__ import annotations

from typing import Any

from django.db import models

from einig.engine import names
from einig.store.fields import InstantField
from einig.store.models.agreements import Version
from einig.store.models.people import User
from einig.store.models.sources import Campaign, Source


class Relation(models.TextChoices):
    """What a lead or its company already is to us."""

    NONE = ""
    CUSTOMER = "customer"
    OPEN_DEAL = "open_deal"
    APPLICANT = "applicant"
    COMPETITOR = "competitor"


class Stage(models.TextChoices):
    """Where a lead stands."""

    LEAD = "lead"
    MARKETING_QUALIFIED = "marketing_qualified"
    SALES_ACCEPTED = "sales_accepted"
    SALES_QUALIFIED = "sales_qualified"
    OPPORTUNITY = "opportunity"
    CUSTOMER = "customer"
    NURTURE = "nurture"
    DISQUALIFIED = "disqualified"


def company_key(name: str) -> str:
    """Return the form in which the names of two companies are compared."""
    return (names.company(name) or name.casefold())[:200]


class Company(models.Model):
    """An organisation that leads belong to; `owner` looks after it.

    `key` is the form in which two names are compared, without the legal form.
    """

    name = models.CharField(max_length=200)
    key = models.CharField(max_length=200, default="", db_default="", db_index=True)
    domain = models.CharField(max_length=200, blank=True, default="", db_index=True)
    relation = models.CharField(max_length=12, choices=Relation.choices, blank=True, default="")
    owner = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return self.name

    def save(self, **how: Any) -> None:
        """Keep the form in which its name is compared."""
        self.key = company_key(self.name)
        super().save(**how)


def _of_those_that_have(what: str, *more: str) -> models.Index:
    """Return an index by a field, of the rows in which it is not NULL."""
    some = models.Q(**{f"{what}__isnull": False})
    return models.Index(fields=[what, *more], name=f"lead_by_{what}", condition=some)


class Leads(models.QuerySet["Lead"]):
    """Leads, all or some."""

    def whole(self) -> Leads:
        """Return those that are not part of another: each is one person."""
        return self.filter(part_of=None)


class Lead(models.Model):
    """A person or an organisation that showed interest and can be reached.

    What the agreement thinks of it stands beside it, as of `judged_at`; `next_change_at` is the
    instant at which that changes if nothing else happens. `last_known` is the newest `known_from`.

    A lead that was merged is `part_of` the one that stays, which `has_parts`: see `Merger`.
    """

    lead_id = models.CharField(max_length=40)
    name = models.CharField(max_length=200, blank=True, default="")
    title = models.CharField(max_length=200, blank=True, default="")
    company = models.ForeignKey(Company, models.SET_NULL, null=True, blank=True, db_index=False)
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, db_index=False)
    campaign = models.ForeignKey(Campaign, models.SET_NULL, null=True, blank=True, db_index=False)
    relation = models.CharField(max_length=12, choices=Relation.choices, blank=True, default="")
    stage = models.CharField(max_length=20, choices=Stage.choices, default=Stage.LEAD)
    owner = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="leads", db_index=False
    )
    created_at = InstantField(db_index=True)
    last_known = InstantField()
    judged_at = InstantField(null=True)
    next_change_at = InstantField(null=True)
    # a version in force is guarded and never goes: nothing is looked up at every decision
    version = models.ForeignKey(
        Version, models.PROTECT, null=True, db_index=False, db_constraint=False
    )
    fit = models.IntegerField(default=0)
    engagement = models.IntegerField(default=0)
    intent = models.BooleanField(default=False)
    sales_ready = models.BooleanField(default=False)
    profiled = models.BooleanField(default=True)  # else nothing is judged: people work it by hand
    is_consumer = models.BooleanField(null=True)  # None: as the contact details say
    part_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="parts", db_index=False
    )
    has_parts = models.BooleanField(default=False, db_default=False)

    objects = Leads.as_manager()

    class Meta:
        # every decision writes to each of them: none that another one stands in for, and none
        # of what a lead does not have
        constraints = [models.UniqueConstraint(fields=["lead_id"], name="one_lead")]
        indexes = [
            models.Index(fields=["stage", "-created_at"], name="lead_by_stage"),
            models.Index(fields=["judged_at"], name="lead_by_judged_at"),
            _of_those_that_have("source", "-created_at"),
            _of_those_that_have("next_change_at"),
            _of_those_that_have("company"),
            _of_those_that_have("campaign"),
            _of_those_that_have("owner"),
            _of_those_that_have("part_of"),
        ]

    def __str__(self) -> str:
        return self.name or self.lead_id

    @property
    def score(self) -> int:
        """Return fit and engagement together."""
        return self.fit + self.engagement


class ContactDetail(models.Model):
    """An address, number or handle; `normal` is the form in which two are compared."""

    class Kind(models.TextChoices):
        """By what the lead is reached."""

        EMAIL = "email"
        PHONE = "phone"
        SOCIAL = "social"

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="contact_details")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    value = models.CharField(max_length=254)
    normal = models.CharField(max_length=254)
    at = InstantField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead", "kind", "normal"], name="one_contact_detail")
        ]
        indexes = [models.Index(fields=["kind", "normal"], name="contact_by_normal")]


class Identity(models.Model):
    """Under what someone acts: a user id, an anonymous id, or a lead itself (`lead:…`).

    `lead` is whose it is now; `Link` says since when.
    """

    key = models.CharField(max_length=300)
    lead = models.ForeignKey(Lead, models.SET_NULL, null=True, related_name="identities")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="one_identity")]


class Link(models.Model):
    """From `linked_at` to `unlinked_at`, what an identity did counts for a lead."""

    identity = models.ForeignKey(Identity, models.CASCADE, related_name="links")
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="links")
    kind = models.CharField(max_length=6, default="same")
    linked_at = InstantField()
    unlinked_at = InstantField(null=True)
