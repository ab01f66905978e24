"""The document of a form: how its design is kept, and how it is read back.

Whoever wrote it, it is read anew each time: what is no text becomes none, and a design that does
not keep the rules is refused with the places.
"""

from __future__ import annotations

from typing import Any

from einig.engine.values import legible
from einig.flow import form_rules
from einig.flow.form_design import TEXTS, Choice, Design, Field
from einig.flow.form_rules import Problem
from einig.flow.purposes import LANGUAGES

_LONGEST = 2000  # characters of any text in it
_MOST = 100  # entries of any list in it


class Wrong(Exception):
    """A document is no design; `problems` say where."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{of.place}: {of.message}" for of in problems))
        self.problems = problems


def read(document: object) -> Design:
    """Return the design that a document is. Raises Wrong."""
    given = document if isinstance(document, dict) else {}
    found = Design(
        fields=tuple(_field(of) for of in _list(given.get("fields"))),
        address=_text(given.get("address")),
        activity=_text(given.get("activity")),
        texts={name: _both(_dict(given.get("texts")).get(name)) for name in TEXTS},
        asks=tuple(_text(of) for of in _list(given.get("asks"))),
        document=_number(given.get("document")),
        by_mail=given.get("by_mail") is not False,
        origins=tuple(_text(of).rstrip("/").casefold() for of in _list(given.get("origins"))),
    )
    problems = list(form_rules.problems(found))
    if problems:
        raise Wrong(problems)
    return found


def written(design: Design) -> dict[str, Any]:
    """Return the document of a design."""
    return {
        "address": design.address,
        "activity": design.activity,
        "fields": [
            {
                "name": of.name,
                "kind": of.kind,
                "required": of.required,
                "labels": dict(of.labels),
                "choices": [{"value": one.value, "labels": dict(one.labels)} for one in of.choices],
            }
            for of in design.fields
        ],
        "texts": {name: dict(of) for name, of in design.texts.items()},
        "asks": list(design.asks),
        "origins": list(design.origins),
        "document": design.document,
        "by_mail": design.by_mail,
    }


# --- whatever stands in a document becomes a text, a list or nothing ---------------------------


def _field(given: object) -> Field:
    of = _dict(given)
    kind = _text(of.get("kind"))
    choices = _list(of.get("choices")) if kind == "choice" else []
    return Field(
        name=_text(of.get("name")).casefold(),
        kind=kind,
        labels=_both(of.get("labels")),
        required=of.get("required") is True,
        choices=tuple(
            Choice(_text(_dict(one).get("value")), _both(_dict(one).get("labels")))
            for one in choices
        ),
    )


def _both(given: object) -> dict[str, str]:
    told = {language: _text(_dict(given).get(language)) for language in LANGUAGES}
    return {language: text for language, text in told.items() if text}


def _text(given: object) -> str:
    return legible(given).strip()[:_LONGEST] if isinstance(given, str) else ""


def _number(given: object) -> int:
    return given if type(given) is int and 0 <= given < 2**31 else 0


def _list(given: object) -> list[object]:
    return given[:_MOST] if isinstance(given, list) else []


def _dict(given: object) -> dict[str, object]:
    return given if isinstance(given, dict) else {}
