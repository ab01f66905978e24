"""The REST API, the webhook and the hosted form, given what nobody should send."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from django.test import Client

from einig.flow import journey
from einig.store.models import Event, Lead, Outcome, Received, Source
from tests.api.test_rest import MAPPING, key
from tests.live import Company, company

pytestmark = pytest.mark.django_db

DEEP = b'{"attributes": {"email": ' + b"[" * 10_000 + b"]" * 10_000 + b"}}"
TEXTS = {
    "nul": "Pe\0tra\x07 \x1b[31mLindner",
    "turned round": "Petra \u202eLindner\u2066",
    "script": "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "long": "Ä" * 5000,
    "spaces of all kinds": "Petra\u00a0\u2003Lindner\u2028",
}


@pytest.fixture
def us() -> Company:
    """The company, since a long time ago."""
    return company(since=1_700_000_000_000_000)


@pytest.fixture
def chat(us: Company) -> Source:
    """A webhook."""
    return Source.objects.create(
        name="Chat", kind="webhook", key="chat", secret="s", mapping=MAPPING
    )


@pytest.fixture
def hosted(us: Company) -> Source:
    """A hosted form."""
    return Source.objects.create(name="Form", kind="form", key="form")


def settle() -> None:
    """Take in whatever waits, however long that takes."""
    while journey.take_in_waiting():
        pass


def rest(body: bytes, headers: dict[str, str], path: str = "/api/leads") -> Any:
    """Send bytes to the REST API."""
    return Client().post(path, body, content_type="application/json", headers=headers)


def hook(body: bytes, kind: str = "application/json") -> Any:
    """Send signed bytes to the webhook."""
    signed = "sha256=" + hmac.new(b"s", body, hashlib.sha256).hexdigest()
    headers = {"X-Einig-Signature": signed}
    return Client().post("/hooks/chat", body, content_type=kind, headers=headers)


# --- what is no message -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"{", 400, "not JSON"),
        (b"hello=not+json", 400, "not JSON"),
        (b'{"attributes": {"name": "M\xfcller"}}', 400, "not JSON"),
        (b"", 422, "Field required"),
        (b"[" * 10_000, 400, "not JSON"),
        (DEEP, 400, "not JSON"),
        (b"[]", 422, "attributes: Field required"),
        (b'{"attributes": {"email": 5}}', 422, "attributes.email: Input should be a valid string"),
        (b'{"activity": "seen"}', 422, "attributes: Field required"),
    ],
)
def test_what_the_rest_api_cannot_use_is_refused_and_kept(
    us: Company, body: bytes, status: int, reason: str
) -> None:
    answer = rest(body, key(us, "capture"))
    assert (answer.status_code, answer.json()["kept"]) == (status, True)
    kept = Received.objects.get()
    assert reason in kept.reason
    assert kept.source == us.website
    settle()
    assert list(Received.objects.all()) == [kept]


def test_nothing_is_kept_of_somebody_without_a_key(us: Company) -> None:
    for headers in ({}, {"Authorization": "Bearer \x00"}, key(us, "read")):
        assert rest(b"{", headers).status_code in {400, 401}
    assert not Received.objects.exists()


def test_an_outcome_that_cannot_be_used_is_refused(us: Company) -> None:
    headers = key(us, "capture", "outcomes")
    attributes = {"email": "petra@pumpen.example"}
    lead = rest(json.dumps({"attributes": attributes}).encode(), headers).json()["lead"]
    for said in (
        {"outcome": "poke"},
        {"outcome": "won", "revenue": -1},
        {"outcome": "won", "revenue": "NaN"},
        {"outcome": "won", "revenue": 1e300},
        {"outcome": "won", "at": "0001-01-01T00:00:00+14:00"},
        {"outcome": "lost", "reason": "x" * 201},
        {"outcome": "lost", "reason": "half \ud800"},
    ):
        answer = rest(json.dumps(said).encode(), headers, f"/api/leads/{lead}/outcome")
        assert (said, answer.status_code) == (said, 422)
    lost = {"outcome": "lost", "reason": "a\0b\u202ec", "at": "2036-01-01T00:00:00Z"}
    answer = rest(json.dumps(lost).encode(), headers, f"/api/leads/{lead}/outcome")
    assert answer.status_code == 200
    assert [(o.reason, o.won) for o in Outcome.objects.all()] == [("abc", False)]


@pytest.mark.parametrize(
    "address",
    ["/api/leads/%00", "/api/leads?stage=%00", "/api/leads?page=-1", f"/api/leads?page={10**30}"],
)
def test_odd_addresses_of_the_rest_api_are_answered(us: Company, address: str) -> None:
    assert Client().get(address, headers=key(us, "read")).status_code in {200, 404, 422}


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"", b"null", b"[]", b"\xff", b"[" * 10_000, b'{"message": {"id": 1}}',
        b'{"message": ' + b'{"id":' * 10_000 + b"1" + b"}" * 10_001, b"9" * 5000,
        b'{"message": [{"id": 1}], "contact": {"emails": {"0": "a@b.example"}}}',
    ],
)  # fmt: skip
def test_what_the_webhook_cannot_use_is_refused_and_kept(chat: Source, body: bytes) -> None:
    answer = hook(body)
    assert (answer.status_code, answer.json()["ok"]) == (422, False)
    assert Received.objects.get().reason.startswith("the mapping of Chat finds nothing here")


def test_the_webhook_answers_only_who_signs(chat: Source) -> None:
    for signed in ("", "sha256=", "sha256=ü", "\x00"):
        headers = {"X-Einig-Signature": signed}
        answer = Client().post("/hooks/chat", b"{}", content_type="text/plain", headers=headers)
        assert answer.status_code == 401
    assert Client().post("/hooks/unknown", b"{}", content_type="text/plain").status_code == 404
    assert Client().get("/hooks/chat").status_code == 405
    assert not Received.objects.exists()


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_the_webhook_reads_a_body_whatever_it_is_called(chat: Source, kind: str) -> None:
    given = {"message": {"id": 1}, "contact": {"emails": ["a@b.example"]}}
    assert hook(json.dumps(given).encode(), kind).status_code == 200


# --- what stands in a message -------------------------------------------------------------------


@pytest.mark.parametrize("odd", TEXTS)
@pytest.mark.parametrize("way", ["rest", "hook", "form"])
def test_odd_text_in_every_field_is_kept_readable(
    us: Company, chat: Source, hosted: Source, way: str, odd: str
) -> None:
    text = TEXTS[odd]
    email = "petra@pumpen.example"
    match way:
        case "rest":
            said: dict[str, Any] = {"attributes": {"email": email, "name": text, text[:150]: text}}
            said |= {"properties": {"message": text, text[:150]: text}}
            said |= {"activity": text[:200], "campaign": text[:120], "message_id": text[:180]}
            answer = rest(json.dumps(said).encode(), key(us, "capture"))
            assert answer.status_code == 202
            assert answer.json()["lead"] is not None
        case "hook":
            contact = {"name": text, "emails": [email]}
            given = {"message": {"id": text[:150], "text": text}, "contact": contact}
            assert hook(json.dumps(given).encode()).status_code == 200
        case _:
            fields = {"name": text[:120], "company": text[:120], "email": email}
            fields["wants"] = text[:2000]  # a longer one is asked to be shorter
            assert Client().post("/f/form", fields).status_code == 200
    settle()
    assert [row.reason for row in Received.objects.all()] == []
    lead, event = Lead.objects.get(), Event.objects.get()
    kept = {
        "nul": "Petra [31mLindner",
        "turned round": "Petra Lindner",
        "spaces of all kinds": "Petra  Lindner",
        "long": text[: 120 if way == "form" else 200],
    }
    assert lead.name == kept.get(odd, text)
    assert event.properties["message"] == kept.get(odd, text) or odd == "long"
    assert (event.type + "".join(event.properties)).isprintable()


def test_half_a_character_does_not_lose_the_message_of_a_webhook(chat: Source) -> None:
    body = rb'{"message": {"id": 1, "text": "half \ud83d"}, "contact": {"emails": ["a@b.example"]}}'
    assert hook(body).status_code == 200
    settle()
    assert Event.objects.get().properties == {"message": "half ?"}


@pytest.mark.parametrize(
    "fields",
    [{}, {"email": "nobody"}, {"phone": "call me"}, {"email": "a@b.example", "name": "x" * 201}],
)
def test_the_hosted_form_asks_again_for_what_it_cannot_use(
    hosted: Source, fields: dict[str, str]
) -> None:
    answer = Client().post("/f/form", fields)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert [value for value in fields.values() if value not in page] == []
    assert not Received.objects.exists()


def test_what_is_longer_than_a_column_does_not_hold_up_what_comes_after(us: Company) -> None:
    headers = key(us, "capture")
    domain = ".".join(["a" * 60] * 3 + ["b" * 50, "example"])
    for attributes in (
        {"email": f"p@{domain}"},
        {"linkedin": "https://" + "x" * 1900},
        {"email": "p@y.example", "company": "ß" * 300, "name": "ﬃ" * 300, "title": "x" * 300},
        {"email": "q@y.example", "source": "x" * 300, "campaign": "x" * 300},
        {"phone": "+49 30 1234567" + " " * 300},
        {"social": "ß" * 254},
    ):
        answer = rest(json.dumps({"attributes": attributes}).encode(), headers)
        assert (attributes, answer.status_code) == (attributes, 202)
        assert (attributes, answer.json()["lead"] is None) == (attributes, False)
    assert not Received.objects.exists()
