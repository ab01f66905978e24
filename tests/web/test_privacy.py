"""Data protection on pages: who may be contacted and why, access, erasure, documents."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from einig.engine.instants import DAY
from einig.flow import consent, contacts, organisation, register, retention
from einig.store.models import (
    Attempt,
    AuditEntry,
    Handoff,
    Lead,
    Organisation,
    Purpose,
    Retention,
    Source,
    User,
)
from einig.web.clock import now
from tests.live import Company, company, identify, say, track

pytestmark = pytest.mark.django_db
PETRA = identify("u1", email="petra@rohre.example", phone="+49 731 5550123", name="Petra Pumpe",
                 industry="Software")  # fmt: skip


@pytest.fixture(autouse=True)
def beside(settings: Any, tmp_path: Any) -> None:
    """Keep what lies beside the store where nobody else looks."""
    settings.HOME = tmp_path


@pytest.fixture
def us() -> Company:
    """A company with Petra, who attended two webinars and is with sales, and nothing more."""
    at = now() - DAY
    us = company(since=at - DAY)
    said = track("webinar_attended", "u1")
    say([PETRA, said, said | {"messageId": "again"}], of=us.website, at=at)
    User.objects.update(language="en")
    return us


def browser_of(user: User) -> Client:
    """Return a browser in which somebody is signed in."""
    client = Client()
    client.force_login(user)
    return client


def seller() -> User:
    """Return who has the lead."""
    of = Handoff.objects.select_related("to").get()
    assert of.to is not None
    return of.to


def test_an_attempt_by_a_channel_that_is_not_allowed_is_refused_with_the_reason(
    us: Company,
) -> None:
    of, sells = Handoff.objects.get(), browser_of(seller())
    page = sells.get("/inbox").content.decode()
    assert "They did not agree to mails." in page
    assert '<option value="mail">' not in page
    assert ("tel:+497315550123" in page, "mailto:" in page) == (True, False)
    refused = sells.post(
        f"/handoffs/{of.id}/attempt", {"channel": "mail", "result": "no_answer"}, follow=True
    )
    assert "An answer to a request would be allowed." in refused.content.decode()
    assert Attempt.objects.count() == 0
    sells.post(f"/handoffs/{of.id}/attempt", {"channel": "phone", "result": "no_answer"})
    assert Attempt.objects.count() == 1


def test_a_consumer_is_not_called_without_having_agreed(us: Company) -> None:
    of, sells = Handoff.objects.select_related("lead").get(), browser_of(seller())
    sells.post(f"/leads/{of.lead.lead_id}/consumer", {"is": "consumer"})
    sells.post(f"/handoffs/{of.id}/attempt", {"channel": "phone", "result": "no_answer"})
    assert Attempt.objects.count() == 0
    assert "tel:" not in sells.get("/inbox").content.decode()
    said = {"what": "phone-consent", "proof": "by letter"}
    sells.post(f"/leads/{of.lead.lead_id}/consent", said)
    sells.post(f"/handoffs/{of.id}/attempt", {"channel": "phone", "result": "no_answer"})
    assert Attempt.objects.count() == 1


def test_whoever_asked_is_answered_by_any_channel_until_they_object(us: Company) -> None:
    say([track("demo_requested", "u1")], of=us.website, at=now() - 1000)
    of, sells = Handoff.objects.select_related("lead").get(), browser_of(seller())
    sells.post(f"/handoffs/{of.id}/attempt", {"channel": "mail", "result": "no_answer"})
    assert Attempt.objects.count() == 1
    sells.post(f"/leads/{of.lead.lead_id}/withdraw", {"purpose": "mail"})
    sells.post(f"/handoffs/{of.id}/attempt", {"channel": "mail", "result": "no_answer"})
    assert Attempt.objects.count() == 1


def test_a_lead_without_a_basis_for_scoring_says_so(us: Company) -> None:
    lead = Lead.objects.get()
    browser = browser_of(us.mia)
    browser.post(f"/leads/{lead.lead_id}/withdraw", {"purpose": "profiling"})
    page = browser.get(f"/leads/{lead.lead_id}").content.decode()
    assert "there is no basis for scoring it" in page
    assert "Why this lead?" not in page
    assert [of.lead_id for of in Lead.objects.filter(profiled=False)] == [lead.lead_id]
    assert lead.name in browser.get("/leads?view=by_hand").content.decode()
    assert "no basis for scoring" in browser_of(seller()).get("/inbox").content.decode()


def test_access_says_everything_and_no_name_of_ours(us: Company) -> None:
    lead = Lead.objects.get()
    consent.give(lead, "phone", at=now(), proof="by letter", by=us.sam)
    browser = browser_of(us.ada)
    told = json.loads(browser.get(f"/leads/{lead.lead_id}/data?format=json").content)
    assert told["person"]["name"] == "Petra Pumpe"
    assert [of["what"] for of in told["activities"]] == ["webinar_attended"] * 2
    assert [of["purpose"] for of in told["consents"]] == ["phone"]
    assert {of["name"]: of["value"] for of in told["attributes"]}["industry"] == "Software"
    assert [name for name in ("Sam", "Sue", "Sol", "Mia") if name in json.dumps(told)] == []
    page = browser.get(f"/leads/{lead.lead_id}/data").content.decode()
    assert "petra@rohre.example" in page
    assert AuditEntry.objects.filter(action="access_given").count() == 2


def test_what_was_wrong_about_a_person_is_kept_nowhere(us: Company) -> None:
    lead, browser = Lead.objects.get(), browser_of(us.mia)
    mail = lead.contact_details.get(kind="email")
    said = {"name": "Petra Pumper", "title": "CEO", f"detail-{mail.id}": "p@rohre.example"}
    browser.post(f"/leads/{lead.lead_id}/rectify", said)
    told = browser_of(us.ada).get(f"/leads/{lead.lead_id}/data?format=json").content.decode()
    assert ["petra@rohre.example" in told, 'Petra Pumpe"' in told] == [False, False]
    assert ["p@rohre.example" in told, "Petra Pumper" in told, "CEO" in told] == [True] * 3
    page = browser.post(
        f"/leads/{lead.lead_id}/rectify", said | {f"detail-{mail.id}": "nobody"}, follow=True
    )
    assert "reaches nobody" in page.content.decode()
    browser.post(f"/leads/{lead.lead_id}/rectify", said | {f"detail-{mail.id}": ""})
    assert list(lead.contact_details.values_list("kind", flat=True)) == ["phone"]


def test_an_erasure_says_what_it_does_and_asks_to_be_sure(us: Company) -> None:
    lead, browser = Lead.objects.get(), browser_of(us.ada)
    page = browser.get(f"/leads/{lead.lead_id}/erase")
    assert f"Type {lead.lead_id}" in page.content.decode()
    browser.post(f"/leads/{lead.lead_id}/erase", {"sure": "yes"})
    assert Lead.objects.count() == 1
    answer = browser.post(f"/leads/{lead.lead_id}/erase", {"sure": lead.lead_id}, follow=True)
    assert "1 lead was erased." in answer.content.decode()
    assert browser.get(f"/leads/{lead.lead_id}").status_code == 404


def test_what_is_missing_is_said_until_it_is_filled_in(us: Company) -> None:
    browser = browser_of(us.ada)
    assert "3 particulars are missing" in browser.get("/settings/privacy").content.decode()
    Organisation(name="M", particulars="M, Ulm", privacy_url="https://m.example").save()
    organisation.forget()
    assert "missing" not in browser.get("/settings/privacy").content.decode()
    Source.objects.create(name="Form", kind="form", key="form")
    page = Client().get("/f/form").content.decode()
    assert ["M, Ulm" in page, "https://m.example" in page] == [True, True]


def test_documents_name_what_is_configured(us: Company, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "smtp.mails.example"
    Source.objects.create(name="Ads", kind="sender", key="ads", sender="meta_leads")
    browser = browser_of(us.ada)
    for name, of in register.DOCUMENTS.items():
        page = browser.get(f"/settings/privacy/documents/{name}")
        text = browser.get(f"/settings/privacy/documents/{name}?format=md").content.decode()
        assert (name, page.status_code, text.startswith("# ")) == (name, 200, True)
        assert [s.title for s in of().sections if f"## {s.title}" not in text] == []
    text = browser.get("/settings/privacy/documents/processors?format=md").content.decode()
    assert ["smtp.mails.example" in text, "Meta" in text] == [True, True]
    retention.change("leads", days=77, active=True, by=us.ada, at=now())
    assert "77 days" in browser.get("/settings/privacy/documents/deletion").content.decode()
    assert browser.get("/settings/privacy/documents/none").status_code == 404


def test_a_purpose_is_worded_anew_in_both_languages(us: Company) -> None:
    browser = browser_of(us.ada)
    said = {
        "basis": "consent", "name_de": "Post", "name_en": "Post", "text_de": "Darf Post kommen?",
        "text_en": "May post come?", "weighing": "", "confirmed": "on",
    }  # fmt: skip
    browser.post("/settings/privacy/purposes/mail", said)
    Source.objects.create(name="Form", kind="form", key="form")
    for language, text in (("de", "Darf Post kommen?"), ("en", "May post come?")):
        page = Client(headers={"Accept-Language": language}).get("/f/form").content.decode()
        assert text in page
    refused = browser.post("/settings/privacy/purposes/new", said | {"code": "mail"})
    assert "There is such a purpose already." in refused.content.decode()
    refused = browser.post("/settings/privacy/purposes/mail", said | {"basis": "interest"})
    assert "needs its weighing" in refused.content.decode()
    assert Purpose.objects.count() == 1


def test_nobody_is_erased_for_age_before_somebody_saw_whom_and_switched_it_on(us: Company) -> None:
    at = now()
    Handoff.objects.update(closed_at=at, closing="returned")
    late = at + 1200 * DAY
    assert retention.work(at=late).get("leads") is None
    rule = next(of for of in retention.rules() if of.kind == "leads")
    assert [of.name for of in retention.leads(rule, at=late)] == ["Petra Pumpe"]
    assert retention.preview(rule, at=at) == 0
    browser = browser_of(us.ada)
    browser.post("/settings/privacy/keep/leads", {"days": "1095", "active": "yes"})
    assert Retention.objects.get().active
    assert retention.work(at=at) == {}
    assert retention.work(at=late)["leads"] == 1
    assert Lead.objects.count() == 0


def test_customers_and_whoever_is_with_somebody_are_kept(us: Company) -> None:
    retention.change("leads", days=30, active=True, by=us.ada, at=now())
    late = now() + 100 * DAY
    assert retention.work(at=late).get("leads") is None  # with sales
    Handoff.objects.update(closed_at=late, closing="won")
    Lead.objects.update(relation="customer")
    assert retention.work(at=late).get("leads") is None


def test_contacts_are_found_shown_and_erased_on_pages(us: Company) -> None:
    called = {"type": "track", "event": "call_missed", "anonymousId": "phone:+497315550199"}
    say([called | {"messageId": "call-1"}], of=us.website, at=now() - DAY)
    ada = browser_of(us.ada)
    found = ada.get("/settings/privacy/contacts", {"q": "0731 5550199"}).content.decode()
    assert "+497315550199" in found
    assert "1 contact is called or reached so" in found
    nobody = ada.get("/settings/privacy/contacts", {"q": "petra@rohre.example"}).content.decode()
    assert "Nobody. Whoever is a lead is found among the leads." in nobody
    (number,) = (of.id for of in contacts.every())
    page = f"/settings/privacy/contacts/{number}"
    assert "call missed" in ada.get(page).content.decode()
    assert ada.get(page, {"format": "json"}).json()["known_as"] == ["anon:phone:+497315550199"]
    assert "+497315550199" in ada.get(f"{page}/erase").content.decode()
    assert ada.post(f"{page}/erase").status_code == 302
    assert ada.get(page).status_code == 404
    assert browser_of(seller()).get("/settings/privacy/contacts").status_code == 403
