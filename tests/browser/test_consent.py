"""A consent, from a form on a phone to the mail that confirms it, and from there to its end."""

from __future__ import annotations

import time
from email.message import EmailMessage
from typing import Any

from tests.browser.conftest import Mailbox
from tests.servers import Server

_FORM = """
from einig.store.models import Source
Source.objects.get_or_create(name="Hosted", kind="form", key="hosted-form")
"""


def the_mail(box: Mailbox, to: str) -> EmailMessage:
    """Return the mail that somebody got, once it is there."""
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        for mail in box.mails:
            if mail["To"] == to:
                return mail
        time.sleep(0.05)
    raise AssertionError(f"no mail to {to}")


def link(mail: EmailMessage, what: str) -> str:
    """Return the path of a link in a mail."""
    found = next(word for word in mail.get_content().split() if f"/f/{what}/" in word)
    return "/f/" + str(found).partition("/f/")[2]


def test_a_consent_from_the_form_to_its_end(
    server: Server, person: Any, mailbox: tuple[Mailbox, int]
) -> None:
    server.store.do(_FORM)
    phone = person(width=375, language="en")
    page = phone.open("/f/hosted-form")
    page.fill("#id_name", "Paula Phone")
    page.fill("#id_email", "paula@handy.example")
    page.check("input[name=agree-mail]")
    page.wait_for_timeout(2500)  # whoever is quicker is no person
    page.get_by_role("button", name="Send").click()
    page.wait_for_selector("text=Your message is with us")
    mail = the_mail(mailbox[0], "paula@handy.example")
    query = "SELECT opened_at, confirmed_from FROM store_consent WHERE address = ?"
    who = ["paula@handy.example"]
    page = phone.open(link(mail, "confirm"))
    phone.shot("confirm-phone")
    assert server.store.rows(query, who) == [(None, "")]
    page.get_by_role("button", name="Yes, I agree").click()
    page.wait_for_selector("text=your consent holds now")
    opened, from_ = server.store.rows(query, who)[0]
    assert (opened is not None, from_) == (True, "127.0.0.1")
    page = phone.open(link(mail, "unsubscribe"))
    page.get_by_role("button", name="All of this").click()
    page.wait_for_selector("text=You get no more mails from us")
    phone.shot("unsubscribed-phone")
    ended = "SELECT count(*) FROM store_consent WHERE withdrawn_at IS NOT NULL AND address = ?"
    assert server.store.rows(ended, who) == [(1,)]
    assert phone.errors == []

    sam = person("sam")
    lead = server.store.rows("SELECT lead_id FROM store_lead WHERE name = ?", ["Paula Phone"])[0][0]
    told = sam.open(f"/leads/{lead}").inner_text("main")
    assert "Dieser Lead wird von Hand bearbeitet" in told
    assert "Widerspruch seit" in told
    sam.shot("lead-by-hand")
    assert sam.errors == []
