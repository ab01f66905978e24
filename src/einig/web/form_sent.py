"""The page on which a form is designed: what it sends as a document, and how one is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from einig.flow.form_design import TEXTS
from einig.flow.form_rules import MOST_FIELDS
from einig.flow.purposes import LANGUAGES

_FIELD = re.compile(r"field-(\d{1,3})-name")
_STEP = re.compile(r"(up|down|remove)-(\d{1,3})")
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A field as it stands on the page; `problems` are by the part of it that they are about."""

    n: int
    name: str
    kind: str
    required: bool
    labels: Mapping[str, str]
    choices: str
    problems: Mapping[str, str]


def document(sent: Mapping[str, str], asks: list[str]) -> Document:
    """Return the document that a page sends, whatever stands in it."""
    places = sorted({int(of[1]) for name in sent if (of := _FIELD.fullmatch(name))})
    return {
        "address": sent.get("address", ""),
        "activity": sent.get("activity", "").strip(),
        "fields": [_field(sent, n) for n in places],
        "texts": {
            name: {of: sent.get(f"text-{name}-{of}", "") for of in LANGUAGES} for name in TEXTS
        },
        "asks": asks,
        "origins": sent.get("origins", "").split(),
        "document": int(given) if (given := sent.get("document", "")).isdecimal() else 0,
        "by_mail": sent.get("by_mail") != "no",
    }


def stepped(of: Document, step: str) -> Document:
    """Return a document after a field was added, moved or removed; as it is for any other step."""
    fields = list(of["fields"])
    told = _STEP.fullmatch(step)
    n = int(told[2]) if told else -1
    if step == "add" and len(fields) <= MOST_FIELDS:
        fields.append({"name": "", "kind": "text", "required": False, "labels": {}, "choices": []})
    elif told and n < len(fields):
        moved = fields.pop(n)
        to = {"up": n - 1, "down": n + 1}.get(told[1])
        if to is not None:
            fields.insert(max(0, to), moved)
    return of | {"fields": fields}


def rows(of: Document, problems: Mapping[str, str]) -> list[Row]:
    """Return the fields of a document as the page shows them."""
    return [
        Row(
            n=n,
            name=one["name"],
            kind=one["kind"],
            required=one["required"],
            labels=one["labels"],
            choices="\n".join(map(_line, one["choices"])),
            problems={
                place.removeprefix(f"fields.{n}."): message
                for place, message in problems.items()
                if place.startswith(f"fields.{n}.")
            },
        )
        for n, one in enumerate(of["fields"])
    ]


def _field(sent: Mapping[str, str], n: int) -> Document:
    def said(what: str) -> str:
        return str(sent.get(f"field-{n}-{what}", "")).strip()

    return {
        "name": said("name"),
        "kind": said("kind"),
        "required": bool(said("required")),
        "labels": {of: said(f"label-{of}") for of in LANGUAGES},
        "choices": [_choice(line) for line in said("choices").splitlines() if line.strip()],
    }


def _choice(line: str) -> Document:
    """Return an answer from a line like `value | German | English`; a value alone will do."""
    value, german, english = ([part.strip() for part in line.split("|")] + ["", ""])[:3]
    return {"value": value, "labels": {"de": german or value, "en": english or german or value}}


def _line(choice: Document) -> str:
    value, labels = choice["value"], choice["labels"]
    german, english = (labels.get(of) or value for of in LANGUAGES)
    return value if value == german == english else f"{value} | {german} | {english}"
