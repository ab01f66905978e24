"""Every page, in German and English, wide and on a phone, light and dark: usable by everybody."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.test_main_path import becomes_ready
from tests.servers import Server

PAGES = {
    "sam": [
        "/inbox",
        "/leads",
        "/leads/new",
        "/leads/duplicates",
        "/call",
        "/review",
        "/nurture",
        "/absence",
    ],
    "max": [
        "/agreement",
        "/agreement/draft",
        "/agreement/test",
        "/agreement/1/about?criterion=sales",
        "/jour-fixe",
        "/ideal-lead",
        "/sources",
        "/report",
        "/glossary",
        "/received",
        "/documents",
    ],
    "sol": ["/follow-up", "/sources/1"],
    "ada": [
        "/settings",
        "/settings/people",
        "/settings/people/1",
        "/settings/import",
        "/settings/audit",
        "/settings/privacy",
        "/settings/privacy/leads",
        "/settings/privacy/purposes/profiling",
        "/settings/privacy/documents/record",
        "/settings/privacy/documents/processors",
        "/settings/privacy/documents/deletion",
    ],
    "": ["/sign-in", "/password", "/welcome/unknown", "/t/unknown", "/f/confirm/unknown"],
}
SCREENS = {
    "wide": {"width": 1280, "dark": False, "language": "de"},
    "phone": {"width": 375, "dark": True, "language": "en"},
}


@pytest.fixture(scope="module")
def lead(server: Server) -> str:
    """Somebody who was handed over."""
    becomes_ready(server, "jonas", "Jonas Wirth <b>&amp;</b>")
    query = "SELECT l.lead_id FROM store_lead l JOIN store_handoff h ON h.lead_id = l.id"
    return str(server.store.wait_for(query)[0][0])


@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_is_usable_by_everybody(
    server: Server, person: Any, lead: str, screen: str
) -> None:
    problems: list[str] = []
    for name, paths in PAGES.items():
        somebody = person(name, **SCREENS[screen])
        of_lead = {"sam": [""], "max": ["", "/same"], "ada": ["", "/erase", "/data"]}.get(name, [])
        for path in [*paths, *(f"/leads/{lead}{part}" for part in of_lead)]:
            page = somebody.open(path)
            somebody.shot(
                f"{name or 'nobody'}{path.replace('/', '-')}-{screen}".replace(lead, "lead")
            )
            wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            if (over := page.evaluate(wide)) > 0:
                problems.append(f"{path}: {over} px too wide")
            for found in Axe().run(page).response["violations"]:
                nodes = [node["html"][:120] for node in found["nodes"][:2]]
                problems.append(f"{path}: {found['id']}: {nodes}")
        problems += [error for error in somebody.errors if "404" not in error]
    assert problems == []
