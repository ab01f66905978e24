"""Editing the text of an agreement: one place changes, and everything else stays as it was written.

People keep comments and a layout in their files, so a change is cut into the text where it belongs
instead of writing the document anew. What came of it is read again, and compared with what was
meant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from einig.engine.agreement.rewriting import rewritten
from einig.engine.document import Refused, source
from einig.engine.document.source import Entries, Items, Scalar, read_source

Path = tuple[str, ...]  # keys from the outside in; the number of an item in a list
Plain = str | None | list[Any] | dict[str, Any]  # a document, each scalar as it is written

_LAST = ("otherwise", "unknown")  # rows before which a new one goes
_SAFE = re.compile(r"(?:[\w/(]|<(?!<))[\w /().+€$<>=°'-]*%?", re.UNICODE)
_ESCAPED = re.compile("[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]")  # read as breaks, or not at all
_NULLS = frozenset({"null", "Null", "NULL"})
_NULL = "tag:yaml.org,2002:null"


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
        meant = _applied(before, change)
        if meant != before:
            text = _made(text, change, meant)
    return text


def _made(text: str, change: Change, meant: dict[str, Any]) -> str:
    """Return the text that says what is meant, by the way that changes less of it."""
    for tried in (_cut_in, rewritten):
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
        return [*gone, *kept]
    return [] if before == after else [Change(path, after)]


# --- the text ---------------------------------------------------------------------------------


def _cut_in(text: str, path: Path, value: Plain) -> str | None:
    """Return the text with a value cut in at a path, None where that is not known to work."""
    root = _composed(text)
    node, rest = _reached(root, path)
    if not rest:
        return _replaced(text, root, Change(path, value))
    if value is None:
        return text
    for key in reversed(rest[1:]):
        value = {key: value}
    if isinstance(node, MappingNode):
        return _added(text, node, rest[0], value)
    if node.tag == _NULL:  # a key with nothing after it
        return _replaced(text, root, Change(path[: -len(rest)], {rest[0]: value}))
    return None


def _reached(root: Node, path: Path) -> tuple[Node, Path]:
    """Return the innermost node on a path, and what of the path is not there."""
    node = root
    for depth, key in enumerate(path):
        inside = _child(node, key)
        if inside is None:
            return node, path[depth:]
        node = inside
    return node, ()


def _child(node: Node, key: str) -> Node | None:
    if isinstance(node, MappingNode):
        return next((value for name, value in node.value if _name(name) == key), None)
    if isinstance(node, SequenceNode) and key.isdecimal() and int(key) < len(node.value):
        found: Node = node.value[int(key)]
        return found
    return None


def _replaced(text: str, root: Node, change: Change) -> str | None:
    node, _ = _reached(root, change.path)
    if change.value is None:
        parent, _ = _reached(root, change.path[:-1])
        if not isinstance(parent, MappingNode):
            return None
        if len(parent.value) == 1 and len(change.path) > 1:  # nothing would be left of it
            return _replaced(text, root, Change(change.path[:-1], None))
        return _removed(text, parent, change.path[-1])
    begins, ends = node.start_mark.index, _end(node)
    space = ""
    if begins == ends and text[:begins].rstrip().endswith(":"):  # nothing after a key
        begins = ends = len(text[:begins].rstrip())
        space = " "
    return f"{text[:begins]}{space}{flow(change.value)}{text[ends:]}"


def _added(text: str, parent: MappingNode, key: str, value: Plain) -> str:
    entry = f"{flow(key)}: {flow(value)}"
    follows = next((name for name, _ in parent.value if _name(name) in _LAST), None)
    if follows is not None and key not in _LAST:
        place = follows.start_mark.index
        if parent.flow_style:
            return f"{text[:place]}{entry}, {text[place:]}"
        indent = " " * follows.start_mark.column
        return f"{text[:place]}{entry}\n{indent}{text[place:]}"
    if not parent.value:
        place = parent.end_mark.index - 1
        return f"{text[:place]}{entry}{text[place:]}"
    place = _end(parent.value[-1][1])
    if parent.flow_style:
        return f"{text[:place]}, {entry}{text[place:]}"
    line = text.find("\n", place)
    if line < 0:
        text, line = f"{text}\n", len(text)
    indent = " " * parent.value[0][0].start_mark.column
    return f"{text[: line + 1]}{indent}{entry}\n{text[line + 1 :]}"


def _removed(text: str, parent: MappingNode, key: str) -> str:
    (place,) = [n for n, (name, _) in enumerate(parent.value) if _name(name) == key]
    name, value = parent.value[place]
    begins, ends = name.start_mark.index, max(_end(value), name.end_mark.index)
    if not parent.flow_style:
        first = text.rfind("\n", 0, begins) + 1
        last = text.find("\n", ends)
        return text[:first] + (text[last + 1 :] if last >= 0 else "")
    if comma := re.compile(r"\s*,\s*").match(text, ends):
        return text[:begins] + text[comma.end() :]
    before = re.search(r"\s*,\s*$", text[:begins])
    return text[: before.start() if before else begins] + text[ends:]


def _end(node: Node) -> int:
    """Return where what is written of a node ends, without the lines that follow."""
    if not isinstance(node, (MappingNode, SequenceNode)) or node.flow_style or not node.value:
        found: int = node.end_mark.index
        return found
    last = node.value[-1]
    return max(_end(last[1]), last[0].end_mark.index) if isinstance(last, tuple) else _end(last)


def _composed(text: str) -> Node:
    yaml = YAML(pure=True)
    yaml.version = (1, 2)
    root: Node = yaml.compose(text)
    return root


def _name(key: Node) -> str:
    return str(key.value)


# --- the document ---------------------------------------------------------------------------


def _applied(document: dict[str, Any], change: Change) -> dict[str, Any]:
    """Return a document with a change made; what becomes empty by it goes too."""
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
    inner = _applied(inside if isinstance(inside, dict) else {}, Change(tuple(rest), change.value))
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
        made[place] = _applied(inside, Change(path[1:], value))
    else:
        raise CannotEdit(path[1])
    return made


# --- values as they are written ---------------------------------------------------------------


def flow(value: Plain) -> str:
    """Return a value as YAML on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(key)}: {flow(of)}" for key, of in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(flow, value)) + "]"
    if value is None:
        return "null"
    safe = _SAFE.fullmatch(value) is not None and value not in _NULLS and value == value.strip()
    return value if safe else _ESCAPED.sub(_escape, json.dumps(value, ensure_ascii=False))


def _escape(of: re.Match[str]) -> str:
    return f"\\u{ord(of[0]):04x}"


def _plain(node: source.Node) -> Plain:
    match node:
        case Scalar(_, text):
            return text
        case Items(_, items):
            return [_plain(item) for item in items]
        case Entries(_, entries):
            return {str(key.text): _plain(value) for key, value in entries}
