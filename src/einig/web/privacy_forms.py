"""The form in which a purpose is worded."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as said
from django.utils.translation import gettext_lazy as _

from einig.flow import purposes
from einig.flow.purposes import Wording
from einig.store.models import Basis
from einig.web.contact_words import BASES

_TEXT = forms.Textarea(attrs={"rows": 3})


class PurposeForm(forms.Form):
    """A purpose: its basis, and how it is worded in both languages."""

    code = forms.SlugField(label=_("Short name (never changes)"), max_length=20)
    basis = forms.ChoiceField(label=_("Legal basis"), choices=list(BASES.items()))
    name_de = forms.CharField(label=_("Name (German)"), max_length=120)
    name_en = forms.CharField(label=_("Name (English)"), max_length=120)
    text_de = forms.CharField(label=_("What is read (German)"), max_length=2000, widget=_TEXT)
    text_en = forms.CharField(label=_("What is read (English)"), max_length=2000, widget=_TEXT)
    text_du = forms.CharField(
        label=_("What is read where a form says du (German)"),
        max_length=2000,
        widget=_TEXT,
        required=False,
    )
    weighing = forms.CharField(
        label=_("Weighing of a legitimate interest"), max_length=4000, widget=_TEXT, required=False
    )
    confirmed = forms.BooleanField(
        label=_("A consent is confirmed by mail first (double opt-in)"), required=False
    )
    retired = forms.BooleanField(label=_("Not used any more"), required=False)

    def __init__(self, given: Any, *, worded: Wording | None) -> None:
        """Show a purpose as it is worded now."""
        self.worded = worded
        first = {} if worded is None else _first(worded)
        super().__init__(given, initial=first)
        if worded is not None:
            del self.fields["code"]
        if worded is None or worded.built_in:
            del self.fields["retired"]

    def clean(self) -> dict[str, Any]:
        """Refuse a legitimate interest without weighing, and a name that is taken."""
        given = super().clean() or {}
        if given.get("basis") == Basis.INTEREST and not given.get("weighing"):
            self.add_error("weighing", said("A legitimate interest needs its weighing."))
        if self.worded is None and purposes.current(str(given.get("code", ""))) is not None:
            self.add_error("code", said("There is such a purpose already."))
        return given

    def wording(self) -> Wording:
        """Return what was written."""
        given = self.cleaned_data
        du = {purposes.DU: given["text_du"]} if given["text_du"] else {}
        return Wording(
            code=self.worded.code if self.worded is not None else given["code"],
            version=0,
            basis=given["basis"],
            names={of: given[f"name_{of}"] for of in purposes.LANGUAGES},
            texts={of: given[f"text_{of}"] for of in purposes.LANGUAGES} | du,
            weighing=given["weighing"],
            confirmed=given["confirmed"],
            retired=given.get("retired", False),
        )


def _first(worded: Wording) -> dict[str, Any]:
    kept = ("basis", "weighing", "confirmed", "retired")
    first: dict[str, Any] = {name: getattr(worded, name) for name in kept}
    first["text_du"] = worded.texts.get(purposes.DU, "")
    for of in purposes.LANGUAGES:
        first |= {f"name_{of}": worded.names.get(of, ""), f"text_{of}": worded.texts.get(of, "")}
    return first
