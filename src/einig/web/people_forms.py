"""Forms: what people type about themselves and others: accounts, teams, keys, signatures."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from einig.engine.instants import local_instant, moment
from einig.flow.organisation import organisation
from einig.store.models import (
    Invitation,
    Organisation,
    Role,
    Team,
    User,
)
from einig.web.labels import ROLES


class WelcomeForm(forms.Form):
    """A new account."""

    email = forms.EmailField(label=_("Email"))
    name = forms.CharField(label=_("Your name"), max_length=120)
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters."),
    )

    def __init__(self, *args: Any, invitation: Invitation, **more: Any) -> None:
        super().__init__(*args, **more)
        if invitation.email:
            del self.fields["email"]

    def clean_email(self) -> str:
        """Refuse an address that somebody has already."""
        email = str(self.cleaned_data["email"])
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("Somebody has this address already."))
        return email

    def clean_password(self) -> str:
        """Refuse a password that is easily guessed."""
        password = str(self.cleaned_data["password"])
        validate_password(password)
        return password

    def account(self) -> dict[str, str]:
        """Return what the account is made of."""
        return {"email": ""} | {name: str(value) for name, value in self.cleaned_data.items()}


class AbsenceForm(forms.Form):
    """From the morning of one day to the evening of another."""

    first = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    cover = forms.ModelChoiceField(
        User.objects.none(), label=_("Who covers"), required=False, empty_label=_("the team")
    )

    def __init__(self, *args: Any, person: User, **more: Any) -> None:
        super().__init__(*args, **more)
        others = User.objects.filter(is_active=True, team=person.team).exclude(id=person.id)
        self.fields["cover"].queryset = others.order_by("name")  # type: ignore[attr-defined]  # a choice

    def clean(self) -> dict[str, Any]:
        """Refuse an absence that ends before it begins."""
        given = super().clean() or {}
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            raise forms.ValidationError(_("The last day is before the first."))
        return given

    def absence(self) -> dict[str, Any]:
        """Return the absence in instants."""
        zone = ZoneInfo(organisation().zone)
        first, last = (self.cleaned_data[name] for name in ("first", "last"))
        ends = last + timedelta(days=1)
        return {
            "begins": local_instant(datetime.combine(first, time()), zone),
            "ends": local_instant(datetime.combine(ends, time()), zone),
            "cover": self.cleaned_data["cover"],
        }


class PersonForm(forms.Form):
    """Somebody to be invited."""

    email = forms.EmailField(label=_("Email"))
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, initial=Role.SALES)
    team = forms.ModelChoiceField(Team.objects.order_by("name"), label=_("Team"), required=False)

    def clean_email(self) -> str:
        """Refuse an address that somebody has already."""
        email = str(self.cleaned_data["email"])
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("Somebody has this address already."))
        return email


class ChangePersonForm(forms.Form):
    """What somebody may do and can work."""

    role = forms.ChoiceField(label=_("Role"), choices=ROLES)
    team = forms.ModelChoiceField(Team.objects.order_by("name"), label=_("Team"), required=False)
    capacity = forms.IntegerField(label=_("Open leads at once"), min_value=0, max_value=1000)
    opens = forms.IntegerField(
        label=_("Own work begins (hour)"), min_value=0, max_value=23, required=False,
        help_text=_("Empty: as everybody."),
    )  # fmt: skip
    closes = forms.IntegerField(
        label=_("Own work ends (hour)"), min_value=1, max_value=24, required=False
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a working day that ends before it begins."""
        given = super().clean() or {}
        us = organisation()
        opens = us.opens if given.get("opens") is None else given["opens"]
        closes = us.closes if given.get("closes") is None else given["closes"]
        if closes <= opens:
            raise forms.ValidationError(_("Work ends before it begins."))
        return given


class TeamForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for mypy only
    """A team."""

    class Meta:
        model = Team
        fields = ("name",)
        labels = {"name": _("Name")}


class KeyForm(forms.Form):
    """What a key is for."""

    name = forms.CharField(label=_("What it is for"), max_length=80)


class OrganisationForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for mypy only
    """The company that runs this Einig."""

    privacy_url = forms.URLField(
        label=_("Address of the privacy notice"), assume_scheme="https", required=False
    )

    class Meta:
        model = Organisation
        fields = (
            "name", "zone", "currency", "country", "region", "opens", "closes",
            "figures_per_person", "particulars", "privacy_url",
        )  # fmt: skip
        labels = {
            "name": _("Company"),
            "zone": _("Time zone"),
            "currency": _("Currency"),
            "country": _("Country of public holidays"),
            "region": _("Region of public holidays (like BY)"),
            "opens": _("Work begins (hour)"),
            "closes": _("Work ends (hour)"),
            "figures_per_person": _("Show figures per person (ask the works council first)"),
            "particulars": _("Particulars for mails and forms (imprint)"),
        }

    def clean(self) -> dict[str, Any]:
        """Refuse a working day that ends before it begins."""
        given = super().clean() or {}
        opens, closes = given.get("opens"), given.get("closes")
        if opens is not None and closes is not None and not opens < closes <= 24:
            raise forms.ValidationError(_("Work ends before it begins."))
        return given

    def clean_zone(self) -> str:
        """Refuse a zone that does not exist."""
        zone = str(self.cleaned_data["zone"])
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            raise forms.ValidationError(_("Write it like Europe/Berlin.")) from None
        return zone


class SignForm(forms.Form):
    """One side's yes to what was seen, from a moment on.

    `seen` is the hash of the content, `agreed` the moment that the other side signed for: AT_ONCE,
    an instant, or nothing while nobody has signed.
    """

    AT_ONCE, LATER = "at_once", "later"
    LAST = 2099  # a year that every calendar can still show
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    agreed = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)
    moment = forms.ChoiceField(
        label=_("In force"),
        choices=[(AT_ONCE, _("as soon as both have signed")), (LATER, _("from a moment on"))],
        widget=forms.RadioSelect,
        required=False,
    )
    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    clock = forms.TimeField(
        label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}), required=False
    )
    password = forms.CharField(
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
        max_length=4096,
    )

    def clean_agreed(self) -> str:
        """Refuse what is no moment."""
        given = str(self.cleaned_data["agreed"])
        if given in {"", self.AT_ONCE}:
            return given
        if not (given.isdecimal() and given.isascii() and moment(int(given)).year <= self.LAST):
            raise forms.ValidationError(_("This is no moment."))
        return given

    def clean_day(self) -> date | None:
        """Refuse a day that nobody alive will see."""
        given: date | None = self.cleaned_data["day"]
        if given is not None and given.year > self.LAST:
            raise forms.ValidationError(_("Choose an earlier day."))
        return given

    def clean(self) -> dict[str, Any]:
        """Refuse a moment without its day."""
        given = super().clean() or {}
        if given.get("moment") == self.LATER and not given.get("agreed") and not given.get("day"):
            self.add_error("day", _("Say from which day on."))
        return given

    def in_force_from(self) -> int | None:
        """Return the moment; None for as soon as both have signed."""
        given = self.cleaned_data
        if given["agreed"]:
            return None if given["agreed"] == self.AT_ONCE else int(given["agreed"])
        if given["moment"] != self.LATER:
            return None
        naive = datetime.combine(given["day"], given["clock"] or time())
        return local_instant(naive, ZoneInfo(organisation().zone))
