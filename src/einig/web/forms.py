"""Forms: what people type about leads and sources, checked before it goes anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from einig.connectors.contract import Setting
from einig.connectors.registry import CONNECTORS
from einig.flow.contact import normalize
from einig.flow.organisation import organisation
from einig.store.models import (
    Attempt,
    Campaign,
    ContactDetail,
    Feedback,
    Source,
)
from einig.store.models.sources import Kind
from einig.web.labels import CHANNELS, GOALS, KINDS, RESULTS, SENDERS, TARGETS, VERDICTS


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


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for mypy only
    """A lead source."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[*KINDS, (_("Senders that are understood as they are"), SENDERS)],
        initial=Kind.TRACKING,
    )

    class Meta:
        model = Source
        fields = ("name", "inbound")
        labels = {"name": _("Name"), "inbound": _("They come to us (inbound)")}


class SenderForm(forms.Form):
    """What a connector needs to know. A secret is never shown again."""

    def __init__(self, source: Source, given: Mapping[str, Any] | None = None) -> None:
        super().__init__(given)
        self.source = source
        for of in CONNECTORS[source.sender].settings:
            if not of.made_here:
                self.fields[of.name] = _setting(of, str(source.settings.get(of.name, "")))


def _setting(of: Setting, now: str) -> forms.Field:
    """Return the field of a setting."""
    kept = bool(now) and of.secret
    help_text = gettext(of.help) if of.help else ""
    if kept:
        help_text = f"{gettext('It is kept; leave it empty to keep it.')} {help_text}".strip()
    return forms.CharField(
        label=gettext(of.label),
        help_text=help_text,
        required=of.required and not kept,
        initial="" if of.secret else now,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"})
        if of.secret
        else forms.TextInput(attrs={"placeholder": of.usual}),
    )


class CampaignForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for mypy only
    """What a campaign cost."""

    class Meta:
        model = Campaign
        fields = ("name", "spend")
        labels = {"name": _("Campaign"), "spend": _("Spend")}


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
