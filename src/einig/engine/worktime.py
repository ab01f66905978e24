"""Working time: when an hour of it has passed, with weekends and public holidays left out."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

from einig.engine.agreement.model import WorkingTime
from einig.engine.instants import HOUR, local_instant, moment


@dataclass(frozen=True, slots=True)
class Calendar:
    """Monday to Friday from `opens` to `closes` (hours), without the holidays of a region."""

    zone: str = "Europe/Berlin"
    country: str = "DE"
    region: str = ""
    opens: int = 9
    closes: int = 17


def due(since: int, within: WorkingTime, calendar: Calendar) -> int:
    """Return the instant at which that much working time has passed since an instant.

    Days end with the working day: what begins on Monday morning and is due within one working day
    is due on Monday evening, and what begins after hours counts from the next morning.
    """
    if within.unit == "days":
        spans = _spans(since, calendar)
        for _ in range(within.amount - 1):
            next(spans)
        return next(spans)[1]
    left = within.amount * HOUR
    for begins, ends in _spans(since, calendar):
        if left <= ends - begins:
            return begins + left
        left -= ends - begins
    raise AssertionError("working days never end")


def elapsed(since: int, until: int, calendar: Calendar) -> int:
    """Return how much working time lies between two instants, in microseconds."""
    total = 0
    for begins, ends in _spans(since, calendar):
        if begins >= until:
            return total
        total += min(ends, until) - begins
    raise AssertionError("working days never end")


def next_opening(at: int, calendar: Calendar) -> int:
    """Return when work begins on the first working day after the day of an instant."""
    zone = ZoneInfo(calendar.zone)
    tomorrow = moment(at).astimezone(zone).date() + timedelta(days=1)
    begins, _ = next(_spans(_at(tomorrow, 0, zone), calendar))
    return begins


def is_open(at: int, calendar: Calendar) -> bool:
    """Return whether an instant is within working time."""
    begins, _ = next(_spans(at, calendar))
    return begins == at


def _spans(since: int, calendar: Calendar) -> Iterator[tuple[int, int]]:
    """Yield the spans of working time from an instant on, the first one cut off there."""
    zone = ZoneInfo(calendar.zone)
    day = moment(since).astimezone(zone).date()
    while True:
        if _works(day, calendar):
            begins, ends = (_at(day, hour, zone) for hour in (calendar.opens, calendar.closes))
            if since < ends:
                yield max(since, begins), ends
        day += timedelta(days=1)


def _at(day: date, hour: int, zone: ZoneInfo) -> int:
    if hour == 24:
        day, hour = day + timedelta(days=1), 0
    return local_instant(datetime.combine(day, time(hour)), zone)


def _works(day: date, calendar: Calendar) -> bool:
    return day.weekday() < 5 and day not in _holidays(calendar.country, calendar.region, day.year)


@functools.cache
def _holidays(country: str, region: str, year: int) -> frozenset[date]:
    if not country:
        return frozenset()
    return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year))
