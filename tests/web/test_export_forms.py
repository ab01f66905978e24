"""Leads go out in the columns of other tools, and what came out goes in again without a change."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from einig.connectors.files import exports
from einig.connectors.files.unpack import read
from einig.flow import import_exports
from einig.store.models import Lead
from tests.flow.importing import bring_in, check, keep
from tests.live import NOW, Company, company

pytestmark = pytest.mark.django_db
EVIL = "=cmd|' /C calc'!A0"
LEADS = (
    "Vorname;Nachname;Firma;E-Mail;Telefon;Quelle;Branche;Erstellt am;Umsatz;Ergebnis;"
    "Abgeschlossen am;Keine E-Mails\n"
    f"Jörg;Grün;{EVIL};j@grün.example;+49 711 123456;Messe;Handel;31.12.2025;1.234,56;gewonnen;"
    "05.01.2026;\n"
    "Ada;<b>&Ahlers;Ahlers AG;ada@ahlers.example;;Web;Software;02.01.2026;;;;ja\n"
)


@pytest.fixture
def us(settings: Any, tmp_path: Path) -> Company:
    """A company that brought two leads."""
    settings.HOME = tmp_path
    us = company()
    bring_in(LEADS, by=us.mia)
    return us


def exported(us: Company, kind: str, form: str) -> bytes:
    """Return the leads as a file."""
    browser = Client()
    browser.force_login(us.mia)
    return b"".join(browser.get("/leads", {"export": kind, "format": form, "sort": "name"}))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", exports.EXPORTS)
def test_what_goes_out_is_recognised_and_comes_back_to_the_same_leads(
    us: Company, tmp_path: Path, kind: str, form: str
) -> None:
    (tmp_path / "out").write_bytes(exported(us, kind, form))
    found = read(tmp_path / "out", tmp_path / "table.csv")
    export = exports.recognise(found.columns)
    assert (export and export.kind, found.rows) == (kind, 2)
    assert tuple(exports.guess(found.columns)) == import_exports.columns_of(kind).meanings
    before = Lead.objects.count()
    of = keep((tmp_path / "out").read_bytes(), by=us.mia)
    has_way = {"email", "phone"} & set(of.meanings)
    check(of, by=us.mia, at=NOW + 1)
    assert (of.problem, of.counts) == ([], {"joined": 2} if has_way else {"new": 2})
    assert Lead.objects.count() == before


@pytest.mark.parametrize("kind", exports.EXPORTS)
def test_nothing_that_goes_out_is_run_by_a_spreadsheet(us: Company, kind: str) -> None:
    text = exported(us, kind, "csv").decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r")]
    sheet = load_workbook(io.BytesIO(exported(us, kind, "xlsx"))).active
    assert sheet is not None
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds <= {"s", "inlineStr"}


def test_a_german_list_goes_out_as_germans_write_it(us: Company) -> None:
    text = exported(us, "german_excel", "csv").decode("utf-8-sig")
    joerg = next(row for row in csv.DictReader(io.StringIO(text)) if row["Vorname"] == "Jörg")
    told = {name: joerg[name] for name in ("Umsatz", "Ergebnis", "Abgeschlossen am", "Telefon")}
    assert told == {
        "Umsatz": "1234,56",
        "Ergebnis": "gewonnen",
        "Abgeschlossen am": "05.01.2026 00:00:00",
        "Telefon": "'+49 711 123456",
    }
