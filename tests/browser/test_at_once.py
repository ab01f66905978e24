"""Two people, or two clicks, at the same instant, against the real server."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from copy import copy
from functools import partial
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from tests.browser.conftest import PASSWORD, SET_PASSWORDS
from tests.servers import Server, serving, store
from tests.web.forms import Form, forms

_LEADS = """
import time
from einig.store.models import Handoff, Source
from tests.live import identify, say, track
for n in range(6):
    told = identify(f"u{n}", email=f"u{n}@pumpen{n}.example", industry="Software")
    did, at = track("demo_requested", f"u{n}"), time.time_ns() // 1000
    say([told, did], of=Source.objects.get(), at=at)
Handoff.objects.filter(id__lte=4).update(to=None)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Einig with leads that anybody in sales can take."""
    with store(tmp_path_factory.mktemp("at-once")) as of:
        of.found()
        of.do(SET_PASSWORDS + _LEADS)
        with serving(of) as running:
            yield running


class Browser:
    """A browser without JavaScript."""

    def __init__(self, server: Server, name: str) -> None:
        self.url = server.url
        self.cookies = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))
        form = self.form("/sign-in", "sign-in")
        self.send(form, ("", ""), username=f"{name}@example.com", password=PASSWORD)

    def copy(self) -> Browser:
        """Return a browser with the same cookies: a click that knows of no other's answer."""
        made = copy(self)
        made.cookies = CookieJar()
        for cookie in self.cookies:
            made.cookies.set_cookie(cookie)
        made.opener = build_opener(HTTPCookieProcessor(made.cookies))
        return made

    def open(self, path: str, body: bytes | None = None) -> tuple[int, str]:
        """Return the status and the text of the page that one is led to."""
        try:
            with self.opener.open(self.url + path, body, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()

    def form(self, path: str, part: str) -> Form:
        """Return the form of a page that goes to an address with this part."""
        return next(f for f in forms(self.open(path)[1], path) if part in f.action)

    def send(self, form: Form, button: tuple[str, str], **more: str) -> tuple[int, str]:
        """Click a button."""
        return self.open(form.action, urlencode(form.sent(button, **more)).encode())


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Return what calls return that begin at the same instant."""
    ready, told = threading.Barrier(len(calls)), {}

    def run(n: int, call: Callable[[], Any]) -> None:
        ready.wait()
        told[n] = call()

    threads = [threading.Thread(target=run, args=of) for of in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [told[n] for n in range(len(calls))]


def test_of_two_who_accept_a_lead_at_once_one_gets_it_and_the_other_a_sentence(
    server: Server,
) -> None:
    sam, sue = Browser(server, "sam"), Browser(server, "sue")
    either = sam.form("/sign-in", "sign-out"), sue.form("/sign-in", "sign-out")
    for handoff in range(1, 5):
        path = f"/handoffs/{handoff}/accept"
        for form in either:  # its token and slip are as good as those of the button in the inbox
            form.action = path
        pages = at_once(
            lambda: sam.send(either[0], ("", "")), lambda: sue.send(either[1], ("", ""))
        )
        # 403 if it was the other's before this one was looked at
        assert sorted(status for status, _page in pages) in ([200, 200], [200, 403])
        assert sorted("Jemand war schneller" in page for _status, page in pages) == [False, True]
    taken = "SELECT about, count(*) FROM store_auditentry WHERE action = 'handoff_accepted'"
    assert [n for _lead, n in server.store.rows(f"{taken} GROUP BY about")] == [1] * 4


def test_many_clicks_at_once_on_one_button_do_it_once(server: Server) -> None:
    mine = server.store.rows(
        "SELECT l.lead_id, u.name FROM store_handoff h JOIN store_lead l ON l.id = h.lead_id "
        "JOIN store_user u ON u.id = h.to_id WHERE h.id = 6"
    )
    lead, name = mine[0]
    rep = Browser(server, name.lower())
    form = rep.form(f"/inbox/{lead}", "/attempt")
    button = ("result", "no_answer")
    clicks = [partial(rep.copy().send, form, button, note="Rang") for _ in range(6)]
    pages = at_once(*clicks)
    assert [status for status, _page in pages] == [200] * 6
    assert server.store.rows("SELECT count(*) FROM store_attempt WHERE note = 'Rang'") == [(1,)]
    assert [bool(re.search("1 Kontaktversuch", page)) for _status, page in pages] == [True] * 6
