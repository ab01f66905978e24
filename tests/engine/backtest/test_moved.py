"""What a criterion moved is what a backtest without it, and the ledger of each lead, would say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from einig.engine.agreement.model import Agreement, AtLeast, HasAttribute, HasIntent
from einig.engine.backtest import backtest
from einig.engine.backtest.intervals import Proportion
from einig.engine.backtest.moved import Key, Moves, keys, leaves, moves, without
from einig.engine.backtest.outcomes import outcomes, sales_ready
from einig.engine.backtest.past import Past
from einig.engine.history.contract import OutcomeRow
from einig.engine.instants import BEGINNING
from einig.engine.scoring import ledger, plan
from einig.engine.scoring.lead import LeadHistory, leads_of
from einig.engine.scoring.matching import holds
from einig.engine.values import fold
from tests.parity.generated import OUTCOMES, Case, cases, history_of, together
from tests.world import INBOUND, agreement, history, when

WORLD = INBOUND.replace("Trade: 5}", "Trade: 5, unknown: -5}")


def found(of: Moves, past: Past) -> dict[Key, tuple[list[str], list[str], list[str], str]]:
    """Return figures with leads by name."""
    ids = past.history.leads["lead_id"].to_pylist()
    return {
        key: (
            [ids[n] for n in moved.had],
            [ids[n] for n in moved.only],
            [ids[n] for n in moved.more],
            f"{moved.bought.part} of {moved.bought.whole}",
        )
        for key, moved in of.by.items()
    }


def test_each_criterion_row_and_part_of_the_rule_has_its_leads() -> None:
    past, fit = Past(history()), (["Ada", "Ben", "Fay", "Gus"],) * 2
    assert found(moves(past, agreement(WORLD), since=BEGINNING), past) == {
        ("fit.industry", ""): (*fit, [], "1 of 3"),
        ("fit.industry", "Software"): (*fit, [], "1 of 3"),
        ("fit.industry", "Trade"): ([], [], [], "0 of 0"),
        ("fit.industry", "unknown"): ([], [], [], "0 of 0"),
        ("engagement.webinar_attended", ""): (["Ben"], ["Ben"], [], "0 of 1"),
        ("intent.demo_requested", ""): (*(["Ada", "Fay", "Gus"],) * 2, [], "1 of 2"),
        ("sales_ready", "0"): (fit[0], [], ["Cem"], "1 of 3"),
        ("sales_ready", "1"): (*(["Ada", "Fay", "Gus"],) * 2, [], "1 of 2"),
        ("sales_ready", "2"): (["Ben"], ["Ben"], [], "0 of 1"),
    }


def test_only_those_count_who_were_handed_over_since() -> None:
    past = Past(history())
    first = moves(past, agreement(), since=BEGINNING).first_ready_at
    last = int(np.sort(first[first < when("12-31")])[-1])
    assert len(moves(past, agreement(), since=last - 1).handed) == 1
    assert len(moves(past, agreement(), since=last).handed) == 0


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


@_examples(25)
@given(cases(), _OUTCOMES)
def test_figures_equal_backtests_and_ledgers(case: Case, told: list[OutcomeRow]) -> None:
    check(case, told)


@pytest.mark.prove
@_examples(1000)
@given(cases(), _OUTCOMES)
def test_figures_equal_backtests_and_ledgers_in_a_thousand_histories(
    case: Case, told: list[OutcomeRow]
) -> None:
    check(case, told)


def check(case: Case, told: list[OutcomeRow]) -> None:
    """Hold every figure to a whole replay without the criterion, and to the ledger of each lead."""
    past = Past(history_of(together(case.worlds), told))
    won = outcomes(past.history)
    for _, of in case.timeline:
        got = moves(past, of, since=BEGINNING)
        ready = sales_ready(backtest(past.history, of).decisions, won)
        assert got.handed.tolist() == np.flatnonzero(ready).tolist()
        numbers = got.handed.tolist()
        at = got.first_ready_at[numbers].tolist()
        seen = list(zip(numbers, at, leads_of(past.history, numbers), strict=True))
        for key in keys(of):
            moved = got.by[key]
            less = sales_ready(backtest(past.history, _removed(of, key)).decisions, won)
            assert moved.only.tolist() == np.flatnonzero(ready & ~less).tolist()
            assert moved.more.tolist() == np.flatnonzero(less & ~ready).tolist()
            had = [n for n, then, lead in seen if _had(lead, then, of, key)]
            assert moved.had.tolist() == had
            known = [n for n in had if won.known[n]]
            assert moved.bought == Proportion(sum(bool(won.won[n]) for n in known), len(known))


def _removed(of: Agreement, key: Key) -> Agreement:
    """Return an agreement in whose document a criterion is not written any more."""
    part, _, name = key[0].partition(".")
    if part == "fit" and not key[1]:
        return replace(of, fit=tuple(table for table in of.fit if table.attribute != name))
    if part == "engagement":
        return replace(
            of,
            engagement=tuple(e for e in of.engagement if e.name != name),
            silence=tuple(s for s in of.silence if s.name != name),
        )
    if part == "intent" and HasIntent(name) not in leaves(of.sales_ready):
        return replace(of, intent=tuple(i for i in of.intent if i.name != name))
    return without(of, key)


def _had(lead: LeadHistory, at: int, of: Agreement, key: Key) -> bool:
    page, (part, _, name) = ledger(plan(of), lead, at), key[0].partition(".")
    assert page is not None
    if part == "fit":
        line = next(line for line in page.fit_lines if line.criterion == name)
        return line.row == key[1] if key[1] else line.points != 0
    if part == "engagement":
        return any(
            line.criterion == name and getattr(line, "of_points", line.points) != 0
            for line in page.engagement_lines
        )
    signals = {line.criterion for line in page.intent_lines if line.holds}
    if part == "intent":
        return name in signals
    match leaves(of.sales_ready)[int(key[1])]:
        case AtLeast(measure, points):
            return int(getattr(page, measure)) >= points
        case HasIntent(None):
            return bool(signals)
        case HasIntent(one):
            return one in signals
        case HasAttribute(where):
            known = [fact for fact in lead.facts if fact.attribute == fold(where.of)]
            now = [fact.value for fact in known if fact.at <= at]
            return holds(where.condition, now[-1] if now else None)
    raise AssertionError("a part of a rule is not made of others")
