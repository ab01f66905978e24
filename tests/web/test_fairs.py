"""Trade fairs: noted at the stand, sent later, and once; a list that was bought holds contacts."""

from __future__ import annotations

import time
from typing import Any

import pytest
import segno
from django.test import Client

from einig.engine.instants import SECOND, iso
from einig.flow import fairs, journey
from einig.store.models import Consent, ContactDetail, Event, Identity, Lead, Received, Source
from tests.live import NOW, Company, company, identify, say

pytestmark = pytest.mark.django_db

QR = [list(row) for row in segno.make("MECARD:N:Lindner,Petra;;").matrix_iter(border=4)]
MINUTE = 60 * SECOND
SINCE = 1_700_000_000_000_000
TALK = (time.time_ns() // 10**9 - 3600) * SECOND  # an hour ago
PETRA = {
    "id": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "at": iso(TALK),
    "name": "Petra Lindner",
    "company": "Pumpen GmbH",
    "email": "petra@pumpen.example",
    "wants": "demo_requested",
    "message": "Wants to see it on a tablet",
    "agreed": [{"purpose": "mail", "version": 1, "language": "de"}],
}


@pytest.fixture
def us() -> Company:
    """The company, since a long time ago."""
    return company(since=SINCE)


@pytest.fixture
def fair(us: Company) -> Source:
    """A fair."""
    return Source.objects.create(name="Hannover", kind="fair", key="fair")


@pytest.fixture
def phone(us: Company) -> Client:
    """A rep's phone."""
    client = Client()
    client.force_login(us.sam)
    return client


def sent(phone: Client, fair: Source, *entries: Any) -> Any:
    """Send what was noted, and take it in."""
    body = {"entries": list(entries)}
    answer = phone.post(f"/fair/{fair.id}/batch", body, content_type="application/json")
    taken_in()
    return answer


def taken_in() -> None:
    """Take in whatever waits."""
    while journey.take_in_waiting():
        pass


def test_what_was_noted_is_a_lead_of_the_fair_at_the_time_of_the_talk(
    us: Company, fair: Source, phone: Client
) -> None:
    answer = sent(phone, fair, PETRA)
    assert answer.json() == {"taken": [PETRA["id"]], "refused": {}}
    lead = Lead.objects.get()
    assert (lead.name, lead.source, str(lead.company)) == ("Petra Lindner", fair, "Pumpen GmbH")
    did = Event.objects.get()
    assert (did.type, did.at, did.properties) == (
        "demo_requested",
        TALK,
        {"noted_by": "Sam", "message": "Wants to see it on a tablet"},
    )


def test_what_was_agreed_to_at_the_stand_is_noted_with_its_time_and_text(
    fair: Source, phone: Client
) -> None:
    sent(phone, fair, PETRA)
    given = Consent.objects.get()
    assert (given.purpose, given.version, given.given_at) == ("mail", 1, TALK)
    assert given.text.startswith("Sie dürfen mir Mails über Ihre Angebote schreiben.")
    assert given.opened_at is None  # until the mail is confirmed


def test_what_is_sent_twice_arrives_once(fair: Source, phone: Client) -> None:
    for _ in range(2):
        assert sent(phone, fair, PETRA, PETRA).json()["taken"] == [PETRA["id"]]
    Lead.objects.update(name="Petra Lindner-Groß")  # corrected since
    sent(phone, fair, PETRA | {"name": "Somebody else"})
    assert Lead.objects.get().name == "Petra Lindner-Groß"
    counts = (Event.objects.count(), Consent.objects.count(), Received.objects.count())
    assert counts == (1, 1, 0)


def test_one_that_cannot_be_used_holds_up_no_other(fair: Source, phone: Client) -> None:
    unreachable = PETRA | {"id": "unreachable-1", "email": "petra@"}
    answer = sent(
        phone, fair, unreachable, PETRA, {"id": "x"}, {"id": "no-such-wish", "wants": "?"}
    )
    told = answer.json()
    assert told["taken"] == [PETRA["id"]]
    assert sorted(told["refused"]) == ["no-such-wish", "unreachable-1", "x"]
    assert Lead.objects.count() == 1


@pytest.mark.parametrize(
    "body", ["", "[]", "{", '{"entries": 5}', '{"entries": [5]}', '{"entries": [{}]}']
)
def test_what_is_no_batch_is_refused(fair: Source, phone: Client, body: str) -> None:
    answer = phone.post(f"/fair/{fair.id}/batch", body, content_type="application/json")
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("at", "counts_from"),
    [
        ("2999-01-01T00:00:00Z", 0),
        ("1999-01-01T00:00:00Z", -90 * 24 * 60),
        ("yesterday", 0),
        (5, 0),
    ],
)
def test_a_phone_whose_clock_is_wrong_tells_no_nonsense(at: object, counts_from: int) -> None:
    met = fairs.read(PETRA | {"at": at}, arrived=NOW)
    assert met.at == NOW + counts_from * MINUTE


def test_who_only_left_a_card_is_a_contact_until_they_show_interest(
    us: Company, fair: Source, phone: Client
) -> None:
    sent(phone, fair, PETRA | {"wants": "card_given", "agreed": []})
    assert (Lead.objects.count(), ContactDetail.objects.count()) == (0, 0)
    assert Identity.objects.get().key == "anon:email:petra@pumpen.example"
    at = Event.objects.get().known_from + MINUTE
    say([identify("petra", email="Petra@Pumpen.example")], of=us.website, at=at)
    lead = Lead.objects.get()
    assert [of.type for of in Event.objects.filter(identity__lead=lead)] == ["card_given"]
    known = Identity.objects.filter(lead=lead).values_list("facts__attribute", flat=True)
    assert "company" in set(known)


def test_without_javascript_it_is_a_form(fair: Source, phone: Client) -> None:
    page = phone.get(f"/fair/{fair.id}").content.decode()
    assert 'name="agree-mail" value="1"' in page
    said = {"name": "Petra", "wants": "fair_visited", "language": "de", "agree-mail": "1"}
    assert phone.post(f"/fair/{fair.id}", said).status_code == 422
    assert phone.post(f"/fair/{fair.id}", said | {"phone": "0301234567"}).status_code == 302
    taken_in()
    assert [of.purpose for of in Consent.objects.all()] == ["mail"]
    assert Event.objects.get().type == "fair_visited"


def test_only_our_own_people_stand_at_the_stand(us: Company, fair: Source) -> None:
    body = {"entries": [PETRA]}
    stranger = Client()
    answer = stranger.post(f"/fair/{fair.id}/batch", body, content_type="application/json")
    assert answer.status_code == 401
    assert stranger.get(f"/fair/{fair.id}").status_code == 302
    assert Received.objects.count() == 0
    assert stranger.get("/fair/worker.js").status_code == 200


def test_a_photo_of_a_code_is_read_for_whoever_is_signed_in(phone: Client, fair: Source) -> None:
    squares = [[255 * (1 - dark) for dark in row for _ in "1234"] for row in QR for _ in "1234"]
    points, width = b"".join(map(bytes, squares)), len(squares[0])

    def ask(of: Client, query: str, body: bytes = points) -> Any:
        to = f"/fair/card-code?width={query}"
        return of.post(to, body, content_type="application/octet-stream")

    assert ask(phone, str(width)).json() == {"text": "MECARD:N:Lindner,Petra;;"}
    for query, body in (("", points), ("wide", points), ("9" * 30, points), (str(width), b"")):
        answer = ask(phone, query, body)
        assert (answer.status_code, "1600" in answer.json()["message"]) == (422, True)
    assert phone.get("/fair/card-code").status_code == 405
    assert ask(Client(), str(width)).status_code in {302, 401, 403}
