"""What each of those who decide says of a history, in one form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Literal

from einig.engine.agreement.model import Agreement
from einig.engine.backtest.handoffs import handoffs
from einig.engine.history.contract import History
from einig.engine.instants import BEGINNING, FOREVER
from einig.engine.scoring import (
    Decisions,
    Enactment,
    Plan,
    expression,
    judge,
    judge_lead,
    lead_of,
    plan,
)
from einig.engine.scoring.bind import bind
from einig.engine.scoring.judge import Engine, swept, terms
from einig.engine.scoring.live import state_at
from einig.engine.scoring.tables import fetched, tables
from tests.parity import naive
from tests.parity.naive import State
from tests.parity.rows import Rows

Timeline = Sequence[tuple[int, Agreement]]


def enactments(timeline: Timeline) -> list[Enactment]:
    """Return a timeline as the engine takes it."""
    return [Enactment(agreement, since) for since, agreement in timeline]


# --- states -----------------------------------------------------------------------------------

States = dict[str, list[State]]


def naive_states(rows: Rows, timeline: Timeline, until: int) -> States:
    """Return by lead its state at each instant at which the naive evaluator judges it."""
    return dict(sorted(naive.states(rows, list(timeline), until).items()))


def kernel_states(history: History, timeline: Timeline, at: Mapping[str, Iterable[int]]) -> States:
    """Return by lead its state at each of its instants, as the kernel sweeps all leads at it."""
    ids = history.leads["lead_id"].to_pylist()
    versions = [(since, of, bind(of, history)) for since, of in plans(timeline)]
    states: States = {lead: [] for lead in ids}
    for instant in sorted({instant for of in at.values() for instant in of}):
        if in_force := [version for version in versions if version[0] <= instant]:
            _, of, bound = in_force[-1]
            turns = swept(of, bound, instant, instant)
            for n, lead in enumerate(map(ids.__getitem__, turns.lead)):
                columns = (turns.at, turns.fit, turns.engagement, turns.intent, turns.ready)
                states[lead].append(State(*(column[n].item() for column in columns)))
    # of two turns at one instant the later one is the state
    last = {lead: {state.at: state for state in of} for lead, of in states.items()}
    return {lead: [last[lead][i] for i in at[lead] if i in last[lead]] for lead in ids}


def live_states(history: History, timeline: Timeline, at: Mapping[str, Iterable[int]]) -> States:
    """Return by lead its state at each of its instants, as live scoring says it."""
    versions = plans(timeline)
    states: States = {}
    for lead in history.leads["lead_id"].to_pylist():
        one = lead_of(history, lead)
        said = [(state_at(_in_force(versions, instant), one, instant)) for instant in at[lead]]
        states[lead] = [
            State(of.at, of.fit, of.engagement, of.intent, of.sales_ready) for of in said if of
        ]
    return states


def expression_states(
    history: History, timeline: Timeline, until: int, engine: Literal["duckdb", "spark"]
) -> States:
    """Return by lead its state whenever anything changes, as an engine finds it in one go."""
    ids = history.leads["lead_id"].to_pylist()
    found: States = {lead: [] for lead in ids}
    with tables(history, engine) as opened:
        for version, last in terms(enactments(timeline), until):
            of = plan(version.agreement)
            rows = fetched(expression.states(of, opened, version.in_force_from, last))
            for row in rows.sort_by([("lead", "ascending"), ("at", "ascending")]).to_pylist():
                found[ids[row.pop("lead")]].append(State(**row))
    return found


def turns_of(states: Iterable[State]) -> list[State]:
    """Return those states that differ in more than the instant from the one before."""
    kept: list[State] = []
    for state in states:
        if not kept or kept[-1][1:] != state[1:]:
            kept.append(state)
    return kept


def plans(timeline: Timeline) -> list[tuple[int, Plan]]:
    """Return the plans of a timeline, each with the instant from which it is in force."""
    return sorted(((since, plan(of)) for since, of in timeline), key=lambda version: version[0])


def _in_force(versions: Sequence[tuple[int, Plan]], at: int) -> Plan:
    return [of for since, of in versions if since <= at][-1]


def instants(states: States) -> dict[str, list[int]]:
    """Return by lead when it was judged."""
    return {lead: [state.at for state in of] for lead, of in states.items()}


# --- decisions --------------------------------------------------------------------------------

Said = tuple[State | None, int | None, int | None, list[tuple[int, int]]]


def said(
    history: History, timeline: Timeline, until: int, engine: Engine = "kernel"
) -> dict[str, Said]:
    """Return by lead its last state, first-ready and first-intent instant, and ready spans."""
    decided = judge(history, enactments(timeline), until=until, engine=engine)
    return _said(decided, history.leads["lead_id"].to_pylist(), until)


def said_live(history: History, of: Plan, until: int) -> dict[str, Said]:
    """Return the same as live scoring says it, one lead after the other."""
    found: dict[str, Said] = {}
    for lead in history.leads["lead_id"].to_pylist():
        found |= _said(judge_lead(of, lead_of(history, lead), until), [lead], until)
    return found


def _said(decided: Decisions, leads: Sequence[str], until: int) -> dict[str, Said]:
    begins, ends = decided.ready.begins, decided.ready.ends
    found: dict[str, Said] = {}
    for n, lead in enumerate(leads):
        state = State(
            until,
            decided.fit[n].item(),
            decided.engagement[n].item(),
            decided.intent[n].item(),
            decided.sales_ready[n].item(),
        )
        own = decided.ready.lead == n
        found[lead] = (
            state if decided.exists[n] else None,
            _instant(decided.first_ready_at[n].item()),
            _instant(decided.first_intent_at[n].item()),
            list(zip(begins[own].tolist(), ends[own].tolist(), strict=True)),
        )
    return found


def said_naively(states: States) -> dict[str, Said]:
    """Return the same from the states that the naive evaluator judges."""
    return {
        lead: (
            of[-1] if of else None,
            next((state.at for state in of if state.ready), None),
            next((state.at for state in of if state.intent), None),
            _spans(of),
        )
        for lead, of in states.items()
    }


def _instant(at: int) -> int | None:
    return None if at == FOREVER else at


def _spans(states: Sequence[State]) -> list[tuple[int, int]]:
    never = State(BEGINNING, 0, 0, False, False)
    moves = [
        (after.at, after.ready)
        for before, after in pairwise([never, *states])
        if before.ready != after.ready
    ]
    edges = [*(at for at, _ in moves), FOREVER]
    return [(edges[n], edges[n + 1]) for n in range(0, len(moves), 2)]


# --- hand-offs --------------------------------------------------------------------------------


def handed_over(history: History, timeline: Timeline, until: int) -> dict[str, list[int]]:
    """Return by lead each instant at which it is handed over to sales."""
    versions = enactments(timeline)
    opened = handoffs(history, versions, judge(history, versions, until=until), until)
    ids = history.leads["lead_id"].to_pylist()
    return {lead: opened.at[opened.lead == n].tolist() for n, lead in enumerate(ids)}


def handed_over_naively(rows: Rows, timeline: Timeline, until: int) -> dict[str, list[int]]:
    """Return the same as the naive evaluator says it."""
    return dict(sorted(naive.handoffs(rows, list(timeline), until).items()))
