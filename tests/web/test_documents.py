"""Documents given against contact details: by a link that runs out, and counted for the lead."""

from __future__ import annotations

import html
import re
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage
from django.test import Client

from einig.engine.instants import DAY
from einig.flow import documents, erasure, hosted_forms, journey
from einig.jobs import worker
from einig.store.models import Document, Event, Lead, Source, Task
from tests.live import Company, company

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 the white paper"
EMAIL = {"name": "email", "kind": "email", "required": True}
DESIGN: dict[str, Any] = {
    "address": "sie",
    "activity": "form_submitted",
    "fields": [EMAIL | {"labels": {"de": "E-Mail", "en": "Email"}}],
}


@pytest.fixture
def us(settings: Any, tmp_path: Path) -> Company:
    """The company, since a long time ago, with a home and mails of its own."""
    settings.HOME = tmp_path
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return company(since=1_700_000_000_000_000)


@pytest.fixture
def paper(us: Company) -> Document:
    """A document, as it was uploaded."""
    browser = Client()
    browser.force_login(us.mia)
    upload = SimpleUploadedFile("../Fein planen: <1>.pdf", PDF, content_type="text/html")
    assert browser.post("/documents", {"name": "White paper", "file": upload}).status_code == 302
    return Document.objects.get()


def offers(us: Company, paper: Document, **other: Any) -> Source:
    """Return a form that gives a document."""
    source = Source.objects.create(name="Paper", kind="form", key="paper")
    document = DESIGN | {"document": paper.id} | other
    hosted_forms.keep(source, document, by=us.mia, at=1)
    return source


def ask(address: str, **more: str) -> str:
    """Send the form, let the worker do what is due in a moment, and return the page."""
    answer = Client(headers={"Accept-Language": "en"}).post("/f/paper", {"email": address} | more)
    while journey.take_in_waiting():
        pass
    work(at=now() + 10**7)
    return html.unescape(answer.content.decode())


def work(*, at: int) -> None:
    """Let the worker do whatever is due."""
    for _ in range(10):
        worker.work(at=at)


def now() -> int:
    """Return the present instant."""
    return time.time_ns() // 1000


def content(answer: Any) -> bytes:
    """Return the file that was handed out."""
    return b"".join(answer.streaming_content)  # which closes it, too


def link(text: str) -> str:
    """Return the path of the link to a document in a text."""
    found = re.search(r"/f/document/[\w:.-]+", text)
    assert found is not None
    return found[0]


def did() -> list[tuple[str, dict[str, str]]]:
    """Return what the only lead did."""
    while journey.take_in_waiting():
        pass
    events = Event.objects.filter(identity__lead=Lead.objects.get()).order_by("known_from")
    return [(of.type, of.properties) for of in events]


def test_a_document_is_kept_as_what_it_is(paper: Document) -> None:
    assert (paper.name, paper.kind, paper.size) == ("White paper", "application/pdf", len(PDF))
    assert paper.file_name == "Fein planen_ _1_.pdf"
    assert documents.path(paper).read_bytes() == PDF


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"<html>"),
        ("a.html", PDF),
        ("a", PDF),
        ("a.exe", PDF),
        ("a.docx", PDF),
        ("a.pdf", b""),
    ],
)
def test_what_is_not_what_its_name_says_is_not_kept(us: Company, name: str, content: bytes) -> None:
    with pytest.raises(documents.UnknownKind):
        documents.keep("A", name, [content], by=us.mia, at=1)
    assert (Document.objects.count(), [*documents._folder().glob("*")]) == (0, [])


def test_what_is_too_large_is_not_kept(us: Company) -> None:
    parts = (PDF.ljust(1024 * 1024) for _ in range(26))
    with pytest.raises(documents.TooLarge):
        documents.keep("A", "a.pdf", parts, by=us.mia, at=1)
    assert (Document.objects.count(), [*documents._folder().glob("*")]) == (0, [])


def test_a_document_comes_by_mail_and_its_download_is_the_leads(
    us: Company, paper: Document, mailoutbox: list[EmailMessage]
) -> None:
    offers(us, paper)
    page = ask("petra@pumpen.example")
    assert ["White paper" in page, "/f/document/" in page] == [True, False]
    assert [mail.to for mail in mailoutbox] == [["petra@pumpen.example"]]
    path = link(str(mailoutbox[0].body))
    reader = Client()
    for _ in range(3):  # what opens every link of a mail downloads nothing
        assert reader.get(path).status_code == 200
        assert reader.head(path).status_code == 200
    assert [kind for kind, _ in did()] == ["form_submitted"]
    slip = re.search(r'name="slip" value="([^"]+)"', reader.get(path).content.decode())
    assert slip is not None
    for _ in range(2):  # a second click
        answer = reader.post(path, {"slip": slip[1]})
        assert content(answer) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert did()[1:] == [("document_downloaded", {"document": "White paper"})]
    assert documents.downloads() == {"White paper": 1}


def test_a_document_on_the_page_is_there_at_once(
    us: Company, paper: Document, mailoutbox: list[EmailMessage]
) -> None:
    offers(us, paper, by_mail=False)
    path = link(ask("petra@pumpen.example"))
    assert content(Client().post(path)) == PDF
    assert [kind for kind, _ in did()] == ["form_submitted", "document_downloaded"]
    assert mailoutbox == []


def test_a_program_is_mailed_nothing_and_nobody_is_mailed_twice_a_day(
    us: Company, paper: Document, mailoutbox: list[EmailMessage]
) -> None:
    offers(us, paper)
    ask("victim@pumpen.example", website="spam")
    assert mailoutbox == []
    assert Task.objects.get(kind="mail_document").done_at is None
    work(at=now() + DAY)  # it is no lead still, and never will be
    assert Task.objects.get(kind="mail_document").done_at is not None
    ask("petra@pumpen.example")
    ask("Petra@pumpen.example")
    assert len(mailoutbox) == 1


def test_a_link_runs_out_and_ends_with_the_document(us: Company, paper: Document) -> None:
    source = offers(us, paper, by_mail=False)
    path = link(ask("petra@pumpen.example"))
    of = documents.ticket(path.removeprefix("/f/document/"), at=now())
    assert of == documents.Ticket(paper, source, of.visitor if of else "")
    assert documents.ticket(path.removeprefix("/f/document/"), at=now() + 15 * DAY) is None
    for wrong in (path[:-1], path + "x", "/f/document/none"):
        assert Client().post(wrong).status_code == 404
    documents.withdraw(paper, by=us.mia, at=now())
    assert [Client().get(path).status_code, Client().post(path).status_code] == [404, 404]
    assert "/f/document/" not in ask("jonas@wirth.example")


def test_erasing_a_lead_takes_its_downloads_and_nobody_elses(us: Company, paper: Document) -> None:
    offers(us, paper, by_mail=False)
    paths = [link(ask(f"{name}@pumpen.example")) for name in ("petra", "jonas")]
    for path in paths:
        content(Client().post(path))
    while journey.take_in_waiting():
        pass
    assert documents.downloads() == {"White paper": 2}
    petra = Lead.objects.get(contact_details__normal="petra@pumpen.example")
    erasure.erase(petra, by=us.ada, at=now())
    assert documents.downloads() == {"White paper": 1}
    assert documents.path(paper).exists()
    content(Client().post(paths[0]))  # their link still works, and tells of nobody
    while journey.take_in_waiting():
        pass
    assert (Lead.objects.count(), documents.downloads()) == (1, {"White paper": 1})


def test_only_who_looks_after_sources_gives_documents_away(us: Company, paper: Document) -> None:
    seller = Client()
    seller.force_login(us.sam)
    assert seller.get("/documents").status_code == 403
    assert seller.post("/documents", {"withdraw": paper.id}).status_code == 403
    assert documents.offered() == [paper]
