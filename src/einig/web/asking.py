"""The form that starts an agreement test: who is asked on each side, with an account or without."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from einig.flow.agreement_test import Guest
from einig.store.models import Role, Side, User

_ROLES = {
    Side.MARKETING: (Role.MARKETING_LEAD, Role.MARKETING),
    Side.SALES: (Role.SALES_LEAD, Role.SALES),
}
_GUESTS = 2  # of each side


class _People(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic for mypy only
    """People to choose from; a number that no database can hold is nobody's."""

    def clean(self, value: Any) -> Any:
        """Return who was chosen."""
        for one in value or ():
            if not (str(one).isdecimal() and len(str(one)) < 19):
                code = "invalid_choice"
                raise forms.ValidationError(
                    self.error_messages[code], code=code, params={"value": one}
                )
        return super().clean(value)


class AskForm(forms.Form):
    """People of both sides; the two leads are chosen at first."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for side, roles in _ROLES.items():
            people = User.objects.filter(is_active=True, role__in=roles).order_by("name")
            self.fields[f"people-{side}"] = _People(
                queryset=people,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                initial=people.filter(role=roles[0]),
                label=_("Who judges"),
            )
            for n in range(1, _GUESTS + 1):
                self.fields[f"name-{side}-{n}"] = forms.CharField(
                    required=False, max_length=120, label=_("Name")
                )
                self.fields[f"email-{side}-{n}"] = forms.EmailField(
                    required=False, label=_("Email")
                )

    def clean(self) -> dict[str, Any]:
        """Ask for the address of whoever is named without an account."""
        said: dict[str, Any] = super().clean() or {}
        for side, n in _places():
            email = f"email-{side}-{n}"
            if said.get(f"name-{side}-{n}") and not said.get(email) and email not in self.errors:
                self.add_error(email, _("Where shall the link go?"))
        return said

    def asked(self) -> dict[str, Any]:
        """Return who is asked, as `agreement_test.start` takes it."""
        said = self.cleaned_data
        people = [person for side in _ROLES for person in said[f"people-{side}"]]
        guests = [
            Guest(side, said[f"name-{side}-{n}"] or email, email)
            for side, n in _places()
            if (email := said[f"email-{side}-{n}"])
        ]
        return {"people": people, "guests": guests}

    def sides(self) -> Iterator[tuple[str, Any, list[tuple[Any, Any]]]]:
        """Yield each side with its people and the fields of its guests."""
        for side in _ROLES:
            guests = [
                (self[f"name-{side}-{n}"], self[f"email-{side}-{n}"]) for n in range(1, _GUESTS + 1)
            ]
            yield side, self[f"people-{side}"], guests


def _places() -> Iterator[tuple[str, int]]:
    return ((side, n) for side in _ROLES for n in range(1, _GUESTS + 1))
