"""Everything known of a person as tables that the person can read, from what `access` gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from einig.engine.instants import instant
from einig.flow import register, words
from einig.web.contact_words import BASES, PURPOSES
from einig.web.labels import ALL_VERDICTS, CHANNELS, CLOSINGS, RESULTS, STAGES
from einig.web.templatetags.einig import exactly

HEADINGS = {
    "person": gettext_lazy("Person"),
    "one_person_with": gettext_lazy("One person with"),
    "contact_details": gettext_lazy("Contact details"),
    "known_as": gettext_lazy("Known as"),
    "attributes": gettext_lazy("Attributes"),
    "activities": gettext_lazy("Activities"),
    "consents": gettext_lazy("Consents"),
    "objections": gettext_lazy("Objections"),
    "scoring": gettext_lazy("Scoring"),
    "decisions": gettext_lazy("What was decided"),
    "contact_by_us": gettext_lazy("Hand-offs and contact attempts"),
    "judged_by_us": gettext_lazy("Feedback"),
    "outcomes": gettext_lazy("Outcomes"),
    "purposes": gettext_lazy("Purposes"),
    "recipients": gettext_lazy("Who else gets data"),
    "kept_for": gettext_lazy("Kept for (days)"),
}
COLUMNS = {
    "number": gettext_lazy("Number of the lead"),
    "name": gettext_lazy("Name"),
    "title": gettext_lazy("Position"),
    "company": gettext_lazy("Company"),
    "stage": gettext_lazy("Stage"),
    "came_from": gettext_lazy("Came from"),
    "campaign": gettext_lazy("Campaign"),
    "since": gettext_lazy("Since"),
    "kind": gettext_lazy("Kind"),
    "value": gettext_lazy("Value"),
    "known_since": gettext_lazy("Known since"),
    "what": gettext_lazy("What"),
    "at": gettext_lazy("When"),
    "details": gettext_lazy("Details"),
    "from": gettext_lazy("Came from"),
    "purpose": gettext_lazy("Purpose"),
    "basis": gettext_lazy("Legal basis"),
    "text": gettext_lazy("Text"),
    "text_version": gettext_lazy("Version of the text"),
    "given": gettext_lazy("Given"),
    "holds_since": gettext_lazy("Holds since"),
    "confirmed_from": gettext_lazy("Confirmed from"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "proof": gettext_lazy("Proof"),
    "how": gettext_lazy("How"),
    "allowed": gettext_lazy("Allowed"),
    "logic": gettext_lazy("How it is decided"),
    "by_version": gettext_lazy("Version"),
    "fit": gettext_lazy("Fit"),
    "engagement": gettext_lazy("Engagement"),
    "wants_to_buy": gettext_lazy("Buying intent"),
    "sales_ready": gettext_lazy("Sales-ready"),
    "handed_over": gettext_lazy("Handed over"),
    "closed": gettext_lazy("Closed"),
    "how_it_ended": gettext_lazy("How it ended"),
    "attempts": gettext_lazy("Contact attempts"),
    "by": gettext_lazy("By"),
    "result": gettext_lazy("Result"),
    "note": gettext_lazy("Note"),
    "verdict": gettext_lazy("Judgement"),
    "reason": gettext_lazy("Reason"),
    "answer": gettext_lazy("Answer"),
    "won": gettext_lazy("Won"),
    "revenue": gettext_lazy("Revenue"),
    "why": gettext_lazy("Why"),
    "weighing": gettext_lazy("Why we may"),
}
_KINDS = {
    "email": gettext_lazy("Email"),
    "phone": gettext_lazy("Phone"),
    "social": gettext_lazy("Social network"),
}
_HOW = {
    "link": gettext_lazy("by the link of a mail"),
    "told": gettext_lazy("told to one of us"),
    "file": gettext_lazy("as a file says"),
}
_CHANNELS: dict[str, Any] = {str(code): label for code, label in CHANNELS}
_RESULTS: dict[str, Any] = {str(code): label for code, label in RESULTS}
_WORDS: dict[str, Callable[[str], Any]] = {
    "stage": lambda of: STAGES.get(of, of),
    "kind": lambda of: _KINDS.get(of, of),
    "what": words.activity,
    "basis": lambda of: BASES.get(of, of),
    "how": lambda of: _HOW.get(of, of),
    "how_it_ended": lambda of: CLOSINGS.get(of, of),
    "by": lambda of: _CHANNELS.get(of, of),
    "result": lambda of: _RESULTS.get(of, of),
    "verdict": lambda of: ALL_VERDICTS.get(of, of),
}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class Table:
    """A heading, the names of columns (none where each row names itself), and rows."""

    heading: str
    columns: list[str]
    rows: list[list[str]]


def file(told: Mapping[str, Any], name: str) -> JsonResponse:
    """Return what is known of a person as a file for machines."""
    answer = JsonResponse(dict(told), json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def tables(told: Mapping[str, Any]) -> Iterator[Table]:
    """Yield what is known of a person, in the order of HEADINGS."""
    for name, heading in HEADINGS.items():
        if name in told:
            yield _table(name, str(heading), told[name])
        if name == "scoring" and name in told:
            decided = told[name]["decisions"]
            yield _table("decisions", str(HEADINGS["decisions"]), decided)


def _table(name: str, heading: str, of: Any) -> Table:
    if name == "kept_for":
        rows = [[str(register.KINDS[kind]), str(days)] for kind, days in of.items()]
        return Table(heading, [], rows)
    if isinstance(of, Mapping):
        pairs = [(key, value) for key, value in of.items() if not isinstance(value, list)]
        return Table(heading, [], [[_column(key), _said(key, value)] for key, value in pairs])
    many = [one for one in of if isinstance(one, Mapping)]
    if not many:
        return Table(heading, [], [[str(one)] for one in of])
    names = dict.fromkeys(key for one in many for key, value in one.items() if _is_said(value))
    rows = [[_cell(name, key, one.get(key)) for key in names] for one in many]
    return Table(heading, [_column(key) for key in names], rows)


def _column(key: str) -> str:
    return str(COLUMNS.get(key, key))


def _is_said(value: Any) -> bool:
    return value is not None and value not in ("", [], {})


def _cell(table: str, key: str, value: Any) -> str:
    """Return a value of a table; its own words depend on which one that is."""
    if table == "attributes" and key == "name":
        return words.attribute(str(value))
    if table in {"consents", "objections"} and key == "purpose":
        return str(PURPOSES.get(value, value))
    return _said(key, value)


def _said(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if not _is_said(value):
        return "–"
    if isinstance(value, list):
        return "; ".join(_said(key, one) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(_said(name, one) for name, one in value.items() if _is_said(one))
    text = str(value)
    if _TIME.fullmatch(text):
        return exactly(instant(datetime.fromisoformat(text)))
    return str(_WORDS[key](text)) if key in _WORDS else text
