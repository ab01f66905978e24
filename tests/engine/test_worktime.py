"""Working time: weekends, holidays and clock changes."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from einig.engine.agreement.model import WorkingTime
from einig.engine.instants import DAY, HOUR, instant
from einig.engine.worktime import Calendar, due, elapsed, is_open, next_opening

BERLIN = Calendar()
BAVARIA = Calendar(region="BY")


def at(text: str) -> int:
    return instant(datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZoneInfo("Europe/Berlin")))


def hours(amount: int) -> WorkingTime:
    return WorkingTime(amount, "hours")


def days(amount: int) -> WorkingTime:
    return WorkingTime(amount, "days")


@pytest.mark.parametrize(
    ("since", "within", "expected"),
    [
        ("11-24T10:48", hours(1), "11-24T11:48"),
        ("11-24T16:30", hours(1), "11-25T09:30"),
        ("11-27T16:30", hours(1), "11-30T09:30"),  # over a weekend
        ("11-28T12:00", hours(1), "11-30T10:00"),
        ("11-24T16:00", hours(1), "11-24T17:00"),  # exactly at the end
        ("12-24T16:30", hours(1), "12-28T09:30"),  # Christmas
        ("11-24T10:00", days(1), "11-24T17:00"),
        ("11-24T18:00", days(1), "11-25T17:00"),
        ("11-24T10:00", days(5), "11-30T17:00"),
        ("03-27T16:30", hours(1), "03-30T09:30"),  # the clocks change in between
    ],
)
def test_working_time_passes_in_working_hours(since: str, within: WorkingTime, expected: str):
    assert due(at(since), within, BERLIN) == at(expected)


def test_holidays_are_those_of_the_region() -> None:
    eve = at("06-03T16:30")  # Corpus Christi is a holiday in Bavaria
    assert due(eve, hours(1), BERLIN) == at("06-04T09:30")
    assert due(eve, hours(1), BAVARIA) == at("06-05T09:30")


def test_is_open_says_whether_somebody_works() -> None:
    assert is_open(at("11-24T09:00"), BERLIN)
    assert not is_open(at("11-24T17:00"), BERLIN)
    assert not is_open(at("11-28T12:00"), BERLIN)


@given(st.integers(at("01-01T00:00"), at("12-31T00:00")), st.integers(1, 200))
def test_what_is_due_has_just_elapsed(since: int, amount: int):
    end = due(since, hours(amount), BERLIN)
    assert elapsed(since, end, BERLIN) == amount * HOUR
    assert elapsed(since, since, BERLIN) == 0
    assert end - since >= amount * HOUR
    assert end - since < (amount // 8 + 2) * 7 * DAY


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("11-24T08:00", "11-25T09:00"),
        ("11-24T23:59", "11-25T09:00"),
        ("11-27T12:00", "11-30T09:00"),  # over a weekend
        ("12-24T12:00", "12-28T09:00"),  # Christmas
    ],
)
def test_work_begins_again_on_the_next_working_day(after: str, expected: str) -> None:
    assert next_opening(at(after), BERLIN) == at(expected)
