"""The leads of a history in groups: by source, or by any other attribute."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from einig.engine.backtest.intervals import Counted
from einig.engine.backtest.past import Past
from einig.engine.scoring.plan import Bools
from einig.engine.values import fold


@dataclass(frozen=True, slots=True)
class Group(Counted):
    """The leads of one value of an attribute; None is blank."""

    value: str | None
    leads: int
    sales_ready: int
    won: int
    won_sales_ready: int
    lost_sales_ready: int


@dataclass(frozen=True, slots=True)
class Segment:
    """The groups of an attribute, largest first, by a draft and by what it is held against.

    A lead belongs to the value that is known of it at the end of the history; `assumed_known` says
    that it is not known since when that was known.
    """

    attribute: str
    assumed_known: bool
    groups: tuple[Group, ...]
    against: tuple[Group, ...] | None


def segment(past: Past, attribute: str, ready: Bools, against: Bools | None) -> Segment:
    """Return the groups of an attribute, given who was sales-ready in time."""
    values, of = past.segment(fold(attribute))
    names: list[str | None] = [*values, None]
    place = np.where(of < 0, len(values), of)
    place = place[past.outcomes.counted]
    order = np.argsort(-np.bincount(place, minlength=len(names)), kind="stable").tolist()
    assumed = fold(attribute) in set(map(fold, past.history.about.assumed_known))

    def groups(chosen: Bools) -> tuple[Group, ...]:
        rows = _counted(past, chosen, place, len(names))
        return tuple(Group(names[n], *rows[n]) for n in order if rows[n][0])

    return Segment(attribute, assumed, groups(ready), None if against is None else groups(against))


def _counted(past: Past, ready: Bools, place: np.ndarray, size: int) -> list[list[int]]:
    of = past.outcomes
    lost = of.known & ~of.won
    columns = (np.ones_like(ready), ready, of.won, ready & of.won, ready & lost)
    counts = [np.bincount(place[c[of.counted]], minlength=size) for c in columns]
    found: list[list[int]] = np.stack(counts, axis=1).tolist()
    return found
