"""A form in a page of somebody else, with and without JavaScript, from there to a consent."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Mailbox
from tests.browser.test_consent import link, the_mail
from tests.browser.website import website
from tests.servers import Server

_FORM = """
from einig.store.models import Source
Source.objects.get_or_create(name="Demo form", kind="form", key="demo-form")
"""
_ID = "SELECT id FROM store_source WHERE key = 'demo-form'"
_PAGE = '<!doctype html><html lang="de"><title>Pumpen</title><h1>Pumpen</h1>{}</html>'
_LEAD = "SELECT lead_id FROM store_lead WHERE name = ?"


@pytest.fixture(scope="module")
def source(server: Server) -> str:
    """The path of a form's source."""
    server.store.do(_FORM)
    return f"/sources/{server.store.rows(_ID)[0][0]}"


def visit(browser: Any, *, javascript: bool = True) -> tuple[Any, list[str]]:
    """Return a page of a visitor, and what their browser complains of."""
    context = browser.new_context(java_script_enabled=javascript, locale="de-DE")
    page, complaints = context.new_page(), []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


def designs(person: Any, source: str) -> None:
    """Let a marketer design the form: it says du, asks for the employees, and stands for a demo."""
    mia = person("mia", language="de")
    page = mia.open(f"{source}/form")
    page.get_by_role("button", name="Frage hinzufügen").click()
    page.get_by_label("Frage de").last.fill("Mitarbeiter")
    page.get_by_label("Frage en").last.fill("Employees")
    page.get_by_label("Merkmal").last.fill("employees")
    page.get_by_label("Art", exact=True).last.select_option("choice")
    page.get_by_label("Antworten, eine je Zeile").last.fill("1-49\n50-249\n250+")
    page.get_by_role("button", name="Nach oben").last.click()
    page.get_by_role("radio", name="du").check()
    page.locator("#text-title-de").fill("Demo für dich")
    page.locator("#activity").fill("demo_requested")
    page.locator("#look p", has_text="Demo für dich").wait_for()
    mia.shot("form-builder")
    page.get_by_role("button", name="Speichern").click()
    page.wait_for_selector(".messages")
    assert mia.errors == []


def test_a_form_is_designed_and_sent_from_a_foreign_page(
    server: Server, person: Any, browser: Any, source: str, mailbox: tuple[Mailbox, int]
) -> None:
    designs(person, source)
    page, complaints = visit(browser)
    with _copied(person, source, "script") as origin:
        page.goto(f"{origin}/?utm_source=linkedin&utm_campaign=spring")
        form = page.frame_locator("iframe")
        form.locator("h1", has_text="Demo für dich").wait_for()
        page.wait_for_timeout(2500)  # whoever is quicker is no person
        form.get_by_role("button", name="Senden").click()
        form.locator("#summary", has_text="Gib E-Mail oder Telefon an").wait_for()
        form.locator("#id_name").fill("Fritz Fremd")
        form.locator("#id_email").fill("fritz@fremd.example")
        form.locator("#id_employees").select_option("50-249")
        form.locator("input[name=agree-mail]").check()
        page.wait_for_timeout(2500)
        inside = page.locator("iframe").element_handle().content_frame()
        needs = inside.evaluate("document.body.getBoundingClientRect().height")
        assert abs(page.locator("iframe").bounding_box()["height"] - needs) <= 2
        page.screenshot(path="build/screenshots/form-embedded.png", full_page=True)
        form.get_by_role("button", name="Senden").click()
        form.locator("[role=status]", has_text="Deine Nachricht ist bei uns").wait_for()
    assert [said for said in complaints if "422" not in said] == []
    told = of_lead(server, "Fritz Fremd")
    assert told == {
        "activity": ("demo_requested", f"{origin.removeprefix('http://')}/"),
        "facts": {"source": "linkedin", "campaign": "spring", "employees": "50-249"},
    }
    mail = the_mail(mailbox[0], "fritz@fremd.example")
    assert "Warst du das?" in mail.get_content()
    assert "Ihr dürft mir Mails" in mail.get_content()
    opens(server, person, link(mail, "confirm"), "fritz@fremd.example")


@pytest.mark.parametrize("way", ["script", "form"])
def test_a_form_is_sent_from_a_foreign_page_without_javascript(
    server: Server, person: Any, source: str, mailbox: tuple[Mailbox, int], way: str
) -> None:
    browser = person().page.context.browser
    name, address = f"Olga Ohne {way}", f"olga-{way}@fremd.example"
    page, complaints = visit(browser, javascript=False)
    with _copied(person, source, way) as origin:
        page.goto(f"{origin}/")
        form = page if way == "form" else page.frame_locator("iframe")
        form.locator("input[name=name]").fill(name)
        form.locator("input[name=email]").fill(address)
        form.locator("input[name=agree-mail]").check()
        page.wait_for_timeout(2500)
        form.get_by_role("button", name="Senden").click()
        form.locator("[role=status]").wait_for()
    assert complaints == []
    assert of_lead(server, name)["activity"][0] in {"form_submitted", "demo_requested"}
    mail = the_mail(mailbox[0], address)
    opens(server, person, link(mail, "confirm"), address)


def test_a_form_stands_in_no_page_but_those_that_were_named(
    server: Server, person: Any, browser: Any, source: str
) -> None:
    mia = person("mia")
    page = mia.open(f"{source}/form")
    page.fill("#origins", "https://www.example.com/path")
    page.get_by_role("button", name="Speichern").click()
    page.locator(".errors", has_text="Schreiben Sie den Anfang einer Adresse").wait_for()
    page.fill("#origins", "https://www.example.com")
    page.get_by_role("button", name="Speichern").click()
    page.wait_for_selector(".messages")
    policy = server.ask("GET", "/f/demo-form").headers["content-security-policy"]
    assert policy.endswith("frame-ancestors 'self' https://www.example.com")
    visitor, complaints = visit(browser)
    with _copied(person, source, "script") as origin:
        visitor.goto(f"{origin}/")
        visitor.wait_for_timeout(500)
        assert any("frame-ancestors" in said for said in complaints)
    page.get_by_role("button", name="Letzte Änderung zurücknehmen").click()
    page.wait_for_selector(".messages")
    policy = server.ask("GET", "/f/demo-form").headers["content-security-policy"]
    assert policy.endswith("frame-ancestors *")


def test_the_script_is_smaller_than_a_kilobyte(server: Server) -> None:
    answer = server.ask("GET", "/embed.js")
    assert answer.status == 200
    assert len(gzip.compress(answer.body)) < 1024


@pytest.mark.parametrize("width", [375, 1280])
def test_a_form_and_its_builder_are_usable_by_everybody(
    server: Server, person: Any, source: str, width: int
) -> None:
    problems: list[str] = []
    mia = person("mia", width=width, dark=width < 500, language="en" if width < 500 else "de")
    for path in (source, f"{source}/form", "/f/demo-form", "/f/demo-form wrong"):
        page = mia.open(path.partition(" ")[0])
        if path.endswith("wrong"):
            page.locator("button.first").click()
            page.locator("#summary").wait_for()
        mia.shot(f"form-{path.replace('/', '-').replace(' ', '-')}-{width}")
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        if (over := page.evaluate(wide)) > 0:
            problems.append(f"{path}: {over} px too wide")
        for found in Axe().run(page).response["violations"]:
            nodes = [node["html"][:160] for node in found["nodes"][:2]]
            problems.append(f"{path}: {found['id']}: {nodes}")
    assert problems == []
    assert [error for error in mia.errors if "404" not in error and "422" not in error] == []


def _copied(person: Any, source: str, way: str) -> Any:
    """Return a website with a snippet in it that allows what the page says, and no more."""
    page = person("mia").open(source)
    page.locator("details.fold summary").last.click()
    snippet = page.locator(f"#snippet-{way}").input_value()
    order = {"script": 0, "frame": 1, "form": 2}[way]
    policy = page.locator("p.small > code").nth(order).inner_text()
    return website({"/": _PAGE.format(snippet)}, f"default-src 'none'; {policy}")


def of_lead(server: Server, name: str) -> dict[str, Any]:
    """Return what a lead did in which page, and some of what is known of it, once it is there."""
    lead = server.store.wait_for(_LEAD, [name])[0][0]
    of = """FROM {} t JOIN store_identity i ON t.identity_id = i.id
      JOIN store_lead l ON i.lead_id = l.id WHERE l.lead_id = ?"""
    kind, properties = server.store.wait_for(
        f"SELECT t.type, t.properties {of.format('store_event')}", [lead]
    )[0]
    told = properties if isinstance(properties, dict) else json.loads(properties)
    facts = dict(
        server.store.rows(f"SELECT t.attribute, t.value {of.format('store_fact')}", [lead])
    )
    wanted = {"source", "campaign", "employees"}
    return {
        "activity": (kind, told.get("page", "")),
        "facts": {name: value for name, value in facts.items() if name in wanted},
    }


def opens(server: Server, person: Any, path: str, address: str) -> None:
    """Let a purpose open by the link in a mail, and be seen with the lead."""
    query = "SELECT opened_at IS NOT NULL FROM store_consent WHERE address = ?"
    assert [bool(of) for (of,) in server.store.rows(query, [address])] == [False]
    page = person(language="de").open(path)
    page.locator("main button").click()
    page.locator("h1", has_text=re.compile("Einwilligung gilt jetzt")).wait_for()
    assert [bool(of) for (of,) in server.store.rows(query, [address])] == [True]
    lead = server.store.rows(
        "SELECT l.lead_id FROM store_lead l JOIN store_consent c ON c.lead_id = l.id "
        "WHERE c.address = ?",
        [address],
    )[0][0]
    told = person("max").open(f"/leads/{lead}").text_content("main")
    assert re.search(r"Mails: Einwilligung.* · bestätigt", told)
