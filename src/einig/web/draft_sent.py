"""What a draft's form says when it is sent: changes of the document, to be cut into its text."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from einig.engine.agreement.editing import Change, at, plain
from einig.engine.agreement.flow import Path, Plain
from einig.engine.document import Refused


@dataclass(slots=True)
class Sent:
    """What a form says: changes of the document, and what could not be understood, by its field."""

    changes: list[Change] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)


def sent(post: QueryDict, document: dict[str, Any]) -> Sent:
    """Return what was changed, added and removed."""
    said = Sent()
    removed = [path for text in post.getlist("remove") if (path := _path(text))]
    for name in post:
        kind, colon, text = name.partition(":")
        path = _path(text) if colon and kind in _READS else None
        if path is None or any(path[: len(gone)] == gone for gone in removed):
            continue
        try:
            value = _READS[kind](str(post[name]).strip(), str(post.get(f"unit:{text}", "")))
        except (Refused, ValueError):
            said.errors[name] = _("This cannot be read.")
            continue
        now = at(document, path)
        if value != now and not (isinstance(now, str) and value == [now]):
            said.changes.append(Change(path, value))
    said.changes += [Change(path, None) for path in removed]
    _rows(said, post, document)
    _criteria(said, post, document)
    return said


def _read_yaml(typed: str, _unit: str) -> Plain:
    return plain(f"v: {typed}").get("v") if typed else None


def _read_working(typed: str, unit: str) -> Plain:
    if not typed:
        return None
    unit = unit if unit in {"hour", "day"} else "day"
    return f"{int(typed)} working {unit}{'' if int(typed) == 1 else 's'}"


_READS: dict[str, Any] = {
    "text": lambda typed, _unit: typed or None,
    "number": lambda typed, _unit: str(int(typed)) if typed else None,
    "days": lambda typed, _unit: (
        f"{int(typed)} day{'' if int(typed) == 1 else 's'}" if typed else None
    ),
    "share": lambda typed, _unit: f"{float(typed.replace(',', '.')):g}%" if typed else None,
    "lines": lambda typed, _unit: (
        [one for line in typed.splitlines() if (one := line.strip())] or None
    ),
    "yaml": _read_yaml,
    "working": _read_working,
}


def _rows(said: Sent, post: QueryDict, document: dict[str, Any]) -> None:
    """Add rows that were typed into the empty line of a table."""
    for text in post.getlist("table"):
        path = _path(text)
        row, points = post.get(f"row:{text}", "").strip(), post.get(f"points:{text}", "").strip()
        if path is None or not row:
            continue
        if at(document, (*path, row)) is not None:
            said.errors[f"row:{text}"] = _("This row is there already.")
            continue
        said.changes.append(Change((*path, row), str(_whole_number(points))))


def _criteria(said: Sent, post: QueryDict, document: dict[str, Any]) -> None:
    """Add the attribute, the activity or the buying signal that was typed as a new one."""
    if attribute := post.get("new:attribute", "").strip():
        value = post.get("new:attribute_value", "").strip()
        table = {value: str(_whole_number(post.get("new:attribute_points", "")))} if value else {}
        said.changes.append(Change(("fit", attribute), table | {"unknown": "0"}))
    days = {"for": _READS["days"](_digits(post.get("new:activity_days", "")) or "30", "")}
    if activity := post.get("new:activity", "").strip():
        points = str(_whole_number(post.get("new:activity_points", ""), usual=5))
        said.changes.append(_named_new(document, "engagement", activity, {"points": points} | days))
    if signal := post.get("new:signal", "").strip():
        times = _digits(post.get("new:signal_times", ""))
        window = _READS["days"](_digits(post.get("new:signal_days", "")) or "14", "")
        often = {"times": times, "within": window} if times not in {"", "1"} else {"for": window}
        said.changes.append(_named_new(document, "intent", signal, often))


def _named_new(document: dict[str, Any], section: str, activity: str, of: dict[str, str]) -> Change:
    """Return a new criterion, under a name that is free."""
    if at(document, (section, activity)) is None:
        return Change((section, activity), of)
    name = next(
        name for n in range(2, 1000) if at(document, (section, name := f"{activity}_{n}")) is None
    )
    return Change((section, name), {"activity": activity} | of)


def _whole_number(typed: str, *, usual: int = 0) -> int:
    try:
        return int(typed.strip())
    except ValueError:
        return usual


def _digits(typed: str) -> str:
    typed = typed.strip()
    return typed if typed.isdecimal() and len(typed) < 6 else ""


def _path(text: str) -> Path | None:
    """Return the path that a field's name holds; None if it is none."""
    try:
        read = json.loads(text)
    except ValueError:
        return None
    if not isinstance(read, list) or not read or not all(isinstance(key, str) for key in read):
        return None
    return tuple(read)
