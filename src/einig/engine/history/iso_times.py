"""A column of nothing but ISO times, read as a whole: most histories have no other.

What this reads, `times` reads row by row to the same instants; the rest only `times` can read.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from einig.engine.instants import DAY, HOUR, instant, local_instant

Instants = npt.NDArray[np.int64]

_TIME = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?"
_NAIVE = _TIME + "$"
_ZONED = _TIME + r"(Z|[+-]\d{2}:\d{2})$"
# a day away from the bounds of `times`, so that no zone moves a time across them
_FIRST = instant(datetime(1970, 1, 1, tzinfo=UTC)) + DAY
_LAST = instant(datetime(2200, 12, 31, tzinfo=UTC)) - DAY
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # stands for a local time


def read_iso_times(texts: pa.Array, *, zone: str | None) -> list[int | None] | None:
    """Return the instants of a column, or None if it holds anything but plain ISO times.

    All of them name their zone, or none does.
    """
    zoned = _all_match(texts, _ZONED)
    if not zoned and (zone is None or not _all_match(texts, _NAIVE)):
        return None
    try:
        parsed = texts.cast(pa.timestamp("us", "UTC" if zoned else None)).cast(pa.int64())
    except pa.ArrowInvalid:  # 30 February, say
        return None
    low, high = pc.min_max(parsed).values()
    if not low.is_valid or low.as_py() < _FIRST or high.as_py() > _LAST:
        return None
    if zoned or zone is None:
        return _listed(parsed)
    at = _moved(parsed.fill_null(_FIRST).to_numpy(zero_copy_only=False), ZoneInfo(zone))
    if at is None:
        return None
    return _listed(pa.array(at, mask=parsed.is_null().to_numpy(False)))


def _listed(column: pa.Array) -> list[int | None]:
    told: list[int | None] = column.to_pylist()
    return told


def _all_match(texts: pa.Array, pattern: str) -> bool:
    return pc.all(pc.match_substring_regex(texts, pattern)).as_py() is True


def _moved(local: Instants, zone: ZoneInfo) -> Instants | None:
    """Return local times as instants; None if the clock is changed in the middle of an hour."""
    hours, places = np.unique(local // HOUR, return_inverse=True)
    shifts = np.empty(len(hours), np.int64)
    for place, hour in enumerate(hours.tolist()):
        begins = _shift(hour * HOUR, zone)
        if begins != _shift((hour + 1) * HOUR - 1, zone):
            return None
        shifts[place] = begins
    moved: Instants = local + shifts[places]
    return moved


def _shift(local: int, zone: ZoneInfo) -> int:
    return local_instant(_EPOCH + timedelta(microseconds=local), zone) - local
