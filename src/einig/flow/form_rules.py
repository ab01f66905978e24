"""What a form must not be: small rules, each with one message and the place where to mend it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from einig.flow.form_design import KINDS, TEXTS, Design
from einig.flow.purposes import LANGUAGES

REACHED_BY = {"email": "email", "phone": "phone", "mobile": "phone"}  # attribute: kind of field
MOST_FIELDS, MOST_CHOICES, MOST_ORIGINS = 30, 50, 20
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?")
_TAKEN = frozenset({"website", "slip", "language", "page", "referrer", "frame", "document"})
_LABEL, _TEXT = 200, {"title": 120, "introduction": 1000, "button": 40, "thanks": 1000}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, at a place like `fields.2.name`."""

    place: str
    message: str


def problems(of: Design) -> Iterator[Problem]:
    """Yield what is wrong with a design."""
    for rule in RULES:
        yield from rule(of)


def _few_fields(of: Design) -> Iterator[Problem]:
    if len(of.fields) > MOST_FIELDS:
        yield Problem("fields", _("A form has at most %(n)s fields.") % {"n": MOST_FIELDS})


def _somebody_is_reached(of: Design) -> Iterator[Problem]:
    if not any(REACHED_BY.get(one.name) == one.kind for one in of.fields):
        told = _("Ask for an email or a phone number: without one nobody can be answered.")
        yield Problem("fields", told)


def _names(of: Design) -> Iterator[Problem]:
    for n, one in enumerate(of.fields):
        if not _NAME.fullmatch(one.name):
            told = _("Small letters, digits and _, beginning with a letter, like job_title.")
            yield Problem(f"fields.{n}.name", told)
        elif one.name in _TAKEN or one.name.startswith(("agree_", "utm_")):
            yield Problem(f"fields.{n}.name", _("The form itself needs this name; take another."))


def _names_once(of: Design) -> Iterator[Problem]:
    often = Counter(one.name for one in of.fields)
    for n, one in enumerate(of.fields):
        if one.name and often[one.name] > 1:
            yield Problem(f"fields.{n}.name", _("Two fields have this name."))


def _kinds(of: Design) -> Iterator[Problem]:
    for n, one in enumerate(of.fields):
        if one.kind not in KINDS:
            yield Problem(f"fields.{n}.kind", _("Choose what kind of field it is."))
        elif REACHED_BY.get(one.name, one.kind) != one.kind:
            told = _("What is called %(name)s has to be checked as one: choose that kind.")
            yield Problem(f"fields.{n}.kind", told % {"name": one.name})


def _labels(of: Design) -> Iterator[Problem]:
    for n, one in enumerate(of.fields):
        for language in LANGUAGES:
            label = one.labels.get(language, "")
            if not label:
                told = _("Say what is asked, in both languages.")
                yield Problem(f"fields.{n}.label.{language}", told)
            elif len(label) > _LABEL:
                yield Problem(f"fields.{n}.label.{language}", _too_long(_LABEL))


def _choices(of: Design) -> Iterator[Problem]:
    for n, one in enumerate(of.fields):
        if one.kind != "choice":
            continue
        values = [choice.value for choice in one.choices]
        if not 2 <= len(values) <= MOST_CHOICES:
            told = _("Write two answers or more, one a line, %(n)s at most.")
            yield Problem(f"fields.{n}.choices", told % {"n": MOST_CHOICES})
        elif len(set(values)) < len(values) or not all(values):
            yield Problem(f"fields.{n}.choices", _("Two answers are the same."))
        elif any(len(text) > _LABEL for text in values):
            yield Problem(f"fields.{n}.choices", _too_long(_LABEL))


def _texts(of: Design) -> Iterator[Problem]:
    for name in TEXTS:
        for language, text in of.texts.get(name, {}).items():
            if len(text) > _TEXT[name]:
                yield Problem(f"texts.{name}.{language}", _too_long(_TEXT[name]))


def _address(of: Design) -> Iterator[Problem]:
    if of.address not in {"sie", "du"}:
        yield Problem("address", _("Choose Sie or du."))


def _activity(of: Design) -> Iterator[Problem]:
    if not _NAME.fullmatch(of.activity):
        told = _("Small letters, digits and _, beginning with a letter, like demo_requested.")
        yield Problem("activity", told)


def _asks(of: Design) -> Iterator[Problem]:
    if not all(0 < len(code) <= 20 for code in of.asks):
        yield Problem("asks", _("There is no such purpose."))


def _origins(of: Design) -> Iterator[Problem]:
    wrong = [one for one in of.origins if not _ORIGIN.fullmatch(one)]
    if wrong:
        told = _("Write the beginning of an address, like https://www.example.com; not: %(what)s")
        yield Problem("origins", told % {"what": ", ".join(wrong)[:200]})
    elif len(of.origins) > MOST_ORIGINS:
        yield Problem("origins", _("At most %(n)s websites.") % {"n": MOST_ORIGINS})


def _mailed_to(of: Design) -> Iterator[Problem]:
    asked = any(one.name == "email" and one.required for one in of.fields)
    if of.document and of.by_mail and not asked:
        told = _("A document that is mailed needs the question for the email to be answered.")
        yield Problem("document", told)


def _too_long(most: int) -> str:
    return _("This is too long: at most %(n)s characters.") % {"n": most}


RULES: tuple[Callable[[Design], Iterator[Problem]], ...] = (
    _few_fields,
    _somebody_is_reached,
    _names,
    _names_once,
    _kinds,
    _labels,
    _choices,
    _texts,
    _address,
    _activity,
    _asks,
    _origins,
    _mailed_to,
)
