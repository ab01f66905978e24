"""A draft as a form: each value of the document is a field, named by its path.

The form knows nothing that the document does not say. What the form has no field for of its own is
shown as YAML, and stays as it is where nobody touches it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from einig.engine.agreement.flow import Path, Plain
from einig.flow import words
from einig.web.draft_inputs import (
    Blank,
    Input,
    as_days,
    as_lines,
    as_number,
    as_share,
    as_text,
    as_working,
    as_yaml,
)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together, such as a fit table; `path` is what "remove" would remove."""

    title: str
    inputs: tuple[Input, ...]
    path: Path = ()
    blanks: tuple[Blank, ...] = ()  # the fields of a new row, where it is a table

    @property
    def place(self) -> str:
        """Return the path as one text."""
        return json.dumps(self.path, ensure_ascii=False)

    @property
    def rows(self) -> bool:
        """Return whether it is a table, which can have more rows."""
        return bool(self.blanks)

    @property
    def criterion(self) -> str:
        """Return the path as issues and threads write it."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the agreement. `side` is who is bound by it; `adds` what can be added."""

    key: str
    title: str
    side: str
    groups: tuple[Group, ...]
    adds: str = ""
    blanks: tuple[Blank, ...] = ()

    @property
    def wrong(self) -> bool:
        """Return whether what is to be added has to be mended."""
        return any(one.error for one in self.blanks)


Notes = Mapping[str, Mapping[str, str]]  # by attribute and row: what the history says of it


def sections(document: dict[str, Any], notes: Notes | None = None) -> list[Section]:
    """Return the form of a document."""
    fits, acts = _fits(_inside(document, "fit"), notes or {}), tuple(_engagement(document))
    signals, rule = tuple(_intents(document)), _("When a lead goes to sales")
    return [
        Section("name", _("Name and leads"), "", (_whole(document),)),
        _growing("fit", _("Who fits"), fits, "attribute"),
        _growing("engagement", _("What a lead does"), acts, "activity"),
        _growing("intent", _("Buying signals"), signals, "signal"),
        Section("sales_ready", rule, "agreed", (_rule(document),)),
        Section("sales", _("What sales promises"), "sales", (_sales(document),)),
        Section("marketing", _("What marketing promises"), "marketing", (_marketing(document),)),
    ]


def _growing(key: str, title: str, groups: tuple[Group, ...], adds: str) -> Section:
    return Section(key, title, "agreed", groups, adds, _new(adds))


def inputs(of: Iterable[Section]) -> Iterator[Input]:
    """Yield every field."""
    for section in of:
        for group in section.groups:
            yield from group.inputs


# --- from the document to fields --------------------------------------------------------------


def _whole(document: dict[str, Any]) -> Group:
    return Group(
        "",
        (
            as_text(document, ("name",), _("Name")),
            as_lines(document, ("lead", "reachable_by"), _("Reachable by one of"), "attributes"),
            as_lines(document, ("lead", "inquiries"), _("Activities that are an inquiry"), "kinds"),
            as_yaml(document, ("lead", "never"), _("Never a lead, as YAML")),
        ),
    )


def _fits(fit: dict[str, Any], notes: Notes) -> tuple[Group, ...]:
    groups = []
    for attribute, table in fit.items():
        if not isinstance(table, dict):
            groups.append(
                Group(words.attribute(attribute), (as_yaml({"fit": fit}, ("fit", attribute), ""),))
            )
            continue
        told = notes.get(attribute, {})
        inputs = tuple(
            Input(
                ("fit", attribute, row),
                _row(row),
                "number",
                value="" if points is None else str(points),
                unit=_("points"),
                note=told.get(row, ""),
                key=row,
            )
            for row, points in table.items()
        )
        path = ("fit", attribute)
        groups.append(Group(words.attribute(attribute), inputs, path, _new_row(path)))
    return tuple(groups)


def _new_row(of: Path) -> tuple[Blank, ...]:
    place = json.dumps(of, ensure_ascii=False)
    return (
        Blank(f"row:{place}", _("New row")),
        Blank(f"points:{place}", _("Points"), short=True),
    )


def _new(adds: str) -> tuple[Blank, ...]:
    """Return the fields of a new attribute, activity or buying signal."""
    days = Blank(f"new:{adds}_days", _("Days"), short=True)
    points = Blank(f"new:{adds}_points", _("Points"), short=True)
    match adds:
        case "attribute":
            first = Blank("new:attribute_value", _("Its first row"))
            return (Blank("new:attribute", _("Attribute"), "attributes"), first, points)
        case "activity":
            return (Blank("new:activity", _("Activity"), "kinds"), points, days)
        case _:
            times = Blank("new:signal_times", _("Times"), short=True)
            return (Blank("new:signal", _("Activity"), "kinds"), times, days)


def _row(row: str) -> str:
    return {"otherwise": _("anything else"), "unknown": _("unknown")}.get(row, row)


def _engagement(document: dict[str, Any]) -> Iterator[Group]:
    for name, of in _inside(document, "engagement").items():
        path = ("engagement", name)
        if not isinstance(of, dict):
            yield Group(name, (as_yaml(document, path, ""),), path)
            continue
        inputs = [as_number(document, (*path, "points"), _("Points"), _("points"))]
        if "nothing_for" in of:
            inputs.append(as_days(document, (*path, "nothing_for"), _("After nothing for")))
        elif "steps" in of:
            inputs = [as_yaml(document, (*path, "steps"), _("Points that fade, as YAML"))]
        else:
            inputs.append(as_days(document, (*path, "for"), _("They count for")))
        if "nothing_for" not in of:
            inputs.append(as_number(document, (*path, "at_most"), _("At most"), _("points")))
        yield Group(_named(name, of), (*inputs, *_more(document, path, of)), path)


def _intents(document: dict[str, Any]) -> Iterator[Group]:
    for name, of in _inside(document, "intent").items():
        path = ("intent", name)
        if not isinstance(of, dict):
            yield Group(name, (as_yaml(document, path, ""),), path)
            continue
        inputs = [as_number(document, (*path, "times"), _("Times"), "")]
        window = "within" if "within" in of else "for"
        inputs.append(as_days(document, (*path, window), _("Within")))
        yield Group(_named(name, of), (*inputs, *_more(document, path, of)), path)


def _named(name: str, of: dict[str, Any]) -> str:
    activity = of.get("activity")
    said = words.activity(activity if isinstance(activity, str) else name)
    called = said[:1].upper() + said[1:]
    return f"{called} ({name})" if isinstance(activity, str) else called


def _more(document: dict[str, Any], path: Path, of: dict[str, Any]) -> Iterator[Input]:
    """Yield fields for what few criteria have."""
    if "activity" in of:
        yield as_text(document, (*path, "activity"), _("Activity"), "kinds")
    if "where" in of:
        yield as_yaml(document, (*path, "where"), _("Only where, as YAML"))
    shown = {
        "points",
        "for",
        "within",
        "times",
        "at_most",
        "nothing_for",
        "steps",
        "activity",
        "where",
    }
    for key in of:
        if key not in shown:
            yield as_yaml(document, (*path, key), key)


def _rule(document: dict[str, Any]) -> Group:
    labels = {
        "fit": _("Fit of at least"),
        "engagement": _("Engagement of at least"),
        "score": _("Fit and engagement together at least"),
    }
    inputs = [
        Input(path, labels[path[-1]], "number", value=value, unit=_("points"))
        for path, value in _leaves(document.get("sales_ready"), ("sales_ready",))
        if path[-1] in labels
    ]
    return Group("", (*inputs, as_yaml(document, ("sales_ready",), _("The whole rule, as YAML"))))


def _sales(document: dict[str, Any]) -> Group:
    attempts = ("sales", "attempts")
    return Group(
        "",
        (
            as_working(document, ("sales", "respond_within"), _("First response within")),
            as_number(document, (*attempts, "at_least"), _("Contact attempts, at least"), ""),
            as_working(document, (*attempts, "within"), _("Made within")),
            as_number(document, (*attempts, "channels"), _("On so many channels"), ""),
            as_number(document, (*attempts, "minutes"), _("An attempt takes"), _("minutes")),
            as_lines(document, ("sales", "return_reasons"), _("Reasons for returning a lead"), ""),
            as_share(document, ("verify",), _("Returned leads that get a second look")),
            as_share(document, ("explore",), _("Leads below the line that go to sales")),
        ),
    )


def _marketing(document: dict[str, Any]) -> Group:
    outside = ("outside_fit",)
    return Group(
        "",
        (
            as_number(
                document, ("marketing", "sales_ready_a_month"), _("Sales-ready leads a month"), ""
            ),
            as_lines(
                document, ("marketing", "required"), _("Filled in for every lead"), "attributes"
            ),
            as_working(
                document, ("marketing", "answer_feedback_within"), _("Feedback answered within")
            ),
            as_text(document, (*outside, "answered_by"), _("Who answers actions from outside")),
            as_working(document, (*outside, "within"), _("And within")),
        ),
    )


def _inside(document: dict[str, Any], key: str) -> dict[str, Any]:
    found = document.get(key)
    return found if isinstance(found, dict) else {}


def _leaves(of: Plain, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(of, dict):
        for key, value in of.items():
            yield from _leaves(value, (*path, key))
    elif isinstance(of, list):
        for place, value in enumerate(of):
            yield from _leaves(value, (*path, str(place)))
    elif isinstance(of, str):
        yield path, of
