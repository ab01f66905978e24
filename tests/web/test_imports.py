"""A file with broken rows, as Excel on a German Windows and others write it."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from einig.flow import journey
from einig.store.models import AuditEntry, Fact, Lead, Received
from tests.live import Company, company

pytestmark = pytest.mark.django_db

ROWS = 100
HEAD = ["Name", "E-Mail", "Telefon", "Firma", "Ort", "Umsatz"]
MEANINGS = ["name", "email", "phone", "company", "city", "employees"]
BROKEN = [
    ["Zu", "wenig"],
    ["Zu", "a@b.example", "", "viel", "Köln", "1,5", "davon", "hier"],
    ["Keine Adresse", "", "", "Niemand AG", "Köln", "1,5"],
    ["Falsche Adresse", "kein-at-zeichen", "", "Niemand AG", "Köln", "1,5"],
    ["Falsche Nummer", "", "anrufen!", "Niemand AG", "Köln", "1,5"],
] * 2


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


def settle() -> None:
    """Take in whatever waits, however long that takes."""
    while journey.take_in_waiting():
        pass


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


def brought_in(browser: Client, content: bytes) -> None:
    """Show the preview, import what it shows, and let the worker take it in."""
    preview = browser.post("/settings/import", {"file": SimpleUploadedFile("x.csv", content)})
    text = preview.context["text"]
    assert preview.context["preview"].count == ROWS
    assert preview.context["preview"].columns == HEAD
    columns = {f"column-{n}": meaning for n, meaning in enumerate(MEANINGS)}
    answer = browser.post("/settings/import", {"do": "import", "text": text} | columns)
    assert answer.headers["Location"] == "/received"
    settle()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_of_a_file_with_broken_rows_the_rest_is_taken_in(
    browser: Client, encoding: str, delimiter: str
) -> None:
    brought_in(browser, written(delimiter).encode(encoding))
    assert Lead.objects.count() == 90
    lead = Lead.objects.select_related("company").order_by("id")[0]
    assert (lead.name, str(lead.company)) == ("Jörg Grün 0", "Grün 0 GmbH")
    told = Fact.objects.filter(identity__lead=lead, attribute__in=["city", "employees"])
    assert dict(told.values_list("attribute", "value")) == {
        "city": "Köln",
        "employees": "12.345,50",
    }
    assert [(r.reason, r.source and r.source.kind) for r in Received.objects.order_by("id")] == [
        (f"row {n * 10 + 11} {why}", "import")
        for n, why in enumerate(
            [
                "has 2 cells instead of 6",
                "has 8 cells instead of 6",
                *["has neither a usable email nor a phone number"] * 3,
            ]
            * 2
        )
    ]
    entry = AuditEntry.objects.get(action="imported")
    assert entry.detail == {"rows": 90, "set_aside": 10}


def test_a_broken_row_is_kept_whole_and_mended(browser: Client) -> None:
    brought_in(browser, written(";").encode("cp1252"))
    one = Received.objects.order_by("id")[3]
    body = json.loads(one.body)
    assert body["traits"]["name"] == "Falsche Adresse"
    assert body["traits"]["email"] == "kein-at-zeichen"
    assert json.loads(Received.objects.order_by("id")[1].body)["row"] == BROKEN[1]
    body["traits"]["email"] = "richtig@b.example"
    browser.post("/received", {"id": one.id, "do": "mend", "body": json.dumps(body)})
    settle()
    assert Lead.objects.filter(name="Falsche Adresse").count() == 1
    assert Received.objects.count() == 9


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "leer"),
        (b" \n \n", "leer"),
        (b"PK\x03\x04", "Excel"),
        (b'"' + b"x" * 200_000, "CSV"),
    ],
)
def test_what_is_no_such_file_is_said(browser: Client, content: bytes, said: str) -> None:
    answer = browser.post("/settings/import", {"file": SimpleUploadedFile("x.csv", content)})
    assert (answer.status_code, said in answer.content.decode()) == (200, True)
    assert not Received.objects.exists()


@pytest.mark.parametrize(
    "content", [b"\n\nE-Mail\nx@y.example\n", b"E-Mail;Name\n" + b"\0\x07x@y.example;\xff\n"]
)
def test_odd_bytes_do_not_lose_a_row(browser: Client, content: bytes) -> None:
    answer = browser.post("/settings/import", {"file": SimpleUploadedFile("x.csv", content)})
    text = answer.context["text"]
    browser.post("/settings/import", {"do": "import", "text": text, "column-0": "email"})
    settle()
    assert Lead.objects.get().contact_details.get().normal == "x@y.example"


def test_a_file_as_large_as_is_said_goes_all_the_way(browser: Client) -> None:
    line = f"{'x' * 9_000};x@y.example\n"
    text = "Ort;E-Mail\n" + line * (6 * 1024 * 1024 // len(line))
    answer = browser.post("/settings/import", {"file": SimpleUploadedFile("x.csv", text.encode())})
    assert answer.status_code == 200
    sent = {"do": "import", "text": answer.context["text"], "column-1": "email"}
    assert browser.post("/settings/import", sent).headers["Location"] == "/leads"
