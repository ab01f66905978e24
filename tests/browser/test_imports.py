"""A file goes in and out again in a real browser, while a real worker does the work."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.test_every_page import SCREENS
from tests.servers import Server

FILE = (
    "Vorname;Nachname;Firma;E-Mail;Quelle;Lieblingsfarbe\r\n"
    "Jörg;Grün;Grün GmbH;jörg-{0}@grün-{0}.example;Messe;rot\r\n"
    "Niemand;Da;;;;\r\n"
)


@pytest.mark.parametrize("screen", SCREENS)
def test_a_file_is_tried_out_imported_and_taken_back(
    server: Server, person: Any, screen: str
) -> None:
    somebody = person("mia", **SCREENS[screen])
    page = somebody.open("/settings/import")
    problems: list[str] = []

    def look(step: str) -> None:
        page.wait_for_load_state()
        somebody.shot(f"import-{step}-{screen}")
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        problems.extend([f"{step} is too wide"] if page.evaluate(wide) > 0 else [])
        problems.extend(f"{step}: {of['id']}" for of in Axe().run(page).response["violations"])

    content = FILE.format(screen).encode("cp1252")
    page.set_input_files("#file", {"name": "l.csv", "mimeType": "text/csv", "buffer": content})
    page.click("button.first")
    page.wait_for_selector("select[name=column-5]")
    look("mapping")
    assert page.input_value("select[name=column-3]") == "email"
    page.select_option("select[name=column-5]", "own")
    page.click("button[value=check]")
    page.wait_for_selector("button[value=begin]", timeout=60_000)
    look("checked")
    page.click("button[value=begin]")
    page.wait_for_selector("button[value=undo]", timeout=60_000)
    look("imported")
    query = "SELECT count(*) FROM store_lead WHERE name = 'Jörg Grün'"
    assert server.store.rows(query) == [(1,)]
    page.click("button[value=undo]")
    page.wait_for_selector("button[value=undo]", state="detached", timeout=60_000)
    page.wait_for_selector("#working", state="detached", timeout=60_000)
    page.wait_for_selector("a[href='?format=csv']")
    look("undone")
    assert server.store.rows(query) == [(0,)]
    assert re.search(r"\b1\b", page.inner_text("h1"))
    assert problems == []
    assert somebody.errors == []
