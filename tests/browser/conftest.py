"""A real server, a real mail server and a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, Page

from tests.servers import Server, free_port, serving, store

PASSWORD = "correct horse battery"
SET_PASSWORDS = f"""
from django.contrib.auth.hashers import make_password
from einig.store.models import User
User.objects.update(password=make_password({PASSWORD!r}))
"""
SHOTS = Path(__file__).parents[2] / "build" / "screenshots"


@dataclass
class Mailbox:
    """What a mail server got."""

    mails: list[EmailMessage]

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd asks for it
        """Keep a mail."""
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture(scope="session")
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    """A mail server, and its port."""
    box, port = Mailbox([]), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


@pytest.fixture(scope="session")
def server(
    tmp_path_factory: pytest.TempPathFactory, mailbox: tuple[Mailbox, int]
) -> Iterator[Server]:
    """Einig with a small company, whose mails go to the mail server."""
    with store(tmp_path_factory.mktemp("browser")) as made:
        of = replace(made, settings={"EINIG_MAIL": f"smtp://127.0.0.1:{mailbox[1]}"})
        of.found()
        of.do(SET_PASSWORDS)
        with serving(of) as running:
            yield running


@dataclass
class Person:
    """Somebody at a browser, and what went wrong in it."""

    page: Page
    url: str
    errors: list[str]

    def open(self, path: str) -> Page:
        """Open a page."""
        self.page.goto(self.url + path)
        return self.page

    def sign_in(self, name: str) -> None:
        """Sign in."""
        self.open("/sign-in")
        self.page.fill("#id_username", f"{name}@example.com")
        self.page.fill("#id_password", PASSWORD)
        self.page.click("main button")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def shot(self, name: str) -> None:
        """Keep a picture of the page as it is."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


@pytest.fixture
def person(browser: Browser, server: Server) -> Iterator[Any]:
    """Return a function that sits somebody down at a browser of their own."""
    contexts = []

    def sit(
        name: str = "", *, width: int = 1280, dark: bool = False, language: str = "de"
    ) -> Person:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            locale=language,
        )
        contexts.append(context)
        page = context.new_page()
        somebody = Person(page, server.url, [])
        page.on(
            "console",
            lambda said: (
                somebody.errors.append(said.text) if said.type in {"error", "warning"} else None
            ),
        )
        page.on("pageerror", lambda error: somebody.errors.append(str(error)))
        if name:
            somebody.sign_in(name)
        return somebody

    yield sit
    for context in contexts:
        context.close()
