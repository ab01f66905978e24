"""Generated histories under generated agreements: whoever decides, decides the same.

Every claim is checked on some examples at each run, always the same ones, and on thousands by
`make prove`. No claim is ever loosened: where two differ, the rules say which one is wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from einig.engine.agreement.model import Agreement
from einig.engine.backtest.handoffs import handoffs_of
from einig.engine.history.contract import OutcomeRow
from einig.engine.instants import BEGINNING
from einig.engine.scoring import (
    LeadHistory,
    Ledger,
    Plan,
    lead_from,
    lead_of,
    ledger,
    missing_words,
    plan,
)
from einig.engine.scoring.ledger import EngagementLine
from tests.parity.answers import (
    Said,
    Timeline,
    enactments,
    expression_states,
    handed_over,
    handed_over_naively,
    instants,
    kernel_states,
    live_states,
    naive_states,
    said,
    said_live,
    said_naively,
    turns_of,
)
from tests.parity.generated import (
    END,
    OUTCOMES,
    Case,
    after,
    cases,
    history_of,
    times,
    together,
)
from tests.parity.naive import State
from tests.parity.rows import Rows

Check = Callable[[Case], Counter[str]]


def _examples(most: int) -> settings:
    """Always the same examples: a test that fails fails again, here and elsewhere."""
    return settings(
        max_examples=most,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        phases=[Phase.generate, Phase.shrink],
    )


@_examples(100)
@given(cases())
def test_the_kernel_decides_as_the_rules_say_at_every_instant(case: Case):
    check_kernel(case)


@_examples(18)
@given(cases(worlds=6))
def test_the_expression_decides_as_the_rules_say_and_as_the_kernel(case: Case):
    check_expression(case)


@_examples(70)
@given(cases(worlds=2))
def test_live_scoring_decides_as_the_rules_say_at_every_instant(case: Case):
    check_live(case)


@_examples(70)
@given(cases(worlds=2))
def test_a_lead_from_its_own_rows_is_the_lead_of_the_history(case: Case):
    check_alone(case)


@_examples(70)
@given(cases(worlds=2))
def test_the_lines_of_a_ledger_add_up_and_say_what_is_missing(case: Case):
    check_ledger(case)


@_examples(40)
@given(cases(worlds=2), st.data())
def test_what_becomes_known_later_changes_no_decision(case: Case, data: st.DataObject):
    check_future(case, data)


@pytest.mark.prove
@pytest.mark.parametrize(
    ("claim", "most"),
    [("kernel", 3000), ("expression", 300), ("live", 2000), ("alone", 2000), ("ledger", 2000)],
)
def test_every_claim_holds_on_thousands_of_histories(
    claim: str, most: int, record_property: Callable[[str, object], None]
):
    checks: dict[str, Check] = {
        "kernel": check_kernel,
        "expression": check_expression,
        "live": check_live,
        "alone": check_alone,
        "ledger": check_ledger,
    }
    counts: Counter[str] = Counter()

    @_examples(most)
    @given(cases(worlds=3))
    def held(case: Case) -> None:
        counts.update(checks[claim](case))
        counts.update(histories=1, leads=len(case.rows.leads))

    held()
    for what, count in counts.items():
        record_property(f"{claim}: {what}", count)


@pytest.mark.prove
def test_the_future_changes_nothing_in_thousands_of_histories(
    record_property: Callable[[str, object], None],
):
    counts: Counter[str] = Counter()

    @_examples(1500)
    @given(cases(worlds=2), st.data())
    def held(case: Case, data: st.DataObject) -> None:
        check_future(case, data)
        counts.update(histories=1, leads=len(case.rows.leads))

    held()
    for what, count in counts.items():
        record_property(f"future: {what}", count)


# --- what is claimed --------------------------------------------------------------------------


def check_kernel(case: Case) -> Counter[str]:
    """Every state, every turn and every hand-off equals the naive one."""
    history = history_of(case.rows)
    states = naive_states(case.rows, case.timeline, END)
    assert kernel_states(history, case.timeline, instants(states)) == states
    assert said(history, case.timeline, END) == said_naively(states)
    opened = handed_over_naively(case.rows, case.timeline, END)
    assert handed_over(history, case.timeline, END) == opened
    return _counted(states) + Counter({"hand-offs": sum(map(len, opened.values()))})


def check_expression(case: Case) -> Counter[str]:
    """DuckDB finds every state that the rules ask for, and decides as the kernel does."""
    history = history_of(case.rows)
    states = naive_states(case.rows, case.timeline, END)
    found = expression_states(history, case.timeline, END, "duckdb")
    assert {lead: turns_of(of) for lead, of in found.items()} == {
        lead: turns_of(of) for lead, of in states.items()
    }
    middle = max((row.at for row in case.rows.events), default=END)
    kernel = said(history, case.timeline, middle)
    assert said(history, case.timeline, middle, "duckdb") == kernel
    return _counted(states)


def check_live(case: Case) -> Counter[str]:
    """One lead after the other, state by state, as naively; and so its turns."""
    history = history_of(case.rows)
    states = naive_states(case.rows, case.timeline, END)
    assert live_states(history, case.timeline, instants(states)) == states
    alone = _alone(case.timeline)
    expected = said_naively(naive_states(case.rows, alone, END))
    assert said_live(history, plan(alone[0][1]), END) == expected
    return _counted(states)


def check_alone(case: Case) -> Counter[str]:
    """A lead from its own rows is the lead of the history, and is handed over at the same time."""
    rows, history = case.rows, history_of(case.rows)
    births = {row.lead_id: _born(row.created_at) for row in rows.leads}
    opened = handed_over(history, case.timeline, END)
    for lead in births:
        one = lead_from(lead, births=births, facts=rows.facts, events=rows.events, links=rows.links)
        whole = lead_of(history, lead)
        assert _as_compared(one) == _as_compared(whole)
        feedback = [f for f in history.feedback.to_pylist() if f["returned"]]
        number = sorted(births).index(lead)
        returns = [f["at"] for f in feedback if f["lead"] == number]
        found = handoffs_of(one, enactments(case.timeline), returns, END)
        assert [opening.at for opening in found] == opened[lead]
    return Counter(leads=len(births))


def _born(at: int | None) -> int:
    return BEGINNING if at is None else at


def _as_compared(lead: LeadHistory) -> tuple[object, ...]:
    """Return what a lead is judged by, in one order; how a value was written changes nothing."""
    facts = [(fact.attribute, fact.at, fact.value) for fact in lead.facts]
    activities = [(a.event_id, a.start, a.member, a) for a in lead.activities]
    return lead.created_at, sorted(facts, key=repr), sorted(activities, key=repr)


def check_ledger(case: Case) -> Counter[str]:
    """At every instant the lines add up, and a lead that is not ready misses something."""
    history = history_of(case.rows)
    alone = _alone(case.timeline)
    of = plan(alone[0][1])
    states = naive_states(case.rows, alone, END)
    for lead, turns in said_naively(states).items():
        one = lead_of(history, lead)
        for state in states[lead][:: max(1, len(states[lead]) // 12)]:
            page = ledger(of, one, state.at)
            assert page is not None
            _holds(page, of, state, turns)
        if one.created_at > BEGINNING:
            assert ledger(of, one, one.created_at - 1) is None
    return _counted(states)


def _holds(page: Ledger, of: Plan, state: State, turns: Said) -> None:
    found = (page.at, page.fit, page.engagement, page.intent, page.sales_ready)
    assert State(*found) == state
    assert sum(line.points for line in page.fit_lines) == page.fit
    assert sum(line.points for line in page.engagement_lines) == page.engagement
    assert page.score == state.fit + state.engagement
    assert any(line.holds for line in page.intent_lines) == page.intent
    assert (page.missing is None) == page.sales_ready
    if page.missing is not None:
        assert missing_words(page.missing)
        assert (page.ready_since, page.made_ready_by) == (None, ())
    else:
        assert page.ready_since == max(begins for begins, _ in turns[3] if begins <= page.at)
        assert page.made_ready_by
    _lines_hold(page, of)


def _lines_hold(page: Ledger, of: Plan) -> None:
    for criterion in of.agreement.engagement:
        lines = [
            line
            for line in page.engagement_lines
            if isinstance(line, EngagementLine) and line.criterion == criterion.name
        ]
        assert [(-line.at, line.event_id) for line in lines] == sorted(
            (-line.at, line.event_id) for line in lines
        )
        for line in lines:
            assert min(0, line.of_points) <= line.points <= max(0, line.of_points)
            assert line.runs_out_at is None or line.at <= page.at < line.runs_out_at
    for intent in page.intent_lines:
        assert intent.count == len(intent.activities)
        assert intent.holds == (intent.count >= intent.needed)
        assert intent.runs_out_at is None or page.at < intent.runs_out_at


def check_future(case: Case, data: st.DataObject) -> None:
    """Rows of every table that become known after an instant change nothing up to it."""
    now = data.draw(times(), label="now")
    later = [data.draw(after(now), label="later") for _ in case.worlds]
    outcomes = data.draw(st.lists(OUTCOMES, max_size=2), label="outcomes")
    more = together([_both(*each) for each in zip(case.worlds, later, strict=True)])
    ended = [_after(row, now) for row in outcomes]
    short, full = history_of(case.rows), history_of(more, ended)
    assert said(full, case.timeline, now) == said(short, case.timeline, now)
    assert handed_over(full, case.timeline, now) == handed_over(short, case.timeline, now)
    naive = naive_states(more, case.timeline, now), naive_states(case.rows, case.timeline, now)
    assert said_naively(naive[0]) == said_naively(naive[1])


def _after(row: OutcomeRow, now: int) -> OutcomeRow:
    return replace(
        row, lead_id=f"0.{row.lead_id}", at=None if row.at is None else max(row.at, now + 1)
    )


def _both(some: Rows, more: Rows) -> Rows:
    return Rows(
        leads=some.leads,
        facts=[*some.facts, *more.facts],
        events=[*some.events, *more.events],
        links=[*some.links, *more.links],
        feedback=[*some.feedback, *more.feedback],
    )


def _alone(timeline: Timeline) -> list[tuple[int, Agreement]]:
    """Return the last agreement of a timeline, as if it had been in force all the time."""
    return [(BEGINNING, timeline[-1][1])]


def _counted(states: dict[str, list[State]]) -> Counter[str]:
    return Counter(states=sum(map(len, states.values())))
