"""Without a basis for profiling nothing is judged, live or in a replay; people work the lead."""

from __future__ import annotations

from dataclasses import replace

import pytest

from einig.engine.instants import DAY, HOUR
from einig.flow import consent, due, purposes
from einig.store import arrays, history
from einig.store.models import Decision, Handoff, Lead
from tests.live import NOW, Company, company, identify, say, track
from tests.stories import live_and_replayed

pytestmark = pytest.mark.django_db
PETRA = identify("u1", email="p@pumpen.example", industry="Software")


def stands(lead: Lead) -> tuple[bool, int, int, bool, bool, int | None]:
    """Return how a lead stands."""
    lead.refresh_from_db()
    return (
        lead.profiled, lead.fit, lead.engagement, lead.intent, lead.sales_ready,
        lead.next_change_at,
    )  # fmt: skip


@pytest.fixture
def us() -> Company:
    """A company, of whose one lead nothing is judged: it objected."""
    us = company()
    say([PETRA, track("webinar_attended", "u1")], of=us.website, at=NOW)
    consent.withdraw(Lead.objects.get(), "profiling", at=NOW + HOUR)
    return us


def test_an_objection_stops_scoring_at_once(us: Company) -> None:
    lead, decided = Lead.objects.get(), Decision.objects.count()
    assert stands(lead) == (False, 0, 0, False, False, None)
    say([track("webinar_attended", "u1")], of=us.website, at=NOW + DAY)
    due.judge_due(at=NOW + 60 * DAY)
    assert stands(lead) == (False, 0, 0, False, False, None)
    assert Decision.objects.count() == decided
    assert Handoff.objects.count() == 0
    assert (history.read().leads.num_rows, arrays.leads().num_rows) == (0, 0)


def test_who_objected_and_asks_for_something_is_answered_by_a_human(us: Company) -> None:
    say([track("demo_requested", "u1")], of=us.website, at=NOW + DAY)
    opened = Handoff.objects.get()
    assert (opened.kind, opened.to is not None) == ("answer", True)
    say([track("demo_requested", "u1")], of=us.website, at=NOW + DAY + HOUR)
    assert Handoff.objects.get() == opened


def test_who_agrees_again_is_judged_as_a_replay_does(us: Company) -> None:
    say([track("demo_requested", "u1")], of=us.website, at=NOW + DAY)
    consent.give(Lead.objects.get(), "profiling", at=NOW + 2 * DAY)
    while due.judge_due(at=NOW + 3 * DAY):
        pass
    lead = Lead.objects.get()
    assert (lead.profiled, lead.sales_ready) == (True, True)
    live, replayed = live_and_replayed(NOW + 3 * DAY)
    assert live[lead.lead_id][0] == replayed[lead.lead_id][0] == [(NOW + DAY, 0.0)]


def test_where_profiling_asks_for_consent_nobody_is_judged_without() -> None:
    us = company()
    say([PETRA], of=us.website, at=NOW)
    worded = purposes.current("profiling")
    assert worded is not None
    purposes.reword(replace(worded, basis="consent"), by=us.ada, at=NOW)
    assert consent.settle_all(at=NOW + 1) == 1
    say([identify("u2", email="q@rohre.example", industry="Software")], of=us.website, at=NOW + 2)
    assert set(Lead.objects.values_list("profiled", flat=True)) == {False}
    consent.give(Lead.objects.latest("id"), "profiling", at=NOW + 3)
    assert list(Lead.objects.order_by("id").values_list("profiled", flat=True)) == [False, True]
