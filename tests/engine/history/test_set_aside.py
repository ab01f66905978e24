"""Rows that cannot be used are reported by line and kept; the rest goes on."""

import csv
from pathlib import Path

import openpyxl
import pytest

from tests.engine.history.files import (
    DEALS,
    EVENTS,
    LEADS,
    MAPPING,
    aside,
    created,
    ended,
    happened,
    read,
    refusal,
)


def test_broken_rows_are_set_aside_by_line(tmp_path: Path) -> None:
    text = LEADS + "C,2026-03-02T09:00\nD,2026-03-02T09:00,Trade,more\nE,2026-03-02T09:00,Trade\n"
    history = read(tmp_path, {"leads.csv": text})
    assert sorted(created(history)) == ["A", "B", "E"]
    assert aside(history) == [
        ("leads.csv", 4, "2 fields instead of 3"),
        ("leads.csv", 5, "4 fields instead of 3"),
    ]


def test_a_quote_that_is_never_closed_costs_one_row_only(tmp_path: Path) -> None:
    text = (
        'id,created,industry\n"A,2026-03-02T09:00,x\nB,2026-03-02T09:00,y\nC,2026-03-02T09:00,z\n'
    )
    history = read(tmp_path, {"leads.csv": text, "events.csv": "lead,type,at,path\n"})
    assert sorted(created(history)) == ["B", "C"]
    assert aside(history) == [
        ("deals.csv", 2, "the lead A is not among the leads"),
        ("leads.csv", 2, "no CSV: unexpected end of data"),
    ]


def test_text_behind_a_closing_quote_is_bad_quoting(tmp_path: Path) -> None:
    text = LEADS + 'C,2026-03-02T09:00,"x"y\nD,2026-03-02T09:00,5" pipes\n'
    history = read(tmp_path, {"leads.csv": text})
    assert sorted(created(history)) == ["A", "B", "D"]
    assert aside(history) == [("leads.csv", 4, "no CSV: ',' expected after '\"'")]


def test_rows_without_any_content_are_no_rows(tmp_path: Path) -> None:
    assert aside(read(tmp_path, {"leads.csv": LEADS + ",,\n\n,,,,\n"})) == []


def test_rows_of_two_sheets_of_a_file_are_told_apart(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name, rows in (("Leads", LEADS), ("Events", EVENTS + "B,visit,2026-03-03T09:00,/\n")):
        sheet = book.create_sheet(name)
        for row in rows.splitlines():
            sheet.append(row.split(","))
    book["Leads"].insert_rows(3)
    book["Leads"]["B3"] = "2026-03-02T09:00"
    book.save(tmp_path / "all.xlsx")
    mapping = MAPPING.replace("leads.csv,", "all.xlsx, sheet: Leads,").replace(
        "events.csv,", "all.xlsx, sheet: Events,"
    )
    history = read(tmp_path, {"history.yaml": mapping})
    assert [lead for lead, *_ in happened(history)] == ["A", "B"]
    assert aside(history) == [("all.xlsx#Leads", 3, "no lead id")]


def test_the_row_itself_is_kept_so_that_it_can_be_mended(tmp_path: Path) -> None:
    history = read(tmp_path, {"leads.csv": LEADS + "C,2026-03-02T09:00\n"})
    assert history.about.set_aside_file is not None
    with Path(history.about.set_aside_file).open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [
            ["file", "line", "reason", "row"],
            ["leads.csv", "4", "2 fields instead of 3", "C,2026-03-02T09:00"],
        ]


def test_of_leads_with_one_id_the_first_is_used(tmp_path: Path) -> None:
    history = read(tmp_path, {"leads.csv": LEADS + "A,2026-03-09T09:00,Trade\n,2026-03-09,x\n"})
    assert created(history)["A"] == "2026-03-02T08:00:00Z"
    assert aside(history) == [
        ("leads.csv", 4, "the lead A stands in line 2 already"),
        ("leads.csv", 5, "no lead id"),
    ]


def test_rows_of_unknown_leads_are_set_aside_in_every_file(tmp_path: Path) -> None:
    mapping = MAPPING + (
        "facts: {file: facts.csv, lead: lead, attribute: what, value: is}\n"
        "links: {file: links.csv, identity: from, lead: to, linked: since}\n"
        "feedback: {file: said.csv, lead: lead, at: at, verdict: verdict}\n"
    )
    files = {
        "deals.csv": DEALS + "Z,won,2026-03-20T12:00,1\n,won,2026-03-20T12:00,1\n",
        "events.csv": EVENTS + "Z,visit,2026-03-03T09:00,/\nx,visit,2026-03-03T09:00,/\n",
        "facts.csv": "lead,what,is\nZ,size,50\n",
        "links.csv": "from,to,since\nx,Z,2026-03-04T09:00\nA,A,2026-03-04T09:00\n"
        "y,x,2026-03-04T09:00\n",
        "said.csv": "lead,at,verdict\nZ,2026-03-06T09:00,accepted\n",
    }
    history = read(tmp_path, {"history.yaml": mapping} | files)
    stranger, nowhere = "the lead Z is not among the leads", "is not among the leads, nor linked to"
    assert aside(history) == [
        ("deals.csv", 4, stranger),
        ("deals.csv", 5, "no lead id"),
        ("events.csv", 3, stranger),
        ("events.csv", 4, "the lead x is not among the leads"),
        ("facts.csv", 2, stranger),
        ("links.csv", 2, f"the lead Z {nowhere} one"),
        ("links.csv", 3, "A is linked to itself"),
        ("links.csv", 4, f"the lead x {nowhere} one"),
        ("said.csv", 2, stranger),
    ]


def test_activities_of_unknown_leads_are_set_aside(tmp_path: Path) -> None:
    history = read(tmp_path, {"events.csv": EVENTS + "Z,visit,2026-03-03T09:00,/\n"})
    assert len(happened(history)) == 1
    assert aside(history) == [("events.csv", 3, "the lead Z is not among the leads")]


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        ("0001-01-01T00:00", "the year is not from 1970 to 2200"),
        ("9999-12-31T00:00", "the year is not from 1970 to 2200"),
        ("2026-02-30T00:00", "day is out of range for month"),
        ("2026-02-03T25:00", "the clock shows no such time"),
    ],
)
def test_times_that_cannot_be_are_set_aside(tmp_path: Path, at: str, reason: str) -> None:
    history = read(tmp_path, {"events.csv": f"{EVENTS}B,visit,{at},/\n"})
    assert happened(history) == [("A", "visit", "2026-03-03T08:00:00Z")]
    assert aside(history) == [("events.csv", 3, f"at: “{at}” is no time: {reason}")]


def test_a_time_that_is_none_is_set_aside(tmp_path: Path) -> None:
    history = read(tmp_path, {"events.csv": EVENTS + "B,visit,soon,/\nB,visit,,/\n"})
    assert aside(history) == [
        ("events.csv", 3, "at: “soon” is no time of this column's form"),
        ("events.csv", 4, "no time"),
    ]


@pytest.mark.parametrize("amount", ["inf", "nan", "1e999", "many"])
def test_amounts_that_are_no_finite_number_are_set_aside(tmp_path: Path, amount: str) -> None:
    history = read(tmp_path, {"deals.csv": DEALS.replace("1000", amount)})
    assert ended(history) == {"B": (False, 0.0, "2026-03-21T11:00:00Z")}
    assert aside(history) == [("deals.csv", 2, f"amount: “{amount}” is no finite number")]


def test_negative_amounts_are_set_aside(tmp_path: Path) -> None:
    history = read(tmp_path, {"deals.csv": DEALS.replace("1000", "-5")})
    assert aside(history) == [("deals.csv", 2, "amount: “-5” is below 0")]


def test_the_amount_of_a_deal_that_was_lost_need_not_be_one(tmp_path: Path) -> None:
    history = read(tmp_path, {"deals.csv": DEALS.replace("12:00,\n", "12:00,tbd\n")})
    assert (len(ended(history)), aside(history)) == (2, [])


def test_currencies_that_amounts_themselves_name_are_not_added_up(tmp_path: Path) -> None:
    deals = "lead,status,closed,amount\nA,won,2026-03-20,5 €\nB,won,2026-03-20,$5\n"
    assert refusal(tmp_path, {"deals.csv": deals}) == [
        "history.yaml:5:1: error: outcomes: Amounts are in EUR and USD; without rates they do not"
        " add up. Convert them into one currency, or leave out the others."
    ]


def test_a_sign_that_several_currencies_share_means_the_declared_one(tmp_path: Path) -> None:
    mapping = "currency: CAD\n" + MAPPING
    deals = "lead,status,closed,amount\nA,won,2026-03-20,$5\n"
    history = read(tmp_path, {"history.yaml": mapping, "deals.csv": deals})
    assert (history.about.currency, ended(history)["A"][1]) == ("CAD", 5.0)


def test_mixed_currencies_are_refused(tmp_path: Path) -> None:
    mapping = MAPPING.replace("status: status", "currency: money, status: status")
    deals = "lead,status,closed,amount,money\nA,won,2026-03-20,5,EUR\nB,won,2026-03-20,5,usd\n"
    assert refusal(tmp_path, {"history.yaml": mapping, "deals.csv": deals}) == [
        "history.yaml:5:1: error: outcomes: Amounts are in EUR and USD; without rates they do not"
        " add up. Convert them into one currency, or leave out the others."
    ]


def test_the_currency_of_the_amounts_is_known(tmp_path: Path) -> None:
    mapping = MAPPING.replace("status: status", "currency: money, status: status")
    deals = "lead,status,closed,amount,money\nA,won,2026-03-20,5,eur\n"
    assert read(tmp_path, {"history.yaml": mapping, "deals.csv": deals}).about.currency == "EUR"
