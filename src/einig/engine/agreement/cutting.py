"""Cutting one value into the text of an agreement, where it belongs."""

from __future__ import annotations

import re

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from einig.engine.agreement.flow import Path, Plain, flow

_LAST = ("otherwise", "unknown")  # rows before which a new one goes
_NULL = "tag:yaml.org,2002:null"


def cut_in(text: str, path: Path, value: Plain) -> str | None:
    """Return the text with a value cut in at a path, None where that is not known to work."""
    root = _composed(text)
    node, rest = _reached(root, path)
    if not rest:
        return _replaced(text, root, path, value)
    if value is None:
        return text
    for key in reversed(rest[1:]):
        value = {key: value}
    if isinstance(node, MappingNode):
        return _added(text, node, rest[0], value)
    if node.tag == _NULL:  # a key with nothing after it
        return _replaced(text, root, path[: -len(rest)], {rest[0]: value})
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


def _replaced(text: str, root: Node, path: Path, value: Plain) -> str | None:
    node, _ = _reached(root, path)
    if value is None:
        parent, _ = _reached(root, path[:-1])
        if not isinstance(parent, MappingNode):
            return None
        if len(parent.value) == 1 and len(path) > 1:  # nothing would be left of it
            return _replaced(text, root, path[:-1], None)
        return _removed(text, parent, path[-1])
    begins, ends = node.start_mark.index, _end(node)
    space = ""
    if begins == ends and text[:begins].rstrip().endswith(":"):  # nothing after a key
        begins = ends = len(text[:begins].rstrip())
        space = " "
    return f"{text[:begins]}{space}{flow(value)}{text[ends:]}"


def by_item(text: str, path: Path, value: Plain) -> str | None:
    """Return the text with a list that is a line each changed by item: what stays keeps comments.

    None where there is no such list.
    """
    text = text if text.endswith("\n") else f"{text}\n"
    node, rest = _reached(_composed(text), path)
    if rest or not isinstance(node, SequenceNode) or node.flow_style or not isinstance(value, list):
        return None
    begins = text.rfind("\n", 0, node.value[0].start_mark.index) + 1
    indent = text[begins : text.index("-", begins)]
    if indent.strip() or not value:
        return None
    lines = _lines(text, node, begins)
    left = [(_read(item), line) for item, line in zip(node.value, lines, strict=True)]
    made = []
    for item in value:
        place = next((n for n, (was, _) in enumerate(left) if was == item), None)
        made.append(f"{indent}- {flow(item)}\n" if place is None else left.pop(place)[1])
    return text[:begins] + "".join(made) + text[begins + len("".join(lines)) :]


def _lines(text: str, node: SequenceNode, begins: int) -> list[str]:
    """Return the items of a list as they are written, each with the comments above it."""
    lines = []
    for item in node.value:
        ends = text.index("\n", _end(item)) + 1
        lines.append(text[begins:ends])
        begins = ends
    return lines


def _read(node: Node) -> Plain:
    if isinstance(node, MappingNode):
        return {_name(key): _read(of) for key, of in node.value}
    if isinstance(node, SequenceNode):
        return [_read(item) for item in node.value]
    return None if node.tag == _NULL else str(node.value)


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
