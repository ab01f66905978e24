"""Binding: activities and facts of a history in the terms of a plan.

Conditions are decided here, column by column, so that the kernel only meets numbers: which
criteria an activity matches (its class), what a fact earns and which checks it fulfils.
"""

from __future__ import annotations

import functools
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from einig.engine.agreement.model import Engagement, Intent
from einig.engine.history.contract import History
from einig.engine.scoring.kernel import Bound
from einig.engine.scoring.matching import Forms, Mask, Numbers, mask_of, points_column
from einig.engine.scoring.plan import Bools, Ints, Plan
from einig.engine.values import fold

if TYPE_CHECKING:  # it brings pandas, which the live system can do without
    import pyarrow.dataset as ds

_BATCH = 1 << 20  # rows of activities that are looked at together
_WORD = 16  # flags that are folded into a class together


def bind(plan: Plan, history: History) -> Bound:
    """Return the activities and facts of all leads of a history in the terms of a plan."""
    created = _own(history.leads["created_at"].to_numpy())
    events = _events(plan, history)
    columns = _grouped(events, len(created)) | _classes(plan, events) | _facts(plan, history)
    return Bound(created=created, **columns)


def with_facts(plan: Plan, bound: Bound, history: History) -> Bound:
    """Return what is bound with the facts in the terms of another plan of the same criteria."""
    return bound._replace(**_facts(plan, history))


# --- activities -------------------------------------------------------------------------------


class _Matched(NamedTuple):
    """Those activities of a batch that match anything, and the kinds of matches among them."""

    kinds: Bools  # a row a kind, a column a flag
    kind: npt.NDArray[np.int32]
    lead: npt.NDArray[np.int32]
    at: Ints
    start: Ints
    until: Ints


@dataclass(frozen=True, slots=True)
class _Events:
    """Activities that matter to a plan, in the order in which they were read."""

    lead: npt.NDArray[np.int32]
    at: Ints
    start: Ints
    until: Ints
    of: npt.NDArray[np.int32]  # their class
    kinds: Bools  # class -> what it matches


def _events(plan: Plan, history: History) -> _Events:
    names = ["lead", "at", "start", "until", "type", "member", *_property_columns(plan, history)]
    read = with_dictionaries(history.events, names).to_batches(names, batch_size=_BATCH)
    seen: dict[bytes, int] = {}
    parts: list[_Matched] = []
    for part in _side_by_side(functools.partial(_matched, plan), read):
        numbers = [seen.setdefault(one.tobytes(), len(seen)) for one in part.kinds]
        parts.append(
            part._replace(kind=np.array(numbers, np.int32)[part.kind], kinds=part.kinds[:0])
        )
    flags = len(plan.criteria) + 1 + len(plan.silence)
    return _Events(
        lead=_joined([part.lead for part in parts], np.int32),
        at=_joined([part.at for part in parts], np.int64),
        start=_joined([part.start for part in parts], np.int64),
        until=_joined([part.until for part in parts], np.int64),
        of=_joined([part.kind for part in parts], np.int32),
        kinds=np.frombuffer(b"".join(seen), np.bool_).reshape(len(seen), flags),
    )


def _side_by_side(
    work: Callable[[pa.RecordBatch], _Matched], batches: Iterable[pa.RecordBatch]
) -> Iterator[_Matched]:
    """Yield what work makes of each batch, in order, on every core and a few batches ahead."""
    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        ahead: deque[Future[_Matched]] = deque()
        for batch in batches:
            ahead.append(pool.submit(work, batch))
            if len(ahead) > 2 * workers:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _matched(plan: Plan, batch: pa.RecordBatch) -> _Matched:
    kinds, kind = _distinct(_flags(plan, batch))
    matter: Bools = np.any(kinds, axis=1)
    keep = slice(None) if matter.all() else np.flatnonzero(matter[kind])
    columns = (batch.column(name).to_numpy()[keep] for name in ("lead", "at", "start", "until"))
    return _Matched(kinds, kind[keep], *columns)


def with_dictionaries(events: ds.Dataset, names: Iterable[str]) -> ds.Dataset:
    """Let Parquet hand out its text columns as it keeps them: each distinct text once."""
    import pyarrow.dataset as ds  # noqa: PLC0415  # brings pandas, late if at all

    if not isinstance(events, ds.FileSystemDataset):
        return events
    texts = {name for name in names if name == "type" or name.startswith("text:")}
    form = ds.ParquetFileFormat(dictionary_columns=texts)
    return ds.dataset(events.files, format=form, filesystem=events.filesystem)


def _property_columns(plan: Plan, history: History) -> list[str]:
    wanted = {fold(where.of) for criterion in plan.criteria for where in criterion.where}
    kinds = ("text", "number", "low")
    split = [(name, *name.partition(":")[::2]) for name in history.events.schema.names]
    return [name for name, kind, of in split if kind in kinds and fold(of) in wanted]


def _flags(plan: Plan, batch: pa.RecordBatch) -> list[Mask]:
    """Return for each criterion, for inquiries and for each silence which activities match."""
    types = encoded(batch.column("type"))
    folded = [fold(str(name)) for name in types.dictionary.to_pylist()]
    of_type = np.asarray(types.indices)
    person = ~np.asarray(batch.column("member").to_numpy(zero_copy_only=False), np.bool_)
    properties = _Properties(batch)

    def done(names: Iterable[str]) -> Mask:
        wanted = {fold(name) for name in names}
        mask: Mask = np.array([name in wanted for name in folded], np.bool_)[of_type]
        return mask

    def matches(criterion: Engagement | Intent) -> Mask:
        mask = done([criterion.activity])
        for where in criterion.where:
            if mask.any():
                mask &= mask_of(where.condition, properties.column(where.of))
        both: Mask = mask & person
        return both if criterion.per == "person" else mask

    return [
        *(matches(criterion) for criterion in plan.criteria),
        done(plan.inquiries) & person,
        *(done(silence.activities or folded) & person for silence in plan.silence),
    ]


@dataclass(slots=True)
class _Properties:
    """The properties of a batch of activities; those that no activity has are blank."""

    batch: pa.RecordBatch
    read: dict[str, Forms] = field(default_factory=dict)

    def column(self, name: str) -> Forms:
        if name not in self.read:
            columns = {fold(column): column for column in self.batch.schema.names}
            text, number, low = (
                self.batch.column(columns[key])
                if (key := f"{kind}:{fold(name)}") in columns
                else None
                for kind in ("text", "number", "low")
            )
            blank = pa.nulls(self.batch.num_rows, pa.string())
            self.read[name] = forms(blank if text is None else text, number, low)
        return self.read[name]


def _distinct(flags: list[Mask]) -> tuple[Bools, npt.NDArray[np.int32]]:
    """Return the distinct combinations of flags, and for each row which of them it has."""
    rows = len(flags[0])
    combined = np.zeros(rows, np.int64)
    kinds = np.zeros((1, 0), np.bool_)
    for first in range(0, len(flags), _WORD):
        word = flags[first : first + _WORD]
        code = combined << len(word)
        for bit, flag in enumerate(word):
            code |= flag.astype(np.int64) << bit
        present = np.flatnonzero(np.bincount(code, minlength=1)) if rows else np.zeros(1, np.int64)
        dense = np.zeros(int(present[-1]) + 1, np.int64)
        dense[present] = np.arange(len(present))
        combined = dense[code]
        bits = (present[:, None] >> np.arange(len(word))) & 1
        kinds = np.hstack([kinds[present >> len(word)], bits.astype(np.bool_)])
    return kinds, combined.astype(np.int32)


def _classes(plan: Plan, events: _Events) -> dict[str, npt.NDArray[Any]]:
    """Return what each class means: its criteria, and whether it inquires or breaks silence."""
    criteria = len(plan.criteria)
    matched = [np.flatnonzero(one[:criteria]) for one in events.kinds]
    return {
        "class_first": np.cumsum([0, *map(len, matched)], dtype=np.int64),
        "class_criteria": _joined(matched, np.int64),
        "class_inquiry": _own(events.kinds[:, criteria]),
        "class_breaks": _own(events.kinds[:, criteria + 1 :]),
    }


def _grouped(events: _Events, leads: int) -> dict[str, npt.NDArray[Any]]:
    """Return where each lead's activities begin, and the activities grouped by lead."""
    lead = events.lead
    columns: list[npt.NDArray[Any]] = [events.at, events.start, events.until, events.of]
    first = np.concatenate([[0], np.cumsum(np.bincount(lead, minlength=leads))]).astype(np.int64)
    if len(lead) and np.any(lead[1:] < lead[:-1]):
        order = _by_lead(lead, first)
        columns = [column[order] for column in columns]
    names = ("at", "start", "until", "event_class")
    return {"event_first": first} | dict(zip(names, columns, strict=True))


@njit(cache=True, nogil=True)
def _by_lead(lead: npt.NDArray[np.int32], first: Ints) -> npt.NDArray[np.int64]:
    """Return the rows in the order of their leads: one pass, because leads are numbered."""
    place = first.copy()
    order = np.empty(len(lead), np.int64)
    for row in range(len(lead)):
        order[place[lead[row]]] = row
        place[lead[row]] += 1
    return order


def _own(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a copy: numba compiles anew for an array that may not be written to."""
    return np.array(column, order="C")


def _joined(parts: Sequence[npt.NDArray[Any]], kind: type[np.generic]) -> npt.NDArray[Any]:
    return np.concatenate([np.empty(0, kind), *parts]).astype(kind, copy=False)


# --- facts ------------------------------------------------------------------------------------


def _facts(plan: Plan, history: History) -> dict[str, npt.NDArray[Any]]:
    """Return the facts that a plan looks at: what each earns, and which checks it fulfils."""
    names = encoded(history.facts["attribute"])
    number = {attribute.name: index for index, attribute in enumerate(plan.attributes)}
    code = [number.get(fold(str(name)), -1) for name in names.dictionary.to_pylist()]
    attribute = np.array([*code, -1], np.int32)[np.asarray(names.indices)]
    kept = history.facts.filter(pa.array(attribute >= 0))
    attribute = attribute[attribute >= 0]
    points = np.zeros(len(attribute), np.int64)
    checks = np.zeros((len(attribute), len(plan.arrays.blank_checks)), np.bool_)
    for index, of in enumerate(plan.attributes):
        rows = np.flatnonzero(attribute == index)
        here = kept.take(rows)
        values = forms(here["text"], here["number"], here["low"])
        points[rows] = points_column(of.table, values)
        for check, where in enumerate(of.checks, plan.arrays.check_first[index]):
            checks[rows, check] = mask_of(where.condition, values)
    lead = kept["lead"].to_numpy()
    counts = np.bincount(lead, minlength=len(history.leads))
    return {
        "fact_first": np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        "fact_at": _own(kept["at"].to_numpy()),
        "fact_attribute": attribute,
        "fact_points": points,
        "fact_checks": checks,
    }


# --- columns ----------------------------------------------------------------------------------

_Column: TypeAlias = pa.Array | pa.ChunkedArray


def encoded(column: _Column) -> pa.DictionaryArray:
    """Return a text column with each distinct text once."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return array if isinstance(array, pa.DictionaryArray) else array.dictionary_encode()


def forms(text: _Column, number: _Column | None, low: _Column | None) -> Forms:
    """Return a column as it is compared; `number` and `low` are None where no value has them."""
    texts, numbers = encoded(text), _numbers(number, len(text))
    sizes = (
        numbers if low is None else np.where(np.isnan(numbers), _numbers(low, len(text)), numbers)
    )
    return Forms(texts, numbers, sizes)


def _numbers(column: _Column | None, size: int) -> Numbers:
    """Return a number column as an array with NaN where there is none."""
    if column is None:
        return np.full(size, np.nan)
    filled: Numbers = pc.fill_null(column, np.nan).to_numpy()
    return filled
