"""Leads worked out by hand: whoever decides, decides about them what the rules say."""

from __future__ import annotations

from functools import cache
from typing import Literal

import pytest

from einig.engine.history.contract import History
from einig.engine.instants import DAY
from einig.engine.scoring import lead_of, ledger, plan
from einig.engine.scoring.ledger import EngagementLine
from tests.parity.answers import (
    expression_states,
    handed_over,
    handed_over_naively,
    kernel_states,
    live_states,
    naive_states,
    said,
    said_naively,
    turns_of,
)
from tests.parity.generated import history_of, together
from tests.parity.golden import END, GOLDEN, MONDAY, TIMELINES, Golden
from tests.parity.naive import State

each_lead = pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.shows)


@each_lead
def test_the_naive_evaluator_decides_so(golden: Golden):
    states = naive_states(golden.rows, TIMELINES[golden.by], END)
    assert turns_of(states["Ada"]) == golden.states
    opened = handed_over_naively(golden.rows, TIMELINES[golden.by], END)
    assert opened["Ada"] == list(golden.handoffs)


@each_lead
def test_the_kernel_decides_so(golden: Golden):
    history = _history(golden.shows)
    states = kernel_states(history, TIMELINES[golden.by], _every(golden))
    assert turns_of(states["Ada"]) == golden.states
    expected = said_naively({"Ada": [*golden.states, golden.states[-1]._replace(at=END)]})
    assert said(history, TIMELINES[golden.by], END)["Ada"] == expected["Ada"]
    assert handed_over(history, TIMELINES[golden.by], END)["Ada"] == list(golden.handoffs)


@each_lead
def test_live_scoring_decides_so(golden: Golden):
    states = live_states(_history(golden.shows), TIMELINES[golden.by], _every(golden))
    assert turns_of(states["Ada"]) == golden.states


@each_lead
def test_the_ledger_shows_it(golden: Golden):
    one = lead_of(_history(golden.shows), "Ada")
    for at in {*golden.lines, *(state.at for state in golden.states)}:
        agreement = [of for since, of in TIMELINES[golden.by] if since <= at][-1]
        page = ledger(plan(agreement), one, at)
        assert page is not None
        found = State(at, page.fit, page.engagement, page.intent, page.sales_ready)
        assert found == [state for state in golden.states if state.at <= at][-1]._replace(at=at)
        if lines := golden.lines.get(at):
            earned = [line for line in page.engagement_lines if isinstance(line, EngagementLine)]
            assert [(line.event_id, line.points) for line in earned] == lines


@pytest.mark.parametrize("by", TIMELINES)
def test_the_expression_decides_so_on_duckdb(by: str):
    assert decided_by_expression(by, "duckdb") == worked_out(by)


# --- many leads in one go ---------------------------------------------------------------------


def worked_out(by: str) -> dict[str, list[State]]:
    """Return the states of all leads under a timeline, each under the sentence that it shows."""
    return {golden.shows: list(golden.states) for golden in GOLDEN if golden.by == by}


def decided_by_expression(by: str, engine: Literal["duckdb", "spark"]) -> dict[str, list[State]]:
    """Return the same as an engine finds them in one history of all of these leads."""
    group = [golden for golden in GOLDEN if golden.by == by]
    history = history_of(together([golden.rows for golden in group]))
    states = expression_states(history, TIMELINES[by], END, engine)
    return {golden.shows: turns_of(states[f"{n}.Ada"]) for n, golden in enumerate(group)}


@cache
def _history(shows: str) -> History:
    return history_of(next(golden.rows for golden in GOLDEN if golden.shows == shows))


def _every(golden: Golden) -> dict[str, list[int]]:
    """Return instants around everything that may happen, and around what is expected."""
    grid = {MONDAY + half * DAY // 2 for half in range(80)}
    grid |= {state.at for state in golden.states}
    every = sorted(at + beside for at in grid for beside in (-1, 0, 1))
    return {row.lead_id: every for row in golden.rows.leads}
