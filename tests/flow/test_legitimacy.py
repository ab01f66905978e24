"""Whether a person did it: what a program did scores nothing, and is there to be taken in."""

from __future__ import annotations

from typing import Any

import pytest

from einig.engine.instants import HOUR, SECOND, iso
from einig.flow import journey, legitimacy
from einig.flow.permissions import NotAllowed
from einig.store.models import AuditEntry, Event, Handoff, Lead, Received
from tests.live import AGREED, NOW, Company, company, failed, identify, say, the_lead, track
from tests.stories import live_and_replayed

pytestmark = pytest.mark.django_db
CLICKS = AGREED.replace(
    "intent:\n", "  mail_link_clicked: {points: 10, for: 14 days}\nintent:\n", 1
)
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def us() -> Company:
    return company(CLICKS)


def apart() -> list[str]:
    """Return why something was kept apart."""
    return list(legitimacy.apart().order_by("id").values_list("doubt", flat=True))


def with_context(message: dict[str, Any], **context: Any) -> dict[str, Any]:
    return message | {"context": context}


@pytest.mark.parametrize(
    ("traits", "doubt"),
    [
        ({"email": "a@mailinator.com"}, "throwaway"),
        ({"email": "a@sub.mailinator.com"}, "throwaway"),
        ({"email": "a@mailinator.com", "phone": "+49 89 123456"}, ""),
        ({"email": "not an address"}, "address"),
        ({"email": "not an address", "phone": "+49 89 123456"}, ""),
        ({"phone": "+49 1"}, "number"),
        ({"phone": "+49 000 0000000"}, "number"),
        ({"phone": "+49 89 123456"}, ""),
        ({"email": "info@pumpen.example"}, ""),
        ({"email": "vertrieb@pumpen.example"}, ""),
        ({"email": "a@mailinator.com", "linkedin": "https://linkedin.com/in/a"}, ""),
        ({"industry": "Software"}, ""),
        ({}, ""),
    ],
)
def test_who_can_be_reached_is_somebody(us: Company, traits: dict[str, str], doubt: str) -> None:
    say([identify("u1", **traits), track("demo_requested", "u1")], of=us.website, at=NOW)
    assert apart() == ([doubt] if doubt else [])
    reachable = not doubt and any(name in traits for name in ("email", "phone"))
    assert Lead.objects.count() == int(reachable)


def test_crawlers_score_nothing_and_browsers_do(us: Company) -> None:
    say([identify("u1", email="p@pumpen.example")], of=us.website, at=NOW)
    for n, agent in enumerate((GOOGLEBOT, FIREFOX)):
        message = with_context(track("webinar_attended", "u1"), userAgent=agent)
        say([message], of=us.website, at=NOW + HOUR + n)
    assert (apart(), the_lead().engagement) == (["crawler"], 10)


def test_what_a_lead_is_known_by_is_no_reason_against_it(us: Company) -> None:
    say([identify("u1", email="p@pumpen.example")], of=us.website, at=NOW)
    say([identify("u1", email="p@mailinator.com")], of=us.website, at=NOW + HOUR)
    assert apart() == []


def test_whoever_knows_better_has_it_taken_in(us: Company) -> None:
    said = [identify("u1", email="p@mailinator.com", industry="Software")]
    say([*said, track("demo_requested", "u1")], of=us.website, at=NOW)
    assert (Lead.objects.count(), failed()) == (0, [("identify", "throwaway")])
    kept = Received.objects.get()
    with pytest.raises(NotAllowed):
        legitimacy.vouch(kept, by=us.sam, at=NOW + HOUR)
    legitimacy.vouch(kept, by=us.mia, at=NOW + HOUR)
    while journey.take_in_waiting():
        pass
    lead = the_lead()
    assert (lead.created_at, lead.sales_ready) == (NOW + HOUR, True)
    assert Handoff.objects.get().opened_at == NOW + HOUR
    assert AuditEntry.objects.get(action="vouched_for").detail == {"doubt": "throwaway"}
    legitimacy.vouch(kept, by=us.mia, at=NOW + HOUR)  # a second click
    assert AuditEntry.objects.filter(action="vouched_for").count() == 1


def clicked(us: Company, seconds: list[float]) -> None:
    """Let somebody known click links of a mail, each a link of its own."""
    say([identify("u1", email="p@pumpen.example", industry="Software")], of=us.website, at=NOW)
    for n, after in enumerate(seconds):
        at = NOW + HOUR + int(after * SECOND)
        message = track("mail_link_clicked", "u1", properties={"url": f"https://example.com/{n}"})
        say([message | {"timestamp": iso(at)}], of=us.website, at=at)


def test_who_reads_a_mail_and_clicks_is_no_scanner(us: Company) -> None:
    clicked(us, [0, 20, 90])
    assert (apart(), the_lead().engagement) == ([], 30)


def test_a_scanner_clicks_everything_and_none_of_it_scores(us: Company) -> None:
    clicked(us, [0, 0.4, 1.1, 1.2])
    lead = the_lead()
    assert (apart(), lead.engagement, lead.sales_ready) == (["scanner", "scanner"], 0, False)
    assert not Event.objects.filter(known_until=None).exists()
    live, replayed = live_and_replayed(lead.last_known)
    assert live == replayed


def test_clicks_taken_back_by_mistake_count_again(us: Company) -> None:
    clicked(us, [0, 0.4, 1.1])
    legitimacy.vouch(Received.objects.get(), by=us.mia, at=NOW + 2 * HOUR)
    while journey.take_in_waiting():
        pass
    assert the_lead().engagement == 30
    live, replayed = live_and_replayed(the_lead().last_known)
    assert live == replayed


def test_what_was_kept_apart_is_counted_by_source(us: Company) -> None:
    for n in range(3):
        say([identify(f"u{n}", email="p@mailinator.com")], of=us.website, at=NOW + n)
    say([identify("u9", email="nobody")], of=None, at=NOW + 9)
    assert legitimacy.counts() == [(us.website, "throwaway", 3), (None, "address", 1)]
