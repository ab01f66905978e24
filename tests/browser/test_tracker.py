"""The tracker on a website of somebody else: nothing before consent, and then what a visitor did.

The banners are stand-ins: scripts that answer as the documents of Usercentrics, Cookiebot, Borlabs
and the IAB say, since the real ones come from their makers' servers.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from tests.servers import KEY, Server

EVENTS = """
SELECT e.type, e.properties FROM store_event e JOIN store_identity i ON e.identity_id = i.id
WHERE i.key = ? ORDER BY e.at, e.id
"""
BANNERS = {
    "none": "window.agree = on => einig('consent', on)",
    "usercentrics": """
        let on = false;
        window.UC_UI = {isInitialized: () => true,
          getServicesBaseInfo: () => [{name: "Einig", consent: {status: on}}]};
        window.agree = now => { on = now; dispatchEvent(new Event("UC_UI_CMP_EVENT")); }""",
    "cookiebot": """
        window.Cookiebot = {hasResponse: false, consent: {marketing: false}};
        window.agree = now => {
          Cookiebot.hasResponse = true; Cookiebot.consent.marketing = now;
          dispatchEvent(new Event(now ? "CookiebotOnAccept" : "CookiebotOnDecline")); }""",
    "borlabs": """
        let on = false;
        window.BorlabsCookie = {Consents: {hasConsent: name => name === "einig" && on}};
        window.agree = now => {
          on = now; dispatchEvent(new Event("borlabs-cookie-consent-saved")); }""",
    "tcf": """
        let on = false, listeners = [];
        const told = status => ({gdprApplies: true, eventStatus: status,
          purpose: {consents: {1: on, 9: on}}});
        window.__tcfapi = (command, version, callback) => {
          listeners.push(callback); callback(told("cmpuishown"), true); };
        window.agree = now => { on = now;
          listeners.forEach(one => one(told("useractioncomplete"), true)); }""",
}
STORED = """() => [document.cookie, ...Object.keys(localStorage), ...Object.keys(sessionStorage)]
  .filter(one => one)"""


@pytest.fixture(scope="module")
def website(server: Server) -> Iterator[str]:
    """A website of somebody else with a strict content policy; a page for each banner."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0].strip("/")
            banner = path.removesuffix(".js")
            is_script = path.endswith(".js")
            tracker = f'<script async src="{server.url}/tracker.js" data-key="{KEY}"></script>'
            page = (
                f'<!doctype html><title>Pumps</title><script src="/{banner}.js"></script>{tracker}'
            )
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
            policy = f"default-src 'none'; script-src 'self' {server.url}; connect-src {server.url}"
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write((BANNERS.get(banner, "") if is_script else page).encode())

        def log_message(self, *_said: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as serving:
        Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


@pytest.fixture
def visit(browser: Any) -> Iterator[Any]:
    """A visitor who was never there, and what their browser complains of or asks for."""
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    page.asked, page.complaints = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda said: page.complaints.append(said.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    assert page.complaints == []
    context.close()


def opened(visit: Any, address: str) -> None:
    """Open a page and wait until the tracker is there."""
    visit.goto(address)
    visit.wait_for_function("typeof einig === 'function'")


def did(server: Server, visit: Any, many: int) -> list[tuple[str, str]]:
    """Return what is known of a visitor once that much is: activities, and on which page."""
    key = f"anon:{visit.evaluate('localStorage.getItem(`einig_id`)')}"
    server.store.wait_for(f"SELECT count(*) FROM ({EVENTS}) AS e HAVING count(*) >= ?", [key, many])
    rows = server.store.rows(EVENTS, [key])
    told = [(kind, of if isinstance(of, dict) else json.loads(of)) for kind, of in rows]
    return [(kind, str(of.get("path", ""))) for kind, of in told]


@pytest.mark.parametrize("banner", BANNERS)
def test_nothing_is_stored_or_sent_before_consent_and_all_of_it_goes_again(
    server: Server, website: str, visit: Any, banner: str
) -> None:
    opened(visit, f"{website}/{banner}")
    visit.evaluate("einig('track', 'price_asked')")
    visit.wait_for_timeout(300)
    assert [url for url in visit.asked if "/v1/" in url] == []
    assert (visit.evaluate(STORED), visit.context.cookies()) == ([], [])
    visit.evaluate("agree(true)")
    assert did(server, visit, 2) == [("page_viewed", f"/{banner}"), ("price_asked", "")]
    assert (visit.evaluate(STORED), visit.context.cookies()) == (["einig_id", "einig_from"], [])
    visit.evaluate("agree(false)")
    asked = len(visit.asked)
    visit.evaluate("einig('track', 'price_asked')")
    visit.wait_for_timeout(300)
    assert (visit.evaluate(STORED), len(visit.asked)) == ([], asked)


def test_pages_that_change_without_being_loaded_are_pages(
    server: Server, website: str, visit: Any
) -> None:
    opened(visit, f"{website}/none")
    visit.evaluate("agree(true)")
    for step in (
        "history.pushState({}, '', '/pricing')",
        "history.replaceState({}, '', '/pricing')",  # the same page
        "history.pushState({}, '', '/demo')",
        "history.back()",
    ):
        visit.wait_for_timeout(200)  # a person takes that long, and clocks are compared by then
        visit.evaluate(step)
    pages = ["/none", "/pricing", "/demo", "/pricing"]
    assert did(server, visit, 4) == [("page_viewed", page) for page in pages]


def test_who_says_who_they_are_is_a_lead_with_where_they_came_from(
    server: Server, website: str, visit: Any
) -> None:
    opened(visit, f"{website}/none?utm_source=linkedin&utm_campaign=spring")
    visit.evaluate("agree(true)")
    did(server, visit, 1)
    opened(visit, f"{website}/none")  # the campaign is that of the visit
    visit.evaluate("agree(true)")
    visit.evaluate("einig('identify', {email: 'petra@tracked.example', company: 'Pumpen'})")
    of_lead = """SELECT f.attribute, f.value FROM store_fact f
      JOIN store_identity i ON f.identity_id = i.id
      JOIN store_contactdetail d ON d.lead_id = i.lead_id
      WHERE d.normal = 'petra@tracked.example' AND f.attribute IN ('source', 'campaign')
      ORDER BY f.attribute"""
    assert server.store.wait_for(of_lead) == [("campaign", "spring"), ("source", "linkedin")]
    assert did(server, visit, 2) == [("page_viewed", "/none")] * 2


def test_the_tracker_is_smaller_than_two_kilobytes(server: Server) -> None:
    answer = server.ask("GET", "/tracker.js")
    assert answer.status == 200
    assert len(gzip.compress(answer.body)) < 2048
