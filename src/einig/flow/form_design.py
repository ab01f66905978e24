"""The design of a form of ours: what it asks and what it says, as frozen objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy

from einig.flow.purposes import DU

KINDS = ("text", "long", "email", "phone", "number", "choice", "checkbox")
TEXTS: Mapping[str, Any] = {  # what it says where nobody wrote anything else
    "title": gettext_lazy("Write to us"),
    "introduction": "",
    "button": gettext_lazy("Send"),
    "thanks": gettext_lazy("Your message is with us; a human answers."),
}
SUBMITTED = "form_submitted"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers to choose from; `value` is what is kept, in every language."""

    value: str
    labels: Mapping[str, str]

    def label(self, language: str) -> str:
        """Return what is read."""
        return self.labels.get(language[:2]) or self.value


@dataclass(frozen=True, slots=True)
class Field:
    """A question. `name` is the attribute that its answer is, or what a long text is called."""

    name: str
    kind: str
    labels: Mapping[str, str]
    required: bool = False
    choices: tuple[Choice, ...] = ()

    def label(self, language: str) -> str:
        """Return what is read."""
        return self.labels.get(language[:2]) or self.name


@dataclass(frozen=True, slots=True)
class Design:
    """A form. `address` is sie or du; `activity` is what whoever sends it has done.

    `texts` holds what it says by name and language where that is not the usual; `asks` are the
    purposes that consent is asked for; `origins` are the websites in whose pages it may stand, any
    if there are none. `document` is the number of one that is given for it (0: none), by mail or
    on the page.
    """

    fields: tuple[Field, ...]
    address: str = "sie"
    activity: str = SUBMITTED
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    asks: tuple[str, ...] = ("mail", "phone")
    origins: tuple[str, ...] = ()
    document: int = 0
    by_mail: bool = True

    def spoken(self, language: str) -> str:
        """Return in which words it speaks to readers of a language."""
        return DU if language == "de" and self.address == "du" else language

    def text(self, name: str, spoken: str) -> str:
        """Return what it says."""
        own = self.texts.get(name, {}).get(spoken[:2], "")
        with translation.override(spoken):
            return own or str(TEXTS[name])


def plain() -> Design:
    """Return the design of a form that nobody designed."""
    asked = [
        Field("name", "text", {"de": "Name", "en": "Name"}),
        Field("company", "text", {"de": "Firma", "en": "Company"}),
        Field("email", "email", {"de": "E-Mail", "en": "Email"}),
        Field("phone", "phone", {"de": "Telefon", "en": "Phone"}),
        Field("wants", "long", {"de": "Worum geht es?", "en": "What about?"}),
    ]
    return Design(tuple(asked))
