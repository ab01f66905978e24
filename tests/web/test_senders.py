"""Senders on their pages: set up, tried, mended, and read again."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from einig.connectors.registry import CONNECTORS
from einig.flow import deliveries, journey
from einig.store.models import AuditEntry, Delivery, Event, Lead, Source
from tests.connectors.senders import SENDERS
from tests.connectors.senders.sending import HOST, Sends
from tests.live import NOW, Company, company

pytestmark = pytest.mark.django_db
TYPEFORM = SENDERS["typeform"]
TWILIO = SENDERS["twilio"]


@pytest.fixture
def us(settings: Any) -> Company:
    settings.ALLOWED_HOSTS = ["*"]
    return company()


@pytest.fixture
def browser(us: Company) -> Client:
    """A marketer at a browser."""
    client = Client()
    client.force_login(us.mia)
    return client


def connect(browser: Client, kind: str) -> Source:
    """Connect a sender on the page."""
    browser.post("/sources", {"name": "New", "kind": kind, "inbound": "on"})
    return Source.objects.get(name="New")


def deliver(sends: Sends, source: Source, body: bytes) -> int:
    """Deliver as the sender would, with what the source has as settings."""
    address = f"/in/{sends.kind}/{source.key}"
    proof = sends.proof(body, HOST + address) if sends.proof is not None else {}
    return (
        Client(headers=dict(proof))
        .post(address, body, content_type=sends.content_type, SERVER_NAME=HOST[8:], secure=True)
        .status_code
    )


def taken_in() -> None:
    """Let the worker do what is due."""
    while deliveries.understand_waiting(at=NOW) or journey.take_in_waiting():
        pass


def test_what_einig_makes_up_is_shown_to_be_pasted_there(browser: Client, us: Company) -> None:
    source = connect(browser, "typeform")
    assert (source.kind, source.sender) == ("sender", "typeform")
    page = browser.get(f"/sources/{source.id}").content.decode()
    assert source.settings["secret"] in page
    assert f"http://testserver/in/typeform/{source.key}" in page
    reader = Client()
    reader.force_login(us.sol)
    assert source.settings["secret"] not in reader.get(f"/sources/{source.id}").content.decode()


def test_a_secret_is_kept_and_never_shown_again(browser: Client) -> None:
    source = connect(browser, "twilio")
    assert deliver(TWILIO, source, TWILIO.bodies[0]) == 503
    assert browser.post(f"/sources/{source.id}/connect", {"token": ""}).status_code == 422
    token = TWILIO.settings["token"]
    browser.post(f"/sources/{source.id}/connect", {"token": token})
    page = browser.get(f"/sources/{source.id}").content.decode()
    assert token not in page
    browser.post(f"/sources/{source.id}/connect", {"token": ""})  # empty keeps it
    source.refresh_from_db()
    assert source.settings == {"token": token}
    assert deliver(TWILIO, source, TWILIO.bodies[0]) == 200
    told = AuditEntry.objects.filter(action="source_connected").order_by("id")
    assert [entry.detail for entry in told] == [{"changed": ["token"]}, {"changed": []}]


def test_what_arrived_is_shown_as_it_came_and_as_it_was_understood(browser: Client) -> None:
    source = connect(browser, "typeform")
    Source.objects.filter(id=source.id).update(settings=dict(TYPEFORM.settings))
    empty = browser.get(f"/sources/{source.id}/arrived").content.decode()
    assert "Noch nichts." in empty
    deliver(TYPEFORM, source, TYPEFORM.bodies[0])
    assert "wartet" in browser.get(f"/sources/{source.id}/arrived").content.decode()
    taken_in()
    page = browser.get(f"/sources/{source.id}/arrived").content.decode()
    assert ("form_submitted" in page, "joerg.mueller@pumpen.example" in page) == (True, True)
    assert "&quot;form_response&quot;" in page


def test_a_senders_own_test_is_shown_and_is_no_lead(browser: Client) -> None:
    google = SENDERS["google_leads"]
    source = connect(browser, "google_leads")
    Source.objects.filter(id=source.id).update(settings=dict(google.settings))
    body = google.bodies[0].replace(b'"is_test": false', b'"is_test": true')
    assert deliver(google, source, body) == 200
    taken_in()
    assert Lead.objects.count() == 0
    assert "ein Test" in browser.get(f"/sources/{source.id}").content.decode()


def test_what_failed_is_listed_by_sender_and_reason_mended_and_read_again(browser: Client) -> None:
    source = connect(browser, "typeform")
    Source.objects.filter(id=source.id).update(settings=dict(TYPEFORM.settings))
    whole = TYPEFORM.bodies[0]
    broken = [whole.replace(b'"token": "3nk7', b'"tokn": "%d' % n) for n in range(3)]
    for body in broken:
        deliver(TYPEFORM, source, body)
    taken_in()
    (failing,) = deliveries.reasons()
    assert (failing.name, failing.reason, failing.many) == ("New", "token is missing", 3)
    page = browser.get("/received").content.decode()
    assert page.count("token is missing") == 5  # once for all three, in its form, and one by one
    first = Delivery.objects.order_by("id")[0]
    browser.post(f"/deliveries/{first.id}/mend", {"do": "mend", "body": whole.decode()})
    taken_in()
    assert (Lead.objects.count(), Event.objects.count()) == (1, 1)
    second = Delivery.objects.order_by("id")[1]
    browser.post(f"/deliveries/{second.id}/mend", {"do": "dismiss"})
    assert deliveries.failed().count() == 1
    browser.post(f"/deliveries/{second.id}/mend", {"do": "restore"})
    browser.post(f"/sources/{source.id}/again", {"to": "received", "reason": failing.reason})
    waiting = Delivery.objects.filter(reason="", understood_at=None)
    assert waiting.count() == 2
    taken_in()
    assert deliveries.failed().count() == 2  # nothing was corrected, so they fail again


def test_who_delivers_too_much_has_to_wait(us: Company) -> None:
    source = Source.objects.create(
        name="F", kind="sender", sender="typeform", key="k", settings=dict(TYPEFORM.settings),
        per_minute=2,
    )  # fmt: skip
    bodies = [TYPEFORM.bodies[0].replace(b"3nk7", b"%d" % n) for n in range(3)]
    assert [deliver(TYPEFORM, source, body) for body in bodies] == [200, 200, 429]
    answer = Client(headers=dict(TYPEFORM.headers(bodies[2]))).post(
        "/in/typeform/k", bodies[2], content_type="application/json", SERVER_NAME=HOST[8:]
    )
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    newest = Delivery.objects.order_by("-at")[0].at
    assert deliveries.waits(source, at=newest + deliveries.MINUTE) == 0


def test_a_form_built_for_salesforce_leads_back_to_its_site_only(us: Company) -> None:
    sends = SENDERS["web_to_lead"]
    Source.objects.create(
        name="W", kind="sender", sender=sends.kind, key="k", settings=dict(sends.settings)
    )
    body = sends.bodies[0]
    page = "https://www.example.com/demo?utm_source=newsletter"
    answer = Client(headers={"referer": page}).post(
        sends.path, body, content_type=sends.content_type
    )
    taken_in()
    assert Event.objects.get().properties["page"] == page
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        "https://www.example.com/danke",
    )
    for elsewhere in (
        b"evil.example%2F",
        b"www.example.com.evil.example%2F",
        b"www.example.com%40e",
    ):
        there = body.replace(b"www.example.com%2F", elsewhere)
        assert Client().post(sends.path, there, content_type=sends.content_type).status_code == 200


def test_a_form_built_for_hubspot_may_send_from_any_page(us: Company) -> None:
    sends = SENDERS["hubspot_forms"]
    Source.objects.create(
        name="H", kind="sender", sender=sends.kind, key="k",
        settings=dict(sends.settings) | {"thanks": "Danke!"},
    )  # fmt: skip
    asks = Client().options(sends.path)
    assert (asks.status_code, asks.headers["Access-Control-Allow-Origin"]) == (204, "*")
    answer = Client().post(sends.path, sends.bodies[0], content_type="application/json")
    assert answer.json() == {"inlineMessage": "Danke!"}
    assert (
        Client().post(f"{sends.path}0", b"{}", content_type="application/json").status_code == 404
    )


def test_handshakes_are_answered_with_what_the_sender_has(us: Company) -> None:
    for kind in ("meta_leads", "linkedin_leads"):
        sends = SENDERS[kind]
        Source.objects.create(
            name=kind, kind="sender", sender=kind, key=kind, settings=dict(sends.settings)
        )
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "made up"}
    answer = Client().get("/in/meta_leads/meta_leads", asked)
    assert (answer.status_code, answer.content) == (200, b"1158201444")
    wrong = asked | {"hub.verify_token": "other"}
    assert Client().get("/in/meta_leads/meta_leads", wrong).status_code == 401
    proved = Client().get("/in/linkedin_leads/linkedin_leads", {"challengeCode": "890e4665"}).json()
    assert proved["challengeCode"] == "890e4665"
    assert len(proved["challengeResponse"]) == 64
    assert Client().get("/in/linkedin_leads/linkedin_leads").status_code == 405


def test_every_setting_is_asked_for_in_german() -> None:
    texts = {
        text
        for one in CONNECTORS.values()
        for of in one.settings
        for text in (of.label, of.help)
        if text
    }
    with translation.override("de"):
        assert {text for text in texts if translation.gettext(text) == text} == set()
