"""Importing through the pages: upload, preview, dry run, import, report and undo."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from einig.engine.instants import DAY
from einig.flow import due
from einig.store.models import Fact, Import, ImportRow, Lead, Task
from einig.web.clock import now
from tests.flow.importing import work
from tests.live import Company, company

pytestmark = pytest.mark.django_db

ROWS = 100
HEAD = ["Name", "E-Mail", "Telefon", "Firma", "Ort", "Lieblingsfarbe"]
BROKEN = [
    ["Zu", "wenig"],
    ["Zu", "a@b.example", "", "viel", "Köln", "1,5", "davon", "hier"],
    ["Keine Adresse", "", "", "Niemand AG", "Köln", "1,5"],
    ["Falsche Adresse", "kein-at-zeichen", "", "Niemand AG", "Köln", "1,5"],
    ["Falsche Nummer", "", "anrufen!", "Niemand AG", "Köln", "1,5"],
] * 2


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    """Keep files where this test ends."""
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def us() -> Company:
    """The company, since a long time ago."""
    return company(since=1_700_000_000_000_000)


@pytest.fixture
def browser(us: Company) -> Client:
    """A marketer at a browser."""
    client = Client()
    client.force_login(us.mia)
    return client


def rows() -> list[list[str]]:
    """Return the rows of the file: each tenth is broken."""
    return [
        BROKEN[n // 10]
        if n % 10 == 9
        else [f"Jörg Grün {n}", f"j{n}@grün.example", "", f"Grün {n} GmbH", "Köln", "12.345,50"]
        for n in range(ROWS)
    ]


def written(delimiter: str, newline: str = "\r\n") -> str:
    """Return the file; cells with a comma are quoted, as spreadsheets do."""
    lines = ([f'"{cell}"' if "," in cell else cell for cell in row] for row in [HEAD, *rows()])
    return newline.join(map(delimiter.join, lines)) + newline


def upload(browser: Client, content: bytes, name: str = "x.csv") -> Any:
    """Send a file."""
    return browser.post("/settings/import", {"file": SimpleUploadedFile(name, content)})


def step(browser: Client, do: str, **fields: str) -> Import:
    """Go on with the newest import, and let the background do its part."""
    of = Import.objects.latest("id")
    page = browser.get(f"/settings/import/{of.id}")
    said = {}
    if do == "check":
        said = {f"column-{n}": meaning for n, _, meaning, _ in page.context["columns"]}
    answer = browser.post(f"/settings/import/{of.id}/step", {"do": do} | said | fields)
    assert answer.status_code == 302
    work(at=now())
    while due.judge_due(at=now()):
        pass
    of.refresh_from_db()
    return of


def report(browser: Client, of: Import) -> list[list[str]]:
    """Return the report of an import."""
    answer = browser.get(f"/settings/import/{of.id}", {"format": "csv"})
    return list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_of_a_file_with_broken_rows_the_rest_is_taken_in(
    browser: Client, encoding: str, delimiter: str
) -> None:
    answer = upload(browser, written(delimiter).encode(encoding))
    of = Import.objects.get()
    assert answer.headers["Location"] == f"/settings/import/{of.id}"
    assert (of.columns, of.rows) == (HEAD, ROWS)
    assert of.meanings == ["name", "email", "phone", "company", "city", ""]
    step(browser, "check", **{"column-5": "own"})
    assert Lead.objects.count() == 0
    of = step(browser, "begin")
    assert (of.counts, Lead.objects.count()) == ({"new": 90, "aside": 10}, 90)
    lead = Lead.objects.select_related("company").order_by("id")[0]
    assert (lead.name, str(lead.company)) == ("Jörg Grün 0", "Grün 0 GmbH")
    told = Fact.objects.filter(identity__lead=lead, attribute__in=["city", "Lieblingsfarbe"])
    assert dict(told.values_list("attribute", "value")) == {
        "city": "Köln",
        "Lieblingsfarbe": "12.345,50",
    }
    aside = ImportRow.objects.filter(of=of, result="aside").order_by("row")
    assert [(row.row, row.reason) for row in aside] == [
        (n * 10 + 11, why)
        for n, why in enumerate([["cells", 2, 6], ["cells", 8, 6], *[["nobody"]] * 3] * 2)
    ]


def test_the_report_has_every_row_with_its_cells_and_what_became_of_it(browser: Client) -> None:
    upload(browser, written(";").encode())
    of = step(browser, "check")
    tried = report(browser, of)
    of = step(browser, "begin")
    head, *told = report(browser, of)
    assert head == ["Zeile", "was daraus wurde", "Lead", "Grund", *HEAD]
    assert [line[4:] for line in told] == rows()
    assert told[9][:4] == ["11", "beiseitegelegt", "", "2 Zellen statt 6"]
    assert told[0][:2] == ["2", "neuer Lead"]
    assert [line[1] for line in tried[1:]] == [line[1] for line in told]


def test_what_was_set_aside_can_be_mended_in_the_report_and_brought_again(browser: Client) -> None:
    upload(browser, written(";").encode())
    step(browser, "check")
    head, *told = report(browser, step(browser, "begin"))
    one = next(line for line in told if line[4] == "Falsche Adresse")
    one[5] = "richtig@b.example"
    out = io.StringIO()
    csv.writer(out).writerows([head, *told])
    upload(browser, out.getvalue().encode())
    step(browser, "check")
    step(browser, "begin")
    assert Lead.objects.filter(name="Falsche Adresse").count() == 1
    assert Lead.objects.count() == 91


def test_an_import_is_taken_back_on_its_page(browser: Client) -> None:
    upload(browser, written(";").encode())
    step(browser, "check")
    step(browser, "begin")
    of = step(browser, "undo")
    assert (of.state, Lead.objects.count()) == ("undone", 0)
    assert browser.get(f"/settings/import/{of.id}").status_code == 200
    assert report(browser, of)[1][3] == "zurückgenommen"


def test_progress_is_asked_for_by_htmx_until_there_is_none(browser: Client) -> None:
    upload(browser, written(";").encode())
    of = Import.objects.get()
    address = f"/settings/import/{of.id}"
    browser.post(f"{address}/step", {"do": "check", "column-1": "email"})
    asked = {"HX-Request": "true", "HX-Target": "working"}
    assert "0 von 100 Zeilen" in browser.get(address, headers=asked).content.decode()
    work(at=now())
    answer = browser.get(address, headers=asked)
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (204, "true")


def test_a_second_click_imports_nothing_twice(browser: Client) -> None:
    upload(browser, written(";").encode())
    of = step(browser, "check")
    for _ in range(2):
        answer = browser.post(f"/settings/import/{of.id}/step", {"do": "begin"})
        assert answer.status_code == 302
    assert Task.objects.filter(kind="import", key__contains="importing").count() == 1


def test_a_file_that_is_let_go_of_is_gone(browser: Client, home: Path) -> None:
    upload(browser, written(";").encode())
    of = Import.objects.get()
    browser.post(f"/settings/import/{of.id}/step", {"do": "discard"})
    assert (Import.objects.count(), list((home / "imports").iterdir())) == (0, [])


def test_nothing_is_tried_out_while_no_column_says_who_it_is(browser: Client) -> None:
    upload(browser, b"Farbe;Form\nrot;rund\n")
    of = Import.objects.get()
    answer = browser.post(f"/settings/import/{of.id}/step", {"do": "check"}, follow=True)
    assert "Datensatznummer" in answer.content.decode()
    assert Import.objects.get().state == "kept"


def test_what_was_lost_long_ago_is_nobodys_work(browser: Client) -> None:
    upload(browser, b"Name;E-Mail;Ergebnis;Abgeschlossen am\nA;a@a.example;lost;31.12.2024\n")
    step(browser, "check")
    step(browser, "begin")
    lead = Lead.objects.get()
    assert lead.outcomes.get().at < now() - 300 * DAY
    assert not lead.handoffs.exists()
