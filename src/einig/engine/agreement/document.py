"""The agreement as people write it: the grammar of the YAML document.

Each shape below says what may be written and what it becomes; from the same shapes come the
issues, the published JSON Schema and the reference page.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any as Anything
from typing import Literal

from einig.engine.agreement.model import (
    Agreement,
    All,
    AllOf,
    Any,
    AtLeast,
    Attempts,
    Between,
    Condition,
    Contains,
    Engagement,
    FitTable,
    HasAttribute,
    HasIntent,
    Intent,
    Known,
    LeadRule,
    MarketingPromise,
    NoneOf,
    OneOf,
    OutsideFit,
    RangeRow,
    Rule,
    SalesPromise,
    Silence,
    StartsWith,
    Step,
    TextRow,
    Where,
    WorkingTime,
)
from einig.engine.agreement.ranges import bounds
from einig.engine.document import Place, read_file, said
from einig.engine.document.shapes import (
    ByKind,
    Choice,
    Field,
    Flag,
    ListOf,
    Made,
    Named,
    Number,
    Record,
    Schema,
    Shape,
    Share,
    Table,
    Text,
    Unfit,
    Whole,
    Window,
    read_document,
)
from einig.engine.ranges import read_range
from einig.engine.values import fold

SCHEMA_ID = "https://einig.example/schema/agreement-1.json"


@dataclass(frozen=True, slots=True)
class Document:
    """An agreement with its source: the text, its name, and where each criterion stands."""

    agreement: Agreement
    text: str
    file: str
    places: dict[str, Place]


def load(path: str | Path) -> Document:
    """Read an agreement from a YAML file. Raises Refused with all issues at once."""
    text, name = read_file(path)
    return loads(text, name)


def loads(text: str, file: str = "agreement") -> Document:
    """Read an agreement from YAML text. Raises Refused with all issues at once."""
    agreement, reading = read_document(text, file, AGREEMENT)
    return Document(agreement, text, file, reading.places)


def schema() -> Schema:
    """Return the JSON Schema of the document, for editors."""
    defs = {"rule": _RULE_SHAPE.schema(), "condition": _CONDITION_SHAPE.schema()}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID}
    return head | {"title": "Einig agreement"} | AGREEMENT.schema() | {"$defs": defs}


# --- conditions -------------------------------------------------------------------------------


def _condition(**read: Anything) -> Condition:
    makers: dict[str, Callable[[Anything], Condition]] = {
        "is": lambda text: OneOf((text,)),
        "in": OneOf,
        "not": NoneOf,
        "contains": lambda text: Contains(fold(text)),
        "starts_with": lambda text: StartsWith(fold(text)),
        "at_least": lambda low: Between(low, math.inf),
        "above": lambda low: Between(math.nextafter(low, math.inf), math.inf),
        "at_most": lambda high: Between(-math.inf, math.nextafter(high, math.inf)),
        "below": lambda high: Between(-math.inf, high),
        "known": Known,
    }
    made = [makers[key](value) for key, value in read.items()]
    if not made:
        raise Unfit(
            said("This condition is empty."),
            said("Write a value, or for example {at_least: 5}."),
        )
    return made[0] if len(made) == 1 else AllOf(tuple(made))


_CONDITION_SHAPE: Shape = ByKind(
    scalar=Made(Text("value"), lambda text: OneOf((text,))),
    items=Made(ListOf(Text("value")), OneOf),
    entries=Record(
        {
            "is": Field(Text("value"), "equal to this value"),
            "in": Field(ListOf(Text("value")), "equal to one of these values"),
            "not": Field(ListOf(Text("value"), single=True), "there, and none of these values"),
            "contains": Field(Text("text"), "contains this text"),
            "starts_with": Field(Text("text"), "starts with this text"),
            "at_least": Field(Number(), "a number not below this"),
            "above": Field(Number(), "a number above this"),
            "at_most": Field(Number(), "a number not above this"),
            "below": Field(Number(), "a number below this"),
            "known": Field(Flag(), "there (true) or blank (false)"),
        },
        _condition,
    ),
)
_CONDITION = Named("condition", lambda: _CONDITION_SHAPE)
_WHERE = Table(_CONDITION, Where)


# --- fit --------------------------------------------------------------------------------------


def _fit_table(attribute: str, rows: tuple[tuple[str, int], ...]) -> FitTable:
    points = dict(rows)
    written = {
        label: read_range(label) for label in points if label not in ("otherwise", "unknown")
    }
    ranges = sorted((r for r in written.values() if r), key=lambda r: (r.low, r.high))
    spans = zip(ranges, bounds(ranges), strict=True)
    return FitTable(
        attribute=attribute,
        texts=tuple(TextRow(label, points[label]) for label, r in written.items() if r is None),
        ranges=tuple(RangeRow(*span, points[r.label], r.label) for r, span in spans),
        otherwise=points.get("otherwise", 0),
        unknown=points.get("unknown", 0),
    )


_POINTS = Whole(-10_000, 10_000)
_FIT = Table(Table(_POINTS), _fit_table)


# --- engagement and intent --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Until:
    points: int
    until: int


def _engagement(name: str, read: dict[str, Anything]) -> Engagement | Silence:
    if "nothing_for" in read:
        allowed = {"nothing_for", "points", "activities"}
        if extra := set(read) - allowed:
            raise Unfit(
                said("%(keys)s does not go with nothing_for.", keys=", ".join(sorted(extra))),
                said("Use only %(keys)s.", keys=", ".join(sorted(allowed))),
            )
        if "points" not in read:
            raise Unfit(
                said("%(key)s is missing.", key="points"),
                said("Add points: the points while nothing happens."),
            )
        return Silence(name=name, **read)
    if "activities" in read:
        raise Unfit(
            said("activities goes with nothing_for only."),
            said("Use activity for a single type."),
        )
    return Engagement(
        name=name,
        activity=read.get("activity", name),
        steps=_steps(read),
        **{key: read[key] for key in ("where", "at_most", "per", "after_inquiry") if key in read},
    )


def _steps(read: dict[str, Anything]) -> tuple[Step, ...]:
    if "steps" not in read:
        if "points" not in read or "for" not in read:
            remedy = said("Write for example points: 10, for: 30 days.")
            raise Unfit(said("points and for are both needed."), remedy)
        return (Step(0, read["for"], read["points"]),)
    if "points" in read or "for" in read:
        raise Unfit(
            said("points and for do not go with steps."), said("Put them into the first step.")
        )
    ends = [step.until for step in read["steps"]]
    if not ends or sorted(set(ends)) != ends:
        raise Unfit(
            said("Each step has to end later than the one before."), said("Order them by until.")
        )
    begins = [0, *ends[:-1]]
    return tuple(Step(b, s.until, s.points) for b, s in zip(begins, read["steps"], strict=True))


def _intent(name: str, read: dict[str, Anything]) -> Intent:
    if ("for" in read) == ("within" in read):
        remedy = said("Write for: 14 days, or times: 3 with within: 7 days.")
        raise Unfit(said("Either for or within is needed."), remedy)
    if "times" in read and "for" in read:
        raise Unfit(said("times goes with within."), said("Write within instead of for."))
    window: int = read["for"] if "for" in read else read["within"]
    kept = {key: read[key] for key in ("times", "where", "per", "after_inquiry") if key in read}
    return Intent(name=name, activity=read.get("activity", name), within=window, **kept)


_WINDOW = Window(ever=True)
_ACTION = {
    "activity": Field(Text("activity type"), "the activity type, where it is not the key itself"),
    "where": Field(_WHERE, "conditions on properties of the activity; all must hold"),
    "per": Field(Choice(("person", "company")), "whose activities count; person by default"),
    "after_inquiry": Field(Flag(), "count only what happened after the first inquiry"),
}
_STEP = Record(
    {
        "points": Field(_POINTS, "points during this step", required=True),
        "until": Field(_WINDOW, "the age at which this step ends", required=True),
    },
    _Until,
)
_ENGAGEMENT = Table(
    Record(
        _ACTION
        | {
            "points": Field(_POINTS, "points of each activity while it counts"),
            "for": Field(_WINDOW, "how long an activity counts"),
            "steps": Field(ListOf(_STEP), "points that fade, instead of points and for"),
            "at_most": Field(_POINTS, "limit of the sum; negative for negative points"),
            "nothing_for": Field(Window(), "points while nothing happened for this long"),
            "activities": Field(ListOf(Text("activity type")), "what breaks the silence; else all"),
        },
        lambda **read: {key.rstrip("_"): value for key, value in read.items()},
    ),
    _engagement,
)
_INTENT = Table(
    Record(
        _ACTION
        | {
            "for": Field(_WINDOW, "how long one such activity is a buying signal"),
            "times": Field(Whole(1, 1000), "how many are needed within the window"),
            "within": Field(_WINDOW, "the window in which they are counted"),
        },
        lambda **read: read,
    ),
    _intent,
)


# --- sales-ready ------------------------------------------------------------------------------


def _rule(**read: Anything) -> Rule:
    makers: dict[str, Callable[[Anything], tuple[Rule, ...]]] = {
        "fit": lambda points: (AtLeast("fit", points),),
        "engagement": lambda points: (AtLeast("engagement", points),),
        "score": lambda points: (AtLeast("score", points),),
        "intent": lambda names: tuple(HasIntent(name) for name in names),
        "attributes": lambda wheres: tuple(HasAttribute(where) for where in wheres),
        "all": lambda parts: parts,
        "any": lambda parts: parts if len(parts) == 1 else (Any(parts),),
    }
    parts = tuple(part for key, value in read.items() for part in makers[key](value))
    if not parts or () in read.values():
        raise Unfit(said("Here nothing is demanded."), said("Write for example fit: 40."))
    return parts[0] if len(parts) == 1 else All(parts)


def _word_rule(text: str) -> Rule:
    if text != "intent":
        message = said("“%(text)s” is no condition of being sales-ready.", text=text)
        raise Unfit(message, said("Write intent, or for example fit: 40."))
    return HasIntent()


def _intent_names(text: str) -> tuple[str | None, ...]:
    return (None,) if text in ("any", "true", "yes") else (text,)


_RULE_SHAPE: Shape = ByKind(
    scalar=Made(Text("word"), _word_rule),
    entries=Record(
        {
            "fit": Field(_POINTS, "fit is at least this many points"),
            "engagement": Field(_POINTS, "engagement is at least this many points"),
            "score": Field(_POINTS, "fit and engagement together are at least this many points"),
            "intent": Field(
                ByKind(
                    scalar=Made(Text("name"), _intent_names),
                    items=ListOf(Text("name")),
                ),
                "a buying signal holds: any, a named one, or each of a list",
            ),
            "attributes": Field(_WHERE, "conditions on attributes; all must hold"),
            "all": Field(ListOf(Named("rule", lambda: _RULE_SHAPE)), "each of these holds"),
            "any": Field(ListOf(Named("rule", lambda: _RULE_SHAPE)), "at least one of these holds"),
        },
        _rule,
        "All entries must hold.",
    ),
)


# --- who is a lead, and what binds both teams -------------------------------------------------


def _working_time(text: str) -> WorkingTime:
    amount, _, unit = text.partition(" ")
    units: dict[str, Literal["hours", "days"]] = {
        "working hour": "hours",
        "working hours": "hours",
        "working day": "days",
        "working days": "days",
    }
    if not (amount.isascii() and amount.isdigit() and 0 < int(amount) < 10_000 and unit in units):
        message = said("“%(text)s” is no working time.", text=text)
        raise Unfit(message, said("Write 1 working hour or 5 working days."))
    return WorkingTime(int(amount), units[unit])


_WORKING_TIME = Made(Text("working time"), _working_time)
_LEAD = Record(
    {
        "reachable_by": Field(ListOf(Text("attribute")), "attributes of which one must be known"),
        "never": Field(ListOf(_WHERE), "who is no lead; each entry excludes on its own"),
        "inquiries": Field(ListOf(Text("activity type")), "activities that are an inquiry"),
    },
    LeadRule,
    "What counts as a lead at all.",
)
_ATTEMPTS = Record(
    {
        "at_least": Field(Whole(1, 100), "attempts before a lead is given up", required=True),
        "within": Field(_WORKING_TIME, "the time in which they are made"),
        "channels": Field(Whole(1, 10), "on how many channels"),
        "minutes": Field(Whole(1, 600), "minutes that one attempt takes"),
    },
    Attempts,
)
_SALES = Record(
    {
        "respond_within": Field(_WORKING_TIME, "time until the first response"),
        "attempts": Field(_ATTEMPTS, "how often sales tries before giving up"),
        "return_reasons": Field(ListOf(Text("reason")), "the reasons for returning a lead"),
    },
    SalesPromise,
    "What the agreement binds sales to.",
)
_MARKETING = Record(
    {
        "sales_ready_a_month": Field(Whole(1, 1_000_000), "sales-ready leads a month"),
        "required": Field(ListOf(Text("attribute")), "attributes that marketing fills in"),
        "answer_feedback_within": Field(_WORKING_TIME, "time to answer feedback from sales"),
    },
    MarketingPromise,
    "What the agreement binds marketing to.",
)
_OUTSIDE_FIT = Record(
    {
        "answered_by": Field(Choice(("marketing", "sales")), "who answers", required=True),
        "within": Field(_WORKING_TIME, "by when", required=True),
    },
    OutsideFit,
    "An action from outside the ideal gets a human answer.",
)


def _agreement(**read: Anything) -> Agreement:
    criteria = read.pop("engagement", ())
    return Agreement(
        engagement=tuple(c for c in criteria if isinstance(c, Engagement)),
        silence=tuple(c for c in criteria if isinstance(c, Silence)),
        **read,
    )


AGREEMENT: Shape = Record(
    {
        "name": Field(Text("name"), "the name of the agreement", required=True),
        "lead": Field(_LEAD, "what counts as a lead at all"),
        "fit": Field(_FIT, "the ideal lead: whole points for each value of an attribute"),
        "engagement": Field(_ENGAGEMENT, "what the lead did: whole points that run out"),
        "intent": Field(_INTENT, "buying signals"),
        "sales_ready": Field(
            Named("rule", lambda: _RULE_SHAPE), "when a lead goes to sales", required=True
        ),
        "sales": Field(_SALES, "what binds sales"),
        "marketing": Field(_MARKETING, "what binds marketing"),
        "outside_fit": Field(_OUTSIDE_FIT, "who answers an action from outside the ideal"),
        "verify": Field(Share(), "the share of returned leads that get a second look"),
        "explore": Field(Share(), "the share of leads below the line that go to sales"),
    },
    _agreement,
    "What marketing and sales mean by a lead.",
)
