"""Sources: keys, mappings and what campaigns cost, by whoever may."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from einig.flow import journey
from einig.store.models import ApiKey, Lead, Received, Source
from tests.live import Company, company

pytestmark = pytest.mark.django_db


@pytest.fixture
def us() -> Company:
    """The company, since a long time ago."""
    return company(since=1_700_000_000_000_000)


@pytest.fixture
def browser(us: Company) -> Client:
    """A marketer at a browser."""
    client = Client()
    client.force_login(us.mia)
    return client


def made(browser: Client, kind: str) -> Source:
    """Connect a source of a kind."""
    browser.post("/sources", {"name": "New", "kind": kind, "inbound": "on"})
    return Source.objects.get(name="New")


def test_a_key_is_shown_once_works_and_is_revoked(browser: Client) -> None:
    source = made(browser, "api")
    page = browser.post(f"/sources/{source.id}", {"do": "key"}).content.decode()
    token = re.search(r"einig_[\w-]+", page)
    assert token is not None
    assert token[0] not in browser.get(f"/sources/{source.id}").content.decode()
    headers = {"Authorization": f"Bearer {token[0]}"}
    assert Client().get("/api/leads", headers=headers).status_code == 200
    browser.post(f"/sources/{source.id}", {"do": "revoke", "key": ApiKey.objects.get().id})
    assert Client().get("/api/leads", headers=headers).status_code == 401


def test_a_mapping_is_kept_if_it_names_what_is_needed(browser: Client) -> None:
    source = made(browser, "webhook")
    for useless in ("[]", "{", '{"id": "x"}', '{"id": "x", "attributes": {"email": 5}}'):
        browser.post(f"/sources/{source.id}", {"do": "map", "mapping": useless})
        source.refresh_from_db()
        assert source.mapping == {}
    mapping = {"id": "x", "attributes": {"email": "mail"}}
    browser.post(f"/sources/{source.id}", {"do": "map", "mapping": json.dumps(mapping)})
    source.refresh_from_db()
    assert source.mapping == mapping


def test_a_hosted_form_takes_a_lead_and_nothing_from_robots(browser: Client) -> None:
    source = made(browser, "form")
    stranger = Client()
    said = {"name": "<script>alert(1)</script>", "email": "p@pumpen.example", "wants": "A demo"}
    assert stranger.get(f"/f/{source.key}").status_code == 200
    assert stranger.post(f"/f/{source.key}", {"name": "nobody"}).status_code == 422
    assert stranger.post(f"/f/{source.key}", said | {"website": "spam"}).status_code == 200
    while journey.take_in_waiting():
        pass
    assert (Lead.objects.count(), Received.objects.filter(doubt="").count()) == (0, 0)
    assert stranger.post(f"/f/{source.key}", said).status_code == 200
    journey.catch_up()
    lead = Lead.objects.get()
    page = browser.get(f"/leads/{lead.lead_id}").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_call_with_a_withheld_number_is_not_lost(browser: Client) -> None:
    assert browser.post("/call", {"name": "Somebody"}).status_code == 200  # asked again
    assert Lead.objects.count() == 0
    browser.post("/call", {"name": "Somebody", "withheld": "on", "wants": "Please call back"})
    assert Lead.objects.get().name == "Somebody"


def test_what_could_not_be_used_is_mended_or_let_go(us: Company, browser: Client) -> None:
    one = Received.objects.create(source=us.website, body="{", at=1, reason="this is not JSON")
    said = {"type": "identify", "messageId": "m", "userId": "u", "traits": {"email": "p@x.example"}}
    browser.post("/received", {"id": one.id, "do": "mend", "body": json.dumps(said)})
    journey.catch_up()
    assert Lead.objects.count() == 1
    two = Received.objects.create(source=us.website, body="{", at=2, reason="this is not JSON")
    browser.post("/received", {"id": two.id, "do": "dismiss"})
    two.refresh_from_db()
    assert two.dismissed_at is not None
    browser.post("/received", {"id": two.id, "do": "restore"})
    two.refresh_from_db()
    assert two.dismissed_at is None
