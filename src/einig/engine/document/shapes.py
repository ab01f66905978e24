"""What a document may look like, declared once: a shape reads nodes and describes itself.

From the same declaration come the frozen objects, every issue with its place, and the JSON
Schema that editors use. A shape never stops at the first issue: it notes it and returns `BAD`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, Final, Protocol

from einig.engine.document.issues import Issue, Place, Refused, said
from einig.engine.document.source import Entries, Items, Node, Scalar, read_source
from einig.engine.instants import DAY, FOREVER
from einig.engine.values import number, tidy

Schema = dict[str, Any]


class Bad:
    """What a shape returns for a node that it could not read."""


BAD: Final = Bad()


class Unfit(Exception):
    """Raised by a maker for what only the whole shows: what is wrong, and what to write instead."""

    def __init__(self, message: str, remedy: str) -> None:
        self.message, self.remedy = message, remedy
        super().__init__(f"{message} {remedy}")


@dataclass(slots=True)
class Reading:
    """One pass over a document: the issues found, and where each thing stands."""

    issues: list[Issue] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)

    def bad(self, node: Node, path: str, message: str, remedy: str) -> Bad:
        """Note an error at a node and return `BAD`."""
        self.issues.append(Issue("error", node.place, path, message, remedy))
        return BAD


class Shape(Protocol):
    """Reads a node into a value, and describes itself as JSON Schema."""

    def read(self, node: Node, path: str, reading: Reading) -> Any:
        """Return the value of a node, or `BAD` after noting why."""

    def schema(self) -> Schema:
        """Return the JSON Schema of what `read` accepts."""


def read_document(text: str, file: str, shape: Shape) -> tuple[Any, Reading]:
    """Read a whole document by a shape. Raises Refused with every issue if it does not fit."""
    reading = Reading()
    value = shape.read(read_source(text, file), "", reading)
    if reading.issues:
        raise Refused(
            sorted(reading.issues, key=lambda issue: (issue.place.line, issue.place.column))
        )
    return value, reading


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a sentence that names the nearest known name, or all of them where none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(name.casefold(), [n.casefold() for n in names], n=1)
    if near:
        found = next(n for n in names if n.casefold() == near[0])
        return said("Did you mean %(name)s?", name=found)
    return said("Use one of: %(names)s.", names=", ".join(names)) if names else ""


def inside(path: str, key: str) -> str:
    """Return the path of a key below a path."""
    return f"{path}.{key}" if path else key


# --- single values ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """Any text that is not blank, tidied."""

    doc: str = "text"

    def read(self, node: Node, path: str, reading: Reading) -> str | Bad:
        if isinstance(node, Scalar) and node.text is not None and tidy(node.text):
            return tidy(node.text)
        what = said(self.doc)
        message = said("Here stands no %(what)s.", what=what)
        return reading.bad(node, path, message, said("Write a %(what)s.", what=what))

    def schema(self) -> Schema:
        return {"type": ["string", "number", "boolean"]}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within bounds."""

    low: int = -1_000_000
    high: int = 1_000_000

    def read(self, node: Node, path: str, reading: Reading) -> int | Bad:
        text = node.text if isinstance(node, Scalar) else None
        if text is not None and re.fullmatch(r"[+-]?\d{1,9}", text, re.ASCII):
            if self.low <= int(text) <= self.high:
                return int(text)
            remedy = said("Write a number from %(low)s to %(high)s.", low=self.low, high=self.high)
            return reading.bad(node, path, said("%(shown)s is out of bounds.", shown=text), remedy)
        message = said("%(shown)s is no whole number.", shown=_shown(node))
        return reading.bad(node, path, message, said("Write one, like 10."))

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number."""

    def read(self, node: Node, path: str, reading: Reading) -> float | Bad:
        read = number(node.text) if isinstance(node, Scalar) and node.text is not None else None
        if read is None:
            message = said("%(shown)s is no number.", shown=_shown(node))
            return reading.bad(node, path, message, said("Write one, like 1.5."))
        return read

    def schema(self) -> Schema:
        return {"type": "number"}


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false (`yes` and `no` are understood)."""

    def read(self, node: Node, path: str, reading: Reading) -> bool | Bad:
        word = node.text.casefold() if isinstance(node, Scalar) and node.text else ""
        if word in ("true", "yes", "false", "no"):
            return word in ("true", "yes")
        message = said("%(shown)s is neither true nor false.", shown=_shown(node))
        return reading.bad(node, path, message, said("Write one."))

    def schema(self) -> Schema:
        return {"enum": [True, False, "yes", "no"]}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    def read(self, node: Node, path: str, reading: Reading) -> str | Bad:
        text = node.text if isinstance(node, Scalar) else None
        if text in self.words:
            return text
        remedy = did_you_mean(text or "", self.words)
        message = said("%(shown)s is not known here.", shown=_shown(node))
        return reading.bad(node, path, message, remedy)

    def schema(self) -> Schema:
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Share:
    """A share written in percent (`2%`), read as 0.02."""

    def read(self, node: Node, path: str, reading: Reading) -> float | Bad:
        text = node.text if isinstance(node, Scalar) else None
        match = re.fullmatch(r"(\d{1,3}(?:\.\d{1,6})?) ?%", text or "", re.ASCII)
        if match and float(match[1]) <= 100:
            return float(match[1]) / 100
        remedy = said("Write a percentage from 0% to 100%, like 2%.")
        return reading.bad(node, path, said("%(shown)s is no share.", shown=_shown(node)), remedy)

    def schema(self) -> Schema:
        return {"type": "string", "pattern": r"^\d{1,3}(\.\d+)? ?%$"}


@dataclass(frozen=True, slots=True)
class Window:
    """An elapsed time in days of 24 hours, in microseconds; `ever` where that is allowed."""

    ever: bool = False

    def read(self, node: Node, path: str, reading: Reading) -> int | Bad:
        text = node.text if isinstance(node, Scalar) else None
        if self.ever and text == "ever":
            return FOREVER
        match = re.fullmatch(r"(\d{1,5}) ?(days?|weeks?)", text or "", re.ASCII)
        if match is None:
            message = said("%(shown)s is no window.", shown=_shown(node))
            remedy = said("Write days or weeks, like 14 days; a day is 24 hours.")
            return reading.bad(node, path, message, remedy)
        days = int(match[1]) * (7 if match[2].startswith("week") else 1)
        if days == 0:
            message = said("A window of zero days never counts anything.")
            return reading.bad(node, path, message, said("Write 1 day or more."))
        return days * DAY

    def schema(self) -> Schema:
        words = r"^(\d{1,5} ?(days?|weeks?)" + ("|ever" if self.ever else "") + ")$"
        return {"type": "string", "pattern": words, "examples": ["14 days", "2 weeks"]}


# --- shapes made of shapes --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of one shape, as a tuple; a single item may stand without the list."""

    of: Shape
    single: bool = False

    def read(self, node: Node, path: str, reading: Reading) -> tuple[Any, ...] | Bad:
        if isinstance(node, Items):
            reading.places.setdefault(path, node.place)
            read = [
                self.of.read(item, inside(path, str(number)), reading)
                for number, item in enumerate(node.items, 1)
            ]
            return BAD if any(item is BAD for item in read) else tuple(read)
        if self.single:
            item = self.of.read(node, inside(path, "1"), reading)
            return BAD if item is BAD else (item,)
        message = said("%(shown)s is no list.", shown=_shown(node))
        return reading.bad(node, path, message, said("Write [a, b] or lines with -."))

    def schema(self) -> Schema:
        many: Schema = {"type": "array", "items": self.of.schema()}
        return {"anyOf": [self.of.schema(), many]} if self.single else many


@dataclass(frozen=True, slots=True)
class Field:
    """An entry of a record; without it, the record's maker uses its own default."""

    shape: Shape
    doc: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with known keys; `make` gets those that were written, as keyword arguments.

    `make` may raise `Unfit`.
    """

    fields: Mapping[str, Field]
    make: Callable[..., Any]
    doc: str = ""

    def read(self, node: Node, path: str, reading: Reading) -> Any:
        if not isinstance(node, Entries):
            remedy = said("Write a mapping with %(keys)s.", keys=", ".join(self.fields))
            return reading.bad(node, path, _no_mapping(node), remedy)
        reading.places.setdefault(path, node.place)
        before = len(reading.issues)
        read = {key: value for key, value in self._entries(node, path, reading) if value is not BAD}
        for key in (key for key, of in self.fields.items() if of.required):
            if not any(name.text == key for name, _ in node.entries):
                what = said(self.fields[key].doc)
                remedy = said("Add %(key)s: %(what)s.", key=key, what=what)
                reading.bad(node, path, said("%(key)s is missing.", key=key), remedy)
        if len(reading.issues) > before:
            return BAD
        try:
            return self.make(**{key.replace("-", "_"): value for key, value in read.items()})
        except Unfit as unfit:
            return reading.bad(node, path, unfit.message, unfit.remedy)

    def _entries(self, node: Entries, path: str, reading: Reading) -> Iterable[tuple[str, Any]]:
        for key, name, value in unique(node, path, reading):
            if key not in self.fields:
                remedy = did_you_mean(key, self.fields)
                if not remedy.startswith("Did"):
                    remedy = said("%(remedy)s Or a newer Einig may know it.", remedy=remedy)
                message = said("The key %(key)s is not known here.", key=key)
                reading.bad(name, inside(path, key), message, remedy)
                continue
            reading.places[inside(path, key)] = name.place
            yield key, self.fields[key].shape.read(value, inside(path, key), reading)

    def schema(self) -> Schema:
        properties = {
            key: of.shape.schema() | {"description": of.doc} for key, of in self.fields.items()
        }
        required = [key for key, of in self.fields.items() if of.required]
        schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        if self.doc:
            schema["description"] = self.doc
        return schema | ({"required": required} if required else {})


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping whose keys people choose; `make` gets each key and value."""

    of: Shape
    make: Callable[[str, Any], Any] = lambda key, value: (key, value)

    def read(self, node: Node, path: str, reading: Reading) -> tuple[Any, ...] | Bad:
        if not isinstance(node, Entries):
            return reading.bad(node, path, _no_mapping(node), said("Write `name: …` lines."))
        reading.places.setdefault(path, node.place)
        made = []
        for key, name, value in unique(node, path, reading):
            where = inside(path, key)
            reading.places[where] = name.place
            read = self.of.read(value, where, reading)
            made.append(BAD if read is BAD else self._made(key, read, value, where, reading))
        return BAD if any(one is BAD for one in made) else tuple(made)

    def _made(self, key: str, read: Any, node: Node, path: str, reading: Reading) -> Any:
        try:
            return self.make(key, read)
        except Unfit as unfit:
            return reading.bad(node, path, unfit.message, unfit.remedy)

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": self.of.schema()}


@dataclass(frozen=True, slots=True)
class ByKind:
    """One shape for a single value, another for a list, another for a mapping."""

    scalar: Shape | None = None
    items: Shape | None = None
    entries: Shape | None = None

    def read(self, node: Node, path: str, reading: Reading) -> Any:
        shape = {Scalar: self.scalar, Items: self.items, Entries: self.entries}[type(node)]
        if shape is None:
            message = said("%(shown)s does not fit here.", shown=_shown(node))
            return reading.bad(node, path, message, said("Write %(kinds)s.", kinds=self._kinds()))
        return shape.read(node, path, reading)

    def _kinds(self) -> str:
        words = said("a single value"), said("a list"), said("a mapping")
        shapes = self.scalar, self.items, self.entries
        known = (word for word, shape in zip(words, shapes, strict=True) if shape)
        return reduce(lambda one, other: said("%(one)s or %(other)s", one=one, other=other), known)

    def schema(self) -> Schema:
        return {"anyOf": [s.schema() for s in (self.scalar, self.items, self.entries) if s]}


@dataclass(frozen=True, slots=True)
class Made:
    """A shape whose value is turned into something else; `Unfit` becomes an issue."""

    of: Shape
    make: Callable[[Any], Any]

    def read(self, node: Node, path: str, reading: Reading) -> Any:
        read = self.of.read(node, path, reading)
        try:
            return BAD if read is BAD else self.make(read)
        except Unfit as unfit:
            return reading.bad(node, path, unfit.message, unfit.remedy)

    def schema(self) -> Schema:
        return self.of.schema()


@dataclass(frozen=True, slots=True)
class Named:
    """A shape that refers to itself or is used often: it stands once in the schema's $defs."""

    name: str
    of: Callable[[], Shape]

    def read(self, node: Node, path: str, reading: Reading) -> Any:
        return self.of().read(node, path, reading)

    def schema(self) -> Schema:
        return {"$ref": f"#/$defs/{self.name}"}


def unique(node: Entries, path: str, reading: Reading) -> Iterable[tuple[str, Scalar, Node]]:
    """Yield each key, where it stands, and its value; a key that stands twice is an issue."""
    seen: set[str] = set()
    for name, value in node.entries:
        key = tidy(name.text or "")
        if key in seen:
            message = said("The key %(key)s stands here twice.", key=key)
            reading.bad(name, inside(path, key), message, said("Keep one of them."))
            continue
        seen.add(key)
        yield key, name, value


def _no_mapping(node: Node) -> str:
    return said("%(shown)s is no mapping.", shown=_shown(node))


def _shown(node: Node) -> str:
    match node:
        case Scalar(_, None):
            return said("Nothing")
        case Scalar(_, text):
            return said("“%(text)s”", text=str(text)[:40])
        case Items():
            return said("A list")
    return said("A mapping")


def places_below(places: Mapping[str, Place], paths: Sequence[str]) -> Place:
    """Return the place of the first of these paths that stands in the document."""
    return next((places[path] for path in paths if path in places), Place("input"))
