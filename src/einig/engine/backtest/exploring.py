"""Exploring: a few leads below the line go to sales all the same, to learn what is missed.

A week after a lead came, the version in force draws whether it belongs to the agreed share. It is
handed over then if it was never sales-ready, is a lead that the agreement allows, has been neither
with sales nor decided, and is not part of another. A lead without a date is never explored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from einig.engine.agreement.model import Agreement, All
from einig.engine.history.contract import History
from einig.engine.instants import BEGINNING, DAY
from einig.engine.scoring.bind import bind
from einig.engine.scoring.judge import Enactment, terms
from einig.engine.scoring.kernel import sweep
from einig.engine.scoring.lead import LeadHistory
from einig.engine.scoring.live import state_at
from einig.engine.scoring.plan import Ints, Plan, plan
from einig.engine.shares import drawn

Explored = dict[int, tuple[int, float]]  # by lead: when, and with which probability it was drawn

AFTER = 7 * DAY  # so that a lead has had the time to become sales-ready by itself


def explored_at(
    lead: LeadHistory, timeline: Sequence[Enactment], *, before: int, until: int
) -> tuple[int, float] | None:
    """Return when, up to an instant, a lead is explored, and with which probability it was drawn.

    `before` is the first instant at which it was sales-ready, returned or decided: from then on it
    is not explored any more.
    """
    draw = draws(lead.lead_id, lead.created_at, timeline)
    if draw is None or not draw[0] <= min(until, before - 1):
        return None
    at, of = draw
    state = state_at(_allows(of), lead, at)
    return (at, of.explore) if state is not None and state.sales_ready else None


def draws(
    lead_id: str, created_at: int, timeline: Sequence[Enactment]
) -> tuple[int, Agreement] | None:
    """Return the instant at which a lead is drawn, and the agreement that draws it, if one does."""
    at = created_at + AFTER
    begun = [version for version in timeline if version.in_force_from <= at]
    if created_at == BEGINNING or not begun:
        return None
    of = max(begun, key=lambda version: version.in_force_from).agreement
    share = of.explore
    is_drawn = share and drawn(lead_id, agreement=of.name, purpose="explore", share=share)
    return (at, of) if is_drawn else None


def explored(
    history: History, timeline: Sequence[Enactment], *, before: Ints, until: int
) -> Explored:
    """Return by lead when it is explored up to an instant; `before` is as in `explored_at`."""
    created = history.leads["created_at"].to_numpy()
    at = np.where(created > BEGINNING, created + AFTER, until + 1)
    found: Explored = {}
    for version, last in terms(timeline, until):
        of = version.agreement
        due = (at >= version.in_force_from) & (at <= last) & (at < before)
        if not of.explore or not due.any():
            continue
        numbers = np.flatnonzero(due)
        ids = history.leads["lead_id"].take(numbers).to_pylist()
        chosen = [
            number
            for number, id_ in zip(numbers.tolist(), ids, strict=True)
            if drawn(id_, agreement=of.name, purpose="explore", share=of.explore)
        ]
        found |= {n: (int(at[n]), of.explore) for n in _allowed(history, of, chosen, at)}
    return found


def _allowed(history: History, of: Agreement, leads: list[int], at: Ints) -> list[int]:
    """Return those leads that an agreement would let through whatever their score is."""
    if not leads:
        return []
    allows = _allows(of)
    bound = bind(allows, history)
    states = ((n, sweep(allows.arrays, bound, n, n + 1, int(at[n]), int(at[n]))) for n in leads)
    return [n for n, swept in states if len(swept.at) and swept.ready[-1]]


def _allows(of: Agreement) -> Plan:
    """Return a plan by which every lead is ready that may be handed over at all."""
    return plan(replace(of, sales_ready=All(()), fit=(), engagement=(), silence=(), intent=()))
