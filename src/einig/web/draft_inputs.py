"""The fields of a draft's form: a value of the document as it is typed, named by its path."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass

from django.utils.translation import gettext as _

from einig.engine.agreement.editing import at
from einig.engine.agreement.flow import Path, Plain, flow

_DAYS = re.compile(r"(\d+) days?")
_WORKING = re.compile(r"(\d+) working (hour|day)s?")
_SHARE = re.compile(r"(\d+(?:\.\d+)?) ?%")


@dataclass(frozen=True, slots=True)
class Input:
    """One field. `kind` says how it is typed: text, number, days, working, share, lines or yaml."""

    path: Path
    label: str
    kind: str
    value: str = ""
    unit: str = ""
    choices: str = ""  # the list that it suggests from
    note: str = ""
    key: str = ""  # the name of a row, as the document has it
    error: str = ""

    @property
    def name(self) -> str:
        """Return the name under which it is sent."""
        return f"{self.kind}:{json.dumps(self.path, ensure_ascii=False)}"

    @property
    def place(self) -> str:
        """Return the path as one text."""
        return json.dumps(self.path, ensure_ascii=False)

    @property
    def id(self) -> str:
        """Return what the page calls it."""
        return f"f{zlib.crc32(self.name.encode()):08x}"


@dataclass(frozen=True, slots=True)
class Blank:
    """A field in which something new is typed, and for which the document has no value yet."""

    name: str
    label: str
    choices: str = ""
    short: bool = False
    value: str = ""
    error: str = ""

    @property
    def id(self) -> str:
        """Return what the page calls it."""
        return f"n{zlib.crc32(self.name.encode()):08x}"


def as_text(document: Plain, path: Path, label: str, choices: str = "") -> Input:
    """Return a field for a text, or for YAML where it is something else."""
    value = at(document, path)
    if value is not None and not isinstance(value, str):
        return as_yaml(document, path, label)
    return Input(path, label, "text", value=value or "", choices=choices)


def as_number(document: Plain, path: Path, label: str, unit: str) -> Input:
    """Return a field for a whole number, or for YAML where it is something else."""
    value = at(document, path)
    if value is not None and not (isinstance(value, str) and value.lstrip("-").isdecimal()):
        return as_yaml(document, path, label)
    return Input(path, label, "number", value=value or "", unit=unit)


def as_days(document: Plain, path: Path, label: str) -> Input:
    """Return a field for a number of days, or for YAML where it is something else."""
    value = at(document, path)
    found = _DAYS.fullmatch(value) if isinstance(value, str) else None
    if value is not None and found is None:
        return as_yaml(document, path, label)
    return Input(path, label, "days", value=found[1] if found else "", unit=_("days"))


def as_working(document: Plain, path: Path, label: str) -> Input:
    """Return a field for a span of working time, or for YAML where it is something else."""
    value = at(document, path)
    found = _WORKING.fullmatch(value) if isinstance(value, str) else None
    if value is not None and found is None:
        return as_yaml(document, path, label)
    unit = found[2] if found else "day"
    return Input(path, label, "working", value=found[1] if found else "", unit=unit)


def as_share(document: Plain, path: Path, label: str) -> Input:
    """Return a field for a share in percent, or for YAML where it is something else."""
    value = at(document, path)
    found = _SHARE.fullmatch(value) if isinstance(value, str) else None
    if value is not None and found is None:
        return as_yaml(document, path, label)
    return Input(path, label, "share", value=found[1] if found else "", unit="%")


def as_lines(document: Plain, path: Path, label: str, choices: str) -> Input:
    """Return a field for a list, a line each, or for YAML where it is something else."""
    value = at(document, path)
    items = [value] if isinstance(value, str) else value
    if items is not None and not (
        isinstance(items, list) and all(isinstance(item, str) for item in items)
    ):
        return as_yaml(document, path, label)
    return Input(path, label, "lines", value="\n".join(items or []), choices=choices)


def as_yaml(document: Plain, path: Path, label: str) -> Input:
    """Return a field for any value, as YAML on one line."""
    value = at(document, path)
    return Input(path, label, "yaml", value="" if value is None else flow(value))
