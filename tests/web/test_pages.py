"""Every page, for every role: it opens, or says that the role does not allow it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from einig.flow import feedback
from einig.flow.permissions import MATRIX
from einig.store.models import Handoff, Lead, Received, Role, User
from tests.live import NOW, Company, company, identify, person, say, track

pytestmark = pytest.mark.django_db

PAGES = {
    "inbox": "work_handoff",
    "leads": "see_leads",
    "lead_new": "capture_lead",
    "duplicates": "see_leads",
    "call": "capture_lead",
    "calls": "capture_lead",
    "documents": "edit_sources",
    "agreement": "see_agreement",
    "versions": "see_agreement",
    "draft": "draft_agreement",
    "ideal_lead": "see_agreement",
    "jour_fixes": "see_agreement",
    "review": "take_second_look",
    "follow_up": "see_follow_up",
    "nurture": "work_nurture",
    "sources": "see_sources",
    "received": "mend_received",
    "report": "see_report",
    "glossary": None,
    "settings": "see_leads",
    "people": "edit_people",
    "import": "import_leads",
    "audit": "see_audit",
    "privacy": "protect_data",
    "retention_leads": "protect_data",
    "contacts": "protect_data",
    "absence": None,
}


@pytest.fixture
def us() -> Company:
    """A company with two leads, one of them returned, and a message that cannot be used."""
    us = company()
    for at, n in enumerate(("u1", "u2")):
        said = identify(n, email=f"{n}@pumpen.example", name=f"Petra {n}", industry="Software")
        say([said, track("demo_requested", n), track("", n)], of=us.website, at=NOW + at * 1000)
    first = Handoff.objects.order_by("id").first()
    assert first is not None
    assert first.to is not None
    feedback.give_back(first, by=first.to, at=NOW + 10**6, reason="no budget", text="later")
    assert Received.objects.exclude(reason="").count() == 2
    return us


def signed_in(user: User) -> Client:
    """Return a browser in which somebody is signed in."""
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_opens_or_says_that_the_role_does_not_allow_it(
    us: Company, role: Role, language: str
) -> None:
    browser = signed_in(person("pat", role, language=language))
    lead = Lead.objects.order_by("id").first()
    assert lead is not None
    for name, action in PAGES.items():
        response = browser.get(reverse(name))
        expected = 200 if action is None or role in MATRIX[action] else 403
        assert (name, response.status_code) == (name, expected)
    for address in (
        f"/leads/{lead.lead_id}",
        "/agreement/1",
        "/agreement/1?test=1",
        "/agreement/1/yaml",
    ):
        assert (address, browser.get(address).status_code) == (address, 200)
    assert browser.get("/").status_code == 302


def test_pages_speak_the_language_of_the_person(us: Company) -> None:
    for language, title in (("de", "Eingang"), ("en", "Inbox")):
        browser = signed_in(person(f"p{language}", Role.SALES, language=language))
        page = browser.get("/inbox")
        assert f"<title>{title} · Einig</title>" in page.content.decode()
        assert page.headers["Content-Language"] == language


def test_a_stranger_is_asked_who_they_are() -> None:
    client = Client()
    for name in PAGES:
        response = client.get(reverse(name))
        assert (name, response.status_code, response.headers["Location"][:8]) == (
            name,
            302,
            "/sign-in",
        )


def test_what_was_typed_is_kept_when_the_session_has_ended(us: Company) -> None:
    one = Handoff.objects.filter(closed_at=None).get()
    response = Client().post(f"/handoffs/{one.id}/return", {"reason": "x", "text": "<b>typed</b>"})
    assert response.status_code == 401
    assert "&lt;b&gt;typed&lt;/b&gt;" in response.content.decode()


def test_pages_allow_nothing_from_elsewhere(us: Company) -> None:
    response = signed_in(us.sam).get("/inbox")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Frame-Options"] == "DENY"


def test_a_draft_marks_in_its_text_what_it_changes(us: Company) -> None:
    browser = signed_in(person("mel", Role.MARKETING_LEAD, language="en"))
    text = us.version.text.replace("Software: 20, Trade: 5", "Software: 25, Energy: 5")
    browser.post("/agreement/draft", {"text": text})
    page = browser.get("/agreement/2").content.decode()
    for shown in (
        "<del>20 points</del> <ins>25 points</ins>",
        "<del>Trade</del>",
        "<ins>Energy</ins>",
    ):
        assert shown in page
    assert "<del>" not in browser.get("/agreement/1").content.decode()
