"""The mapping: a YAML file that says which column is what, and what the outcome is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from einig.engine.document import Place

Dates = Literal["iso", "dmy", "mdy", "epoch_seconds", "epoch_milliseconds"]


@dataclass(frozen=True, slots=True)
class Source:
    """A file, and what is known of how it is written; the rest is found out from the file."""

    file: str
    sheet: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    dates: Dates | None = None


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of leads, and the column that holds it."""

    name: str
    column: str
    blank: tuple[str, ...] = ()
    decimal: str | None = None
    known_from: str | None = None


@dataclass(frozen=True, slots=True)
class LeadsTable:
    """A row a lead. Without `id` the number of the row names the lead."""

    source: Source
    id: str | None = None
    created: str | None = None
    attributes: tuple[Attribute, ...] = ()
    blank: tuple[str, ...] = ()
    known_from: str | None = None
    since: str | None = None


@dataclass(frozen=True, slots=True)
class FactsTable:
    """A row a fact; with `attributes` a row a lead, and a column each of them."""

    source: Source
    lead: str
    attribute: str | None = None
    value: str | None = None
    attributes: tuple[Attribute, ...] = ()
    known_from: str | None = None
    sequence: str | None = None
    blank: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventsTable:
    """A row an activity. Its type stands in columns, joined by +, or is one for the whole file."""

    source: Source
    lead: str
    at: str
    type: tuple[str, ...] = ()
    type_is: str | None = None
    id: tuple[str, ...] = ()
    known_from: str | None = None
    known_until: str | None = None
    properties: tuple[tuple[str, str], ...] = ()  # (name, column)


@dataclass(frozen=True, slots=True)
class EventOutcomes:
    """Activities that are the outcome. `revenue` is an attribute of the lead or a property."""

    won: tuple[str, ...]
    lost: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    revenue: str | None = None


@dataclass(frozen=True, slots=True)
class Lookup:
    """A value that stands in another file, under a key."""

    source: Source
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class FileOutcomes:
    """A row an outcome. Without `status` every row is won."""

    source: Source
    lead: str | None = None
    status: str | None = None
    won: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    at: str | None = None
    revenue: str | Lookup | None = None
    currency: str | None = None
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LinksTable:
    """A row a link between two identities."""

    source: Source
    identity: str
    lead: str
    linked: str
    kind: str | None = None
    unlinked: str | None = None


@dataclass(frozen=True, slots=True)
class FeedbackTable:
    """A row a verdict of sales."""

    source: Source
    lead: str
    at: str
    verdict: str
    accepted: tuple[str, ...] = ("accepted",)
    returned: tuple[str, ...] = ("returned",)
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Learning:
    """Attributes that are declared to be known in time, or not to be learned from."""

    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mapping:
    """Everything that a mapping file says, and where it says it."""

    name: str
    leads: LeadsTable
    zone: str | None = None
    currency: str | None = None
    facts: tuple[FactsTable, ...] = ()
    events: tuple[EventsTable, ...] = ()
    outcomes: tuple[EventOutcomes | FileOutcomes, ...] = ()
    links: tuple[LinksTable, ...] = ()
    feedback: tuple[FeedbackTable, ...] = ()
    lost_after: int | None = None
    worked: tuple[str, ...] = ()
    learning: Learning = Learning()

    @property
    def outcome_names(self) -> frozenset[str]:
        """Return the names of activities and columns that are the outcome, or come with it."""
        return frozenset(name for of in self.outcomes for name in _outcome_names(of))


def _outcome_names(of: EventOutcomes | FileOutcomes) -> Iterator[str]:
    yield from of.beside
    if isinstance(of, EventOutcomes):
        yield from (*of.won, *of.lost)
    elif of.status is not None:
        yield of.status


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping with its file and the place of everything in it."""

    mapping: Mapping
    file: str
    text: str
    places: dict[str, Place]

    def place(self, path: str) -> Place:
        """Return the place of a path, or of the nearest thing around it."""
        while path and path not in self.places:
            path = path.rpartition(".")[0]
        return self.places.get(path, Place(self.file))
