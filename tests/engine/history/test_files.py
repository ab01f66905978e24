"""Files are read however people have them."""

import gzip
import re
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.engine.history.files import (
    DEALS,
    EVENTS,
    LEADS,
    MAPPING,
    aside,
    created,
    ended,
    facts,
    happened,
    read,
    refusal,
)

SMALL = {"A": (True, 1000.0, "2026-03-20T11:00:00Z"), "B": (False, 0.0, "2026-03-21T11:00:00Z")}


def test_a_small_history_is_read(tmp_path: Path) -> None:
    history = read(tmp_path)
    assert created(history) == {"A": "2026-03-02T08:00:00Z", "B": "2026-03-02T09:00:00Z"}
    assert facts(history) == [
        ("A", "industry", "Software", "2026-03-02T08:00:00Z"),
        ("B", "industry", "Trade", "2026-03-02T09:00:00Z"),
    ]
    assert happened(history) == [("A", "visit", "2026-03-03T08:00:00Z")]
    assert ended(history) == SMALL
    assert aside(history) == []
    assert history.about.assumed_known == {"industry"}  # nobody says since when it is known


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_any_delimiter_and_encoding_is_found(tmp_path: Path, delimiter: str, encoding: str) -> None:
    text = LEADS.replace("Software", "Möbel").replace(",", delimiter)
    history = read(tmp_path, {"leads.csv": text.encode(encoding)})
    assert [value for _, _, value, _ in facts(history)] == ["Möbel", "Trade"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_found(tmp_path: Path, encoding: str) -> None:
    history = read(tmp_path, {"leads.csv": LEADS.replace("Trade", "Möbel").encode(encoding)})
    assert [value for _, _, value, _ in facts(history)] == ["Software", "Möbel"]


def test_bytes_that_windows_1252_does_not_know_are_read_as_latin_1(tmp_path: Path) -> None:
    history = read(tmp_path, {"leads.csv": LEADS.encode().replace(b"Trade", b"M\xf6bel\x81")})
    assert [value for _, _, value, _ in facts(history)] == ["Software", "Möbel\x81"]


@pytest.mark.parametrize("before", ["sep=;\n", '"sep=;"\r\n', "\n\n", "\ufeffsep=;\n\n"])
def test_lines_before_the_header_are_passed_over(tmp_path: Path, before: str) -> None:
    history = read(tmp_path, {"leads.csv": before + LEADS.replace(",", ";")})
    assert sorted(created(history)) == ["A", "B"]
    assert aside(history) == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_is_understood(tmp_path: Path, end: str) -> None:
    history = read(tmp_path, {"leads.csv": (LEADS + "broken\n").replace("\n", end)})
    assert aside(history) == [("leads.csv", 4, "1 fields instead of 3")]


def test_a_declared_delimiter_decides(tmp_path: Path) -> None:
    mapping = MAPPING.replace("leads.csv,", 'leads.csv, delimiter: "^",')
    history = read(tmp_path, {"history.yaml": mapping, "leads.csv": LEADS.replace(",", "^")})
    assert sorted(created(history)) == ["A", "B"]


def test_gzip_is_opened(tmp_path: Path) -> None:
    mapping = MAPPING.replace("leads.csv", "leads.csv.gz")
    history = read(
        tmp_path, {"history.yaml": mapping, "leads.csv.gz": gzip.compress(LEADS.encode())}
    )
    assert len(history.leads) == 2


def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path) -> None:
    mapping = MAPPING.replace("leads.csv", "leads.csv.gz")
    (found,) = refusal(tmp_path, {"history.yaml": mapping, "leads.csv.gz": LEADS})
    assert found.startswith("leads.csv.gz:1:1: error: The file cannot be read: ")
    assert found.endswith("Copy or export it again.")


def test_quotes_delimiters_and_line_breaks_inside_quotes_are_kept(tmp_path: Path) -> None:
    text = 'id,created,industry\nA,2026-03-02T09:00,"Soft, ""hard""\nware"\nB,2026-03-02T09:00,x\n'
    history = read(tmp_path, {"leads.csv": text})
    assert [value for _, _, value, _ in facts(history)] == ['Soft, "hard"\nware', "x"]


def test_xlsx_is_read_with_its_dates_numbers_and_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Other")
    sheet = book.create_sheet("Leads")
    sheet.append(["id", "created", "industry"])
    sheet.append([4711, datetime(2026, 3, 2, 9, 30, tzinfo=UTC).replace(tzinfo=None), "Software"])
    sheet.append([None, None, None])
    sheet.append(["B", date(2026, 3, 2), 5.0])
    book.save(tmp_path / "leads.xlsx")
    mapping = MAPPING.replace("leads.csv,", "leads.xlsx, sheet: Leads,")
    history = read(
        tmp_path,
        {
            "history.yaml": mapping,
            "events.csv": "lead,type,at,path\n",
            "deals.csv": "lead,status,closed,amount\n",
        },
    )
    assert created(history) == {"4711": "2026-03-02T08:30:00Z", "B": "2026-03-02T23:00:00Z"}
    assert [value for _, _, value, _ in facts(history)] == ["Software", "5"]


def test_xlsx_may_have_empty_rows_above_its_header(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in ([], ["id", "created", "industry"], ["A", "2026-03-02T09:00", True], ["A", "", ""]):
        sheet.append(row)
    book.save(tmp_path / "leads.xlsx")
    mapping = MAPPING.replace("leads.csv", "leads.xlsx")
    history = read(tmp_path, {"history.yaml": mapping, "deals.csv": "lead,status,closed,amount\n"})
    assert facts(history) == [("A", "industry", "true", "2026-03-02T08:00:00Z")]
    assert aside(history) == [("leads.xlsx", 4, "the lead A stands in line 3 already")]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("leads.xlsx", "This is no XLSX file: "),
        ("leads.parquet", "This is no Parquet file: "),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, name: str, message: str) -> None:
    mapping = MAPPING.replace("leads.csv", name)
    (found,) = refusal(tmp_path, {"history.yaml": mapping, name: LEADS})
    assert found.startswith(f"{name}:1:1: error: {message}")
    assert found.endswith(("Save it again as XLSX, or as CSV.", "Check the file."))


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "leads.xlsx")
    mapping = MAPPING.replace("leads.csv,", "leads.xlsx, sheet: Leads,")
    assert refusal(tmp_path, {"history.yaml": mapping}) == [
        "leads.xlsx:1:1: error: There is no sheet Leads. Use one of: Sheet."
    ]


def test_parquet_is_read_with_its_types(tmp_path: Path) -> None:
    nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    table = pa.table(
        {
            "id": pa.array([1, 2]),
            "created": pa.array([nine, None], pa.timestamp("us", "UTC")),
            "industry": pa.array(["Software", " "]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "leads.parquet")
    mapping = MAPPING.replace("leads.csv", "leads.parquet")
    history = read(
        tmp_path,
        {"history.yaml": mapping, "events.csv": EVENTS.replace("A,", "1,"), "deals.csv": DEALS},
    )
    assert created(history) == {"1": "2026-03-02T09:00:00Z"}
    assert aside(history) == [
        ("deals.csv", 2, "the lead A is not among the leads"),
        ("deals.csv", 3, "the lead B is not among the leads"),
        ("leads.parquet", 2, "created: no time of creation"),
    ]


def test_a_file_that_is_missing_is_refused_at_its_place_in_the_mapping(tmp_path: Path) -> None:
    mapping = MAPPING.replace("events.csv", "activities.csv").replace("deals.csv", "won.csv")
    assert refusal(tmp_path, {"history.yaml": mapping}) == [
        "history.yaml:4:10: error: events.1: There is no file activities.csv."
        " Check the path; it is relative to --data, or else to the mapping.",
        "history.yaml:6:11: error: outcomes.files.1: There is no file won.csv."
        " Check the path; it is relative to --data, or else to the mapping.",
    ]


def test_columns_that_are_missing_are_refused_all_at_once(tmp_path: Path) -> None:
    assert refusal(
        tmp_path,
        {"leads.csv": LEADS.replace("industry", "Industrie"), "events.csv": "lead,typ,at,path\n"},
    ) == [
        "history.yaml:3:52: error: leads.attributes.industry: leads.csv has no column industry."
        " Did you mean Industrie?",
        "history.yaml:4:40: error: events.1.type: events.csv has no column type. Did you mean typ?",
    ]


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    text = "id,created,industry,industry\nA,2026-03-02T09:00,x,y\n"
    assert refusal(tmp_path, {"leads.csv": text}) == [
        "leads.csv:1:1: error: The column industry stands in the file more than once."
        " Rename one of them."
    ]


def test_a_column_that_stands_twice_is_refused_in_xlsx_and_parquet_too(tmp_path: Path) -> None:
    names = ["id", "created", "industry", "industry"]
    values = ["A", "2026-03-02T09:00", "x", "y"]
    book = openpyxl.Workbook()
    book.worksheets[0].append(names)
    book.worksheets[0].append(values)
    book.save(tmp_path / "leads.xlsx")
    pq.write_table(pa.table([[value] for value in values], names=names), tmp_path / "leads.parquet")
    for name in ("leads.xlsx", "leads.parquet"):
        assert refusal(tmp_path, {"history.yaml": MAPPING.replace("leads.csv", name)}) == [
            f"{name}:1:1: error: The column industry stands in the file more than once."
            " Rename one of them."
        ]


def test_a_column_of_lists_is_refused(tmp_path: Path) -> None:
    table = pa.table({"id": ["A"], "created": ["2026-03-02T09:00"], "industry": [["x"]]})
    pq.write_table(table, tmp_path / "leads.parquet")
    mapping = MAPPING.replace("leads.csv", "leads.parquet")
    (found,) = refusal(tmp_path, {"history.yaml": mapping})
    assert re.fullmatch(
        r"leads\.parquet:1:1: error: The column industry holds list<.*>, which is no single value\."
        r" Write it as text or as numbers\.",
        found,
    )


def test_a_header_with_broken_quotes_is_refused_with_its_line(tmp_path: Path) -> None:
    assert refusal(tmp_path, {"leads.csv": '\n"id"x,created,industry\n'}) == [
        "leads.csv:2:1: error: The header is broken: no CSV: ',' expected after '\"'."
        " Mend its quotes."
    ]


@pytest.mark.parametrize("encoding", ["base64", "zlib", "rot13", "klingon"])
def test_an_encoding_that_is_none_is_refused(tmp_path: Path, encoding: str) -> None:
    mapping = MAPPING.replace("leads.csv,", f"leads.csv, encoding: {encoding},")
    assert refusal(tmp_path, {"history.yaml": mapping}) == [
        f"leads.csv:1:1: error: The encoding {encoding} is not known."
        " Write utf-8, windows-1252 or utf-16."
    ]


def test_a_declared_encoding_that_is_wrong_is_refused_with_its_line(tmp_path: Path) -> None:
    mapping = MAPPING.replace("leads.csv,", "leads.csv, encoding: utf-8,")
    text = LEADS.replace("Trade", "Möbel").encode("windows-1252")
    assert refusal(tmp_path, {"history.yaml": mapping, "leads.csv": text}) == [
        "leads.csv:3:1: error: The file is not encoded in utf-8: line 3 does not fit."
        " Remove encoding, or write the right one, like windows-1252."
    ]


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, {"leads.csv": ""}) == [
        "leads.csv:1:1: error: The file is empty. Export it again."
    ]


def test_a_file_with_a_header_alone_is_an_empty_history(tmp_path: Path) -> None:
    history = read(
        tmp_path,
        {
            "leads.csv": "id,created,industry\n",
            "events.csv": "lead,type,at,path\n",
            "deals.csv": "lead,status,closed,amount\n",
        },
    )
    assert (len(history.leads), history.about.set_aside) == (0, 0)
