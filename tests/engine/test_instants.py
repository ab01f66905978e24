"""Time is whole microseconds UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from einig.engine.instants import BEGINNING, FOREVER, instant, iso, moment


def test_an_instant_is_the_same_in_every_zone() -> None:
    berlin = datetime(2026, 11, 24, 9, 15, tzinfo=timezone(timedelta(hours=1)))
    assert instant(berlin) == instant(datetime(2026, 11, 24, 8, 15, tzinfo=UTC))
    assert moment(instant(berlin)) == berlin


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        instant(datetime(2026, 11, 24))  # noqa: DTZ001  # that is what is tested


def test_instants_are_written_in_utc() -> None:
    assert iso(1) == "1970-01-01T00:00:00.000001Z"
    assert iso(instant(datetime(2026, 11, 24, 8, 15, tzinfo=UTC))) == "2026-11-24T08:15:00Z"
    assert iso(None) is None


def test_the_beginning_and_forever_are_no_dates() -> None:
    assert iso(BEGINNING) is None
    assert iso(FOREVER) is None
