"""A history with everything that a replay asks of it and that no agreement changes, kept once.

Whoever edits an agreement replays the same history again and again. Outcomes, returns, months,
segments and draws stay what they are, and so do the columns of its activities: they are read into
memory when the first replay asks for them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from einig.engine.agreement.model import Agreement, LeadRule
from einig.engine.backtest.calendar import months
from einig.engine.backtest.exploring import Explored, explored
from einig.engine.backtest.handoffs import Between, between_returns
from einig.engine.backtest.outcomes import Outcomes, outcomes
from einig.engine.history.contract import History
from einig.engine.instants import FOREVER
from einig.engine.scoring.bind import with_dictionaries
from einig.engine.scoring.judge import Enactment
from einig.engine.scoring.plan import Ints
from einig.engine.values import fold

_IN_MEMORY = 30_000_000  # activities; about 40 bytes each


@dataclass(frozen=True)
class Past:
    """A history to be replayed by many agreements."""

    history: History

    @cached_property
    def held(self) -> History:
        """Return the history with what executors read of it in memory, each text once."""
        import pyarrow.dataset as ds  # noqa: PLC0415  # brings pandas, late if at all

        if self.history.about.events > _IN_MEMORY:
            return self.history
        schema = self.history.events.schema
        names = [name for name in schema.names if name != "event_id"]
        events = with_dictionaries(self.history.events, names).to_table(columns=names)
        facts = _encoded(self.history.facts.drop_columns(["value"]))
        return replace(self.history, events=ds.dataset(_encoded(events)), facts=facts)

    @cached_property
    def outcomes(self) -> Outcomes:
        """Return the outcome of every lead."""
        return outcomes(self.history)

    @cached_property
    def between(self) -> Between:
        """Return the stretches between recorded returns."""
        return between_returns(self.history, self.history.about.ends_at)

    @cached_property
    def settled(self) -> Ints:
        """Return by lead from when on it is not explored, whatever an agreement says of it."""
        settled = np.full(len(self.history.leads), FOREVER, np.int64)
        returns = self.history.feedback.filter(self.history.feedback["returned"])
        for table, column in ((self.history.outcomes, "first_at"), (returns, "at")):
            np.minimum.at(settled, table["lead"].to_numpy(), table[column].to_numpy())
        return settled

    @cached_property
    def months(self) -> tuple[list[str], Ints]:
        """Return the months in which leads were created, and the month of each lead."""
        return months(self.history)

    @cached_property
    def _explorable(self) -> dict[tuple[str, float, LeadRule], Explored]:
        return {}

    def explorable(self, of: Agreement) -> Explored:
        """Return by lead when it would be explored, unless it became sales-ready before."""
        if not of.explore:
            return {}
        key = of.name, of.explore, of.lead
        if key not in self._explorable:
            until = self.history.about.ends_at
            found = explored(self.history, [Enactment(of)], before=self.settled, until=until)
            self._explorable[key] = found
        return self._explorable[key]

    @cached_property
    def _segments(self) -> dict[str, tuple[list[str], npt.NDArray[np.int64]]]:
        return {}

    def segment(self, attribute: str) -> tuple[list[str], npt.NDArray[np.int64]]:
        """Return the values of an attribute as written, and of each lead the number of its value.

        It is the value that is known at the end of the history; -1 where it is blank.
        """
        if attribute not in self._segments:
            self._segments[attribute] = _values(self.history, attribute)
        return self._segments[attribute]

    def segments(self, *, most: int = 24, without: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return the attributes that divide leads into few groups, those of most leads first."""
        aside = {fold(name) for name in without}
        found = []
        for name in dict.fromkeys(map(fold, self.history.about.attributes)):
            if name in aside:
                continue
            values, of = self.segment(name)
            if 2 <= len(values) <= most:
                found.append((-int((of >= 0).sum()), name))
        return tuple(name for _, name in sorted(found))


def past(history: History | Past) -> Past:
    """Return a history as one that can be replayed again and again."""
    return history if isinstance(history, Past) else Past(history)


def _encoded(table: pa.Table) -> pa.Table:
    """Return a table with each distinct text once, and the same numbers for texts throughout."""
    for place, field in enumerate(table.schema):
        if field.name in {"type", "attribute", "text"} or field.name.startswith("text:"):
            column = table.column(place)
            if not pa.types.is_dictionary(field.type):
                column = column.dictionary_encode()
            table = table.set_column(place, field.name, column.unify_dictionaries())
    return table.combine_chunks()


def _values(history: History, attribute: str) -> tuple[list[str], npt.NDArray[np.int64]]:
    names = history.facts["attribute"].unique().to_pylist()
    wanted = pa.array([name for name in names if fold(name) == attribute], pa.string())
    facts = history.facts.filter(pc.is_in(history.facts["attribute"], value_set=wanted))
    facts = facts.take(np.lexsort((facts["at"].to_numpy(), facts["lead"].to_numpy())))
    texts = facts["text"].combine_chunks().dictionary_encode()
    codes = texts.indices.fill_null(-1).to_numpy().astype(np.int64)
    of = np.full(len(history.leads), -1, np.int64)
    of[facts["lead"].to_numpy()] = codes  # the last one of a lead stays
    first = np.unique(codes, return_index=True)
    written: list[str] = [str(text) for text in texts.dictionary.to_pylist()]
    for code, row in zip(*(part.tolist() for part in first), strict=True):
        if code >= 0:
            written[code] = facts["value"][row].as_py()
    here, place = np.unique(of, return_inverse=True)
    kept = [written[code] for code in here.tolist() if code >= 0]
    return kept, place - int(bool(len(here)) and here[0] < 0)
