"""Columns of examples: attributes and counts of activities, each as it was known at a moment.

Nothing here goes through rows one by one: a million leads with thirty attributes take seconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from einig.engine.history.contract import History
from einig.engine.instants import DAY
from einig.engine.learning.examples import BLANK, Behaviour, Codes, Column, Floats, Ints
from einig.engine.learning.moments import Moments

MOST_TYPES = 40  # of activities, and most values of a property that are counted apart
MOST_VALUES = 4


# --- attributes -------------------------------------------------------------------------------


def attributes(history: History, moments: Moments) -> Iterator[Column]:
    """Yield a column an attribute: its newest value known at each moment."""
    named = pc.dictionary_encode(history.facts["attribute"]).unify_dictionaries()
    names = named.chunk(0).dictionary.to_pylist() if named.num_chunks else []
    codes = _joined([chunk.indices for chunk in named.chunks])
    lead, at = history.facts["lead"].to_numpy(), history.facts["at"].to_numpy()
    size = pc.coalesce(history.facts["number"], history.facts["low"]).to_numpy()
    for name in history.about.attributes:
        if name not in names:
            yield _nothing(name, len(moments.key), name in history.about.assumed_known)
            continue
        mask = codes == names.index(name)
        rows = np.flatnonzero(mask)
        text = history.facts["text"].filter(pa.array(mask))
        last = _newest(moments, lead[rows].astype(np.int64), at[rows])
        assumed = name in history.about.assumed_known
        yield _column(name, text, size[rows], last, assumed_known=assumed)


def _newest(moments: Moments, lead: Ints, at: Ints) -> Ints:
    """Return the place of the newest fact at each moment, -1 where there is none."""
    known = moments.since(lead, at)  # in order, since facts are sorted by lead and time
    place = moments.count(known) - 1
    other = (place < 0) | (lead[np.maximum(place, 0)] != moments.lead)
    return np.where(other, -1, place)


def _column(
    name: str, text: pa.ChunkedArray, size: Floats, last: Ints, *, assumed_known: bool
) -> Column:
    encoded = pc.dictionary_encode(text).unify_dictionaries()
    levels = encoded.chunk(0).dictionary.to_pylist()
    of_fact = _joined([pc.fill_null(chunk.indices, BLANK) for chunk in encoded.chunks])
    codes = np.append(of_fact, BLANK)[last].astype(np.int32)  # -1 is the one appended
    order, renamed = _by_appearance(codes, len(levels))
    numbers = np.append(size, np.nan)[last]
    shown = tuple(levels[code] for code in order)
    return Column(name, renamed[codes], shown, numbers, assumed_known=assumed_known)


def _by_appearance(codes: Codes, size: int) -> tuple[list[int], Codes]:
    """Return the codes that occur in the order of their first appearance, and their new codes."""
    first = np.full(size + 1, len(codes), np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]  # the last one written is the first one
    first[BLANK] = len(codes)
    order = np.argsort(first, kind="stable")[: int((first < len(codes)).sum())]
    renamed = np.full(size + 1, BLANK, np.int32)
    renamed[order] = np.arange(len(order))
    return order.tolist(), renamed


def _nothing(name: str, size: int, assumed_known: bool) -> Column:
    codes, numbers = np.full(size, BLANK, np.int32), np.full(size, np.nan)
    return Column(name, codes, (), numbers, assumed_known=assumed_known)


def _joined(chunks: Sequence[pa.Array]) -> Codes:
    parts = [chunk.to_numpy(zero_copy_only=False).astype(np.int32) for chunk in chunks]
    return np.concatenate([np.zeros(0, np.int32), *parts])


# --- activities -------------------------------------------------------------------------------


def behaviours(
    history: History,
    moments: Moments,
    *,
    days: Sequence[int],
    without: Collection[str],
    least: int,
) -> Iterator[Column]:
    """Yield a column a kind of activity and window: how many of them count at each moment.

    Only what at least `least` leads did is looked at.

    They count as an agreement counts them: from when they are known, for so many days, until they
    are withdrawn. Types that are the target itself are left out, and so is a column that says the
    same as one before it.
    """
    counted = pc.field("type").isin(sorted(set(history.about.activities) - set(without)))
    plain = ["lead", "at", "start", "until", "type"]
    names = [f"text:{name}" for name in history.properties]
    events = history.events.to_table(columns=[*plain, *names], filter=counted & ~pc.field("member"))
    lead, at, start, until = (events[name].to_numpy().astype(np.int64) for name in plain[:4])
    entered = moments.since(lead, start)
    none = np.zeros(len(moments.key), np.int32)
    seen: set[bytes] = set()
    for type_, where, rows in _kinds(events, lead, least):
        for each in days:
            left = moments.since(lead[rows], np.minimum(at[rows] + each * DAY, until[rows]))
            left = np.maximum(left, entered[rows])
            came, went = np.sort(entered[rows]), np.sort(left)
            count = moments.count(came) - moments.count(went)
            told = count.tobytes()
            if told in seen or not count.any():
                continue
            seen.add(told)
            behaviour = Behaviour(type_, each, where)
            yield Column(_named(behaviour), none, (), count.astype(np.float64), behaviour)


def _kinds(
    events: pa.Table, lead: Ints, least: int
) -> Iterator[tuple[str, tuple[tuple[str, str], ...], Ints]]:
    """Yield the types of activities, the most frequent first, and each with a property's value."""
    types, codes = _encoded(events["type"])
    count = np.bincount(codes, minlength=len(types))
    for code in sorted(range(len(types)), key=lambda c: (-count[c], types[c]))[:MOST_TYPES]:
        rows = np.flatnonzero(codes == code)
        if _leads(lead[rows]) < least:
            continue
        yield types[code], (), rows
        for name in events.column_names[5:]:
            values, of = _encoded(events[name].take(pa.array(rows)))
            if 2 <= len(values) <= MOST_VALUES:
                for value in sorted(range(len(values)), key=lambda v: values[v]):
                    part = rows[of == value]
                    if _leads(lead[part]) >= least:
                        yield types[code], ((name.removeprefix("text:"), values[value]),), part


def _encoded(texts: pa.ChunkedArray) -> tuple[list[str], Codes]:
    encoded = pc.dictionary_encode(texts).unify_dictionaries()
    values = encoded.chunk(0).dictionary.to_pylist() if encoded.num_chunks else []
    return values, _joined([pc.fill_null(chunk.indices, BLANK) for chunk in encoded.chunks])


def _leads(lead: Ints) -> int:
    return len(np.unique(lead))


def _named(of: Behaviour) -> str:
    where = "".join(f", {name}: {value}" for name, value in of.where)
    return f"{of.type}{where}, {of.days} days"
