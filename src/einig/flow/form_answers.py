"""Answers: what somebody wrote into a form, checked field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from einig.engine.values import number
from einig.flow.contact import normalize
from einig.flow.form_design import Design, Field
from einig.flow.form_rules import REACHED_BY
from einig.flow.organisation import organisation
from einig.store.models import ContactDetail

UNREACHED = ""  # the place of what is wrong with the form as a whole
_SHORT, _LONG = 200, 2000  # characters
_CALLED = {"wants": "message"}  # what a long text is called among the properties


class Unusable(Exception):
    """An answer is none; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What is known of somebody, what goes with what they did, and what is wrong, by field."""

    attributes: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


def check(design: Design, given: Mapping[str, str]) -> Answers:
    """Return what somebody wrote; messages are in the language that is active."""
    attributes: dict[str, str] = {}
    properties: dict[str, str] = {}
    problems: dict[str, str] = {}
    for asked in design.fields:
        text = str(given.get(asked.name, "")).strip()
        try:
            said = _answer(asked, text)
        except Unusable as unusable:
            problems[asked.name] = str(unusable)
            continue
        if said and asked.kind == "long":
            properties[_CALLED.get(asked.name, asked.name)] = said
        elif said:
            attributes[asked.name] = said
    if not problems and not any(attributes.get(name) for name in REACHED_BY):
        problems[UNREACHED] = _("Give an email or a phone number, so that we can answer.")
    return Answers(attributes, properties, problems)


def _answer(asked: Field, text: str) -> str:
    """Return an answer as it is kept; empty if there is none. Raises Unusable."""
    if not text:
        if asked.required:
            raise Unusable(
                _("Tick this, please.") if asked.kind == "checkbox" else _("Fill this in, please.")
            )
        return ""
    most = _LONG if asked.kind == "long" else _SHORT
    if len(text) > most:
        raise Unusable(_("This is too long: at most %(n)s characters.") % {"n": most})
    return _CHECKS[asked.kind](asked, text)


def _as_it_is(_asked: Field, text: str) -> str:
    return text


def _email(_asked: Field, text: str) -> str:
    if normalize(ContactDetail.Kind.EMAIL, text, "") is None:
        raise Unusable(_("This is not an email address; it looks like name@example.com."))
    return text


def _phone(_asked: Field, text: str) -> str:
    if normalize(ContactDetail.Kind.PHONE, text, organisation().country) is None:
        raise Unusable(_("This is not a phone number."))
    return text


def _number(_asked: Field, text: str) -> str:
    """Return a number as it is compared: with a point, whatever marks the thousands."""
    plain = text.replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    if number(plain) is None:
        raise Unusable(_("This is not a number."))
    return plain


def _choice(asked: Field, text: str) -> str:
    if text not in {one.value for one in asked.choices}:
        raise Unusable(_("Choose one of these."))
    return text


def _ticked(_asked: Field, _text: str) -> str:
    return "yes"


_CHECKS: Mapping[str, Callable[[Field, str], str]] = {
    "text": _as_it_is,
    "long": _as_it_is,
    "email": _email,
    "phone": _phone,
    "number": _number,
    "choice": _choice,
    "checkbox": _ticked,
}
