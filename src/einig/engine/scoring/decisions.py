"""What an agreement decided: the state of every lead at an instant, and when it was sales-ready.

Both executors deliver *turns* of each version in its time; here they become one answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from einig.engine.instants import FOREVER
from einig.engine.scoring.kernel import Swept
from einig.engine.scoring.plan import Bools, Ints


@dataclass(frozen=True, slots=True)
class Spans:
    """When leads were sales-ready: half-open spans, sorted by lead and time."""

    lead: Ints
    begins: Ints
    ends: Ints  # FOREVER where the lead is still sales-ready


@dataclass(frozen=True, slots=True)
class Decisions:
    """One entry a lead, in the order of the history's leads.

    Where a lead does not exist at the instant, `exists` is false and the rest is empty. Instants
    that never came are FOREVER.
    """

    exists: Bools
    fit: Ints
    engagement: Ints
    intent: Bools
    sales_ready: Bools
    first_ready_at: Ints
    first_intent_at: Ints
    ready: Spans


def decisions(versions: Sequence[Swept], leads: int) -> Decisions:
    """Put the turns of successive versions together.

    A lead that is ready before and after a change of version was ready all the time.
    """
    lead, at, fit, engagement, intent, ready = _together(versions)
    last = np.flatnonzero(np.append(lead[1:] != lead[:-1], True)) if len(lead) else np.empty(0, int)
    state = {name: np.zeros(leads, kind) for name, kind in _STATE.items()}
    state["exists"][lead[last]] = True
    for name, column in (("fit", fit), ("engagement", engagement), ("intent", intent)):
        state[name][lead[last]] = column[last]
    state["sales_ready"][lead[last]] = ready[last]
    return Decisions(
        **state,
        first_ready_at=_first(lead, at, ready, leads),
        first_intent_at=_first(lead, at, intent, leads),
        ready=_spans(lead, at, ready),
    )


_STATE: dict[str, type[np.generic]] = {
    "exists": np.bool_,
    "fit": np.int64,
    "engagement": np.int64,
    "intent": np.bool_,
    "sales_ready": np.bool_,
}


def _together(versions: Sequence[Swept]) -> Swept:
    """Return the turns of all versions sorted by lead and time, as those of one version are."""
    if len(versions) == 1:
        return versions[0]
    lead, at, fit, engagement = (
        _column(versions, name, np.int64) for name in ("lead", "at", "fit", "engagement")
    )
    intent, ready = (_column(versions, name, np.bool_) for name in ("intent", "ready"))
    order = np.argsort(lead, kind="stable")  # within a lead, versions follow one another
    return Swept(lead[order], at[order], fit[order], engagement[order], intent[order], ready[order])


def _column(versions: Sequence[Swept], name: str, kind: type[np.generic]) -> npt.NDArray[Any]:
    """Return a column of all versions together; of none where no version was in force yet."""
    return np.concatenate([np.empty(0, kind), *(getattr(swept, name) for swept in versions)])


def _first(lead: Ints, at: Ints, true: Bools, leads: int) -> Ints:
    first = np.full(leads, FOREVER, np.int64)
    np.minimum.at(first, lead[true], at[true])
    return first


def _spans(lead: Ints, at: Ints, ready: Bools) -> Spans:
    same_lead = np.append(False, lead[1:] == lead[:-1])[: len(lead)]
    before = np.append(False, ready[:-1])[: len(lead)] & same_lead
    rises = np.flatnonzero(ready & ~before)
    falls = np.flatnonzero(~ready & before)
    ends = np.full(len(rises), FOREVER, np.int64)
    # the fall that belongs to a rise is the next one of the same lead, if there is any
    following = np.searchsorted(falls, rises)
    known = following < len(falls)
    same = lead[falls[following[known]]] == lead[rises[known]]
    ends[np.flatnonzero(known)[same]] = at[falls[following[known][same]]]
    return Spans(lead[rises], at[rises], ends)


def sides(a: Decisions, b: Decisions) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the leads that only `b`, and those that only `a`, ever found sales-ready."""
    in_a, in_b = a.first_ready_at < FOREVER, b.first_ready_at < FOREVER
    return np.flatnonzero(in_b & ~in_a), np.flatnonzero(in_a & ~in_b)
