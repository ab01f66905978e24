"""The curve over a threshold is what backtests of the agreement with each number would say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from einig.engine.agreement.model import Agreement, All, AtLeast
from einig.engine.backtest import backtest
from einig.engine.backtest.curve import Mark, thresholds, with_threshold
from einig.engine.backtest.past import Past
from einig.engine.backtest.trial import replayed
from einig.engine.history.contract import FeedbackRow, OutcomeRow
from tests.parity.generated import OUTCOMES, Case, cases, history_of, together
from tests.world import INBOUND, agreement, did, history, returned


def _examples(most: int) -> settings:
    return settings(
        max_examples=most,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )


_OUTCOMES = st.lists(OUTCOMES, max_size=4)


@_examples(40)
@given(cases(), _OUTCOMES, st.integers(0, 3))
def test_a_curve_equals_a_backtest_with_each_number(
    case: Case, outcomes: list[OutcomeRow], number: int
) -> None:
    check(case, outcomes, number)


@pytest.mark.prove
@_examples(2000)
@given(cases(), _OUTCOMES, st.integers(0, 3))
def test_a_curve_equals_a_backtest_in_thousands_of_histories(
    case: Case, outcomes: list[OutcomeRow], number: int
) -> None:
    check(case, outcomes, number)


def check(case: Case, outcomes: list[OutcomeRow], number: int) -> None:
    known = Past(history_of(together(case.worlds), [_of_a_world(row) for row in outcomes]))
    for _, given_ in case.timeline:
        of = given_
        if not thresholds(of.sales_ready):
            of = replace(of, sales_ready=All((AtLeast("score", 1), of.sales_ready)))
        place = number % len(thresholds(of.sales_ready))
        found = replayed(known, of, threshold=place).curve
        assert found is not None
        chosen = [*found.marks[:2], *found.marks[-2:], *found.marks[len(found.marks) // 2 :][:2]]
        for mark in chosen:
            assert mark == _replayed(known, with_threshold(of, place, mark.points), mark.points)


def _of_a_world(row: OutcomeRow) -> OutcomeRow:
    return replace(row, lead_id=f"0.{row.lead_id}")


def _replayed(known: Past, of: Agreement, points: int) -> Mark:
    m = backtest(known.history, of).measures
    return Mark(
        points,
        m.sales_ready,
        m.won_sales_ready,
        m.lost_sales_ready,
        m.won,
        m.handoffs,
        m.weekly.mean if m.weekly else None,
        m.revenue_won,
    )


def test_a_curve_runs_from_where_nobody_is_left_out_to_where_nobody_more_is() -> None:
    found = replayed(history(), agreement(), threshold=0).curve
    assert found is not None
    assert (found.measure, found.points) == ("fit", 20)
    assert [mark.points for mark in found.marks] == list(range(5, 22))
    assert [mark.sales_ready for mark in found.marks] == [5] + [4] * 15 + [0]


def test_a_curve_counts_what_was_handed_over_again() -> None:
    again = [did("Fay", "demo_requested", "03-11")]
    found = replayed(history(feedback=[returned("Fay", "03-10")], events=again), agreement())
    assert found.curve is None  # nobody asked for one
    drawn = replayed(
        history(feedback=[returned("Fay", "03-10")], events=again), agreement(), threshold=0
    ).curve
    assert drawn is not None
    assert {mark.points: mark.handoffs for mark in drawn.marks}[20] == 5  # Fay twice


@pytest.mark.parametrize("back", [[], [returned("Gus", "03-12"), returned("Ben", "03-20")]])
@pytest.mark.parametrize("number", [0, 1])
def test_a_curve_leaves_out_whoever_is_explored_first(number: int, back: list[FeedbackRow]) -> None:
    of = agreement(INBOUND + "explore: 100%\n")  # Gus is, and asks for a demo a day later
    late = [did("Gus", "demo_requested", "03-16"), did("Ben", "webinar_attended", "03-21")]
    known = Past(history(feedback=back, events=late))
    found = replayed(known, of, threshold=number).curve
    assert found is not None
    assert list(found.marks) == [
        _replayed(known, with_threshold(of, number, mark.points), mark.points)
        for mark in found.marks
    ]
