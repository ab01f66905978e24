"""In a real browser: attacks are text, and a double click on any button does it once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import PASSWORD, SET_PASSWORDS, Mailbox, Person
from tests.browser.hostile import ATTACK
from tests.servers import Server, serving, store

PAGES = {
    "sam": ["/inbox", "/leads", "/leads/{lead}", "/call", "/leads/new", "/absence", "/nurture"],
    "mia": ["/sources", "/sources/2", "/sources/3", "/sources/4", "/review", "/received"],
    "max": ["/agreement", "/agreement/1/about?criterion=verify", "/jour-fixe", "/jour-fixe/1",
            "/agreement/2", "/agreement/3", "/agreement/draft", "/report"],
    "sol": ["/follow-up", "/review", "/leads/{lead}", "/agreement/3"],
    "ada": ["/settings", "/settings/people", "/settings/people/3", "/settings/import",
            "/settings/audit", "/received"],
}  # fmt: skip


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, mailbox: tuple[Mailbox, int]
) -> Iterator[Server]:
    """Einig with a company of its own, in which every text is an attack."""
    with store(tmp_path_factory.mktemp("hostile")) as made:
        of = replace(made, settings={"EINIG_MAIL": f"smtp://127.0.0.1:{mailbox[1]}"})
        of.found()
        of.do(SET_PASSWORDS + "from tests.browser.hostile import fill\nfill()")
        with serving(of) as running:
            yield running


@pytest.fixture(scope="module")
def lead(server: Server) -> str:
    """A lead that is in Sam's hands."""
    query = "SELECT l.lead_id FROM store_lead l JOIN store_handoff h ON h.lead_id = l.id"
    return str(server.store.rows(f"{query} WHERE h.closed_at IS NULL ORDER BY h.id DESC")[0][0])


@pytest.mark.parametrize("name", PAGES)
def test_an_attack_is_text_on_every_page(person: Any, lead: str, name: str) -> None:
    somebody = person(name)
    somebody.page.on("dialog", lambda dialog: somebody.errors.append(dialog.message))
    for path in PAGES[name]:
        page = somebody.open(path.format(lead=lead))
        page.locator("details").evaluate_all(_OPEN)
        planted = "script, img, [onerror], [onload], a[href^='javascript:']"
        assert (path, page.locator(f"body :is({planted})").count()) == (path, 0)
        assert (path, "49" in page.locator("body").inner_text().split()) == (path, False)
    assert somebody.errors == []


def test_an_attack_is_shown_as_it_was_written(person: Any, lead: str) -> None:
    page = person("sam").open(f"/leads/{lead}")
    assert ATTACK in page.locator("h1").inner_text()
    assert "\u202e" not in page.content()


# of details with one name only one is open at a time
_OPEN = "all => all.forEach(one => { one.name = ''; one.open = true })"
_FILL = """(form, password) => {
  for (const one of form.elements) {
    if (one.type === "file") { one.required = false; continue; }
    if (one.type === "radio" && one.required) { one.checked = true; continue; }
    if (one.value || one.type === "hidden" || one.type === "checkbox") continue;
    if (one.type === "password") one.value = password;
    else if (one.type === "email") one.value = "new@pumpen.example";
    else if (one.type === "date") one.value = "2036-01-01";
    else if (one.tagName === "SELECT") one.selectedIndex = one.options.length - 1;
    else if (one.type === "text" || one.tagName === "TEXTAREA") one.value = "12";
  }
  return form.checkValidity();
}"""


def twice(somebody: Any, path: str, clicked: set[str], where: str = "main") -> None:
    """Click each button of a page twice that was not clicked before, on a fresh page each time."""
    page = somebody.page
    while True:
        somebody.open(path)
        buttons = page.locator(f"{where} form[method=post] button:not([aria-hidden])")
        names = buttons.evaluate_all(
            """all => all.map(one => [new URL(one.form.action).pathname, one.name, one.value])"""
        )
        new = [n for n, of in enumerate(names) if re.sub(r"\d+", "", str(of)) not in clicked]
        if not new:
            return
        clicked.add(re.sub(r"\d+", "", str(names[new[0]])))
        page.locator(f"{where} details").evaluate_all(_OPEN)
        button = buttons.nth(new[0])
        form = button.locator("xpath=ancestor::form")
        assert (path, names[new[0]], form.evaluate(_FILL, PASSWORD)) == (path, names[new[0]], True)
        if (file := form.locator("input[type=file]")).count():
            rows = {"name": "x.csv", "mimeType": "text/csv", "buffer": b"E-Mail\nz@z.example\n"}
            file.set_input_files(rows)
        with page.expect_navigation():
            button.dblclick()


@pytest.fixture(scope="module")
def clicked() -> set[str]:
    """The buttons that were clicked by now: each role sees them, but one click tells enough.

    What each role may do with each of them is tested without a browser, in `tests/web/test_once`.
    """
    return set()


@pytest.mark.parametrize("name", PAGES)
def test_a_double_click_on_any_button_does_it_once(
    server: Server, person: Any, lead: str, clicked: set[str], name: str
) -> None:
    somebody, failed = person(name), []
    somebody.page.on(
        "response", lambda said: failed.append(said.url) if said.status >= 500 else None
    )
    before = server.store.rows("SELECT max(id) FROM store_auditentry")[0][0]
    known = len(clicked)
    for path in PAGES[name]:
        twice(somebody, path.format(lead=lead), clicked)
    twice(somebody, "/", clicked, "header")
    assert len(clicked) > known
    assert failed == []
    done = "FROM store_auditentry WHERE id > ? AND by_id IS NOT NULL"
    repeated = f"SELECT action, about, count(*) {done} GROUP BY action, about, by_id, detail"
    assert server.store.rows(f"{repeated} HAVING count(*) > 1", [before]) == []


def test_a_double_click_without_javascript_does_it_once_and_says_so(
    server: Server, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="de")
    somebody = Person(context.new_page(), server.url, [])
    somebody.sign_in("ada")
    page = somebody.open("/settings/people")
    page.fill("#id_email", "twice@pumpen.example")
    page.get_by_role("button", name="Link erzeugen").dblclick()
    page.wait_for_selector("main code")
    link = page.inner_text("main code")
    invited = "SELECT count(*) FROM store_invitation WHERE email = 'twice@pumpen.example'"
    assert server.store.rows(invited) == [(1,)]
    assert somebody.open(link.removeprefix(server.url)).locator("#id_name").count() == 1
    context.close()
