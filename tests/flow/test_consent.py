"""Consents: heard once, confirmed by mail, withdrawn at once; mails by a real SMTP server."""

from __future__ import annotations

import json
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from einig.connectors.contract import Delivery as Raw
from einig.engine.instants import DAY
from einig.flow import capture, consent, deliveries, journey, mails, nurture, organisation, purposes
from einig.flow.permissions import NotAllowed
from einig.jobs import worker
from einig.store.models import Consent, Lead, NurtureEntry, Organisation, Source, Task
from einig.store.models.sources import Kind
from einig.web.clock import now
from tests.browser.conftest import Mailbox, mailbox  # noqa: F401  # the fixture
from tests.live import NOW, Company, company, identify, say
from tests.stories import examples

pytestmark = pytest.mark.django_db
TEXT = "You may write me mails."


@pytest.fixture
def us(settings: Any, mailbox: tuple[Mailbox, int]) -> Company:  # noqa: F811  # the fixture
    """A company whose mails go to a real mail server."""
    box, port = mailbox
    box.mails.clear()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    of = Organisation(
        name="Muster GmbH", particulars="Muster GmbH, Ulm", privacy_url="https://m.example/p"
    )
    of.save()
    organisation.forget()
    return company()


def form() -> Source:
    """Return a hosted form."""
    return Source.objects.get_or_create(name="Form", kind=Kind.FORM, key="form-key")[0]


def writes(mail: str, *, agrees: tuple[str, ...] = ("mail",), at: int, id_: str = "m1") -> None:
    """Let somebody fill in a form."""
    told = capture.somebody(
        attributes={"email": mail, "name": "Petra Pumpe"},
        activity="form_submitted",
        at=at,
        message_id=id_,
        purposes={of: {"text": TEXT, "version": 1, "language": "en"} for of in agrees},
    )
    capture.receive(told, source=form(), at=at)
    while journey.take_in_waiting():
        pass


def mails_of(box: Mailbox, *, at: int) -> list[EmailMessage]:
    """Do what is due; return the mails to leads."""
    while worker.work(at=at):
        pass
    return [mail for mail in box.mails if "List-Unsubscribe" in mail]


def link(mail: EmailMessage, what: str) -> str:
    """Return the path of a link in a mail."""
    found = [line for line in mail.get_content().split() if f"/f/{what}/" in line]
    return str(found[0].partition("127.0.0.1:8400")[2])


def test_a_lead_is_kept_at_once_and_its_mails_wait_for_the_confirmation(
    us: Company,
    mailbox: tuple[Mailbox, int],  # noqa: F811  # the fixture
) -> None:
    at = now()
    writes("petra@pumpen.example", at=at)
    lead = Lead.objects.get()
    assert (lead.name, nurture.may_mail(lead)) == ("Petra Pumpe", False)
    mail = mails_of(mailbox[0], at=at)[0]
    assert mail["To"] == "petra@pumpen.example"
    text = mail.get_content()
    assert [TEXT in text, "Muster GmbH, Ulm" in text, "https://m.example/p" in text] == [True] * 3
    assert lead.lead_id not in link(mail, "confirm")
    opened = Client().get(link(mail, "confirm"))  # as a scanner of links does
    assert (opened.status_code, nurture.may_mail(lead)) == (200, False)
    for _ in range(2):
        assert Client().post(link(mail, "confirm")).status_code == 200
    given = Consent.objects.get()
    assert (nurture.may_mail(lead), given.confirmed_from, given.text, given.version) == (
        True, "127.0.0.1", TEXT, 1,
    )  # fmt: skip


def test_a_confirmation_expires_and_cannot_be_made_up(us: Company) -> None:
    writes("petra@pumpen.example", at=NOW)
    given = Consent.objects.get()
    token = consent.token_of(given, at=NOW)
    assert consent.to_confirm(token, at=NOW + 30 * DAY - 1) == given
    assert consent.to_confirm(token, at=NOW + 30 * DAY) is None
    assert consent.to_confirm(token + "x", at=NOW) is None
    assert Client().post(f"/f/confirm/{token}x").status_code == 404


def test_the_mail_is_sent_again_but_not_for_ever(
    us: Company,
    mailbox: tuple[Mailbox, int],  # noqa: F811  # the fixture
) -> None:
    writes("petra@pumpen.example", at=NOW, id_="m1")
    writes("petra@pumpen.example", at=NOW + 1, id_="m2")
    given = Consent.objects.get()
    consent.ask_again(given, by=us.mia, at=NOW + 2)
    assert len(mails_of(mailbox[0], at=NOW + 2)) == 3
    with pytest.raises(consent.AskedEnough):
        consent.ask_again(given, by=us.mia, at=NOW + 3)


def test_a_consent_that_is_read_again_is_the_same_one(us: Company) -> None:
    writes("petra@pumpen.example", agrees=("mail", "phone"), at=NOW, id_="m1")
    writes("petra@pumpen.example", agrees=("mail", "phone"), at=NOW, id_="m1")
    assert list(Consent.objects.order_by("purpose").values_list("purpose", flat=True)) == [
        "mail", "phone",
    ]  # fmt: skip
    assert Task.objects.filter(kind="mail_confirm").count() == 1


def test_what_was_withdrawn_is_not_opened_by_reading_it_again(us: Company) -> None:
    writes("petra@pumpen.example", agrees=("phone",), at=NOW, id_="m1")
    lead = Lead.objects.get()
    assert consent.holds(lead, "phone") is not None
    consent.withdraw(lead, "phone", at=NOW + 5)
    writes("petra@pumpen.example", agrees=("phone",), at=NOW, id_="m1")
    assert consent.holds(lead, "phone") is None


def test_one_request_of_a_mail_program_stops_the_mails_and_a_page_stops_everything(
    us: Company,
    mailbox: tuple[Mailbox, int],  # noqa: F811  # the fixture
) -> None:
    writes("petra@pumpen.example", at=NOW)
    lead, given = Lead.objects.get(), Consent.objects.get()
    consent.confirm(given, at=NOW + 1, from_="192.0.2.1")
    mail = mails_of(mailbox[0], at=NOW + 1)
    assert mail == []  # it was confirmed before it was sent
    nurture.enter(lead, at=NOW + 2, reason="test")
    sent = mails_of(mailbox[0], at=NOW + 4 * DAY)[0]
    stop = sent["List-Unsubscribe"].strip("<>").partition("127.0.0.1:8400")[2]
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert Client().post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert (nurture.may_mail(lead), consent.objection(lead, "phone")) == (False, None)
    Client().post(stop, {"stop": "all"})
    lead.refresh_from_db()
    assert (consent.objection(lead, "phone") is not None, lead.profiled) == (True, False)


def test_a_new_wording_leaves_what_was_agreed_to_as_it_was(us: Company) -> None:
    worded = purposes.current("mail")
    assert worded is not None
    with pytest.raises(NotAllowed):
        purposes.reword(worded, by=us.mia, at=NOW)
    assert purposes.reword(worded, by=us.ada, at=NOW) == worded  # nothing is new

    anew = purposes.reword(replace(worded, texts={"en": "Mails?"}), by=us.ada, at=NOW)
    assert (anew.version, purposes.current("mail")) == (2, anew)


STEPS = st.lists(
    st.sampled_from(["agree", "confirm", "withdraw", "phone", "customer", "nurture"]), max_size=8
)


@examples(60)
@given(STEPS)
def test_nobody_without_a_basis_is_mailed(steps: list[str]) -> None:

    with transaction.atomic():
        us = company()
        say([identify("u1", email="p@pumpen.example")], of=us.website, at=NOW)
        lead, at, open_ = Lead.objects.get(), NOW, False
        waiting: Consent | None = None
        for n, step in enumerate(steps):
            at += DAY
            if step == "agree":
                said = consent.Agreed("mail", text=f"text {n}")
                waiting = consent.give(lead, "mail", said=said, at=at)
            elif step == "confirm" and waiting is not None:
                consent.confirm(waiting, at=at, from_="")
                open_ = open_ or waiting.withdrawn_at is None
            elif step == "withdraw":
                consent.withdraw(lead, "mail", at=at)
                open_ = False
                waiting = None
            elif step == "phone":
                consent.give(lead, "phone", at=at)
            elif step == "customer":
                consent.give(lead, "mail", basis="customer", at=at, by=us.sam)
                open_ = True
            else:
                nurture.enter(lead, at=at, reason="test")
        entry = nurture.enter(lead, at=at, reason="test")

        assert mails.send_nurture(entry, id_="x") == open_
        assert NurtureEntry.objects.count() == 1
        transaction.set_rollback(True)


def test_what_a_sender_was_agreed_to_is_kept_once_however_often_it_is_read(us: Company) -> None:
    source = Source.objects.create(
        name="HubSpot form", kind=Kind.SENDER, key="hub", sender="hubspot_forms",
        settings={"form": "a-form"},
    )  # fmt: skip
    agreed = {"consent": {"communications": [{"value": True, "text": TEXT}]}}
    body = {
        "fields": [{"name": "email", "value": "petra@pumpen.example"}],
        "legalConsentOptions": agreed,
    }
    deliveries.keep(Raw(body=json.dumps(body).encode(), at=NOW), source=source)
    for n in range(2):
        deliveries.understand_waiting(at=NOW + n)
        while journey.take_in_waiting():
            pass
        deliveries.read_again(source, only_failed=False, by=us.ada, at=NOW + n)
    given = Consent.objects.get()
    assert (given.purpose, given.text, given.source, given.opened_at) == (
        "mail", TEXT, source, None,
    )  # fmt: skip
