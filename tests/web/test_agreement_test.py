"""The agreement test's pages and links, as strangers, phones and those who start one meet them."""

from __future__ import annotations

import time

import pytest
from django.test import Client

from einig.engine.instants import DAY, HOUR
from einig.flow import agreement_test
from einig.flow.agreement_test import Guest
from einig.store.models import (
    AgreementTest,
    AuditEntry,
    Enactment,
    Juror,
    Lead,
    Sample,
    Version,
)
from einig.web import guesses
from tests.flow.test_agreement_test import fill, judges
from tests.live import Company, company, unguarded

pytestmark = pytest.mark.django_db
HOSTILE = [
    "x", "A" * 42, "A" * 44, "A" * 43, "A" * 5000, "../settings", "..%2F..%2Fsettings", "%00",
    "' OR 1=1 --", "ä" * 43, "%F0%9F%92%A9" * 11,
]  # fmt: skip


@pytest.fixture
def us() -> Company:
    """A company with seven leads."""
    us = company()
    fill(us, 7)
    guesses._missed.clear()
    return us


def now() -> int:
    """Return the present instant."""
    return time.time_ns() // 1000


def started(us: Company) -> AgreementTest:
    """Return a test of one person with an account, and one without."""
    guest = Guest("sales", "Gerd Gast", "gerd@partner.example")
    return agreement_test.start(by=us.max, at=now(), people=[us.max], guests=[guest])


def path(juror: Juror) -> str:
    """Return the path of somebody's link."""
    return f"/t/{agreement_test.token_of(juror)}"


def guest(test: AgreementTest) -> Juror:
    """Return who has no account."""
    return test.jurors.get(user=None)


@pytest.mark.parametrize("token", HOSTILE)
def test_a_link_that_nobody_was_given_leads_nowhere(us: Company, token: str) -> None:
    started(us)
    for method in ("get", "post"):
        answer = getattr(Client(), method)(f"/t/{token}", {"hand_in": "yes"})
        assert answer.status_code == 404


def test_who_guesses_is_asked_to_wait_and_who_has_a_link_is_not_in_their_way(us: Company) -> None:
    test = started(us)
    browser = Client()
    told = [browser.get(f"/t/{'A' * 40}{n:03}").status_code for n in range(guesses.MOST + 3)]
    assert told == [404] * guesses.MOST + [429] * 3
    assert browser.get(path(guest(test))).status_code == 200
    assert Client(REMOTE_ADDR="10.0.0.9").get(f"/t/{'B' * 43}").status_code == 404


def test_the_link_is_kept_from_search_engines_caches_and_other_sites(us: Company) -> None:
    answer = Client().get(path(guest(started(us))), {"go": "on"})
    assert (answer["Referrer-Policy"], answer["Cache-Control"], answer["X-Robots-Tag"]) == (
        "no-referrer",
        "no-store",
        "noindex, nofollow, noarchive",
    )
    assert b'name="robots" content="noindex, nofollow"' in answer.content


def test_whoever_judges_sees_no_name_no_address_and_no_points(us: Company) -> None:
    test = started(us)
    page = Client().get(path(guest(test)), {"go": "on"}).content.decode()
    for lead in Lead.objects.prefetch_related("contact_details"):
        hidden = [lead.name, lead.lead_id, *(of.value for of in lead.contact_details.all())]
        assert [word for word in hidden if word in page] == []
    assert "employees" in page.lower() or "mitarbeit" in page.lower()


def test_a_link_opens_nothing_but_its_test(us: Company) -> None:
    test = started(us)
    browser = Client()
    browser.get(path(guest(test)), {"go": "on"})
    for other in ("/leads", f"/agreement/test/{test.id}", "/agreement", "/settings"):
        assert browser.get(other).status_code == 302  # to sign in
    foreign = agreement_other(us, test)
    browser.post(path(guest(test)), {"lead": foreign.id, "ready": "yes"})
    assert foreign.judgements.count() == 0


def agreement_other(us: Company, test: AgreementTest) -> Sample:
    """Return a lead of another test."""
    other = AgreementTest.objects.create(asked_at=now(), closed_at=now())
    lead = test.leads.all()[0].lead
    return other.leads.create(lead=lead, position=1, as_of=now(), shown={"facts": [], "did": []})


@pytest.mark.parametrize("lead", ["", "0", "x", "-1", "9" * 30])
@pytest.mark.parametrize("ready", ["yes", "perhaps"])
def test_what_makes_no_sense_is_not_kept(us: Company, lead: str, ready: str) -> None:
    test = started(us)
    answer = Client().post(path(guest(test)), {"lead": lead, "ready": ready, "criteria": "fit.x"})
    assert answer.status_code == 302
    assert guest(test).judgements.count() == 0


def test_an_old_link_says_what_to_do(us: Company) -> None:
    test = started(us)
    test.jurors.update(expires_at=now() - HOUR)
    answer = Client(HTTP_ACCEPT_LANGUAGE="en").get(path(guest(test)))
    assert answer.status_code == 404
    assert "older than two weeks" in answer.content.decode()


def test_the_page_says_whether_a_link_expired_or_was_taken_back_or_its_account_is_closed(
    us: Company,
) -> None:
    of_all = [us.max, us.mia, us.sol, us.sam]
    test = agreement_test.start(by=us.max, at=now(), people=of_all)
    max_, mia, sol, sam = test.jurors.order_by("id")
    test.jurors.filter(id__in=[max_.id, sam.id]).update(expires_at=now() - HOUR)
    agreement_test.revoke(mia, by=us.max, at=now())
    us.sol.is_active = False
    us.sol.save()
    us.max.language = "en"
    us.max.save()
    browser = Client()
    browser.force_login(us.max)
    page = browser.get(f"/agreement/test/{test.id}")
    states = {max_: "expired", mia: "revoked", sol: "closed", sam: "expired"}
    assert dict(page.context["jurors"]) == states
    assert (page.context["handed_in"], page.context["asked"]) == (0, 0)
    text = page.content.decode()
    assert text.count("link expired; a reminder renews it") == 2
    assert (text.count("link taken back"), text.count("account closed")) == (1, 1)
    assert Client().get(path(max_)).status_code == 404
    browser.post(f"/agreement/test/{test.id}/remind")
    assert [Client().get(path(of)).status_code for of in (max_, mia, sol, sam)] == [
        200, 404, 404, 200,
    ]  # fmt: skip


def test_handing_in_twice_changes_nothing_and_the_second_phone_goes_on(us: Company) -> None:
    test = started(us)
    phones = [Client(HTTP_ACCEPT_LANGUAGE="en") for _ in range(2)]
    to = path(guest(test))
    for n, sample in enumerate(test.leads.order_by("position")):
        phones[n % 2].post(to, {"lead": sample.id, "ready": "yes"})
    assert "All 7 leads are judged" in phones[0].get(to, {"go": "on"}).content.decode()
    for phone in phones:
        assert phone.post(to, {"hand_in": "yes"}).status_code == 302
    assert "Thank you" in phones[1].get(to).content.decode()
    phones[0].post(to, {"lead": test.leads.all()[0].id, "ready": "no"})
    assert set(guest(test).judgements.values_list("ready", flat=True)) == {True}
    assert AuditEntry.objects.filter(action="juror_finished").count() == 1


def test_nobody_sees_what_was_judged_before_the_end(us: Company) -> None:
    test = started(us)
    judges(guest(test), lambda of: of.position % 2 == 0)
    browser = Client()
    browser.force_login(us.sol)
    page = browser.get(f"/agreement/test/{test.id}")
    assert "disputes" not in page.context
    agreement_test.close(test, by=us.max, at=now())
    assert "disputes" in browser.get(f"/agreement/test/{test.id}").context


def test_what_people_without_an_account_see_and_do_is_written_down(us: Company) -> None:
    test = started(us)
    Client().get(path(guest(test)), {"go": "on"})
    told = AuditEntry.objects.filter(about=f"test:{test.id}").order_by("id")
    assert [(of.action, of.by) for of in told] == [
        ("test_started", us.max),
        ("juror_asked", us.max),
        ("juror_asked", us.max),
        ("juror_began", None),
    ]
    assert "gerd@partner.example" not in repr([of.detail for of in told])


def test_who_is_signed_in_judges_without_the_mail(us: Company) -> None:
    test = started(us)
    browser = Client()
    browser.force_login(us.max)
    answer = browser.get(f"/agreement/test/{test.id}/judge")
    assert answer["Location"] == path(test.jurors.get(user=us.max))
    browser.force_login(us.sam)
    assert browser.get(f"/agreement/test/{test.id}/judge").status_code == 404


def test_the_form_asks_both_sides_and_a_name_needs_an_address(us: Company) -> None:
    browser = Client()
    us.max.language = "en"
    us.max.save()
    browser.force_login(us.max)
    one = {"people-marketing": [us.max.id]}
    assert b"Ask at least one person of each side" in browser.post("/agreement/test", one).content
    named = browser.post("/agreement/test", one | {"name-sales-1": "Gerd"})
    assert (named.status_code, AgreementTest.objects.count()) == (422, 0)
    both = one | {"name-sales-1": "Gerd", "email-sales-1": "gerd@partner.example"}
    assert browser.post("/agreement/test", both).status_code == 302
    assert AgreementTest.objects.get().jurors.count() == 2


def test_without_leads_the_page_says_how_to_get_some_and_without_agreement_where_to_start() -> None:
    us = company()
    browser = Client()
    browser.force_login(us.max)
    us.max.language = "en"
    us.max.save()
    page = browser.get("/agreement/test").content.decode()
    assert "/settings/import" in page
    assert "Draw the leads" not in page
    with unguarded():
        Enactment.objects.all().delete()
        Version.objects.all().delete()
    assert "/agreement/test" in browser.get("/agreement").content.decode()


def test_a_draft_is_made_of_a_closed_test_and_opens_on_the_agreement_page(us: Company) -> None:
    test = started(us)
    browser = Client()
    browser.force_login(us.max)
    early = browser.post(f"/agreement/test/{test.id}/draft")
    assert early["Location"] == f"/agreement/test/{test.id}"
    for juror in test.jurors.all():
        judges(juror, lambda of: of.position % 2 == 0)
    answer = browser.post(f"/agreement/test/{test.id}/draft")
    test.refresh_from_db()
    assert test.draft is not None
    assert answer["Location"] == f"/agreement/{test.draft.number}"
    assert browser.get(answer["Location"]).status_code == 200


def test_a_year_later_the_figures_of_each_test_are_still_there(us: Company) -> None:
    for n in range(3):
        test = AgreementTest.objects.create(asked_at=now() - n * DAY, closed_at=now() - n * DAY)
        test.result = {"leads": 20, "agreed": 11 + n, "low": 0.3, "high": 0.8}
        test.save()
    browser = Client()
    browser.force_login(us.sam)
    assert [of["agreed"] for of in browser.get("/agreement/test").context["tests"]] == [11, 12, 13]
