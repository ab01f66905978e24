"""The agreement as frozen objects: what marketing and sales mean by a lead, and what binds them.

Nothing here reads, judges or prints. Times are whole microseconds, points whole numbers; text is
kept as written and compared folded (`einig.engine.values`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

# --- conditions on one value (of a fact or of an activity's property) ------------------------


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value equals one of these, as text or as a number."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    """The value is there and equals none of these."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contains:
    """The text contains this text."""

    text: str


@dataclass(frozen=True, slots=True)
class StartsWith:
    """The text starts with this text."""

    text: str


@dataclass(frozen=True, slots=True)
class Between:
    """The value reads as a number from `low` (included) up to `high` (not included)."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Known:
    """The value is there (`known: true`), or it is blank (`known: false`)."""

    known: bool


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of these conditions holds."""

    conditions: tuple[Condition, ...]


Condition = OneOf | NoneOf | Contains | StartsWith | Between | Known | AllOf


@dataclass(frozen=True, slots=True)
class Where:
    """A condition on a named thing: an attribute of a lead, or a property of an activity."""

    of: str
    condition: Condition


# --- fit --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TextRow:
    """Points for one value, compared as text (or as a number, where both are numbers)."""

    text: str
    points: int


@dataclass(frozen=True, slots=True)
class RangeRow:
    """Points for numbers from `low` (included) up to `high` (not included)."""

    low: float
    high: float
    points: int
    label: str = field(metadata={"meaning": False})


@dataclass(frozen=True, slots=True)
class FitTable:
    """The points of one attribute. A text row wins over a range; a blank earns `unknown`."""

    attribute: str
    texts: tuple[TextRow, ...] = ()
    ranges: tuple[RangeRow, ...] = ()
    otherwise: int = 0
    unknown: int = 0

    @property
    def rows(self) -> tuple[TextRow | RangeRow, ...]:
        """Return all rows, texts first."""
        return (*self.texts, *self.ranges)


# --- engagement and intent --------------------------------------------------------------------

Per = Literal["person", "company"]


@dataclass(frozen=True, slots=True)
class Step:
    """Points while an activity's age is from `begins` (included) up to `ends` (not included)."""

    begins: int
    ends: int
    points: int


@dataclass(frozen=True, slots=True)
class Engagement:
    """Points for each matching activity while it counts; `at_most` limits their sum.

    `at_most` has the sign of the points: with negative points it is the lowest sum.
    `per="company"` adds up the activities of all people of the lead's company.
    """

    name: str
    activity: str
    steps: tuple[Step, ...]
    where: tuple[Where, ...] = ()
    at_most: int | None = None
    per: Per = "person"
    after_inquiry: bool = False


@dataclass(frozen=True, slots=True)
class Silence:
    """Points while nothing (of `activities`, or at all) has happened for `nothing_for`."""

    name: str
    nothing_for: int
    points: int
    activities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Intent:
    """A buying signal: `times` matching activities within `within`."""

    name: str
    activity: str
    within: int
    times: int = 1
    where: tuple[Where, ...] = ()
    per: Per = "person"
    after_inquiry: bool = False


# --- sales-ready ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Fit, engagement or score (fit + engagement) is at least `points`."""

    measure: Literal["fit", "engagement", "score"]
    points: int


@dataclass(frozen=True, slots=True)
class HasIntent:
    """Any buying signal holds, or the named one."""

    name: str | None = None


@dataclass(frozen=True, slots=True)
class HasAttribute:
    """A condition on one attribute of the lead."""

    where: Where


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    parts: tuple[Rule, ...]


Rule = AtLeast | HasIntent | HasAttribute | All | Any


# --- what counts as a lead, and what binds both teams -----------------------------------------


@dataclass(frozen=True, slots=True)
class LeadRule:
    """Who is a lead at all: reachable by one of these attributes, and none of `never`.

    Without `reachable_by` everyone is reachable. Each entry of `never` is a set of conditions that
    must all hold to exclude. `inquiries` are the activities of which the earliest is the first
    inquiry; without them the lead's creation is.
    """

    reachable_by: tuple[str, ...] = ()
    never: tuple[tuple[Where, ...], ...] = ()
    inquiries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """A span of working time, measured in working hours or working days."""

    amount: int
    unit: Literal["hours", "days"]


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often sales tries to reach a lead before giving up; `minutes` is the time each takes."""

    at_least: int
    within: WorkingTime | None = None
    channels: int = 1
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class SalesPromise:
    """What the agreement binds sales to."""

    respond_within: WorkingTime | None = None
    attempts: Attempts | None = None
    return_reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MarketingPromise:
    """What the agreement binds marketing to."""

    sales_ready_a_month: int | None = None
    required: tuple[str, ...] = ()
    answer_feedback_within: WorkingTime | None = None


@dataclass(frozen=True, slots=True)
class OutsideFit:
    """Who answers an action from outside the ideal, and by when."""

    answered_by: Literal["marketing", "sales"]
    within: WorkingTime


@dataclass(frozen=True, slots=True)
class Agreement:
    """One definition of a lead. `verify` and `explore` are shares from 0 to 1."""

    name: str
    sales_ready: Rule
    lead: LeadRule = LeadRule()
    fit: tuple[FitTable, ...] = ()
    engagement: tuple[Engagement, ...] = ()
    silence: tuple[Silence, ...] = ()
    intent: tuple[Intent, ...] = ()
    sales: SalesPromise = SalesPromise()
    marketing: MarketingPromise = MarketingPromise()
    outside_fit: OutsideFit | None = None
    verify: float = 1.0
    explore: float = 0.0

    @property
    def behaviour(self) -> tuple[Engagement | Silence, ...]:
        """Return everything that gives points for what a lead does, or leaves undone."""
        return (*self.engagement, *self.silence)
