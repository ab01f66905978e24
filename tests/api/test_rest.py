"""The REST API and the webhook: keys with scopes, signatures, and clear answers."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from django.test import Client

from einig.flow import journey
from einig.store.models import ApiKey, Handoff, Lead, Outcome, Received, Source
from tests.live import Company, company

pytestmark = pytest.mark.django_db


@pytest.fixture
def us() -> Company:
    """The company, since a long time ago."""
    return company(since=1_700_000_000_000_000)


def key(us: Company, *scopes: str) -> dict[str, str]:
    """Return the header of a key with some scopes."""
    token = "-".join(scopes) or "none"
    hashed = hashlib.sha256(token.encode()).hexdigest()
    ApiKey.objects.create(
        name=token, key_hash=hashed, scopes=list(scopes), source=us.website, made_at=1
    )
    return {"Authorization": f"Bearer {token}"}


def post(path: str, body: Any, headers: dict[str, str]) -> Any:
    """Send JSON."""
    return Client().post(path, json.dumps(body), content_type="application/json", headers=headers)


PETRA = {
    "attributes": {"email": "petra@pumpen.example", "industry": "Software"},
    "activity": "demo_requested",
    "message_id": "1",
}


def test_a_lead_is_captured_once_scored_and_handed_over(us: Company) -> None:
    headers = key(us, "capture", "read")
    first = post("/api/leads", PETRA, headers)
    assert first.status_code == 202
    assert post("/api/leads", PETRA, headers).json() == first.json()
    lead = Lead.objects.get()
    assert first.json() == {"lead": lead.lead_id}
    assert Handoff.objects.count() == 1
    told = Client().get(f"/api/leads/{lead.lead_id}", headers=headers).json()
    assert (told["sales_ready"], told["fit"], told["version"]) == (True, 20, 1)
    assert Client().get("/api/leads?sales_ready=true", headers=headers).json() == [told]


def test_a_key_does_only_what_its_scopes_say(us: Company) -> None:
    reads = key(us, "read")
    assert post("/api/leads", PETRA, reads).status_code == 403
    assert post("/api/leads", PETRA, {"Authorization": "Bearer unknown"}).status_code == 401
    assert Client().get("/api/leads").status_code == 401
    ApiKey.objects.update(revoked_at=2)
    assert Client().get("/api/leads", headers=reads).status_code == 401


def test_an_outcome_from_elsewhere_counts_once(us: Company) -> None:
    headers = key(us, "capture", "outcomes")
    lead = post("/api/leads", PETRA, headers).json()["lead"]
    said = {"outcome": "won", "revenue": "12500.00", "at": "2026-01-05T10:00:00Z"}
    for _ in range(2):
        assert post(f"/api/leads/{lead}/outcome", said, headers).status_code == 200
    assert [(str(o.revenue), o.won) for o in Outcome.objects.all()] == [("12500.00", True)]
    bad = said | {"at": "2026-01-05T10:00:00"}
    assert post(f"/api/leads/{lead}/outcome", bad, headers).status_code == 422
    assert post("/api/leads/L-0/outcome", said, headers).status_code == 404


def test_the_description_of_the_api_is_there(us: Company) -> None:
    told = Client().get("/api/openapi.json").json()
    assert sorted(told["paths"]) == [
        "/api/agreements",
        "/api/agreements/{number}",
        "/api/leads",
        "/api/leads/{lead_id}",
        "/api/leads/{lead_id}/outcome",
    ]


MAPPING = {
    "id": "message.id",
    "activity": "chat_started",
    "attributes": {"email": "contact.emails.0", "name": "contact.name"},
    "properties": {"message": "message.text"},
}


def send(source: Source, body: bytes, secret: str) -> Any:
    """Send a signed message."""
    signed = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return Client().post(
        f"/hooks/{source.key}",
        body,
        content_type="application/json",
        headers={"X-Einig-Signature": signed},
    )


def test_a_signed_webhook_becomes_a_lead_and_a_wrong_signature_does_not(us: Company) -> None:
    chat = Source.objects.create(
        name="Chat", kind="webhook", key="chat", secret="s", mapping=MAPPING
    )
    given = {
        "message": {"id": 7, "text": "Hello"},
        "contact": {"emails": ["petra@pumpen.example"], "name": "Petra"},
    }
    body = json.dumps(given).encode()
    assert send(chat, body, "wrong").status_code == 401
    assert Received.objects.count() == 0
    for _ in range(2):  # senders repeat
        assert send(chat, body, "s").status_code == 200
    journey.catch_up()
    assert Lead.objects.get().name == "Petra"
    assert Lead.objects.get().identities.get(key__startswith="anon:").events.count() == 1


@pytest.mark.parametrize("body", [b"{", b'{"message": {}}', b"[" * 100_000])
def test_what_the_mapping_does_not_find_is_kept_to_be_mended(us: Company, body: bytes) -> None:
    chat = Source.objects.create(
        name="Chat", kind="webhook", key="chat", secret="s", mapping=MAPPING
    )
    assert send(chat, body, "s").status_code == 422
    assert Received.objects.get().reason.startswith("the mapping of Chat finds nothing here")
