"""What a replay comes to, worked out by hand for the cast of tests/world.py."""

from typing import Any

import pytest

from einig.engine.backtest.intervals import Proportion
from einig.engine.backtest.measures import Month
from einig.engine.backtest.replay import Backtest, Side, backtest, compare
from einig.engine.history.build import build
from einig.engine.history.contract import LeadRow, OutcomeRow
from einig.engine.instants import iso
from einig.engine.scoring.judge import Enactment, Engine
from tests.world import LEADS, ROWS, STRICT, ZONE, agreement, did, history, is_, returned, when


@pytest.fixture(scope="module", params=["kernel", "duckdb"])
def replay(request: pytest.FixtureRequest) -> Backtest:
    engine: Engine = request.param
    return backtest(history(), agreement(), capacity=2, engine=engine)


def test_a_merged_lead_leaves_every_denominator(replay: Backtest) -> None:
    assert replay.measures.leads == len(LEADS) - 1  # Hana is Ada


def test_outcomes_are_counted_and_unknown_ones_on_their_own(replay: Backtest) -> None:
    m = replay.measures
    assert (m.won, m.lost, m.open) == (3, 3, 1)
    assert m.unknown == (("open", 1),)


def test_only_leads_that_were_ready_before_their_outcome_count(replay: Backtest) -> None:
    m = replay.measures  # Ada, Ben, Fay, Gus; Emil asked for a demo after he had bought
    assert (m.sales_ready, m.won_sales_ready, m.lost_sales_ready, m.open_sales_ready) == (
        4,
        1,
        2,
        1,
    )


def test_precision_leaves_unknown_outcomes_out(replay: Backtest) -> None:
    assert replay.measures.precision == Proportion(1, 3)


def test_recall_is_the_share_of_all_buyers(replay: Backtest) -> None:
    assert replay.measures.recall == Proportion(1, 3)


def test_revenue_is_won_or_missed(replay: Backtest) -> None:
    assert (replay.measures.revenue_won, replay.measures.revenue_missed) == (1000.0, 800.0)


def test_a_buying_signal_from_outside_the_ideal_is_counted(replay: Backtest) -> None:
    assert replay.measures.outside_ideal == 1  # Cem


def test_hours_of_sales_are_handoffs_times_attempts_times_minutes(replay: Backtest) -> None:
    assert replay.measures.sales_hours == 4 * 6 * 10 / 60


def test_weeks_run_from_the_first_lead_to_the_end_of_the_history(replay: Backtest) -> None:
    weekly = replay.measures.weekly
    assert weekly is not None
    assert weekly.weeks == 6  # Monday 2 March to Friday 10 April
    # Ada and Ben in the first, Fay in the second, Gus on the Sunday of the second
    assert (weekly.highest, weekly.over_capacity) == (2, 0)
    assert weekly.mean == pytest.approx(4 / 6)


def test_days_to_win_count_from_the_first_readiness(replay: Backtest) -> None:
    days = replay.measures.days_to_win
    assert days is not None
    assert days[1] == pytest.approx(16 + 14 / 24)  # Ada: 3 March 10:00 to 20 March


def test_a_month_counts_the_leads_created_in_it(replay: Backtest) -> None:
    assert replay.measures.months == (Month("2026-03", 7, 4, 3, 1, 2, 1),)


def test_a_fact_counts_only_from_when_it_is_known(replay: Backtest) -> None:
    gus = LEADS.index("Gus")
    assert iso(int(replay.decisions.first_ready_at[gus])) == iso(when("03-15"))


def test_two_versions_are_compared_by_name_of_lead() -> None:
    read = history()
    found = compare(backtest(read, agreement()), backtest(read, agreement(STRICT)))
    assert found.only_other == ()
    assert found.only_current == (Side("Ben", when("03-06 18:00"), "lost", 0.0),)


def test_replays_of_different_histories_are_not_compared() -> None:
    with pytest.raises(ValueError, match="same history"):
        compare(backtest(history(), agreement()), backtest(history(), agreement()))


def test_a_change_of_version_opens_no_second_handoff() -> None:
    timeline = [Enactment(agreement()), Enactment(agreement(STRICT), when("03-07"))]
    opened = backtest(history(), timeline).handoffs
    ada = LEADS.index("Ada")
    assert [int(at) for lead, at in zip(opened.lead, opened.at, strict=True) if lead == ada] == [
        when("03-03 10:00")
    ]


def test_a_returned_lead_comes_back_only_with_a_new_qualifying_activity() -> None:
    back = [returned("Fay", "03-10")]
    assert _handed_over("Fay", feedback=back) == ["03-09"]
    assert _handed_over("Fay", feedback=back, events=[did("Fay", "newsletter", "03-11")]) == [
        "03-09"
    ]
    assert _handed_over("Fay", feedback=back, events=[did("Fay", "demo_requested", "03-11")]) == [
        "03-09",
        "03-11",
    ]


def _handed_over(lead: str, **more: list[Any]) -> list[str]:
    read = history(**more)
    opened = backtest(read, agreement()).handoffs
    number = read.leads["lead_id"].to_pylist().index(lead)
    days = ("03-09", "03-10", "03-11", "03-12")
    times = {when(day): day for day in days}
    rows = zip(opened.lead.tolist(), opened.at.tolist(), strict=True)
    return [times[at] for of, at in rows if of == number]


def test_what_becomes_known_later_changes_no_earlier_decision() -> None:
    end = when("03-11")
    before = backtest(history(), agreement()).decisions
    later = backtest(
        history(
            facts=[is_("Dana", "industry", "Trade", "03-12"), is_("Ada", "email", None, "03-12")],
            events=[
                did("Dana", "demo_requested", "03-12"),
                did("Cem", "webinar_attended", "03-13"),
            ],
            outcomes=[OutcomeRow(lead_id="Fay", won=True, at=when("04-02"), revenue=9e9)],
            feedback=[returned("Ada", "03-14")],
        ),
        agreement(),
    ).decisions
    known = (before.first_ready_at <= end).nonzero()[0]
    assert known.tolist() == (later.first_ready_at <= end).nonzero()[0].tolist()
    assert before.first_ready_at[known].tolist() == later.first_ready_at[known].tolist()


def test_without_dates_there_are_no_weekly_figures() -> None:
    rows: dict[str, Any] = ROWS | {
        "leads": [LeadRow(lead_id=lead, created_at=None) for lead in LEADS],
        "outcomes": [OutcomeRow(lead_id="Ada", won=True, at=None, revenue=5.0)],
    }
    m = backtest(build(**rows, zone=ZONE), agreement(), capacity=2).measures
    assert (m.weekly, m.months, m.days_to_win) == (None, None, None)
    assert m.won_sales_ready == 1


def test_an_empty_history_has_no_figures_and_no_error() -> None:
    m = backtest(build(leads=[]), agreement(), capacity=2).measures
    assert (m.leads, m.sales_ready, m.precision.share, m.recall.share) == (0, 0, None, None)
    assert (m.weekly, m.months) == (None, ())
