"""The leads that come in, by the values that an agreement tells apart, and by lead source.

A value counts as it was known a week after the lead came: what is filled in during the work makes
an old lead look richer than a new one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from einig.engine.agreement.model import Agreement, FitTable
from einig.engine.backtest.outcomes import outcomes
from einig.engine.history.contract import History
from einig.engine.instants import BEGINNING, DAY
from einig.engine.scoring.matching import points_of
from einig.engine.scoring.plan import Bools, Ints
from einig.engine.values import Value, fold
from einig.engine.watching.cusum import Floats
from einig.engine.watching.makeup import KNOWN_AFTER, Counts, Makeup, spread_of

_BLOCK = 28 * DAY
_MOST_SOURCES = 12
_SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Incoming:
    """When leads came, and by criterion the value of each; a value is a row of its fit table."""

    created_at: Ints
    values: dict[str, list[str]]

    def between(self, since: int, until: int) -> Counts:
        """Return how many leads that came from one instant to before another had each value."""
        rows = np.flatnonzero((self.created_at >= since) & (self.created_at < until)).tolist()
        return {name: Counter(of[row] for row in rows) for name, of in self.values.items()}

    def makeup(self, since: int, until: int) -> Makeup:
        """Return of what the leads of a span were made up. Rare lead sources are put together."""
        counts = {
            name: dict(Counter(of).most_common(_MOST_SOURCES) if name == _SOURCE else of)
            for name, of in self.between(since, until).items()
        }
        own = (self.created_at >= since) & (self.created_at < until)
        weeks = max(1.0, (until - since) / (7 * DAY))
        spread = {name: spread_of(self._table(name, since, until)) for name in counts}
        return Makeup(_whole(counts, int(own.sum())), spread, float(own.sum() / weeks))

    def _table(self, name: str, since: int, until: int) -> Floats:
        blocks = [self.between(at, at + _BLOCK)[name] for at in range(since, until, _BLOCK)]
        names = sorted({value for block in blocks for value in block})
        rows = [[block.get(value, 0) for value in names] for block in blocks]
        return np.array(rows, np.float64).reshape(len(blocks), len(names))  # also where none came


def _whole(counts: dict[str, dict[str, int]], leads: int) -> Counts:
    """Return counts that add up to all leads: what has no value of its own is `otherwise`."""
    for of in counts.values():
        if rest := leads - sum(of.values()):
            of["otherwise"] = of.get("otherwise", 0) + rest
    return counts


def incoming(history: History, agreement: Agreement) -> Incoming:
    """Return the leads of a history that are nobody else's part."""
    kept = outcomes(history).counted & (history.leads["created_at"].to_numpy() > BEGINNING)
    tables = {f"fit.{table.attribute}": table for table in agreement.fit}
    values = {name: _column(history, of.attribute, kept, _row(of)) for name, of in tables.items()}
    names = {fold(name) for name in history.about.attributes}
    if _SOURCE in names and f"fit.{_SOURCE}" not in values:
        values[_SOURCE] = _column(history, _SOURCE, kept, lambda of: of.text if of else "unknown")
    return Incoming(history.leads["created_at"].to_numpy()[kept], values)


def _row(table: FitTable) -> Callable[[Value | None], str]:
    return lambda of: points_of(table, of)[1]


def _column(
    history: History, attribute: str, kept: Bools, say: Callable[[Value | None], str]
) -> list[str]:
    """Return for each lead the row of its value, as known a week after it came."""
    facts, wanted = history.facts, fold(attribute)
    names = facts["attribute"].to_pylist()
    rows = np.array([n for n, name in enumerate(names) if fold(name) == wanted], np.int64)
    created = history.leads["created_at"].to_numpy()
    lead, at = facts["lead"].to_numpy()[rows], facts["at"].to_numpy()[rows]
    known = at <= created[lead] + KNOWN_AFTER
    newest = np.full(len(created), -1, np.int64)
    newest[lead[known]] = rows[known]  # sorted by time: the last one stays
    texts, numbers = facts["text"].to_pylist(), facts["number"].to_pylist()
    said: dict[str | None, str] = {}
    found = []
    for row in newest[kept].tolist():
        text = texts[row] if row >= 0 else None
        if text not in said:
            said[text] = say(None if text is None else Value(text, numbers[row]))
        found.append(said[text])
    return found


def counted_as(base: Makeup, now: Counts) -> Counts:
    """Return counts by the values of a promise; a value that it does not know is `otherwise`."""
    found: dict[str, Counter[str]] = {name: Counter() for name in base.counts}
    for name, of in found.items():
        for value, leads in now.get(name, {}).items():
            of[value if value in base.counts[name] else "otherwise"] += leads
    return found
