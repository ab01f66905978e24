"""Whatever is typed into any field of any form is kept readable, or refused in words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client

from einig.flow import consent, journey
from einig.flow.organisation import forget
from einig.store.models import Attempt, Fact, Feedback, Handoff, Lead
from tests.live import NOW, Company
from tests.web import test_once
from tests.web.forms import Form

pytestmark = pytest.mark.django_db

us = test_once.us  # the company in which there is something to do for everybody
OURS = {"slip", "csrfmiddlewaretoken"}
ODD = [
    "Nul\0 \u202eturned\u2066 \x1b[31m<script>alert(1)</script>", "ß" * 5000, str(10**30),
    "[" * 10_000, "a@" + "b" * 250 + ".example",
]  # fmt: skip


def filled(form: Form) -> Iterator[dict[str, str]]:
    """Yield what is sent if something odd stands in one field, or in all of them."""
    name, value = form.buttons[0] if form.buttons else ("", "")
    typed = [of for of in form.fields if of not in OURS]
    for odd in ODD:
        yield form.sent((name, value)) | dict.fromkeys(typed, odd)
    for of in typed if len(typed) > 1 else []:
        yield form.sent((name, value)) | {of: ODD[0]}


def test_whatever_is_typed_is_answered(us: Company) -> None:
    seen: set[object] = set()
    for user in (us.ada, us.max, us.sam):  # together they see every form
        browser = Client()
        browser.force_login(user)
        for form in test_once.every_form(browser):
            if form.is_the_same_as not in seen and form.action not in {"/sign-out", "/language"}:
                seen.add(form.is_the_same_as)
                answered(browser, form)
    assert len(seen) > 25


def answered(browser: Client, form: Form) -> None:
    """Send a form with odd values, each time to the same company."""
    for fields in filled(form):
        with transaction.atomic():
            status = browser.post(form.action, fields).status_code
            assert (form.action, fields, status < 500) == (form.action, fields, True)
            journey.take_in_waiting()
            transaction.set_rollback(True)
        forget()


@pytest.mark.parametrize(
    "address",
    ["/leads?q=%00", "/leads?source=²", f"/leads?source={10**30}", "/leads?page=²", "/leads/%00",
     "/inbox/%00", f"/handoffs/{10**30}/accept", "/report?month=²-²",
     f"/report?month={'9' * 5000}-1",
     "/settings/audit?about=%00", f"/agreement/{10**30}", "/leads?view=%00&sort=%00&format=%00",
     "/welcome/%00", "/f/%00", "/f/unsubscribe/%00", "/password/%00/%00", "/hooks/%00"],
)  # fmt: skip
def test_odd_addresses_are_answered(us: Company, address: str) -> None:
    browser = Client()
    browser.force_login(us.ada)
    assert browser.get(address).status_code < 500


def test_what_is_kept_can_be_read(us: Company) -> None:
    browser = Client()
    browser.force_login(us.sam)
    of = Handoff.objects.filter(closed_at=None).order_by("id")[0]
    consent.give(of.lead, "phone", at=NOW, proof="by letter")
    said = {"channel": "phone", "result": "call_back", "note": ODD[0]}
    browser.post(f"/handoffs/{of.id}/attempt", said)
    browser.post(f"/leads/{of.lead.lead_id}/say", {"verdict": "praise", "text": ODD[0]})
    browser.post(f"/leads/{of.lead.lead_id}/edit", {"attribute": "city", "value": ODD[0]})
    kept = "Nul turned [31m<script>alert(1)</script>"
    assert Attempt.objects.get(result="call_back").note == kept
    assert Feedback.objects.get(verdict="praise").text == kept
    assert Fact.objects.get(attribute="city", by=us.sam).value == kept
    page = browser.get(f"/leads/{Lead.objects.get(id=of.lead_id).lead_id}").content.decode()
    assert ("<script>alert(1)" in page, "&lt;script&gt;alert(1)" in page) == (False, True)
