"""Generated agreements and histories: small pools, so that names, values and instants collide.

All times lie on a grid of half days, some a microsecond beside it, and all windows are whole days:
windows end exactly on events, on facts and on each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from einig.engine.agreement.model import (
    Agreement,
    All,
    AllOf,
    AtLeast,
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
    NoneOf,
    OneOf,
    RangeRow,
    Rule,
    Silence,
    StartsWith,
    Step,
    TextRow,
    Where,
)
from einig.engine.agreement.model import Any as AnyOf
from einig.engine.history.build import build
from einig.engine.history.contract import (
    EventRow,
    FactRow,
    FeedbackRow,
    History,
    LeadRow,
    LinkRow,
    OutcomeRow,
)
from einig.engine.instants import BEGINNING, DAY, FOREVER
from einig.engine.values import fold
from tests.parity.rows import Rows

T = TypeVar("T")

MONDAY = 1_772_409_600_000_000  # 2026-03-02T00:00Z
END = MONDAY + 15 * DAY  # every window of the grid that ends at all has ended by then

LEADS = ("Ada", "Ben", "Cem")  # beside them there is x, which is no lead
TYPES = ("demo", "Demo", "demo ", "visit", " VISIT", "straße", "STRASSE")
NAMES = ("industry", "Industry ", "size", "SIZE", "mail")  # of attributes and of properties
TEXTS = ("Software", "SOFTWARE ", "soft", "Straße", "strasse", "é", "e\u0301", "a b", "nan")
NUMBERS = ("1", "1.0", "+1e0", "2", "50", "49.5", "-3", "1e999", "1,5", "\u0661")
RANGES = ("2-49", "50 – 249", "50+", "<2", "below 50", "FROM 2", "-3..1", "49.5-50", "50-2")
BLANKS = (None, "", "  ", "\u00a0")


@dataclass(frozen=True)
class Case:
    """Worlds that know nothing of each other, and the agreements that judge them all.

    Each agreement comes with the instant from which it is in force. Engines judge all worlds in
    one go, because to build a history takes longer than to judge it.
    """

    worlds: tuple[Rows, ...]
    timeline: tuple[tuple[int, Agreement], ...]

    @property
    def rows(self) -> Rows:
        """Return the rows of all worlds, with the ids of each told apart."""
        return together(self.worlds)


def cases(worlds: int = 3) -> SearchStrategy[Case]:
    """Return histories with timelines of one to three agreements.

    Half of the agreements ask for so little, of leads that do so much, that leads are handed
    over, returned and handed over again.
    """
    lively = st.builds(
        Case, _some(histories(lively=True), worlds, least=1), timelines(agreements(lively=True))
    )
    return st.builds(Case, _some(histories(), worlds, least=1), timelines(agreements())) | lively


def together(worlds: Sequence[Rows]) -> Rows:
    """Return the rows of all worlds, with the ids of each told apart."""
    apart = [_apart(world, f"{n}.") for n, world in enumerate(worlds)]
    return Rows(
        leads=[row for rows in apart for row in rows.leads],
        facts=[row for rows in apart for row in rows.facts],
        events=[row for rows in apart for row in rows.events],
        links=[row for rows in apart for row in rows.links],
        feedback=[row for rows in apart for row in rows.feedback],
    )


def _apart(rows: Rows, of: str) -> Rows:
    return Rows(
        leads=[replace(row, lead_id=of + row.lead_id) for row in rows.leads],
        facts=[replace(row, lead_id=of + row.lead_id) for row in rows.facts],
        events=[
            replace(row, lead_id=of + row.lead_id, event_id=of + row.event_id)
            for row in rows.events
        ],
        links=[
            replace(row, identity=of + row.identity, lead_id=of + row.lead_id) for row in rows.links
        ],
        feedback=[replace(row, lead_id=of + row.lead_id) for row in rows.feedback],
    )


def history_of(rows: Rows, outcomes: Sequence[OutcomeRow] = ()) -> History:
    """Return the history that rows tell."""
    return build(
        leads=rows.leads,
        facts=rows.facts,
        events=rows.events,
        links=rows.links,
        feedback=rows.feedback,
        outcomes=outcomes,
    )


def _some(of: SearchStrategy[T], most: int, least: int = 0) -> SearchStrategy[tuple[T, ...]]:
    return st.lists(of, min_size=least, max_size=most).map(tuple)


# --- instants ---------------------------------------------------------------------------------

_BESIDE = st.sampled_from((0, 0, 0, -1, 1))


def times(first: int = 0, last: int = 12) -> SearchStrategy[int]:
    """Return instants of the grid, from and up to a number of half days after Monday."""
    halves = st.integers(first, last)
    return st.builds(lambda half, beside: MONDAY + half * DAY // 2 + beside, halves, _BESIDE)


_TIMES = times()
_MAYBE = st.none() | _TIMES


# --- rows -------------------------------------------------------------------------------------

_VALUES = st.sampled_from((*TEXTS, *NUMBERS, *RANGES, *BLANKS))
_IDENTITIES = st.sampled_from(("Ada", "Ada", "Ada", "Ben", "Ben", "Cem", "x"))
_PROPERTIES = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from((*TEXTS, *NUMBERS, *RANGES, "", "\u00a0"))),
    max_size=2,
    unique_by=lambda named: fold(named[0]),
).map(dict)

_LEADS = _some(st.none() | times(0, 6) | times(0, 6), 3, least=1).map(
    lambda created: tuple(
        LeadRow(lead_id=lead, created_at=at) for lead, at in zip(LEADS, created, strict=False)
    )
)
_FACTS = st.builds(
    FactRow,
    lead_id=_IDENTITIES,
    attribute=st.sampled_from(NAMES),
    value=_VALUES,
    known_from=_MAYBE,
    sequence=st.integers(0, 1),
)
_EVENTS = st.builds(
    EventRow,
    event_id=st.integers(0, 14).map("e{}".format),
    lead_id=_IDENTITIES,
    type=st.sampled_from(TYPES),
    at=_TIMES,
    known_from=_MAYBE,
    known_until=st.none() | st.none() | _TIMES,
    properties=_PROPERTIES,
)
_LINKS = st.builds(
    LinkRow,
    identity=_IDENTITIES,
    lead_id=_IDENTITIES,
    kind=st.sampled_from(("same", "member")),
    linked_at=_TIMES,
    unlinked_at=_MAYBE,
)
_FEEDBACK = st.builds(
    FeedbackRow,
    lead_id=_IDENTITIES,
    at=_TIMES,
    verdict=st.sampled_from(("returned", "returned", "accepted")),
)
OUTCOMES: SearchStrategy[OutcomeRow] = st.builds(
    OutcomeRow,
    lead_id=_IDENTITIES,
    won=st.booleans(),
    at=_MAYBE,
)


def histories(lively: bool = False) -> SearchStrategy[Rows]:
    """Return the rows of a history of up to three leads."""
    if lively:
        return st.builds(
            Rows,
            leads=_LEADS,
            facts=_some(_FACTS, 3),
            events=_some(_EVENTS, 12, least=5),
            links=st.just(()) | st.just(()) | _some(_LINKS, 3),
            feedback=_some(_FEEDBACK, 4, least=1),
        ).map(_told)
    return st.builds(
        Rows,
        leads=_LEADS,
        facts=_some(_FACTS, 8) | _some(_FACTS, 8, least=3),
        events=_some(_EVENTS, 12) | _some(_EVENTS, 12, least=5),
        links=st.just(()) | _some(_LINKS, 5),
        feedback=st.just(()) | _some(_FEEDBACK, 4),
    ).map(_told)


def _told(rows: Rows) -> Rows:
    """Leave out what the rules leave open.

    Of rows with one event id that are known, happened and belong alike, no rule says which one
    counts.
    """
    first = {
        (e.event_id, _known(e), min(e.at, _known(e)), e.lead_id, e.type): e
        for e in reversed(rows.events)
    }
    kept = [event for event in rows.events if any(event is one for one in first.values())]
    return replace(rows, events=tuple(kept))


def _known(event: EventRow) -> int:
    return event.at if event.known_from is None else event.known_from


def after(instant: int) -> SearchStrategy[Rows]:
    """Return rows of which nothing is known before or at an instant."""
    later = st.integers(0, 12).map(lambda half: instant + 1 + half * DAY // 2)
    fact = st.builds(lambda row, at: replace(row, known_from=at), _FACTS, later)
    # the grid gives `at`, so some of these events happened long before they become known
    event = st.builds(
        lambda row, at, n: replace(row, known_from=at, event_id=f"e{n}", known_until=None),
        _EVENTS,
        later,
        st.integers(0, 30),
    )
    link = st.builds(lambda row, at: replace(row, linked_at=at, unlinked_at=None), _LINKS, later)
    feedback = st.builds(lambda row, at: replace(row, at=at), _FEEDBACK, later)
    return st.builds(
        Rows,
        facts=_some(fact, 3),
        events=_some(event, 4),
        links=_some(link, 2),
        feedback=_some(feedback, 2),
    ).map(_told)


# --- conditions -------------------------------------------------------------------------------

_NAMES = st.sampled_from(NAMES)
_WRITTEN = st.sampled_from((*TEXTS, *NUMBERS, *RANGES[:3]))
_POINTS = st.sampled_from((1, 2, 3, 5, 0, -1, -3))
_THRESHOLDS = st.sampled_from((1, 2, 3, 5, 8, 0, -2))
_LIMITS = st.sampled_from((float("-inf"), -3.0, 1.0, 2.0, 49.5, 50.0, float("inf")))


def _between(a: float, b: float) -> Between:
    return Between(min(a, b), max(a, b))


_ONE_CONDITION: SearchStrategy[Condition] = st.one_of(
    st.builds(OneOf, _some(_WRITTEN, 3, least=1)),
    st.builds(NoneOf, _some(_WRITTEN, 2, least=1)),
    st.builds(Contains, st.sampled_from(("soft", "SOFT", "ss", "\u00e9", "5", "a b", "%"))),
    st.builds(StartsWith, st.sampled_from(("soft", "Soft", "STRA", "e\u0301", "-", "_"))),
    st.builds(_between, _LIMITS, _LIMITS),
    st.builds(Known, st.booleans()),
)
CONDITIONS: SearchStrategy[Condition] = _ONE_CONDITION | st.builds(
    AllOf, _some(_ONE_CONDITION | st.builds(AllOf, _some(_ONE_CONDITION, 2, 1)), 2, 1)
)
_WHERES = st.builds(Where, _NAMES, CONDITIONS)


# --- agreements -------------------------------------------------------------------------------


def _ranges(limits: list[float], points: Sequence[int]) -> tuple[RangeRow, ...]:
    edges = sorted(set(limits))
    spans = zip(edges, edges[1:], points, strict=False)
    return tuple(RangeRow(low, high, given, f"{low}-{high}") for low, high, given in spans)


FIT_TABLES: SearchStrategy[FitTable] = st.builds(
    FitTable,
    attribute=_NAMES,
    texts=_some(st.builds(TextRow, _WRITTEN, _POINTS), 3),
    ranges=st.builds(_ranges, st.lists(_LIMITS, max_size=4), st.just((2, 5, -1))),
    otherwise=_POINTS,
    unknown=_POINTS,
)


def _steps(days: list[int], points: Sequence[int]) -> tuple[Step, ...]:
    ends = [day * DAY if day < 4 else FOREVER for day in sorted(days)]
    spans = zip([0, *ends], ends, points, strict=False)
    return tuple(Step(begins, ends, given) for begins, ends, given in spans)


def _signed(criterion: Engagement, at_most: int | None) -> Engagement:
    """Give a limit the sign of the points; steps of both signs have none, as the rules ask."""
    signs = {step.points > 0 for step in criterion.steps if step.points}
    if at_most is None or len(signs) != 1:
        return criterion
    return replace(criterion, at_most=at_most if True in signs else -at_most)


_DAYS = st.lists(st.integers(1, 4), min_size=1, max_size=3, unique=True)
_WINDOWS = st.sampled_from((DAY, DAY, 2 * DAY, 3 * DAY, FOREVER))
_ACTION: dict[str, Any] = {
    "activity": st.sampled_from(TYPES),
    "where": st.just(()) | st.just(()) | _some(_WHERES, 2),
    "per": st.sampled_from(("person", "company")),
    "after_inquiry": st.sampled_from((False, False, True)),
}
_ENGAGEMENT = st.builds(
    _signed,
    st.builds(
        Engagement,
        name=st.just(""),
        steps=st.builds(_steps, _DAYS, st.lists(_POINTS, min_size=3, max_size=3)),
        **_ACTION,
    ),
    st.none() | st.integers(1, 6),
)
_SILENCE = st.builds(
    Silence,
    name=st.just(""),
    nothing_for=st.sampled_from((DAY, 2 * DAY, 3 * DAY)),
    points=st.sampled_from((1, 3, -2)),
    activities=st.just(()) | _some(st.sampled_from(TYPES), 2, least=1),
)
_INTENT = st.builds(
    Intent, name=st.just(""), within=_WINDOWS, times=st.sampled_from((1, 1, 2, 3)), **_ACTION
)
_LIVELY_RULES: SearchStrategy[Rule] = st.sampled_from(
    (HasIntent(), HasIntent("I0"), AnyOf((HasIntent(), AtLeast("score", 2))))
)
_LEAD_RULE = st.builds(
    LeadRule,
    reachable_by=st.just(()) | _some(_NAMES, 2),
    never=st.just(()) | _some(_some(_WHERES, 2, least=1), 2),
    inquiries=st.just(()) | _some(st.sampled_from(TYPES), 2),
)


def _rules(intents: Sequence[str]) -> SearchStrategy[Rule]:
    part: SearchStrategy[Rule] = st.one_of(
        st.builds(AtLeast, st.sampled_from(("fit", "engagement", "score")), _THRESHOLDS),
        st.builds(HasIntent, st.sampled_from((None, *intents))),
        st.builds(HasAttribute, _WHERES),
    )
    several: SearchStrategy[Rule] = part
    for _ in range(2):
        parts = _some(several, 3, least=1)
        several = part | st.builds(All, parts) | st.builds(AnyOf, parts)
    return several


_EXPLORES = st.sampled_from([0.0, 0.0, 0.5, 1.0])


@st.composite
def agreements(draw: st.DrawFn, lively: bool = False) -> Agreement:
    """Return one agreement; a lively one asks for one action, whatever its properties are."""
    engagement = [replace(c, name=f"E{n}") for n, c in enumerate(draw(_some(_ENGAGEMENT, 4)))]
    silence = [replace(s, name=f"S{n}") for n, s in enumerate(draw(_some(_SILENCE, 2)))]
    intent = [
        replace(i, name=f"I{n}") for n, i in enumerate(draw(_some(_INTENT, 3, least=int(lively))))
    ]
    if lively:
        intent[0] = replace(intent[0], activity="demo", where=(), times=1)
        return Agreement(
            name="Lively",
            explore=draw(_EXPLORES),
            sales_ready=draw(_LIVELY_RULES),
            engagement=tuple(engagement),
            silence=tuple(silence),
            intent=tuple(intent),
        )
    tables = st.lists(FIT_TABLES, max_size=2, unique_by=lambda table: fold(table.attribute))
    return Agreement(
        name="Generated",
        explore=draw(_EXPLORES),
        sales_ready=draw(_rules([i.name for i in intent])),
        lead=draw(st.just(LeadRule()) | st.just(LeadRule()) | _LEAD_RULE),
        fit=tuple(draw(tables)),
        engagement=tuple(engagement),
        silence=tuple(silence),
        intent=tuple(intent),
    )


def timelines(of: SearchStrategy[Agreement]) -> SearchStrategy[tuple[tuple[int, Agreement], ...]]:
    """Return one to three agreements, in force one after the other."""
    first = st.tuples(st.just(BEGINNING) | times(0, 4), of)
    later = st.tuples(times(2, 14), of)
    return st.builds(lambda one, more: (one, *more), first, st.just(()) | _some(later, 2))
