"""The tables everything replays on.

A history is given as *rows* (what a file, a store or a notebook holds) and becomes a *History*
(what the executors read): cleaned, linked and sorted once, so that both executors and every run
start from the same facts. `einig.engine.history.build` turns the one into the other.

Times are whole microseconds since 1970-01-01T00:00Z (int64). A null means:

=====================  ===========================================================================
leads.created_at       undated: the lead exists from the beginning, weekly figures are null
facts.value            from then on the attribute is blank
facts.known_from       counts from the lead's creation, and is *not point in time*
events.known_from      known when it happened (`at`)
events.known_until     never withdrawn
outcomes.at            undated: later than every decision, and *not point in time*
outcomes.revenue       won or lost, with no amount known
links.unlinked_at      never undone
=====================  ===========================================================================
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import pyarrow as pa

from einig.engine.instants import FOREVER

if TYPE_CHECKING:  # it brings pandas, which the live system can do without
    import pyarrow.dataset as ds

# --- rows: what comes in ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadRow:
    """A lead exists from `created_at`."""

    lead_id: str
    created_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """From `known_from`, `attribute` of the lead is known to be `value`.

    The newest known one counts; equal times resolve by the higher `sequence`.
    """

    lead_id: str
    attribute: str
    value: str | None
    known_from: int | None = None
    sequence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """The lead did `type` at `at`. Rows with one `event_id` are one event: the first known."""

    event_id: str
    lead_id: str
    type: str
    at: int
    known_from: int | None = None
    known_until: int | None = None
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRow:
    """The lead was won (with revenue) or lost. Several: any win wins, revenues add."""

    lead_id: str
    won: bool
    at: int | None
    revenue: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """From `linked_at` to `unlinked_at`, what `identity` did counts for `lead_id` too.

    `same`: both are one person; meanwhile the identity is not judged as a lead of its own, and
    its facts count as well. `member`: the identity is a person of the organisation `lead_id`;
    only criteria `per: company` add their activities up.
    """

    identity: str
    lead_id: str
    kind: Literal["same", "member"]
    linked_at: int
    unlinked_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackRow:
    """Sales said of a handed-over lead that it takes it, or returned it with a reason."""

    lead_id: str
    at: int
    verdict: Literal["accepted", "returned"]
    reason: str | None = None


# --- the History: what the executors read -----------------------------------------------------

LEADS = pa.schema(
    [
        # sorted by lead_id; a lead's number everywhere else is its position in this table
        pa.field("lead_id", pa.string(), nullable=False),
        pa.field("created_at", pa.int64(), nullable=False),  # BEGINNING where undated
    ]
)
FACTS = pa.schema(
    [
        # sorted by (lead, attribute, at); one row a change: from `at` on the attribute is this
        pa.field("lead", pa.int32(), nullable=False),
        pa.field("attribute", pa.string(), nullable=False),
        pa.field("at", pa.int64(), nullable=False),  # never before the lead's creation
        pa.field("value", pa.string()),  # as written; null is blank
        pa.field("text", pa.string()),  # as compared (values.fold)
        pa.field("number", pa.float64()),  # as compared, where it reads as a number
        pa.field("low", pa.float64()),  # where it is written as a range: its lower end
    ]
)
EVENTS = pa.schema(
    [
        # sorted by (lead, at, event_id) when kept; executors accept any order.
        # Beside these, a history has for each property NAME the columns `text:NAME` (string, as
        # compared) and, if any value of it reads as a number, `number:NAME` (float64), and if
        # any is written as a range, its lower end in `low:NAME` (float64).
        pa.field("lead", pa.int32(), nullable=False),
        pa.field("at", pa.int64(), nullable=False),  # never after it became known
        pa.field("start", pa.int64(), nullable=False),  # max(at, known_from, lead's creation)
        pa.field("until", pa.int64(), nullable=False),  # FOREVER where never withdrawn
        pa.field("type", pa.string(), nullable=False),  # as written; outcome events are left out
        pa.field("event_id", pa.string(), nullable=False),
        pa.field("member", pa.bool_(), nullable=False),  # counts only for criteria per company
    ]
)
OUTCOMES = pa.schema(
    [
        # one row a lead that has an outcome
        pa.field("lead", pa.int32(), nullable=False),
        pa.field("won", pa.bool_(), nullable=False),
        pa.field("first_at", pa.int64(), nullable=False),  # FOREVER where undated
        pa.field("won_at", pa.int64()),  # the first win
        pa.field("revenue", pa.float64(), nullable=False),
    ]
)
FEEDBACK = pa.schema(
    [
        # sorted by (lead, at)
        pa.field("lead", pa.int32(), nullable=False),
        pa.field("at", pa.int64(), nullable=False),
        pa.field("returned", pa.bool_(), nullable=False),
        pa.field("reason", pa.string()),
    ]
)

MERGED = "merged"  # the attribute by which a history says "this lead is part of another now"


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a history as a whole. Counts are of rows as they came in."""

    name: str
    zone: str = "UTC"
    currency: str | None = None
    events: int = 0  # all of them, those of the outcome included
    ends_at: int = FOREVER  # the last instant of which the history knows anything
    dated: bool = True  # leads and outcomes carry times, so weekly figures can be told
    assumed_known: frozenset[str] = frozenset()  # attributes that carry no known_from
    activities: tuple[str, ...] = ()  # every type that occurs, outcome events left out
    attributes: tuple[str, ...] = ()  # every attribute that occurs
    outcome_names: frozenset[str] = frozenset()  # activities and columns that are the outcome
    unknown: tuple[tuple[str, int], ...] = ()  # why leads have no outcome: (reason, how many)
    set_aside: int = 0  # rows that could not be used
    set_aside_file: str | None = None


@dataclass(frozen=True, slots=True)
class History:
    """Leads with their facts, activities, outcomes and feedback, ready to be replayed.

    `events` is a dataset, so that a long history is read in pieces and only in the columns that
    an agreement asks for.
    """

    about: About
    leads: pa.Table
    facts: pa.Table
    events: ds.Dataset
    outcomes: pa.Table
    feedback: pa.Table

    @property
    def properties(self) -> tuple[str, ...]:
        """Return the names of all properties of activities."""
        names = self.events.schema.names
        return tuple(name.removeprefix("text:") for name in names if name.startswith("text:"))
