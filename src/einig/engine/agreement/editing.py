"""Editing the text of an agreement: one place changes, and everything else stays as it was written.

People keep comments and a layout in their files, so a change is cut into the text where it belongs
instead of writing the document anew. What came of it is read again, and compared with what was
meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from einig.engine.agreement.cutting import by_item, cut_in
from einig.engine.agreement.flow import Path, Plain
from einig.engine.agreement.rewriting import rewritten
from einig.engine.document import Refused, source
from einig.engine.document.source import Entries, Items, Scalar, read_source


class CannotEdit(ValueError):
    """A change cannot be made in this text: it leads nowhere, or into what & and * repeat."""


@dataclass(frozen=True, slots=True)
class Change:
    """A value to be set at a path, whether or not there is one; `value` None removes it."""

    path: Path
    value: Plain


def plain(text: str, file: str = "agreement") -> dict[str, Any]:
    """Return a document as mappings, lists and texts. Raises Refused."""
    found = _plain(read_source(text, file))
    return found if isinstance(found, dict) else {}


def at(document: Plain, path: Path) -> Plain:
    """Return what stands at a path; None where nothing does."""
    for key in path:
        if isinstance(document, dict):
            document = document.get(key)
        elif isinstance(document, list) and key.isdecimal() and int(key) < len(document):
            document = document[int(key)]
        else:
            return None
    return document


def edited(text: str, changes: Iterable[Change]) -> str:
    """Return the text with changes made, in their order. Raises Refused or CannotEdit."""
    for change in changes:
        before = plain(text)
        if change.value is not None and at(before, change.path) == change.value:
            continue
        meant = applied(before, change)
        if meant != before:
            text = _made(text, change, meant)
    return text


def _made(text: str, change: Change, meant: dict[str, Any]) -> str:
    """Return the text that says what is meant, by the way that changes less of it."""
    for tried in (by_item, cut_in, rewritten):
        made = tried(text, change.path, change.value)
        try:
            if made is not None and plain(made) == meant:
                return made
        except Refused:  # what came of it is no YAML: the other way may do
            continue
    raise CannotEdit(".".join(change.path))


def differences(before: Plain, after: Plain, path: Path = ()) -> list[Change]:
    """Return the changes that make one document of another: the smallest that are whole values."""
    if isinstance(before, dict) and isinstance(after, dict):
        gone = [Change((*path, key), None) for key in before if key not in after]
        kept = [
            change
            for key in after
            for change in differences(before.get(key), after[key], (*path, key))
        ]
        return [*kept, *gone]  # or what is left for a moment without any would go itself
    return [] if before == after else [Change(path, after)]


def applied(document: dict[str, Any], change: Change) -> dict[str, Any]:
    """Return a document with a change made; what becomes empty by it goes too.

    Raises CannotEdit.
    """
    key, *rest = change.path
    made = dict(document)
    if not rest:
        if change.value is None:
            made.pop(key, None)
        else:
            made[key] = change.value
        return made
    inside = made.get(key)
    if isinstance(inside, list):
        made[key] = _in_list(inside, tuple(rest), change.value)
        return made
    if inside is None and change.value is None:
        return made
    if isinstance(inside, str):
        raise CannotEdit(key)
    inner = applied(inside if isinstance(inside, dict) else {}, Change(tuple(rest), change.value))
    if inner or change.value is not None:
        made[key] = inner
    else:
        del made[key]
    return made


def _in_list(items: list[Any], path: Path, value: Plain) -> list[Any]:
    if not path[0].isdecimal() or int(path[0]) >= len(items):
        raise CannotEdit(path[0])
    place = int(path[0])
    made = list(items)
    inside = made[place]
    if len(path) == 1:
        made[place] = value
    elif isinstance(inside, list):
        made[place] = _in_list(inside, path[1:], value)
    elif isinstance(inside, dict):
        made[place] = applied(inside, Change(path[1:], value))
    else:
        raise CannotEdit(path[1])
    return made


def _plain(node: source.Node) -> Plain:
    match node:
        case Scalar(_, text):
            return text
        case Items(_, items):
            return [_plain(item) for item in items]
        case Entries(_, entries):
            return {str(key.text): _plain(value) for key, value in entries}
