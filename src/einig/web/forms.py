"""Forms: what people type, checked before it goes anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from einig.engine.instants import local_instant, moment
from einig.flow.contact import normalize
from einig.flow.organisation import organisation
from einig.store.models import (
    Attempt,
    Campaign,
    ContactDetail,
    Feedback,
    Invitation,
    Organisation,
    Role,
    Source,
    Team,
    User,
)
from einig.store.models.sources import Kind
from einig.web.labels import CHANNELS, GOALS, KINDS, RESULTS, ROLES, TARGETS, VERDICTS


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


class LeadForm(forms.Form):
    """Somebody who is to become a lead, by hand or on the phone."""

    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    company = forms.CharField(label=_("Company"), max_length=120, required=False)
    email = forms.EmailField(label=_("Email"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    wants = forms.CharField(
        label=_("What about?"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_phone(self) -> str:
        """Refuse what is not a number."""
        phone = str(self.cleaned_data["phone"]).strip()
        kind = ContactDetail.Kind.PHONE
        if phone and normalize(kind, phone, organisation().country) is None:
            raise forms.ValidationError(_("This is not a phone number."))
        return phone

    def clean(self) -> dict[str, Any]:
        """Refuse somebody who cannot be reached."""
        given = super().clean() or {}
        if not self.errors and not (given.get("email") or given.get("phone")):
            raise forms.ValidationError(
                _("Give an email or a phone number, so that we can answer.")
            )
        return given


class CallForm(LeadForm):
    """Somebody calls. A withheld number is no reason to lose them."""

    wants_demo = forms.BooleanField(label=_("wants a demo or an offer"), required=False)
    withheld = forms.BooleanField(
        label=_("The number is withheld and they gave none"), required=False
    )

    def clean(self) -> dict[str, Any]:
        """Let somebody in without any contact detail if the number is withheld."""
        given = forms.Form.clean(self) or {}
        reachable = given.get("email") or given.get("phone") or given.get("withheld")
        if not self.errors and not reachable:
            raise forms.ValidationError(
                _("Ask for a number or an email, or tick that it is withheld.")
            )
        return given


class AttemptForm(forms.Form):
    """One try to reach a lead."""

    channel = forms.ChoiceField(
        label=_("By"), choices=CHANNELS, initial=Attempt.Channel.PHONE, required=False
    )
    result = forms.ChoiceField(label=_("Result"), choices=RESULTS)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)


class OutcomeForm(forms.Form):
    """Won with revenue."""

    revenue = forms.DecimalField(
        label=_("Revenue"), min_value=Decimal(0), max_digits=12, decimal_places=2, localize=True
    )


class FeedbackForm(forms.Form):
    """What sales says of a lead, at any time."""

    verdict = forms.ChoiceField(
        label=_("How good was it?"), choices=VERDICTS, initial=Feedback.Verdict.PRAISE
    )
    text = forms.CharField(
        label=_("In a sentence"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


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


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for mypy only
    """A lead source."""

    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, initial=Kind.TRACKING)

    class Meta:
        model = Source
        fields = ("name", "kind", "inbound")
        labels = {"name": _("Name"), "inbound": _("They come to us (inbound)")}


class CampaignForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for mypy only
    """What a campaign cost."""

    class Meta:
        model = Campaign
        fields = ("name", "spend")
        labels = {"name": _("Campaign"), "spend": _("Spend")}


class KeyForm(forms.Form):
    """What a key is for."""

    name = forms.CharField(label=_("What it is for"), max_length=80)


class MappingForm(forms.Form):
    """Where in a webhook's JSON what stands."""

    mapping = forms.JSONField(
        label=_("Where in its JSON what stands"),
        widget=forms.Textarea(attrs={"class": "code small", "rows": 8, "spellcheck": "false"}),
    )

    def clean_mapping(self) -> dict[str, Any]:
        """Refuse a mapping that names no id or no attribute."""
        given = self.cleaned_data["mapping"]
        given = given if isinstance(given, dict) else {}
        attributes, properties = given.get("attributes"), given.get("properties", {})
        texts = [given.get("id"), given.get("activity", "")]
        for paths in (attributes, properties):
            texts += paths.values() if isinstance(paths, dict) else [None]
        if not attributes or not all(isinstance(text, str) for text in texts):
            raise forms.ValidationError(_("Name the path of the id, and of one attribute or more."))
        return dict(given)


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


class StudyForm(forms.Form):
    """What to look for in closed leads."""

    target = forms.ChoiceField(label=_("Leads that"), choices=TARGETS, initial="won")
    within = forms.IntegerField(
        label=_("within (days; empty: the usual time)"),
        min_value=1,
        max_value=1000,
        required=False,
    )
    goal = forms.ChoiceField(label=_("Threshold"), choices=GOALS, initial="share")
    amount = forms.DecimalField(
        label=_("this many"), min_value=Decimal("0.1"), initial=10, localize=True
    )

    @staticmethod
    def said(asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return what was said when this was asked."""
        if not asked:
            return {}
        is_share = asked["goal"] in {"share", "precision"}
        amount = Decimal(str(round(asked["amount"] * (100 if is_share else 1), 2))).normalize()
        kept = {name: asked[name] for name in ("target", "within", "goal")}
        return kept | {"amount": f"{amount:f}"}

    def asked(self) -> dict[str, Any]:
        """Return the question as the flow takes it: shares from 0 to 1."""
        said = self.cleaned_data
        amount = float(said["amount"])
        if said["goal"] in {"share", "precision"}:
            amount = min(amount, 100.0) / 100
        return {
            "target": said["target"],
            "within": said["within"],
            "goal": said["goal"],
            "amount": amount,
        }


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
