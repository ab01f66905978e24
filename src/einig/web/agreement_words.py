"""What a lead of an agreement test is and did, in words that tell nobody who it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from einig.flow import words
from einig.store.models import Sample


@dataclass(frozen=True, slots=True)
class Criterion:
    """Something that can decide: a name, and what it is of this lead."""

    key: str
    name: str
    value: str


def criteria(sample: Sample) -> list[Criterion]:
    """Return what is shown of a lead, attributes first."""
    facts = sample.shown["facts"]
    is_ = [Criterion(f"fit.{name}", capital(words.attribute(name)), value) for name, value in facts]
    did = [
        Criterion(f"engagement.{of['type']}", capital(words.activity(of["type"])), _often(of))
        for of in sample.shown["did"]
    ]
    return is_ + did


def named(keys: Iterable[str], sample: Sample) -> list[str]:
    """Return what decided, with what it is of this lead."""
    of = {each.key: each for each in criteria(sample)}
    told = [of[key] for key in keys if key in of]
    return [
        f"{each.name}: {each.value}" if each.key.startswith("fit.") else each.name for each in told
    ]


def criterion(key: str) -> str:
    """Return the name of a criterion."""
    kind, _dot, name = key.partition(".")
    return capital(words.attribute(name) if kind == "fit" else words.activity(name))


def capital(text: str) -> str:
    """Return text that begins with a capital letter."""
    return text[:1].upper() + text[1:]


def _often(did: dict[str, Any]) -> str:
    days = did["ago"]
    when = (
        ngettext("%(n)s day earlier", "%(n)s days earlier", days) % {"n": days}
        if days
        else _("most recently")
    )
    times = did["times"]
    often = ngettext("%(n)s time", "%(n)s times", times) % {"n": times} if times > 1 else ""
    last = _("last %(when)s") % {"when": when} if times > 1 and days else when
    return ", ".join(filter(None, [", ".join(did["with"]), often, last]))
