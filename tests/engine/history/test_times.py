"""Times are read in one form a column, in the zone that is declared."""

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from einig.engine.history.iso_times import read_iso_times
from einig.engine.history.mapping import Dates
from einig.engine.history.times import Day, Unclear, read_times
from einig.engine.instants import iso
from tests.engine.history.files import DEALS, LEADS, MAPPING, aside, created, ended, read, refusal

ZONE = "Europe/Berlin"


def times(
    *texts: str | None, zone: str | None = ZONE, dates: Dates | None = None, day: Day = "ends"
) -> list[str | None]:
    return [iso(at) for at in read_times(texts, zone=zone, dates=dates, day=day).at]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-03-02T09:00:00.5+02:00", "2026-03-02T07:00:00.500000Z"),
        ("2026-03-02 09:00:00Z", "2026-03-02T09:00:00Z"),
        ("2026-03-02 09:00 UTC", "2026-03-02T09:00:00Z"),
        ("2026-03-02 09:00 +0100", "2026-03-02T08:00:00Z"),
        ("2026-03-02T09:00", "2026-03-02T08:00:00Z"),
        ("2026/3/2 9:00", "2026-03-02T08:00:00Z"),
        ("2.3.2026", "2026-03-02T23:00:00Z"),
        ("02.03.2026 14:05", "2026-03-02T13:05:00Z"),
        ("31/12/2026 14:05:09", "2026-12-31T13:05:09Z"),
        ("12/31/2026 2:05 PM", "2026-12-31T13:05:00Z"),
        ("12/31/2026 12:05 AM", "2026-12-30T23:05:00Z"),
    ],
)
def test_every_form_is_read(text: str, at: str) -> None:
    assert times(text) == [at]


def test_a_date_is_the_end_of_its_day_or_for_outcomes_its_beginning() -> None:
    assert times("2026-03-02") == ["2026-03-02T23:00:00Z"]
    assert times("2026-03-02", day="begins") == ["2026-03-01T23:00:00Z"]


def test_a_day_with_a_clock_change_ends_when_the_next_one_begins() -> None:
    assert times("2026-03-29") == ["2026-03-29T22:00:00Z"]
    assert times("2026-10-25") == ["2026-10-25T23:00:00Z"]


def test_a_time_that_occurs_twice_is_the_later_one() -> None:
    assert times("2026-10-25T02:30") == ["2026-10-25T01:30:00Z"]


def test_a_time_that_does_not_occur_is_moved_forward() -> None:
    assert times("2026-03-29T02:30") == ["2026-03-29T01:30:00Z"]


def test_slashes_are_read_by_what_the_column_shows() -> None:
    assert times("5/6/2026 00:00", "31/12/2026 00:00")[0] == "2026-06-04T22:00:00Z"
    assert times("5/6/2026 00:00", "12/31/2026 00:00")[0] == "2026-05-05T22:00:00Z"


def test_a_declared_form_decides() -> None:
    assert times("5/6/2026 00:00", dates="dmy") == ["2026-06-04T22:00:00Z"]
    assert times("5/6/2026 00:00", dates="mdy") == ["2026-05-05T22:00:00Z"]
    assert times("1772442000", dates="epoch_seconds") == ["2026-03-02T09:00:00Z"]
    assert times("1772442000123", dates="epoch_milliseconds") == ["2026-03-02T09:00:00.123000Z"]


@pytest.mark.parametrize(
    ("texts", "row", "message"),
    [
        (("5/6/2026",), 0, "“5/6/2026” may begin with the day or with the month."),
        (
            ("13/6/2026", "6/13/2026"),
            1,
            "Days stand before months in some rows, and behind them in others.",
        ),
        (
            ("2026-03-02", "02.03.2026"),
            1,
            "Dates are written in two forms: “2026-03-02” and “02.03.2026”.",
        ),
    ],
)
def test_what_cannot_be_told_apart_is_asked_for(
    texts: tuple[str, ...], row: int, message: str
) -> None:
    with pytest.raises(Unclear) as unclear:
        times(*texts)
    assert (unclear.value.row, unclear.value.message) == (row, message)


def test_mixed_forms_are_refused_with_their_line(tmp_path: Path) -> None:
    assert refusal(tmp_path, {"leads.csv": LEADS + "C,02.03.2026,x\n"}) == [
        "leads.csv:4:1: error: leads.created: Dates are written in two forms: “2026-03-02T09:00”"
        " and “02.03.2026”. Add dates: iso, dmy or mdy; rows in another form are then set aside."
        " (history.yaml:3:34)"
    ]


def test_with_a_declared_form_other_rows_are_set_aside(tmp_path: Path) -> None:
    mapping = MAPPING.replace("leads.csv,", "leads.csv, dates: iso,")
    history = read(tmp_path, {"history.yaml": mapping, "leads.csv": LEADS + "C,02.03.2026,x\n"})
    assert sorted(created(history)) == ["A", "B"]
    assert aside(history) == [
        ("leads.csv", 4, "created: “02.03.2026” is no time of this column's form")
    ]


def test_times_without_a_zone_are_refused_where_none_is_declared(tmp_path: Path) -> None:
    mapping = MAPPING.replace("zone: Europe/Berlin\n", "")
    assert refusal(tmp_path, {"history.yaml": mapping}) == [
        "leads.csv:2:1: error: leads.created: “2026-03-02T09:00” names no time zone."
        " Add for example zone: Europe/Berlin. (history.yaml:2:34)",
        "events.csv:2:1: error: events.1.at: “2026-03-03T09:00” names no time zone."
        " Add for example zone: Europe/Berlin. (history.yaml:3:52)",
        "deals.csv:2:1: error: outcomes.files.1.at: “2026-03-20T12:00” names no time zone."
        " Add for example zone: Europe/Berlin. (history.yaml:5:40)",
    ]


@pytest.mark.parametrize(
    ("written", "shown", "remedy"),
    [
        (
            "02.03.26",
            "02.03.26",
            "Name another column, or write times like 2026-12-31T14:05 or 31.12.2026 14:05.",
        ),
        (
            "1772442000",
            "1772442000",
            "If it counts from 1970, add dates: epoch_seconds or epoch_milliseconds.",
        ),
    ],
)
def test_a_column_of_which_nothing_is_a_time_is_refused(
    tmp_path: Path, written: str, shown: str, remedy: str
) -> None:
    events = f"lead,type,at,path\nA,visit,{written},/\nB,visit,{written},/\n"
    assert refusal(tmp_path, {"events.csv": events}) == [
        f"events.csv:2:1: error: events.1.at: Nothing in this column reads as a time: “{shown}”."
        f" {remedy} (history.yaml:4:52)"
    ]


def test_columns_that_can_be_read_in_two_ways_are_asked_for_all_at_once(tmp_path: Path) -> None:
    mapping = MAPPING.replace("deals.csv,", "deals.csv, dates: iso,")
    files = {
        "leads.csv": "id,created,industry\nA,5/6/2026,x\nB,5/6/2026,x\n",
        "events.csv": "lead,type,at,path\nA,visit,6/7/2026,/\n",
        "deals.csv": DEALS.replace("1000", "1.000"),
    }
    assert refusal(tmp_path, {"history.yaml": mapping} | files) == [
        "leads.csv:2:1: error: leads.created: “5/6/2026” may begin with the day or with the month."
        " Add dates: dmy or mdy. (history.yaml:3:34)",
        "events.csv:2:1: error: events.1.at: “6/7/2026” may begin with the day or with the month."
        " Add dates: dmy or mdy. (history.yaml:4:52)",
        "deals.csv:2:1: error: outcomes.files.1.revenue: “1.000” may be in thousands or have three"
        ' decimal places. Add decimal: "." or decimal: ",". (history.yaml:6:64)',
    ]


_ZONES = ("Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu", None)


@given(
    st.lists(
        st.tuples(
            st.datetimes(
                datetime.fromisoformat("1969-12-30"), datetime.fromisoformat("2201-01-02")
            ),
            st.sampled_from(["T", " "]),
            st.sampled_from(["minutes", "seconds", "milliseconds", "microseconds"]),
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(_ZONES),
    st.sampled_from(["", "", "Z", "+05:30", "-03:00"]),
    st.booleans(),
)
def test_a_column_read_as_a_whole_says_the_same_as_row_by_row(
    moments: list[tuple[datetime, str, str]], zone: str | None, offset: str, blank: bool
) -> None:
    texts: list[str | None] = [at.isoformat(sep, spec) + offset for at, sep, spec in moments]
    texts += [None] * blank
    whole = read_iso_times(pa.array(texts, pa.string()), zone=zone)
    if whole is not None:
        assert whole == read_times(texts, zone=zone, dates=None, day="ends").at


@pytest.mark.parametrize("local", ["2026-03-29T02:30", "2026-10-25T02:30", "2026-10-25T03:00"])
def test_clock_changes_are_the_same_for_a_column_as_a_whole(local: str) -> None:
    whole = read_iso_times(pa.array([local, None]), zone=ZONE)
    assert whole == read_times([local, None], zone=ZONE, dates=None, day="ends").at


@pytest.mark.parametrize(
    "text", ["2026-03-02", "2026-02-30T00:00", "0001-01-01T00:00", "02.03.2026"]
)
def test_what_is_no_plain_iso_time_is_left_to_the_reader_of_rows(text: str) -> None:
    assert read_iso_times(pa.array(["2026-03-02T09:00", text]), zone=ZONE) is None


def test_an_outcome_with_a_date_alone_comes_before_the_decisions_of_its_day(
    tmp_path: Path,
) -> None:
    deals = "lead,status,closed,amount\nA,won,20.03.2026,\n"
    history = read(tmp_path, {"deals.csv": deals})
    assert ended(history) == {"A": (True, 0.0, "2026-03-19T23:00:00Z")}
