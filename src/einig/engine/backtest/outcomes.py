"""What became of the leads of a history: won, lost or not known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from einig.engine.history.contract import MERGED, History
from einig.engine.instants import FOREVER
from einig.engine.scoring.decisions import Decisions
from einig.engine.scoring.plan import Bools, Ints


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The outcome of every lead of a history, by its number."""

    counted: Bools  # false for leads that are part of another by now
    known: Bools
    won: Bools
    first_at: Ints  # FOREVER where there is none, or none with a date
    won_at: Ints
    revenue: npt.NDArray[np.float64]


def outcomes(history: History) -> Outcomes:
    """Return the outcomes of a history, a row a lead."""
    size = len(history.leads)
    rows = history.outcomes["lead"].to_numpy()
    known, won = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    first_at, won_at = np.full(size, FOREVER, np.int64), np.full(size, FOREVER, np.int64)
    revenue = np.zeros(size)
    known[rows] = True
    won[rows] = history.outcomes["won"].to_numpy(zero_copy_only=False)
    first_at[rows] = history.outcomes["first_at"].to_numpy()
    won_at[rows] = history.outcomes["won_at"].fill_null(FOREVER).to_numpy()
    revenue[rows] = history.outcomes["revenue"].to_numpy()
    return Outcomes(_counted(history), known, won, first_at, won_at, revenue)


def sales_ready(decided: Decisions, of: Outcomes) -> Bools:
    """Return which leads were sales-ready strictly before their first outcome."""
    ready = (decided.first_ready_at < of.first_at) & (decided.first_ready_at < FOREVER)
    return ready & of.counted


def _counted(history: History) -> Bools:
    """Return which leads are not merged into another at the end of the history."""
    counted = np.ones(len(history.leads), np.bool_)
    facts = history.facts
    names = facts["attribute"].to_numpy(zero_copy_only=False)
    rows = np.flatnonzero((names == MERGED) & (facts["at"].to_numpy() <= history.about.ends_at))
    merged = facts["text"].is_valid().to_numpy()[rows]
    counted[facts["lead"].to_numpy()[rows]] = ~merged  # sorted by time: the last one stays
    return counted
