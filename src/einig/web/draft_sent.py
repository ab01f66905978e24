"""What a draft's form says when it is sent: changes of the document, to be cut into its text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from einig.engine.agreement.editing import (
    CannotEdit,
    Change,
    applied,
    at,
    differences,
    edited,
)
from einig.engine.agreement.flow import Path, Plain
from einig.engine.document import Refused
from einig.engine.values import fold
from einig.web.draft_fields import inputs, sections
from einig.web.draft_inputs import Input
from einig.web.draft_typed import READS, whole


@dataclass(slots=True)
class Sent:
    """What a form says: changes of the document, and what is wrong, each with its field."""

    typed: Mapping[str, str] = field(default_factory=dict)
    changes: list[tuple[str, Change]] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    def points(self, name: str, usual: int = 0) -> str:
        """Return the number that was typed in a field, the usual one where nothing was."""
        typed = self.typed.get(name, "").strip()
        try:
            return str(whole(typed)) if typed else str(usual)
        except ValueError:
            self.errors[name] = _("This cannot be read.")
            return str(usual)


def sent(post: QueryDict, document: dict[str, Any]) -> Sent:
    """Return what was changed, added and removed."""
    said = Sent({name: str(post[name]) for name in post})
    gone = [path for text in post.getlist("remove") if (path := _path(text))]
    _values(said, document, gone)
    said.changes += [(f"remove:{json.dumps(path)}", Change(path, None)) for path in gone]
    left = _without(document, gone)
    _rows(said, post.getlist("table"), left)
    _attribute(said, left)
    _activity(said, left)
    _signal(said, left)
    return said


def put_in(text: str, said: Sent) -> str:
    """Return the text with what was said; what cannot be put in becomes an error of its field."""
    for name, change in said.changes:
        try:
            text = edited(text, [change])
        except (CannotEdit, Refused):
            said.errors[name] = _("This can only be changed as YAML.")
    return text


# --- values that are there --------------------------------------------------------------------


def _values(said: Sent, document: dict[str, Any], gone: list[Path]) -> None:
    """Add what was typed in fields of the document's values."""
    shown = {one.name: one for one in inputs(sections(document))}
    found: dict[str, tuple[Path, list[Change]]] = {}
    for name, typed in said.typed.items():
        kind, colon, text = name.partition(":")
        path = _path(text) if colon and kind in READS else None
        if path is None or any(path[: len(of)] == of for of in gone):
            continue
        unit = said.typed.get(f"unit:{text}", "")
        if name in shown and _untouched(shown[name], typed, unit):
            continue
        try:
            value = READS[kind](typed.strip(), unit)
        except (Refused, ValueError):
            said.errors[name] = _("This cannot be read.")
            continue
        if changes := _changes(document, path, value):
            found[name] = (path, changes)
    for name, (path, changes) in found.items():
        if any(len(of) > len(path) and of[: len(path)] == path for of, _made in found.values()):
            said.errors[name] = _("A part of this was changed in its own field, too.")
        else:
            said.changes += [(name, change) for change in changes]


def _untouched(shown: Input, typed: str, unit: str) -> bool:
    """Return whether a field was sent as it was shown, though browsers change line breaks."""
    if shown.kind == "working" and shown.value and unit != shown.unit:
        return False
    value = shown.value if shown.kind == "lines" else shown.value.replace("\n", "")
    return typed.replace("\r\n", "\n").strip() == value.strip()


def _changes(document: dict[str, Any], path: Path, value: Plain) -> list[Change]:
    now = at(document, path)
    if isinstance(now, str) and value == [now]:
        return []
    return differences(now, value, path)


# --- what is new ------------------------------------------------------------------------------


def _rows(said: Sent, tables: Iterable[str], document: dict[str, Any]) -> None:
    """Add rows that were typed into the empty line of a table."""
    for text in tables:
        path = _path(text)
        if path is not None:
            _row(said, path, f"row:{text}", f"points:{text}", at(document, path))


def _row(said: Sent, path: Path, name: str, points: str, table: Plain) -> None:
    row, number = said.typed.get(name, "").strip(), said.points(points)
    if not row:
        if said.typed.get(points, "").strip():
            said.errors[name] = _("Say for what these points are.")
    elif isinstance(table, dict) and _same(row, table) is not None:
        said.errors[name] = _("This row is there already.")
    elif points not in said.errors:
        said.changes.append((name, Change((*path, row), number)))


def _attribute(said: Sent, document: dict[str, Any]) -> None:
    """Add the attribute that was typed as a new one, or its row to the table that is there."""
    name = _named(said, "attribute", "attribute_value", "attribute_points")
    value = said.typed.get("new:attribute_value", "").strip()
    if not name:
        return
    tables = at(document, ("fit",))
    there = _same(name, tables) if isinstance(tables, dict) else None
    if there is not None and not value:
        said.errors["new:attribute"] = _("This attribute is there already.")
    elif there is not None:
        table = at(document, ("fit", there))
        _row(said, ("fit", there), "new:attribute_value", "new:attribute_points", table)
    else:
        points = said.points("new:attribute_points")
        of = {"unknown": "0"} | ({value: points} if value else {})
        _add(said, "attribute", Change(("fit", name), of))


def _activity(said: Sent, document: dict[str, Any]) -> None:
    name = _named(said, "activity", "activity_days", "activity_points")
    if name:
        points = said.points("new:activity_points", usual=5)
        of = {"points": points, "for": _window(said, "new:activity_days", 30)}
        _add(said, "activity", _named_new(document, "engagement", name, of))


def _signal(said: Sent, document: dict[str, Any]) -> None:
    name = _named(said, "signal", "signal_days", "signal_times")
    if name:
        times = said.points("new:signal_times", usual=1)
        window = _window(said, "new:signal_days", 14)
        often = {"times": times, "within": window} if times != "1" else {"for": window}
        _add(said, "signal", _named_new(document, "intent", name, often))


def _named(said: Sent, name: str, *others: str) -> str:
    """Return the name of something new, which it needs as soon as anything is typed."""
    typed = said.typed.get(f"new:{name}", "").strip()
    if not typed and any(said.typed.get(f"new:{other}", "").strip() for other in others):
        said.errors[f"new:{name}"] = _("Give it a name.")
    return typed


def _add(said: Sent, what: str, change: Change) -> None:
    if not any(name.startswith(f"new:{what}") for name in said.errors):
        said.changes.append((f"new:{what}", change))


def _window(said: Sent, name: str, usual: int) -> str:
    return str(READS["days"](said.points(name, usual), ""))


def _named_new(document: dict[str, Any], section: str, activity: str, of: dict[str, str]) -> Change:
    """Return a new criterion, under a name that is free."""
    if at(document, (section, activity)) is None:
        return Change((section, activity), of)
    name = next(
        name for n in range(2, 1000) if at(document, (section, name := f"{activity}_{n}")) is None
    )
    return Change((section, name), {"activity": activity} | of)


def _same(name: str, of: Mapping[str, Any]) -> str | None:
    """Return the key that is compared as the same."""
    return next((key for key in of if fold(key) == fold(name)), None)


def _without(document: dict[str, Any], gone: list[Path]) -> dict[str, Any]:
    """Return the document as it is when tables, rows and criteria are removed."""
    for path in gone:
        with suppress(CannotEdit):
            document = applied(document, Change(path, None))
    return document


def _path(text: str) -> Path | None:
    """Return the path that a field's name holds; None if it is none."""
    try:
        read = json.loads(text)
    except ValueError:
        return None
    if not isinstance(read, list) or not read or not all(isinstance(key, str) for key in read):
        return None
    return tuple(read)
