"""What each role does on a day, in real browsers: marketing, both leads and the administrator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.browser.conftest import PASSWORD, SET_PASSWORDS, Mailbox
from tests.browser.test_main_path import becomes_ready
from tests.servers import Server, serving, store

_PAST = """
from einig.store.models import Handoff, User
Handoff.objects.update(due_at=1, to=User.objects.get(email='sam@example.com'))
"""


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, mailbox: tuple[Mailbox, int]
) -> Iterator[Server]:
    """Einig with two leads in Sam's hands that wait longer than agreed."""
    with store(tmp_path_factory.mktemp("roles")) as made:
        of = replace(made, settings={"EINIG_MAIL": f"smtp://127.0.0.1:{mailbox[1]}"})
        of.found()
        of.do(SET_PASSWORDS)
        with serving(of) as running:
            for user, name in (("klara", "Klara Sommer"), ("jonas", "Jonas Wirth")):
                becomes_ready(running, user, name)
            assert of.wait_for(
                "SELECT count(*) FROM store_handoff GROUP BY kind HAVING count(*) = 2"
            )
            of.do(_PAST)
            yield running


def click(page: Any, name: str) -> None:
    """Click a button and wait for the page that it leads to."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).first.click()


def test_sales_returns_a_lead_marketing_looks_again_and_answers(
    server: Server, person: Any
) -> None:
    sam = person("sam")
    page = sam.open("/inbox")
    page.locator(".queue a", has_text="Klara").click()
    page.locator("article h2", has_text="Klara Sommer").wait_for()
    page.keyboard.press("r")
    page.get_by_label("no budget").check()
    page.fill("#return-text", "Erst im nächsten Jahr")
    click(page, "Zurückgeben")

    mia = person("mia")
    page = mia.open("/sources")
    page.locator("table a", has_text=re.compile("^2$")).first.click()
    page.wait_for_selector("text=Klara Sommer")
    page = mia.open("/review")
    assert "no budget" not in page.locator("main h2").first.inner_text()
    click(page, "Ja, er war reif")
    page.wait_for_selector("text=no budget")
    page.fill("input[name=text]", "Das Budget kommt im Januar")
    click(page, "Antworten")
    page.wait_for_selector(".messages")

    page = sam.open("/inbox")
    page.locator("#queue a", has_text="Klara").click()
    page.wait_for_selector("text=Das Budget kommt im Januar")
    assert (sam.errors, mia.errors) == ([], [])


def test_the_sales_lead_gives_what_waits_too_long_to_somebody_else(
    server: Server, person: Any
) -> None:
    sol = person("sol")
    page = sol.open("/follow-up")
    row = page.locator("tr", has_text="Jonas Wirth")
    row.locator("select").select_option(label="Sue")
    with page.expect_navigation():
        row.get_by_role("button").click()
    assert "Sue" in page.locator("tr", has_text="Jonas Wirth").inner_text()
    sue = person("sue")
    sue.open("/inbox").locator(".queue a", has_text="Jonas").wait_for()
    assert (sol.errors, sue.errors) == ([], [])


def test_both_leads_test_a_draft_on_the_past_and_sign_it_for_their_side(
    server: Server, person: Any
) -> None:
    max_, sol = person("max"), person("sol")
    page = max_.open("/agreement/draft")
    page.locator("#engagement").get_by_label("Punkte", exact=True).first.fill("12")
    click(page, "Entwurf speichern")
    version = page.url
    page.wait_for_selector("#trial .pair, #trial .warn")
    click(page, "Vorlegen")
    page.fill("#id_password", PASSWORD)
    click(page, "Freigeben")
    assert page.get_by_role("button", name="Freigeben").count() == 0  # one side, one signature
    page = sol.open(version.removeprefix(server.url).partition("?")[0])
    page.fill("#id_password", PASSWORD)
    click(page, "Freigeben")
    page.wait_for_selector("text=Von beiden freigegeben")
    assert (max_.errors, sol.errors) == ([], [])


def test_the_administrator_invites_imports_and_sees_who_did_what(
    server: Server, person: Any
) -> None:
    ada = person("ada")
    page = ada.open("/settings/people")
    page.fill("#id_email", "nia@example.com")
    page.select_option("#id_role", "marketing")
    click(page, "Link erzeugen")
    link = page.inner_text("main code")
    nia = person()
    nia.open(link.removeprefix(server.url))
    nia.page.fill("#id_name", "Nia")
    nia.page.fill("#id_password", PASSWORD)
    with nia.page.expect_navigation():
        nia.page.locator("main button").click()
    assert "Nia" in nia.page.locator("header").inner_text()

    rows = "Name;E-Mail;Firma\nÄnne Groß;aenne@gross.example;Groß KG\nNiemand;;Groß KG\n"
    page = ada.open("/settings/import")
    file = {"name": "leads.csv", "mimeType": "text/csv", "buffer": rows.encode("cp1252")}
    page.set_input_files("#file", file)
    click(page, "Vorschau zeigen")
    page.wait_for_selector("button[value=check]")
    page.click("button[value=check]")
    page.wait_for_selector("button[value=begin]", timeout=60_000)
    page.click("button[value=begin]")
    page.wait_for_selector("button[value=undo]", timeout=60_000)
    for name, many in (("Änne Groß", 1), ("Niemand", 0)):
        query = "SELECT count(*) FROM store_lead WHERE name = ?"
        assert server.store.rows(query, [name]) == [(many,)]

    trail = ada.open("/settings/audit").inner_text("main table")
    for said in ("invited", "joined", "import_begun"):
        assert said in trail
    assert (ada.errors, nia.errors) == ([], [])


def test_a_session_that_ends_in_the_middle_of_a_form_loses_nothing(
    server: Server, person: Any
) -> None:
    sue = person("sue")
    page = sue.open("/call")
    page.fill("#id_name", "Emil <b>Krause</b>")
    page.fill("#id_email", "emil@krause.example")
    page.fill("#id_wants", "Ein Angebot\nfür zwei")
    page.context.clear_cookies(name="sessionid")
    click(page, "Speichern")
    page.wait_for_selector("text=Emil <b>Krause</b>")
    page.fill("#id_username", "sue@example.com")
    page.fill("#id_password", PASSWORD)
    click(page, "Anmelden")
    click(page, "Senden")
    assert "Emil <b>Krause</b>" in page.inner_text("h1")
    kept = "SELECT count(*) FROM store_lead WHERE name = 'Emil <b>Krause</b>'"
    assert server.store.rows(kept) == [(1,)]
    assert sue.open("/call").input_value("#id_wants") == ""  # sent, so it is not kept any longer
    assert [error for error in sue.errors if "401" not in error] == []
