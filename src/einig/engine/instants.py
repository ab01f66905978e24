"""Time as the engine counts it: whole microseconds since 1970-01-01T00:00Z."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR

BEGINNING = -(2**61)  # before every instant, and far from the edge of 64 bits
FOREVER = 2**61  # after every instant; windows may be added to an instant without overflow

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(moment: datetime) -> int:
    """Return the instant of a datetime that knows its zone.

    Raises ValueError for a naive datetime: only a mapping can say which zone it means.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone; say which one it means")
    return (moment - _EPOCH) // timedelta(microseconds=1)


def local_instant(naive: datetime, zone: tzinfo) -> int:
    """Return the instant of a local time in a zone.

    Of a time that occurs twice it is the later one; a time that does not occur is moved forward.
    """
    both = (naive.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return max(map(instant, both))


def moment(at: int) -> datetime:
    """Return the datetime of an instant, in UTC."""
    return _EPOCH + timedelta(microseconds=at)


def iso(at: int | None) -> str | None:
    """Return an instant as ISO 8601 in UTC (``2026-11-24T08:15:00Z``), None for None or forever."""
    if at is None or not BEGINNING < at < FOREVER:
        return None
    return moment(at).isoformat().replace("+00:00", "Z")
