"""Calls: from the ring of the phone to a lead, by whoever answered."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from einig.flow import deliveries, journey
from einig.store.models import Delivery, Event, Identity, Lead, Source
from tests.live import Company, company

pytestmark = pytest.mark.django_db

NUMBER = "4989123456"


@pytest.fixture
def us() -> Company:
    """The company, since a long time ago, with its phone at sipgate."""
    Source.objects.create(name="Phone at sipgate", kind="sender", sender="sipgate", key="ring")
    return company(since=1_700_000_000_000_000)


@pytest.fixture
def browser(us: Company) -> Client:
    """A rep at a browser."""
    us.sam.language = "en"
    us.sam.save()
    client = Client()
    client.force_login(us.sam)
    return client


def rings(call: str, *events: str, number: str = NUMBER, direction: str = "in") -> None:
    """Let sipgate tell of a call, and what it tells be taken in."""
    for event in events:
        said = {"event": event, "callId": call, "direction": direction, "user[]": "Sam"}
        said |= {"from": number, "to": "49301234567"}
        said |= {"cause": "normalClearing"} if event == "hangup" else {}
        body = urlencode(said).encode()
        kind = "application/x-www-form-urlencoded"
        assert Client().post("/in/sipgate/ring", body, content_type=kind).status_code == 200
    newest = Delivery.objects.order_by("-at").values_list("at", flat=True)[0]
    while deliveries.understand_waiting(at=newest) + journey.take_in_waiting():
        pass


def listed(browser: Client) -> list[tuple[str, str]]:
    """Return who rang, as the page shows it."""
    page = html.unescape(browser.get("/call/lately").content.decode())
    found = re.findall(r'<a href="/call\?call=[^"]+">([^<]+)</a> <span class="quiet">([^<]+)', page)
    return [(who, state) for who, state in found]


def note(browser: Client, call: str, **said: str) -> Any:
    """Note a call from its entry: what the page filled in, and what was typed."""
    page = browser.get("/call", {"call": f"sipgate-{call}"}).content.decode()
    phone = re.search(r'name="phone" value="([^"]*)"', page)
    withheld = {"withheld": "on"} if 'name="withheld"' in page and "checked" in page else {}
    filled = {"call": f"sipgate-{call}", "phone": phone[1] if phone else ""} | withheld
    return browser.post("/call", filled | said)


def test_a_call_is_a_contact_at_once_and_a_lead_when_it_is_noted(browser: Client) -> None:
    rings("1", "newCall")
    assert listed(browser) == [("+4989123456", "rings")]
    rings("1", "answer", "hangup")
    assert listed(browser) == [("+4989123456", "answered, not noted yet")]
    assert Lead.objects.count() == 0
    note(browser, "1", name="Petra Lindner", company="Pumpen GmbH", wants="A demo", wants_demo="on")
    lead = Lead.objects.get()
    assert (lead.name, str(lead.company)) == ("Petra Lindner", "Pumpen GmbH")
    did = Event.objects.filter(identity__lead=lead).order_by("id")
    assert [of.type for of in did] == ["call_answered", "demo_requested"]
    assert listed(browser) == [("Petra Lindner", "noted")]


def test_who_is_known_is_called_by_name_and_stays_one_lead(browser: Client) -> None:
    browser.post("/call", {"name": "Petra Lindner", "phone": "089 123456"})
    rings("2", "newCall", "answer")
    assert listed(browser) == [("Petra Lindner", "answered, not noted yet")]
    page = browser.get("/call", {"call": "sipgate-2"}).content.decode()
    assert ["Petra Lindner is calling" in page, 'value="Petra Lindner"' in page] == [True, True]
    note(browser, "2", wants="Wants to buy")
    assert Lead.objects.count() == 1


def test_what_we_dial_ourselves_is_nobody_calling(browser: Client) -> None:
    rings("3", "newCall", "answer", "hangup", direction="out")
    assert listed(browser) == []


def test_statuses_in_any_order_end_right(browser: Client) -> None:
    rings("4", "hangup", "newCall")
    assert listed(browser) == [("+4989123456", "answered, not noted yet")]


def test_two_people_whose_numbers_are_withheld_are_two_leads(browser: Client) -> None:
    for call, name in (("5", "Anna"), ("6", "Bernd")):
        rings(call, "newCall", "answer", number="anonymous")
        assert listed(browser)[0] == ("Number withheld", "answered, not noted yet")
        note(browser, call, name=name)
    assert sorted(Lead.objects.values_list("name", flat=True)) == ["Anna", "Bernd"]
    for lead in Lead.objects.all():
        did = Event.objects.filter(identity__lead=lead).order_by("id")
        assert [of.type for of in did] == ["call_answered", "call_received"]
    assert Identity.objects.filter(lead=None, events__isnull=False).count() == 0


def test_a_page_with_three_calls_costs_as_much_as_with_one(browser: Client) -> None:
    costs = []
    for call in ("7", "8", "9"):
        rings(call, "newCall", number=f"498912345{call}")
        browser.get("/call")
        with CaptureQueriesContext(connection) as asked:
            browser.get("/call")
        costs.append(len(asked))
    assert costs[0] == costs[1] == costs[2]


def test_whoever_may_not_capture_leads_sees_no_calls(us: Company) -> None:
    assert Client().get("/call/lately").status_code == 302
