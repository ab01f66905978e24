"""All leads at once: what a version says of every lead as of an instant, by the kernel."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from einig.engine.backtest.exploring import AFTER, draws
from einig.engine.instants import FOREVER
from einig.engine.scoring.bind import bind
from einig.engine.scoring.coming import next_changes
from einig.engine.scoring.judge import swept, terms
from einig.flow import scoring
from einig.flow.scoring import InForce
from einig.store import arrays
from einig.store.history import GIVEN_BACK
from einig.store.models import Handoff

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sweep:
    """Every lead, in the order of `id`: as it stands, and what a version says of it at an instant.

    `version` is who judged it last, 0 where nobody did; `next_change_at` and `next` are FOREVER
    where nothing changes. `exists` says which leads the version can judge as of that instant.
    """

    at: int
    id: Ints
    lead_id: pa.ChunkedArray
    created_at: Ints
    judged_at: Ints  # 0 where never
    last_known: Ints
    next_change_at: Ints
    version: Ints
    was_ready: Bools
    exists: Bools
    fit: Ints
    engagement: Ints
    intent: Bools
    ready: Bools
    next: Ints

    def is_one_of(self, ids: Collection[int]) -> Bools:
        """Return which leads are among some, by their numbers in the store."""
        return np.isin(self.id, np.fromiter(ids, np.int64, len(ids)))


def sweep(version: InForce, *, at: int) -> Sweep:
    """Return what a version says of every lead as of an instant."""
    rows = arrays.leads()
    history = arrays.read(rows, version.plan)
    bound = bind(version.plan, history)
    found = swept(version.plan, bound, at, at)
    place = pc.index_in(rows["lead_id"], value_set=history.leads["lead_id"]).to_numpy()
    exists = np.zeros(len(rows), np.bool_)
    exists[found.lead] = True

    def told(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
        of: npt.NDArray[Any] = np.zeros(len(rows), column.dtype)
        of[found.lead] = column  # the last turn of a lead is its state at the end
        placed: npt.NDArray[Any] = of[place]
        return placed

    return Sweep(
        at=at,
        id=_numbers(rows["id"], 0),
        lead_id=rows["lead_id"],
        created_at=_numbers(rows["created_at"], 0),
        judged_at=_numbers(rows["judged_at"], 0),
        last_known=_numbers(rows["last_known"], 0),
        next_change_at=_numbers(rows["next_change_at"], FOREVER),
        version=_numbers(rows["version"], 0),
        was_ready=_numbers(rows["was_ready"], 0).astype(np.bool_),
        exists=exists[place],
        fit=told(found.fit),
        engagement=told(found.engagement),
        intent=told(found.intent),
        ready=told(found.ready),
        next=next_changes(version.plan.arrays, bound, at)[place],
    )


def drawn_at(of: Sweep, versions: list[InForce]) -> Ints:
    """Return when leads are drawn for the share that goes to sales below the line, or FOREVER."""
    timeline, found = scoring.enactments(versions), np.full(len(of.id), FOREVER, np.int64)
    at = of.created_at + AFTER
    for version, last in terms(timeline, FOREVER):
        if not version.agreement.explore:
            continue
        due = np.flatnonzero((at >= version.in_force_from) & (at <= last))
        for n, id_ in zip(due.tolist(), of.lead_id.take(due).to_pylist(), strict=True):
            draw = draws(id_, int(of.created_at[n]), [version])
            if draw is not None:
                found[n] = draw[0]
    return found


def with_sales(of: Sweep) -> Bools:
    """Return which leads sales has at this moment."""
    held = Handoff.objects.filter(kind=Handoff.Kind.SALES, closed_at=None)
    return of.is_one_of(list(held.values_list("lead_id", flat=True)))


def given_back(of: Sweep) -> Bools:
    """Return which leads sales gave back at some time."""
    back = Handoff.objects.filter(kind=Handoff.Kind.SALES, closing__in=GIVEN_BACK)
    return of.is_one_of(list(back.values_list("lead_id", flat=True)))


def _numbers(column: pa.ChunkedArray, none: int) -> Ints:
    return np.array(pc.fill_null(column, none).to_numpy(), np.int64)
