"""YAML 1.2 as a tree of plain nodes that know where they stand.

Scalars stay the text that was written: what they mean is for a shape to say, so that a country
`NO` or a value `12:30` is never turned into something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from einig.engine.document.issues import Place, Refused, refuse, said

LARGEST_FILE = 1_000_000  # bytes; an agreement with thousands of criteria stays far below
MOST_NODES = 50_000  # after aliases are followed
DEEPEST = 40

_TAGS = {
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq")
}
_NULL = "tag:yaml.org,2002:null"
_OTHER = {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:merge", "tag:yaml.org,2002:value"}


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value as written; None where nothing was written."""

    place: Place
    text: str | None


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    place: Place
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping; its keys are text."""

    place: Place
    entries: tuple[tuple[Scalar, Node], ...]


Node = Scalar | Items | Entries


def read_file(path: str | Path) -> tuple[str, str]:
    """Return the text of a document and the name under which to speak of it.

    Raises Refused if there is no such file, or it is too large or not UTF-8.
    """
    name = str(path)
    try:
        raw = Path(path).read_bytes()
    except FileNotFoundError:
        raise refuse("There is no such file.", "Check the path.", file=name) from None
    except (OSError, ValueError) as error:
        raise refuse(f"The file cannot be read: {error}.", "Check the path.", file=name) from None
    if len(raw) > LARGEST_FILE:
        remedy = f"A document has at most {LARGEST_FILE:,} bytes."
        raise refuse(f"The file has {len(raw):,} bytes.", remedy, file=name)
    try:
        return raw.decode("utf-8-sig"), name
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        remedy = "Save it as UTF-8."
        raise refuse("The file is not encoded in UTF-8.", remedy, file=name, line=line) from None


def read_source(text: str, file: str) -> Node:
    """Parse one YAML document into nodes. Raises Refused if it is none."""
    try:
        yaml = YAML(pure=True)
        yaml.version = (1, 2)
        root = yaml.compose(text)
    except MarkedYAMLError as error:
        raise _not_yaml(error, file) from None
    except (YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200]
        message = said("This is not YAML: %(problem)s.", problem=reason)
        raise refuse(message, said("Check the syntax."), file=file) from None
    if root is None:
        raise refuse(said("The document is empty."), said("Start from a template."), file=file)
    return _Builder(file).node(root, 0)


def _not_yaml(error: MarkedYAMLError, file: str) -> Refused:
    mark: Any = error.problem_mark or error.context_mark
    problem = " ".join(filter(None, (error.context, error.problem)))
    remedy = said("Check indentation, quotes and colons here.")
    line = mark.line + 1 if mark else 1
    message = said("This is not YAML: %(problem)s.", problem=problem)
    return refuse(message, remedy, file=file, line=line)


class _Builder:
    """Copies composed nodes into ours, following aliases, and counts what that makes."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.count = 0

    def node(self, given: Any, depth: int) -> Node:
        place = Place(self.file, given.start_mark.line + 1, given.start_mark.column + 1)
        self.count += 1
        if self.count > MOST_NODES or depth > DEEPEST:
            remedy = said("Write the values out instead of referring to them with * and &.")
            message = said(
                "The document grows too large or too deep when its aliases are followed."
            )
            raise refuse(message, remedy, file=self.file, line=place.line)
        tag = str(given.tag)
        if tag not in _TAGS and tag not in _OTHER:
            message = said("The tag %(tag)s is not allowed.", tag=tag)
            remedy = said("Remove the tag; write plain values.")
            raise refuse(message, remedy, file=self.file, line=place.line)
        match given:
            case ScalarNode():
                return Scalar(place, None if tag == _NULL else str(given.value))
            case SequenceNode():
                return Items(place, tuple(self.node(item, depth + 1) for item in given.value))
            case MappingNode():
                return Entries(place, tuple(self.entries(given, depth)))
        message, remedy = said("This is not YAML."), said("Check the syntax.")
        raise refuse(message, remedy, file=self.file, line=place.line)

    def entries(self, given: MappingNode, depth: int) -> Iterator[tuple[Scalar, Node]]:
        for key, value in given.value:
            name = self.node(key, depth + 1)
            if not isinstance(name, Scalar):
                message, line = said("A key is a list or a mapping."), name.place.line
                raise refuse(message, said("Write a plain text as key."), file=self.file, line=line)
            text = name.text if name.text is not None else str(key.value)
            yield Scalar(name.place, text), self.node(value, depth + 1)
