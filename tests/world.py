"""The cast of the tests: eight invented leads of spring 2026, and the agreement that judges them.

Ada asks for a demo and buys. Ben attends two webinars and does not buy. Cem asks for a demo from
outside the ideal, and buys all the same. Dana does nothing. Emil asks for a demo only after he
bought. Fay's outcome is not known. Of Gus it becomes known late that he fits. Hana is Ada's second
address.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from einig.engine.agreement.document import loads
from einig.engine.agreement.model import Agreement
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
from einig.engine.instants import instant

ZONE = "Europe/Berlin"

INBOUND = """\
name: Inbound
lead: {reachable_by: [email]}
fit:
  industry: {Software: 20, Trade: 5}
engagement:
  webinar_attended: {points: 10, for: 30 days, at_most: 20}
intent:
  demo_requested: {for: 14 days}
sales_ready: {fit: 20, any: [intent, {engagement: 20}]}
sales: {attempts: {at_least: 6, minutes: 10}}
outside_fit: {answered_by: marketing, within: 1 working day}
"""

STRICT = INBOUND.replace("any: [intent, {engagement: 20}]", "intent: any").replace(
    "name: Inbound", "name: Strict"
)


def agreement(text: str = INBOUND) -> Agreement:
    """Return an agreement from its text."""
    return loads(text).agreement


def when(text: str) -> int:
    """Return the instant of a local time in spring 2026 (`03-02` or `03-02 14:00`)."""
    day, _, clock = text.partition(" ")
    local = datetime.fromisoformat(f"2026-{day}T{clock or '00:00'}")
    return instant(local.replace(tzinfo=ZoneInfo(ZONE)))


def did(lead: str, kind: str, at: str, **properties: str) -> EventRow:
    """Return an activity."""
    return EventRow(
        event_id=f"{lead} {kind} {at}",
        lead_id=lead,
        type=kind,
        at=when(at),
        properties=properties,
    )


def is_(lead: str, attribute: str, value: str | None, since: str = "03-02") -> FactRow:
    """Return a fact."""
    return FactRow(lead_id=lead, attribute=attribute, value=value, known_from=when(since))


def ended(lead: str, won: bool, at: str, revenue: float | None = None) -> OutcomeRow:
    """Return an outcome."""
    return OutcomeRow(lead_id=lead, won=won, at=when(at), revenue=revenue)


LEADS = ("Ada", "Ben", "Cem", "Dana", "Emil", "Fay", "Gus", "Hana")
INDUSTRIES = {"Cem": "Trade", "Gus": None}
ROWS: dict[str, list[Any]] = {
    "leads": [LeadRow(lead_id=lead, created_at=when("03-02")) for lead in LEADS],
    "facts": [
        *(is_(lead, "email", f"{lead.lower()}@firma.example") for lead in LEADS),
        *(is_(lead, "industry", INDUSTRIES.get(lead, "Software")) for lead in LEADS),
        is_("Gus", "industry", "Software", "03-15"),
    ],
    "events": [
        did("Ada", "demo_requested", "03-03 10:00"),
        did("Ben", "webinar_attended", "03-05 18:00"),
        did("Ben", "webinar_attended", "03-06 18:00"),
        did("Cem", "demo_requested", "03-04 09:00"),
        did("Emil", "demo_requested", "03-12"),
        did("Fay", "demo_requested", "03-09"),
        did("Gus", "demo_requested", "03-10"),
        did("Hana", "webinar_attended", "03-03"),
    ],
    "outcomes": [
        ended("Ada", True, "03-20", 1000.0),
        ended("Ben", False, "04-01"),
        ended("Cem", True, "04-10", 500.0),
        ended("Dana", False, "03-30"),
        ended("Emil", True, "03-10", 300.0),
        ended("Gus", False, "03-20"),
    ],
    "links": [LinkRow(identity="Hana", lead_id="Ada", kind="same", linked_at=when("03-04"))],
    "feedback": [],
}


def history(**more: list[Any]) -> History:
    """Return the history of the cast, with more rows where a test adds some."""
    rows = {name: [*given, *more.get(name, ())] for name, given in ROWS.items()}
    given: dict[str, Any] = rows
    return build(**given, name="Spring", zone=ZONE, currency="EUR")


def returned(lead: str, at: str, reason: str = "no need") -> FeedbackRow:
    """Return what sales says when it returns a lead."""
    return FeedbackRow(lead_id=lead, at=when(at), verdict="returned", reason=reason)
