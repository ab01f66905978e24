"""Leads worked out by hand, each named after the sentence of the rules that it shows.

Every lead is called Ada, and day 0 is Monday, 2 March 2026 at 00:00 UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from einig.engine.agreement.document import loads
from einig.engine.agreement.model import Agreement
from einig.engine.history.contract import EventRow, FactRow, FeedbackRow, LeadRow, LinkRow
from einig.engine.instants import BEGINNING, DAY, HOUR, local_instant
from tests.parity.naive import State
from tests.parity.rows import Rows

MONDAY = 1_772_409_600_000_000  # 2026-03-02T00:00Z
END = MONDAY + 40 * DAY

_ACTIONS = """
name: Actions
fit:
  industry: {Software: 20, Straße: 8, otherwise: 5, unknown: 2}
  employees: {1-49: 3, 50-249: 10}
engagement:
  webinar: {points: 10, for: 3 days, at_most: 15}
  visit: {steps: [{points: 5, until: 1 day}, {points: 2, until: 3 days}]}
  complaint: {points: -4, for: 2 days, at_most: -6}
  chat: {points: 3, for: 2 days, per: company}
intent:
  demo: {for: 2 days}
  prices: {activity: visit, where: {page: prices}, times: 2, within: 2 days}
sales_ready: {fit: 20, any: [intent, {engagement: 10}]}
"""
_BANDS = """
name: Bands
lead: {never: [{budget: {below: 100}}]}
fit:
  employees: {<10: 1, 10-49: 3, 50-249: 10, 1000: 7, 250-999: 20, 1000+: 12, otherwise: 4}
  revenue: {1-9: 30, 10-49: 50}
engagement:
  quiz: {points: 5, for: 1 day, where: {size: {at_least: 50}}}
  poll: {points: 8, for: 1 day, where: {size: 50}}
  form: {points: 2, for: 1 day, where: {size: {above: 50}}}
  deck: {points: 1, for: 1 day, where: {size: 50-249}}
sales_ready: {score: 20}
"""
_LOWER = _ACTIONS.replace("{fit: 20,", "{fit: 5,")
_SILENT = """
name: Silent
engagement:
  webinar: {points: 10, for: 3 days}
  quiet: {nothing_for: 2 days, points: -3}
  no_call: {nothing_for: 4 days, activities: [call], points: -1}
sales_ready: {engagement: 7}
"""
_ASKED = """
name: Asked
lead: {inquiries: [form, call]}
engagement:
  webinar: {points: 10, for: 4 days, after_inquiry: true}
sales_ready: {engagement: 10}
"""
_CREATED = _ASKED.replace("lead: {inquiries: [form, call]}\n", "")
_EXCLUDING = """
name: Excluding
lead: {reachable_by: [mail, phone], never: [{objection: {known: true}}, {role: student, age: 17}]}
fit: {industry: {Software: 20}}
sales_ready: {fit: 20}
"""


def _agreed(text: str) -> Agreement:
    return loads(text).agreement


ACTIONS, LOWER, SILENT = _agreed(_ACTIONS), _agreed(_LOWER), _agreed(_SILENT)
ASKED, CREATED, EXCLUDING = _agreed(_ASKED), _agreed(_CREATED), _agreed(_EXCLUDING)
BANDS = _agreed(_BANDS)


def day(number: float, beside: int = 0) -> int:
    """Return the instant that many days after Monday, or some microseconds beside it."""
    return MONDAY + int(number * DAY) + beside


TIMELINES: dict[str, tuple[tuple[int, Agreement], ...]] = {
    "actions": ((BEGINNING, ACTIONS),),
    "silent": ((BEGINNING, SILENT),),
    "asked": ((BEGINNING, ASKED),),
    "created": ((BEGINNING, CREATED),),
    "excluding": ((BEGINNING, EXCLUDING),),
    "bands": ((BEGINNING, BANDS),),
    "lowered": ((BEGINNING, ACTIONS), (day(2), LOWER)),
}


def berlin(clock: str) -> int:
    """Return the instant of a local time in Berlin."""
    return local_instant(datetime.fromisoformat(clock), ZoneInfo("Europe/Berlin"))


@dataclass(frozen=True, kw_only=True)
class Golden:
    """A lead, when it moves into which state, and when it is handed over."""

    shows: str
    by: str = "actions"
    rows: Rows
    states: Sequence[State]
    handoffs: Sequence[int] = ()
    lines: dict[int, Sequence[tuple[str, int]]] = field(default_factory=dict)  # at: (event, points)


def lead(created: float | None = 0, of: str = "Ada") -> LeadRow:
    """Return a lead."""
    return LeadRow(lead_id=of, created_at=None if created is None else day(created))


def is_(attribute: str, value: str | None, since: float | None = 0, **more: Any) -> FactRow:
    """Return a fact."""
    given = {"lead_id": "Ada", "known_from": None if since is None else day(since)}
    return FactRow(attribute=attribute, value=value, **{**given, **more})


def did(
    kind: str,
    at: float,
    known: float | None = None,
    until: float | None = None,
    **more: Any,
) -> EventRow:
    """Return an activity; its id is its type and its day unless another is given."""
    given = {"event_id": f"{kind} {at:g}", "lead_id": "Ada", "at": day(at)}
    span = {
        "known_from": None if known is None else day(known),
        "known_until": None if until is None else day(until),
    }
    return EventRow(type=kind, **{**given, **span, **more})


def linked(
    identity: str,
    to: str,
    since: float,
    until: float | None = None,
    kind: Literal["same", "member"] = "same",
) -> LinkRow:
    """Return a link."""
    ends = None if until is None else day(until)
    return LinkRow(identity=identity, lead_id=to, kind=kind, linked_at=day(since), unlinked_at=ends)


def returned(at: float, of: str = "Ada") -> FeedbackRow:
    """Return what sales says when it returns a lead."""
    return FeedbackRow(lead_id=of, at=day(at), verdict="returned")


def state(
    at: float, fit: int, engagement: int = 0, intent: bool = False, ready: bool = False
) -> State:
    """Return a state into which a lead moves on a day."""
    return State(day(at), fit, engagement, intent, ready)


def rows(*given: Any) -> Rows:
    """Return rows of any kind, with Ada among the leads."""
    leads = [row for row in given if isinstance(row, LeadRow)]
    return Rows(
        leads=leads if any(row.lead_id == "Ada" for row in leads) else [lead(), *leads],
        facts=[row for row in given if isinstance(row, FactRow)],
        events=[row for row in given if isinstance(row, EventRow)],
        links=[row for row in given if isinstance(row, LinkRow)],
        feedback=[row for row in given if isinstance(row, FeedbackRow)],
    )


SOFTWARE = is_("industry", "Software")
YES, READY = True, True

# --- time -------------------------------------------------------------------------------------

TIME = [
    Golden(
        shows="an empty history is judged at its creation and never again",
        rows=rows(lead(0.5)),
        states=[state(0.5, 2)],
    ),
    Golden(
        shows="an event counts from when it is known, in the window since it happened",
        rows=rows(SOFTWARE, did("webinar", 0, known=2)),
        states=[state(0, 20), state(2, 20, 10, ready=READY), state(3, 20)],
        handoffs=[day(2)],
    ),
    Golden(
        shows="an event known after its window never counts",
        rows=rows(SOFTWARE, did("webinar", 0, known=3)),
        states=[state(0, 20)],
    ),
    Golden(
        shows="an event that is withdrawn counts no more",
        rows=rows(SOFTWARE, did("webinar", 0, until=1)),
        states=[state(0, 20, 10, ready=READY), state(1, 20)],
        handoffs=[day(0)],
    ),
    Golden(
        shows="an event that happened in the future happened when it became known",
        rows=rows(SOFTWARE, did("demo", 9, known=1)),
        states=[state(0, 20), state(1, 20, 0, YES, READY), state(3, 20)],
        handoffs=[day(1)],
    ),
    Golden(
        shows="an event never counts before its lead exists, and its window runs all the same",
        rows=rows(lead(1), SOFTWARE, did("demo", 0)),
        states=[state(1, 20, 0, YES, READY), state(2, 20)],
        handoffs=[day(1)],
    ),
    Golden(
        shows="events with one id are one, and the first known counts",
        rows=rows(
            SOFTWARE,
            did("webinar", 2, event_id="one"),
            did("demo", 0, known=1, event_id="one"),
            did("visit", 1.5, event_id="one"),
        ),
        states=[state(0, 20), state(1, 20, 0, YES, READY), state(2, 20)],
        handoffs=[day(1)],
    ),
    Golden(
        shows="a window that ends exactly as the next begins leaves no gap",
        rows=rows(SOFTWARE, did("demo", 0), did("demo", 2)),
        states=[state(0, 20, 0, YES, READY), state(4, 20)],
        handoffs=[day(0)],
    ),
    Golden(
        shows="a window that ends a microsecond before the next begins leaves a gap",
        rows=rows(SOFTWARE, did("demo", 0), replace(did("demo", 2), at=day(2, 1))),
        states=[
            state(0, 20, 0, YES, READY),
            state(2, 20),
            State(day(2, 1), 20, 0, YES, READY),
            State(day(4, 1), 20, 0, False, False),
        ],
        handoffs=[day(0)],
    ),
    Golden(
        shows="a fact that carries only a date counts from the end of that day in its zone",
        rows=rows(
            did("demo", 0.5),
            is_("industry", "Software", known_from=berlin("2026-03-03 00:00")),
        ),
        states=[
            state(0, 2),
            state(0.5, 2, 0, YES),
            State(MONDAY + 23 * HOUR, 20, 0, YES, READY),
            state(2.5, 20),
        ],
        handoffs=[MONDAY + 23 * HOUR],
    ),
    Golden(
        shows="a window of 24 hours over the change to summer time ends an hour later by the clock",
        rows=rows(
            replace(did("visit", 0), at=berlin("2026-03-28 12:00")),
        ),
        states=[
            state(0, 2),
            State(day(26) + 11 * HOUR, 2, 5, False, False),
            State(berlin("2026-03-29 13:00"), 2, 2, False, False),
            State(day(29) + 11 * HOUR, 2, 0, False, False),
        ],
    ),
]

# --- values and facts -------------------------------------------------------------------------

VALUES = [
    Golden(
        shows="a blank earns what is agreed for the unknown, and fulfils no comparison",
        rows=rows(SOFTWARE, is_("industry", " \u00a0", 1)),
        states=[state(0, 20), state(1, 2)],
    ),
    Golden(
        shows="a value that no row names earns what is agreed for the others",
        rows=rows(is_("industry", "Mining"), is_("employees", "many")),
        states=[state(0, 5)],
    ),
    Golden(
        shows="text is compared composed, trimmed and case-folded",
        rows=rows(is_("INDUSTRY ", " STRASSE\t"), did(" Webinar", 1)),
        states=[state(0, 8), state(1, 8, 10), state(4, 8)],
    ),
    Golden(
        shows="1-49 followed by 50-249 means from 1 up to 50, and 249 is the last",
        rows=rows(
            *(is_("employees", str(value), n) for n, value in enumerate((49.9, 50, 249, 249.1, 0)))
        ),
        states=[state(0, 5), state(1, 12), state(3, 2)],
    ),
    Golden(
        shows="a value that is written as a range counts by its lower end",
        by="bands",
        rows=rows(
            *(
                is_("employees", band, n)
                for n, band in enumerate(("10-49", "50 – 249", "200 to 5000", "1000+", "1000"))
            ),
        ),
        states=[state(0, 3), state(1, 10), state(3, 12), state(4, 7)],
    ),
    Golden(
        shows="what is written without a lower end is below every number",
        by="bands",
        rows=rows(
            is_("employees", "<10"),
            is_("revenue", "under 10"),
            is_("budget", "1000-2000"),
            is_("budget", "<1000000", 1),
        ),
        states=[state(0, 1), state(1, 0)],
    ),
    Golden(
        shows="a range that ends before it begins, like a month, is text",
        by="bands",
        rows=rows(is_("employees", "2026-03"), is_("employees", "2026 plus", 1)),
        states=[state(0, 4)],
    ),
    Golden(
        shows="a value that is written as a range equals itself, and no number",
        by="bands",
        rows=rows(
            is_("employees", "1000-1000"),
            did("quiz", 1, properties={"size": "50-249"}),
            did("poll", 3, properties={"size": "50-249"}),
            did("form", 4, properties={"size": "50-249"}),
            did("deck", 5, properties={"size": "50-249"}),
            did("form", 7, properties={"size": "51+"}),
            did("poll", 9, properties={"size": "50.0"}),
            did("deck", 11, properties={"size": "50"}),
        ),
        states=[
            state(0, 12),
            state(1, 12, 5),
            state(2, 12),
            state(5, 12, 1),
            state(6, 12),
            state(7, 12, 2),
            state(8, 12),
            state(9, 12, 8, False, READY),
            state(10, 12),
        ],
        handoffs=[day(9)],
    ),
    Golden(
        shows="the newest known fact counts, and equal times resolve by sequence",
        rows=rows(
            is_("industry", "Mining", 1, sequence=2),
            is_("industry", "Software", 1, sequence=1),
            is_("industry", "Straße", 0.5, sequence=3),
        ),
        states=[state(0, 2), state(0.5, 8), state(1, 5)],
    ),
    Golden(
        shows="of facts at one time with one sequence the later row counts",
        rows=rows(is_("industry", "Mining"), SOFTWARE),
        states=[state(0, 20)],
    ),
    Golden(
        shows="a fact known before its lead exists counts from then, and gives way to newer ones",
        rows=rows(lead(2), is_("industry", "Mining", 1), is_("industry", "Software", 0)),
        states=[state(2, 5)],
    ),
    Golden(
        shows="a fact without an instant counts from the creation of its lead",
        rows=rows(lead(1), is_("industry", "Software", None), is_("industry", "Mining", 3)),
        states=[state(1, 20), state(3, 5)],
    ),
]

# --- points -----------------------------------------------------------------------------------

POINTS = [
    Golden(
        shows="a cap limits the sum, and its points are attributed newest first",
        rows=rows(SOFTWARE, did("webinar", 0), did("webinar", 1)),
        states=[
            state(0, 20, 10, ready=READY),
            state(1, 20, 15, ready=READY),
            state(3, 20, 10, ready=READY),
            state(4, 20),
        ],
        handoffs=[day(0)],
        lines={day(1): [("webinar 1", 10), ("webinar 0", 5)]},
    ),
    Golden(
        shows="ties within a cap are settled by event id",
        rows=rows(
            did("webinar", 0, event_id="c"),
            did("webinar", 0, event_id="a"),
            did("webinar", 0, event_id="b"),
        ),
        states=[state(0, 2, 15), state(3, 2)],
        lines={day(0): [("a", 10), ("b", 5), ("c", 0)]},
    ),
    Golden(
        shows="a limit of negative points is the lowest sum",
        rows=rows(did("complaint", 0), did("complaint", 1), did("complaint", 1.5)),
        states=[state(0, 2, -4), state(1, 2, -6), state(3, 2, -4), state(3.5, 2)],
        lines={day(1): [("complaint 1", -4), ("complaint 0", -2)]},
    ),
    Golden(
        shows="points fade by steps, each from the end of the one before",
        rows=rows(did("visit", 0), did("visit", 0, known=0.5, event_id="late")),
        states=[state(0, 2, 5), state(0.5, 2, 10), state(1, 2, 4), state(3, 2)],
    ),
    Golden(
        shows="intent holds while enough matching activities count in the window",
        rows=rows(
            SOFTWARE,
            did("visit", 0, properties={"page": "Prices"}),
            did("visit", 1, properties={"page": "jobs"}),
            did("visit", 1.5, properties={"PAGE": "prices "}),
            did("visit", 3.5, properties={"page": "prices"}),
        ),
        states=[
            state(0, 20, 5),
            state(1, 20, 7),
            state(1.5, 20, 12, YES, READY),
            state(2, 20, 9),
            state(2.5, 20, 6),
            state(3, 20, 4),
            state(3.5, 20, 9),
            state(4, 20, 7),
            state(4.5, 20, 2),
            state(6.5, 20),
        ],
        handoffs=[day(1.5)],
    ),
    Golden(
        shows="nothing for two days on a lead without events means since its creation",
        by="silent",
        rows=rows(),
        states=[state(0, 0), state(2, 0, -3), state(4, 0, -4)],
    ),
    Golden(
        shows="silence is broken when an activity becomes known, and begins when it happened",
        by="silent",
        rows=rows(did("webinar", 2, known=3)),
        states=[
            state(0, 0),
            state(2, 0, -3),
            state(3, 0, 10, ready=READY),
            state(4, 0, 6),
            state(5, 0, -4),
        ],
        handoffs=[day(3)],
    ),
    Golden(
        shows="a silence that names activities is broken by those alone",
        by="silent",
        rows=rows(did("call", 1), did("mail", 3, until=4)),
        states=[state(0, 0), state(4, 0, -3), state(5, 0, -4)],
    ),
]

# --- who, and when again ----------------------------------------------------------------------

WHO = [
    Golden(
        shows="without a way to be reached nothing is scored",
        by="excluding",
        rows=rows(SOFTWARE, is_("phone", "1", 1), is_("phone", "", 2), is_("mail", "a@b", 3)),
        states=[
            state(0, 0),
            state(1, 20, ready=READY),
            state(2, 0),
            state(3, 20, ready=READY),
        ],
        handoffs=[day(1)],
    ),
    Golden(
        shows="an objection to profiling stops scoring at once",
        by="excluding",
        rows=rows(SOFTWARE, is_("mail", "a@b"), is_("objection", "yes", 1)),
        states=[state(0, 20, ready=READY), state(1, 0)],
        handoffs=[day(0)],
    ),
    Golden(
        shows="an entry of never excludes only where all of its conditions hold",
        by="excluding",
        rows=rows(SOFTWARE, is_("mail", "a@b"), is_("role", "Student"), is_("age", "17.0", 1)),
        states=[state(0, 20, ready=READY), state(1, 0)],
        handoffs=[day(0)],
    ),
    Golden(
        shows="an action counts after the first inquiry, strictly, while that inquiry is known",
        by="asked",
        rows=rows(
            did("webinar", 0),
            did("webinar", 1, event_id="with it"),
            did("form", 1, known=2.5, until=5.5),
            did("webinar", 2),
            did("webinar", 3),
        ),
        states=[
            state(0, 0),
            state(2.5, 0, 10, ready=READY),
            state(3, 0, 20, ready=READY),
            state(5.5, 0),
        ],
        handoffs=[day(2.5)],
    ),
    Golden(
        shows="an earlier inquiry that becomes known later lets older actions count",
        by="asked",
        rows=rows(did("form", 2), did("webinar", 1), did("call", 0, known=3)),
        states=[state(0, 0), state(3, 0, 10, ready=READY), state(5, 0)],
        handoffs=[day(3)],
    ),
    Golden(
        shows="where no inquiry is named, the creation of the lead is the first",
        by="created",
        rows=rows(did("webinar", 0), did("webinar", 1), did("webinar", -1, known=2)),
        states=[state(0, 0), state(1, 0, 10, ready=READY), state(5, 0)],
        handoffs=[day(1)],
    ),
    Golden(
        shows="a lead that is part of another is not scored meanwhile",
        rows=rows(lead(0, "Ben"), SOFTWARE, did("webinar", 0), linked("Ada", "Ben", 1, 2)),
        states=[
            state(0, 20, 10, ready=READY),
            state(1, 0),
            state(2, 20, 10, ready=READY),
            state(3, 20),
        ],
        handoffs=[day(0)],
    ),
    Golden(
        shows="a link takes no lead away before it leads to one",
        rows=rows(lead(0, "Ben"), SOFTWARE, linked("Ada", "x", 1), linked("x", "Ben", 2, 3)),
        states=[state(0, 20), state(2, 0), state(3, 20)],
    ),
    Golden(
        shows="a lead is not part of one that does not exist yet",
        rows=rows(lead(2, "Ben"), SOFTWARE, linked("Ada", "Ben", 1)),
        states=[state(0, 20), state(2, 0)],
    ),
    Golden(
        shows="of leads that are linked in a circle the oldest stays one",
        rows=rows(
            lead(1, "Ben"),
            SOFTWARE,
            did("webinar", 2, lead_id="Ben"),
            linked("Ada", "Ben", 2, 4),
            linked("Ben", "Ada", 3),
        ),
        states=[state(0, 20), state(2, 0), state(3, 20, 10, ready=READY), state(5, 20)],
        handoffs=[day(3)],
    ),
    Golden(
        shows="what a linked identity did counts from when both are known",
        rows=rows(
            lead(0, "Ben"),
            did("webinar", 0, lead_id="Ben"),
            is_("industry", "Software", 0.5, lead_id="Ben"),
            is_("industry", "Mining", 0),
            linked("Ben", "Ada", 1, 2),
        ),
        states=[state(0, 5), state(1, 20, 10, ready=READY), state(2, 5)],
        handoffs=[day(1)],
    ),
    Golden(
        shows="what a member of the company did counts per company only, and its facts do not",
        rows=rows(
            lead(0, "Ben"),
            did("chat", 0, lead_id="Ben"),
            did("webinar", 0, lead_id="x"),
            did("chat", 1, lead_id="x"),
            is_("industry", "Software", 0, lead_id="Ben"),
            linked("Ben", "Ada", 0.5, kind="member"),
            linked("x", "Ben", 1.5),
        ),
        states=[state(0, 2), state(0.5, 2, 3), state(1.5, 2, 6), state(2, 2, 3), state(3, 2)],
    ),
    Golden(
        shows="a returned lead is handed over again after a qualifying event known later",
        rows=rows(
            SOFTWARE,
            did("demo", 0),
            did("demo", 1),
            returned(1.5),
            did("mail", 2),
            did("complaint", 2),
            did("visit", 2.5, properties={"page": "jobs"}),
        ),
        states=[
            state(0, 20, 0, YES, READY),
            state(2, 20, -4, YES, READY),
            state(2.5, 20, 1, YES, READY),
            state(3, 20, 1),
            state(3.5, 20, -2),
            state(4, 20, 2),
            state(5.5, 20),
        ],
        handoffs=[day(0), day(2.5)],
    ),
    Golden(
        shows="what sales said of a linked identity belongs to the lead it was part of then",
        rows=rows(
            SOFTWARE,
            lead(0, "Ben"),
            did("demo", 0),
            did("demo", 1),
            linked("Ben", "Ada", 1.5),
            returned(0.5, of="Ben"),
            returned(2, of="Ben"),
            did("webinar", 2.5),
        ),
        states=[
            state(0, 20, 0, YES, READY),
            state(2.5, 20, 10, YES, READY),
            state(3, 20, 10, ready=READY),
            state(5.5, 20),
        ],
        handoffs=[day(0), day(2.5)],
    ),
    Golden(
        shows="what a member of the company did becomes known anew when it is the lead's own",
        rows=rows(
            SOFTWARE,
            did("demo", 0),
            did("demo", 1),
            did("chat", 0, lead_id="x"),
            linked("x", "Ada", 0.5, kind="member"),
            returned(1),
            linked("x", "Ada", 1.5),
        ),
        states=[
            state(0, 20, 0, YES, READY),
            state(0.5, 20, 3, YES, READY),
            state(2, 20, 0, YES, READY),
            state(3, 20),
        ],
        handoffs=[day(0), day(1.5)],
    ),
    Golden(
        shows="a returned lead that becomes ready again without a new event stays where it is",
        rows=rows(
            SOFTWARE,
            did("webinar", 0),
            returned(1),
            is_("industry", "Mining", 1.5),
            is_("industry", "Software", 2),
        ),
        states=[
            state(0, 20, 10, ready=READY),
            state(1.5, 5, 10),
            state(2, 20, 10, ready=READY),
            state(3, 20),
        ],
        handoffs=[day(0)],
    ),
    Golden(
        shows="a lead that is ready before and after a new version opens no new hand-off",
        by="lowered",
        rows=rows(SOFTWARE, did("webinar", 0)),
        states=[state(0, 20, 10, ready=READY), state(3, 20)],
        handoffs=[day(0)],
    ),
    Golden(
        shows="every open lead is judged anew when a version comes into force",
        by="lowered",
        rows=rows(is_("industry", "Mining"), did("webinar", 0)),
        states=[state(0, 5, 10), state(2, 5, 10, ready=READY), state(3, 5)],
        handoffs=[day(2)],
    ),
]

GOLDEN = [*TIME, *VALUES, *POINTS, *WHO]
