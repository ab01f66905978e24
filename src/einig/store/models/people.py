"""People who work with leads, their teams, and who covers for whom."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from einig.store.fields import InstantField


class Side(models.TextChoices):
    """The two teams that agree."""

    MARKETING = "marketing"
    SALES = "sales"


class Role(models.TextChoices):
    """What a person may do; see `flow.permissions`."""

    MARKETING = "marketing"
    MARKETING_LEAD = "marketing_lead"
    SALES = "sales"
    SALES_LEAD = "sales_lead"
    ADMIN = "admin"


class Team(models.Model):
    """A team of one side. Leads are routed within the teams of sales."""

    name = models.CharField(max_length=80, unique=True)
    side = models.CharField(max_length=10, choices=Side.choices, default=Side.SALES)

    def __str__(self) -> str:
        return self.name


class People(BaseUserManager["User"]):
    """Everyone with an account."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return who has this address, however it is written."""
        found: User = self.get(email__iexact=username)
        return found

    def sellers(self) -> models.QuerySet[User]:
        """Return those to whom leads can be handed."""
        return self.filter(is_active=True, role__in=[Role.SALES, Role.SALES_LEAD])


class User(AbstractBaseUser):
    """A person with an account. `capacity` is how many open hand-offs they can work at once.

    `opens` and `closes` are their own working hours, where those differ from the organisation's.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=Role.choices)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="people")
    capacity = models.PositiveSmallIntegerField(default=30)
    opens = models.PositiveSmallIntegerField(null=True, blank=True)
    closes = models.PositiveSmallIntegerField(null=True, blank=True)
    language = models.CharField(max_length=5, default="de")
    is_active = models.BooleanField(default=True)

    objects: ClassVar[People] = People()
    USERNAME_FIELD = "email"

    def __str__(self) -> str:
        return self.name

    @property
    def side(self) -> Side | None:
        """Return the side that this person signs and speaks for; admins have none."""
        sides = {
            Role.MARKETING: Side.MARKETING,
            Role.MARKETING_LEAD: Side.MARKETING,
            Role.SALES: Side.SALES,
            Role.SALES_LEAD: Side.SALES,
        }
        return sides.get(Role(self.role))


class Absence(models.Model):
    """From `begins` until `ends` this person gets no leads; `cover` gets theirs."""

    user = models.ForeignKey(User, models.CASCADE, related_name="absences")
    begins = InstantField()
    ends = InstantField()
    cover = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")


class Invitation(models.Model):
    """A link by which one person can make an account, once. Only the token's hash is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=20, choices=Role.choices)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True)
    at = InstantField()
    expires_at = InstantField()
    accepted_at = InstantField(null=True)


class Organisation(models.Model):
    """The company that runs this Einig: one row."""

    name = models.CharField(max_length=120, default="")
    zone = models.CharField(max_length=64, default="Europe/Berlin")
    currency = models.CharField(max_length=3, default="EUR")
    country = models.CharField(max_length=2, default="DE")
    region = models.CharField(max_length=3, blank=True, default="")  # of public holidays, like BY
    opens = models.PositiveSmallIntegerField(default=9)  # the hour at which work begins
    closes = models.PositiveSmallIntegerField(default=17)
    figures_per_person = models.BooleanField(default=False)
    particulars = models.TextField(blank=True, default="")  # the imprint in mails and on forms
    privacy_url = models.URLField(blank=True, default="")  # what happens to what is typed there
