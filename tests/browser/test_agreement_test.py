"""The agreement test on two phones: by mail to twenty leads each, a number, and a first draft."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import SET_PASSWORDS, Mailbox
from tests.browser.test_main_path import post
from tests.servers import Server, serving, store

LEADS, DIFFER = 24, {3, 4, 7, 8, 11, 12, 15, 16, 19}  # places in the test on which sales differs


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, mailbox: tuple[Mailbox, int]
) -> Iterator[Server]:
    """Einig with two dozen leads of two industries."""
    with store(tmp_path_factory.mktemp("together")) as made:
        of = replace(made, settings={"EINIG_MAIL": f"smtp://127.0.0.1:{mailbox[1]}"})
        of.found()
        of.do(SET_PASSWORDS)
        with serving(of) as running:
            for n in range(LEADS):
                traits = {"email": f"u{n}@f{n}.example", "name": f"Petra Lindner {n}"}
                traits |= {"industry": "Software" if n % 2 else "Handel", "employees": str(10 * n)}
                post(running, "identify", {"userId": f"u{n}", "traits": traits})
                if n % 3 == 0:
                    post(running, "track", {"userId": f"u{n}", "event": "demo_requested"})
            of.settle()
            first_page(running)
            yield running


def first_page(server: Server) -> None:
    """Ask for a page until there is one: the first has to load what pages need."""
    for _ in range(9):
        with contextlib.suppress(OSError):
            if server.ask("GET", "/sign-in").status == 200:
                return


def link(server: Server, mailbox: Mailbox, name: str) -> str:
    """Return the path of the link that somebody got by mail, once the mail is there."""
    query = (
        "SELECT 1 FROM store_task WHERE kind = 'mail_juror' "
        "GROUP BY kind HAVING count(*) = count(done_at)"
    )
    assert server.store.wait_for(query)
    (mail,) = [
        mail
        for mail in mailbox.mails
        if mail["To"] == f"{name}@example.com" and "/t/" in mail.get_content()
    ]
    found = re.search(r"/t/[\w-]{43}\b", mail.get_content())
    assert found is not None
    return found[0]


def problems(page: Any) -> list[str]:
    """Return what stands in somebody's way on a page."""
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    over = page.evaluate(wide)
    found = [f"{page.url}: {over} px too wide"] if over > 0 else []
    for each in Axe().run(page).response["violations"]:
        found.append(f"{page.url}: {each['id']}: {[n['html'][:120] for n in each['nodes'][:2]]}")
    return found


def judges(somebody: Any, path: str, *, but: set[int]) -> list[str]:
    """Judge twenty leads on a phone, software yes and all else no, but for some; hand in."""
    page = somebody.open(path)
    found = problems(page)
    somebody.shot(f"agreement-test-intro-{len(but)}")
    page.get_by_role("link", name="Beginnen").click()
    for place in range(1, 21):
        page.get_by_text(f"{place} von 20", exact=True).wait_for()
        row = page.locator(".tap", has_text="Branche")
        row.click()
        is_software = "Software" in row.inner_text()
        if place == 2:
            found += problems(page)
            somebody.shot(f"agreement-test-judge-{len(but)}")
        says = is_software != (place in but)
        page.get_by_role("button", name="Vertriebsreif" if says else "Noch nicht").click()
    page.get_by_role("button", name="Abgeben").wait_for()
    found += problems(page)
    somebody.shot(f"agreement-test-all-{len(but)}")
    with page.expect_navigation():
        page.get_by_role("button", name="Abgeben").click()
    return found


def test_two_people_judge_on_their_phones_and_see_the_number_and_a_draft(
    server: Server, person: Any, mailbox: tuple[Mailbox, int]
) -> None:
    max_ = person("max")
    page = max_.open("/agreement/test")
    max_.shot("agreement-tests-none")
    found = problems(page)
    page.get_by_role("button", name="Leads ziehen und Links versenden").click()
    page.wait_for_url(lambda url: re.search(r"/agreement/test/\d+$", url) is not None)
    assert page.locator("h1").inner_text() == "0 von 2 haben abgegeben"
    test = page.url.removeprefix(server.url)

    phones = {name: person(width=375, dark=name == "sol") for name in ("max", "sol")}
    links = {name: link(server, mailbox[0], name) for name in phones}
    found += judges(phones["max"], links["max"], but=set())
    assert phones["max"].page.locator("h1").inner_text() == "Vielen Dank, das war alles"
    assert max_.open(test).locator("h1").inner_text() == "1 von 2 haben abgegeben"
    assert "Software" not in page.inner_text("main")
    found += problems(page)
    found += judges(phones["sol"], links["sol"], but=DIFFER)
    said = phones["sol"].page.locator("h1").inner_text()
    assert said == "Marketing und Vertrieb sind sich bei 11 von 20 Leads einig"

    max_.open(test)
    assert page.locator("h1").inner_text() == "Sie sind sich bei 11 von 20 Leads einig"
    assert page.locator(".dispute").count() == len(DIFFER)
    assert "Branche" in page.locator("table", has_text="Kriterium").inner_text()
    found += problems(page)
    max_.shot("agreement-test-result")
    page.get_by_role("button", name="Ersten Entwurf machen").click()
    page.wait_for_url(lambda url: re.search(r"/agreement/\d+$", url) is not None)
    assert page.locator("h1").inner_text() == "Entwurf 2 ist noch nicht vorgelegt"
    found += problems(page)
    page.goto(f"{server.url}/agreement/test")
    assert page.locator("h1").inner_text() == "Zuletzt waren Sie sich bei 11 von 20 Leads einig"
    found += problems(page)
    max_.shot("agreement-tests")
    errors = [error for of in (max_, *phones.values()) for error in of.errors]
    assert (found, errors) == ([], [])


def test_a_phone_without_javascript_goes_back_and_on_and_other_links_lead_nowhere(
    server: Server, browser: Any, person: Any, mailbox: tuple[Mailbox, int]
) -> None:
    mailbox[0].mails.clear()
    sol = person("sol")
    page = sol.open("/agreement/test")
    page.get_by_role("button", name="Leads ziehen und Links versenden").click()
    page.wait_for_url(lambda url: re.search(r"/agreement/test/\d+$", url) is not None)
    path = link(server, mailbox[0], "max")
    context = browser.new_context(
        viewport={"width": 375, "height": 700}, locale="en", java_script_enabled=False
    )
    phone = context.new_page()
    try:
        answer = phone.goto(f"{server.url}{path}?go=on")
        assert answer is not None
        told = answer.headers
        assert (told["referrer-policy"], told["cache-control"]) == ("no-referrer", "no-store")
        assert told["x-robots-tag"] == "noindex, nofollow, noarchive"
        phone.get_by_role("button", name="Sales-ready").click()
        phone.get_by_text("2 of 20", exact=True).wait_for()
        phone.get_by_role("link", name="Back").click()
        phone.get_by_text("You said: sales-ready").wait_for()
        phone.get_by_role("button", name="Not yet").click()
        phone.goto(f"{server.url}{path}?go=on")
        phone.get_by_text("2 of 20", exact=True).wait_for()
        gone = phone.goto(f"{server.url}{path[:-1]}{'A' if path[-1] != 'A' else 'B'}")
        assert gone is not None
        assert gone.status == 404
    finally:
        context.close()
