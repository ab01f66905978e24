"""What occurs in a history, how often, and how often it converted: what a criterion could say.

Each lead counts with what is known of it at the end of the history, so these figures help to write
a draft; what the draft would have done is for a trial to say, with what was known at each moment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from einig.engine.agreement.model import FitTable
from einig.engine.backtest.intervals import Proportion
from einig.engine.backtest.past import Past
from einig.engine.scoring.matching import points_of
from einig.engine.scoring.plan import Bools
from einig.engine.values import fold, value


@dataclass(frozen=True, slots=True)
class Seen:
    """Leads that have something in common: how many, and how many of the decided ones were won."""

    name: str
    leads: int
    won: Proportion


def values(past: Past, attribute: str) -> list[Seen]:
    """Return the values of an attribute as written, the most frequent first."""
    names, of = past.segment(fold(attribute))
    found = [_seen(past, name, of == number) for number, name in enumerate(names)]
    return sorted(found, key=lambda seen: (-seen.leads, seen.name))


def rows(past: Past, table: FitTable) -> dict[str, Seen]:
    """Return by row of a fit table, as written, the leads to which it applies."""
    names, of = past.segment(fold(table.attribute))
    labels = [points_of(table, value(name))[1] for name in names]
    counted = {label: np.zeros(len(of), np.bool_) for label in dict.fromkeys(labels)}
    for number, label in enumerate(labels):
        counted[label] |= of == number
    counted["unknown"] = of < 0
    return {label: _seen(past, label, which) for label, which in counted.items()}


def activities(past: Past) -> list[Seen]:
    """Return the types of activities, those of most leads first."""
    events = past.held.events.to_table(columns=["lead", "type"])
    pairs = events.group_by(["lead", "type"]).aggregate([])
    types = pc.dictionary_encode(pairs["type"].combine_chunks()).dictionary.to_pylist()
    found = []
    for kind in types:
        which = np.zeros(len(past.history.leads), np.bool_)
        which[pairs.filter(pc.equal(pairs["type"], kind))["lead"].to_numpy()] = True
        found.append(_seen(past, kind, which))
    return sorted(found, key=lambda seen: (-seen.leads, seen.name))


def _seen(past: Past, name: str, which: Bools) -> Seen:
    of = past.outcomes
    which = which & of.counted
    decided = which & of.known
    won = Proportion(int((decided & of.won).sum()), int(decided.sum()))
    return Seen(name, int(which.sum()), won)
