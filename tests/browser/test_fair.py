"""The fair: filled in on a phone without a network, and there exactly once afterwards."""

from __future__ import annotations

import io
from typing import Any

import pytest
import segno
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.servers import Server

_FAIR = """
from einig.store.models import Source
Source.objects.get_or_create(name="Hannover", kind="fair", key="fair-hannover")
"""
_CARD = """BEGIN:VCARD
VERSION:3.0
N:Müller;Jörg;;Dr.;
FN:Dr. Jörg Müller
ORG:Ventile GmbH & Co. KG;Einkauf
TITLE:Leiter Einkauf
TEL;TYPE=WORK:+49 89 123456
EMAIL;TYPE=INTERNET:joerg.mueller@ventile.example
END:VCARD
"""
_MECARD = "MECARD:N:Müller,Jörg;ORG:Ventile GmbH;TEL:+4989123456;EMAIL:j.mueller@ventile.example;;"
_LEADS = "SELECT name FROM store_lead WHERE name LIKE ? ORDER BY name"


@pytest.fixture(scope="module")
def fair(server: Server) -> str:
    """The path of a fair's page."""
    server.store.do(_FAIR)
    found = server.store.rows("SELECT id FROM store_source WHERE key = 'fair-hannover'")
    return f"/fair/{found[0][0]}"


def notes(page: Any, name: str, email: str) -> None:
    """Note somebody, as is done at the stand."""
    page.fill("#id_name", name)
    page.fill("#id_email", email)
    page.check("input[name=agree-mail]")
    page.locator("#met button.first").click()


def photo(said: str) -> Any:
    """Return a photo of a QR code, as a file that is chosen."""
    written = io.BytesIO()
    segno.make(said).save(written, kind="png", scale=6, dark="#1a237e", light="#eee8d5")
    return {"name": "card.png", "mimeType": "image/png", "buffer": written.getvalue()}


def waits(page: Any, many: int) -> None:
    """Wait until so many wait on the phone."""
    page.locator(f'#waiting[data-count="{many}"]').wait_for()


def test_what_is_noted_without_a_network_arrives_once(
    server: Server, person: Any, fair: str
) -> None:
    sam = person("sam", width=375)
    page = sam.open(fair)
    page.locator("html[data-offline=ready]").wait_for(state="attached")
    context = page.context
    context.set_offline(True)
    page.reload()
    notes(page, "Olaf Offline", "olaf@fair.example")
    waits(page, 1)
    page.set_input_files(
        "#card-file", {"name": "c.vcf", "mimeType": "text/vcard", "buffer": _CARD.encode()}
    )
    expect(page.locator("#id_company")).not_to_have_value("")
    filled = [page.input_value(f"#id_{name}") for name in ("name", "company", "title", "email")]
    assert filled == [
        "Dr. Jörg Müller", "Ventile GmbH & Co. KG", "Leiter Einkauf",
        "joerg.mueller@ventile.example",
    ]  # fmt: skip
    page.select_option("#id_wants", "demo_requested")
    page.locator("#met button.first").click()
    waits(page, 2)
    sam.shot("fair-offline")
    page.reload()  # and they are still there
    waits(page, 2)
    assert server.store.rows(_LEADS, ["Olaf%"]) == []
    context.set_offline(False)
    waits(page, 0)
    assert server.store.wait_for(_LEADS, ["Olaf%"]) == [("Olaf Offline",)]
    assert server.store.wait_for(_LEADS, ["Dr. J%"]) == [("Dr. Jörg Müller",)]
    given = (
        "SELECT c.text FROM store_consent c JOIN store_lead l ON c.lead_id = l.id WHERE l.name = ?"
    )
    assert "Mails über Ihre Angebote" in server.store.wait_for(given, ["Olaf Offline"])[0][0]


def test_an_answer_that_is_lost_on_the_way_makes_nobody_twice(
    server: Server, person: Any, fair: str
) -> None:
    page = person("sam", width=375).open(fair)
    lost = []

    def lose(route: Any) -> None:
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/batch", lose, times=1)
    with page.expect_event("requestfailed"):  # what is routed waits for whoever watches the page
        notes(page, "Vera Verloren", "vera@fair.example")
    waits(page, 1)
    assert server.store.wait_for(_LEADS, ["Vera%"]) == [("Vera Verloren",)]
    page.reload()
    waits(page, 0)
    assert lost == [200]
    happened = """SELECT count(*) FROM store_event e JOIN store_identity i ON e.identity_id = i.id
      JOIN store_lead l ON i.lead_id = l.id WHERE l.name = ?"""
    server.store.settle()
    assert server.store.rows(happened, ["Vera Verloren"]) == [(1,)]
    assert server.store.rows(_LEADS, ["Vera%"]) == [("Vera Verloren",)]


@pytest.mark.parametrize(
    ("said", "names"), [(_CARD, ("Dr. Jörg Müller", "joerg.mueller@ventile.example")),
                        (_MECARD, ("Jörg Müller", "j.mueller@ventile.example"))],
    ids=["vcard", "mecard"],
)  # fmt: skip
def test_the_code_on_a_card_is_photographed(
    person: Any, fair: str, said: str, names: tuple[str, str]
) -> None:
    sam = person("sam", width=375)
    page = sam.open(fair)
    page.locator("#card summary").click()
    page.set_input_files("#card-photo", photo(said))
    expect(page.locator("#id_name")).to_have_value(names[0])
    expect(page.locator("#id_email")).to_have_value(names[1])
    assert sam.errors == []


def test_a_photo_without_a_card_and_one_without_a_network_say_so(person: Any, fair: str) -> None:
    sam = person("sam", width=375)
    page = sam.open(fair)
    page.locator("html[data-offline=ready]").wait_for(state="attached")
    page.locator("#card summary").click()
    page.set_input_files("#card-photo", photo("https://example.com"))
    expect(page.locator("#card-problem")).to_have_text("Dort war keine Visitenkarte zu finden.")
    page.set_input_files(
        "#card-photo", {"name": "c.png", "mimeType": "image/png", "buffer": b"no picture"}
    )
    expect(page.locator("#card-problem")).to_have_text("Dort war keine Visitenkarte zu finden.")
    assert sam.errors == []
    page.context.set_offline(True)
    page.set_input_files("#card-photo", photo(_CARD))
    expect(page.locator("#card-problem")).to_have_text("Dieses Telefon liest Codes nur mit Netz.")
    sam.shot("fair-no-code")


def test_who_is_signed_out_meanwhile_keeps_what_was_noted(
    server: Server, person: Any, fair: str
) -> None:
    sam = person("sam", width=375)
    page = sam.open(fair)
    page.context.clear_cookies()
    notes(page, "Sina Später", "sina@fair.example")
    page.locator("#waiting a").click()
    page.fill("#id_username", "sam@example.com")
    page.fill("#id_password", "correct horse battery")
    page.click("main button")
    page.wait_for_url(f"**{fair}")
    waits(page, 0)
    assert server.store.wait_for(_LEADS, ["Sina%"]) == [("Sina Später",)]


@pytest.mark.parametrize("width", [375, 1280])
def test_the_fair_is_usable_by_everybody(person: Any, fair: str, width: int) -> None:
    sam = person("sam", width=width, dark=width < 500)
    page = sam.open(fair)
    page.locator("#card summary").click()
    sam.shot(f"fair-{width}")
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    found = [
        (of["id"], of["nodes"][0]["html"][:120]) for of in Axe().run(page).response["violations"]
    ]
    assert found == []
    assert sam.errors == []
