"""What each of those who decide says of a history, in one form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from einig.engine.agreement.model import Agreement
from einig.engine.backtest.handoffs import handoffs
from einig.engine.history.contract import History
from einig.engine.instants import BEGINNING, FOREVER
from einig.engine.scoring import Enactment, judge, lead_of, plan, state_at
from einig.engine.scoring.bind import bind
from einig.engine.scoring.judge import Engine, swept
from tests.parity import naive
from tests.parity.naive import State

Timeline = Sequence[tuple[int, Agreement]]


def enactments(timeline: Timeline) -> list[Enactment]:
    """Return a timeline as the engine takes it."""
    return [Enactment(agreement, since) for since, agreement in timeline]


# --- states -----------------------------------------------------------------------------------


def kernel_states(
    history: History, timeline: Timeline, instants: Iterable[int]
) -> dict[str, list[State]]:
    """Return by lead its state at each of these instants at which it exists and is judged."""
    ids = history.leads["lead_id"].to_pylist()
    plans = [(since, plan(agreement)) for since, agreement in timeline]
    bound = [(since, of, bind(of, history)) for since, of in plans]
    bound.sort(key=lambda version: version[0])
    states: dict[str, list[State]] = {lead: [] for lead in ids}
    for at in instants:
        in_force = [version for version in bound if version[0] <= at]
        if in_force:
            _, of, rows = in_force[-1]
            turns = swept(of, rows, at, at)
            last = {int(lead): turn for turn, lead in enumerate(turns.lead)}
            for lead, n in last.items():
                columns = (turns.fit, turns.engagement, turns.intent, turns.ready)
                fit, engagement, intent, ready = (column[n].item() for column in columns)
                states[ids[lead]].append(State(at, fit, engagement, intent, ready))
    return states


def live_states(history: History, timeline: Timeline, lead: str, at: Iterable[int]) -> list[State]:
    """Return what live scoring says of one lead at each of these instants."""
    one = lead_of(history, lead)
    versions = sorted(((since, plan(of)) for since, of in timeline), key=lambda v: v[0])
    states = []
    for instant in at:
        in_force = [of for since, of in versions if since <= instant]
        if in_force and (said := state_at(in_force[-1], one, instant)):
            states.append(
                State(instant, said.fit, said.engagement, said.intent, said.sales_ready)
            )
    return states


# --- decisions --------------------------------------------------------------------------------

Said = tuple[State | None, int | None, int | None, list[tuple[int, int]]]


def said(
    history: History, timeline: Timeline, until: int, engine: Engine = "kernel"
) -> dict[str, Said]:
    """Return by lead its last state, first-ready and first-intent instant, and ready spans."""
    decided = judge(history, enactments(timeline), until=until, engine=engine)
    ready = decided.ready
    found: dict[str, Said] = {}
    for n, lead in enumerate(history.leads["lead_id"].to_pylist()):
        state = State(
            until,
            decided.fit[n].item(),
            decided.engagement[n].item(),
            decided.intent[n].item(),
            decided.sales_ready[n].item(),
        )
        own = ready.lead == n
        found[lead] = (
            state if decided.exists[n] else None,
            _instant(decided.first_ready_at[n].item()),
            _instant(decided.first_intent_at[n].item()),
            list(zip(ready.begins[own].tolist(), ready.ends[own].tolist(), strict=True)),
        )
    return found


def said_naively(states: dict[str, list[State]]) -> dict[str, Said]:
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


def naive_states(rows: naive.Rows, timeline: Timeline, until: int) -> dict[str, list[State]]:
    """Return by lead its state at each instant, sorted by lead."""
    return dict(sorted(naive.states(rows, list(timeline), until).items()))
