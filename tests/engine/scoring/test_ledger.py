"""The ledger: every point with what earned it and until when, and what is missing."""

from __future__ import annotations

from typing import Any

import pytest

from einig.engine.agreement.model import Known, OneOf, Where
from einig.engine.instants import DAY
from einig.engine.scoring import Ledger, NoSuchLead, lead_of, ledger, missing_words, plan
from einig.engine.scoring.ledger import (
    EngagementLine,
    FitLine,
    IntentLine,
    NoIntent,
    NoLead,
    Several,
    Short,
    SilenceLine,
    Unlike,
)
from einig.engine.scoring.plan import NOT_MERGED
from tests.world import INBOUND, agreement, did, history, is_, when

QUIET = INBOUND.replace("intent:", "  quiet: {nothing_for: 5 days, points: -2}\nintent:")
ASKING = """\
name: Asking
lead: {reachable_by: [phone, email], never: [{objection: {known: true}}]}
fit: {industry: {Software: 20}}
intent: {demo_requested: {for: 14 days}, tried: {within: 7 days, times: 2}}
sales_ready: {all: [{intent: tried}, {attributes: {industry: Software}}]}
"""


def page_of(lead: str, at: str, text: str = INBOUND, **more: Any) -> Ledger:
    page = ledger(plan(agreement(text)), lead_of(history(**more), lead), when(at))
    assert page is not None
    return page


# --- lines ------------------------------------------------------------------------------------


def test_a_line_of_fit_shows_the_value_as_written_and_the_row_that_it_meets():
    assert page_of("Ada", "03-05").fit_lines == (FitLine("industry", "Software", "Software", 20),)
    assert page_of("Gus", "03-05").fit_lines == (FitLine("industry", None, "unknown", 0),)


def test_a_line_of_engagement_shows_what_earned_it_and_until_when():
    line = EngagementLine(
        criterion="webinar_attended",
        activity="webinar_attended",
        event_id="Ben webinar_attended 03-05 18:00",
        at=when("03-05 18:00"),
        points=10,
        of_points=10,
        runs_out_at=when("03-05 18:00") + 30 * DAY,
    )
    assert page_of("Ben", "03-06").engagement_lines == (line,)


def test_a_limit_leaves_the_newest_activity_its_points_and_takes_them_from_the_oldest():
    third = did("Ben", "webinar_attended", "03-07")
    lines = page_of("Ben", "03-08", events=[third]).engagement_lines
    assert [(line.points, getattr(line, "of_points", None)) for line in lines] == [
        (10, 10),
        (10, 10),
        (0, 10),
    ]


def test_points_that_never_run_out_have_no_end():
    ever = INBOUND.replace("for: 30 days", "for: ever")
    (line,) = page_of("Ben", "03-06", ever).engagement_lines
    assert isinstance(line, EngagementLine)
    assert line.runs_out_at is None


def test_a_line_of_silence_shows_since_when():
    ledger_page = page_of("Dana", "03-07", QUIET)
    assert ledger_page.engagement_lines == (SilenceLine("quiet", when("03-02"), -2),)
    assert (ledger_page.engagement, ledger_page.score) == (-2, 18)


def test_a_line_of_intent_counts_the_activities_and_says_when_too_few_are_left():
    first, second, third = (did("Ben", "tried", f"03-0{day}") for day in (3, 4, 5))
    page = page_of("Ben", "03-06", ASKING, events=[first, second, third])
    assert page.intent_lines == (
        IntentLine("demo_requested", False, 0, 1, (), None),
        IntentLine(
            "tried",
            True,
            3,
            2,
            (third.event_id, second.event_id, first.event_id),
            when("03-04") + 7 * DAY,
        ),
    )


# --- sales-ready ------------------------------------------------------------------------------


def test_a_ready_lead_shows_since_when_and_what_made_it_ready():
    page = page_of("Ada", "03-05")
    assert (page.sales_ready, page.missing) == (True, None)
    assert page.ready_since == when("03-03 10:00")
    assert page.made_ready_by == ("intent.demo_requested",)


def test_what_becomes_known_late_made_the_lead_ready():
    assert page_of("Gus", "03-16").made_ready_by == ("fit.industry",)


def test_a_lead_that_is_ready_from_the_start_became_so_by_its_creation():
    text = INBOUND.replace("any: [intent, {engagement: 20}]", "engagement: 0")
    page = page_of("Dana", "03-05", text)
    assert (page.ready_since, page.made_ready_by) == (when("03-02"), ("creation",))


def test_before_its_creation_a_lead_has_no_ledger():
    assert ledger(plan(agreement()), lead_of(history(), "Ada"), when("03-01")) is None


def test_an_unknown_lead_is_named():
    with pytest.raises(NoSuchLead, match="Zoe"):
        lead_of(history(), "Zoe")


# --- what is missing --------------------------------------------------------------------------


def test_a_measure_that_is_short_says_by_how_much():
    page = page_of("Cem", "03-05")
    assert page.missing == Short("fit", 5, 20)
    assert missing_words(page.missing) == "15 points of fit (5 of 20)"


def test_a_missing_buying_signal_is_any_or_the_named_one():
    text = INBOUND.replace("any: [intent, {engagement: 20}]", "intent: any")
    missing = page_of("Dana", "03-05", text).missing
    assert missing == NoIntent(None)
    assert missing_words(missing) == "a buying signal"
    missing = page_of("Dana", "03-05", ASKING).missing
    assert missing == NoIntent("tried")
    assert missing_words(missing) == "the buying signal tried"


def test_an_attribute_that_is_unlike_says_what_it_is():
    tried = [did("Cem", "tried", f"03-0{day}") for day in (3, 4)]
    missing = page_of("Cem", "03-05", ASKING, events=tried).missing
    assert missing == Unlike(Where("industry", OneOf(("Software",))), "Trade")
    assert missing_words(missing).endswith("(it is Trade)")


def test_several_things_can_be_missing_together_or_as_alternatives():
    ways = Several(True, (NoIntent(None), Short("engagement", 0, 20)))
    assert page_of("Dana", "03-05").missing == ways
    both = page_of("Gus", "03-05").missing
    assert both == Several(False, (Short("fit", 0, 20), ways))
    assert missing_words(both) == (
        "20 points of fit (0 of 20), and (a buying signal, or 20 points of engagement (0 of 20))"
    )


@pytest.mark.parametrize(
    ("lead", "facts", "missing", "words"),
    [
        (
            "Hana",
            [],
            NoLead("merged", (NOT_MERGED,)),
            "being a lead of its own: it is part of another lead now",
        ),
        (
            "Dana",
            [is_("Dana", "email", None, "03-03")],
            NoLead("not reachable", tuple(Where(of, Known(True)) for of in ("phone", "email"))),
            "a way to be reached (phone or email)",
        ),
        (
            "Dana",
            [is_("Dana", "objection", "2026-03-03", "03-03")],
            NoLead("excluded", (Where("objection", Known(True)),)),
            "being a lead by the agreement: objection is known",
        ),
    ],
)
def test_who_is_no_lead_has_no_lines_and_is_told_why(
    lead: str, facts: list[object], missing: NoLead, words: str
):
    page = page_of(lead, "03-06", ASKING, facts=facts)
    assert page.missing == missing
    assert missing_words(missing) == words
    assert (page.fit_lines, page.engagement_lines, page.intent_lines) == ((), (), ())
    assert (page.fit, page.engagement, page.intent, page.sales_ready) == (0, 0, False, False)
