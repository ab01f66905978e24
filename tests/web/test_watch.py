"""The agreement's page says whether the version keeps what was promised, and what to do if not."""

from __future__ import annotations

import pytest

from einig.engine.instants import DAY
from einig.flow import agreements
from einig.store.models import Finding, Role, Task, Version
from tests.live import AGREED, NOW, company, person
from tests.web.test_ideal_lead import signed_in

pytestmark = pytest.mark.django_db

MADEUP = {
    "value": "Software",
    "then": [120, 1000],
    "now": [62, 200],
    "begins": NOW,
    "ends": NOW,
    "error": 0.01,
    "power": [0.42, 0.91],
}
PROMISED = {
    "watch": {
        "since": NOW,
        "until": NOW,
        "within": 28 * DAY,
        "precision": [300, 1000],
        "weekly": [4, 5, 6],
    },
    "seen": {
        "at": NOW,
        "precision": [12, 60],
        "precision_power": [0.31, 0.52],
        "weekly": [10, 42],
    },
}


def test_a_finding_is_read_made_a_draft_and_settled() -> None:
    us = company()
    Version.objects.update(promised=PROMISED)
    found = Finding.objects.create(
        version=us.version, kind="makeup", criterion="fit.industry", at=NOW, detail=MADEUP
    )
    browser = signed_in(person("mel", Role.MARKETING_LEAD, language="en"))
    page = browser.get("/agreement").content.decode()
    for said in (
        "Does it keep what was promised?",
        "31 are “industry: Software”; before, 12 were.",
        "in 42 to 91 of 100 cases",
        "300 of 1,000",
        "12 of 60",
        "within half a year in 31 of 100 cases, within a year in 52",
        "Start a draft from this",
    ):
        assert said in page
    german = signed_in(us.sam).get("/agreement").content.decode()
    assert "sind 31 „Branche: Software“; vorher waren es 12." in german
    assert "300 von 1.000" in german
    assert "Damit einen Entwurf beginnen" not in german
    made = browser.post(f"/agreement/findings/{found.id}/draft")
    draft = Version.objects.order_by("-number")[0]
    assert made.headers["Location"] == f"/agreement/{draft.number}"
    assert "  # Of 100 leads that came since" in draft.text
    browser.post(f"/agreement/findings/{found.id}/settle", {"note": "a fair"})
    found.refresh_from_db()
    assert (found.draft, found.detail["note"]) == (draft, "a fair")
    page = browser.get("/agreement").content.decode()
    assert "Settled by Mel" in page
    assert "a fair" in page
    again = browser.post(f"/agreement/findings/{found.id}/settle", {"note": "x"}, follow=True)
    assert "Somebody was quicker" in again.content.decode()


def test_a_finding_for_whose_words_there_is_no_room_makes_no_draft() -> None:
    us = company(AGREED + "# " + "x" * (agreements.LARGEST - len(AGREED) - 2))
    found = Finding.objects.create(
        version=us.version, kind="makeup", criterion="fit.industry", at=NOW, detail=MADEUP
    )
    browser = signed_in(person("mel", Role.MARKETING_LEAD, language="en"))
    said = browser.post(f"/agreement/findings/{found.id}/draft", follow=True)
    page = said.content.decode()
    assert (said.status_code, "This cannot be made a draft: The agreement has" in page) == (
        200,
        True,
    )
    assert Version.objects.count() == 1


def test_what_is_worked_out_already_is_not_asked_for_again() -> None:
    us = company()
    made = agreements.draft(AGREED, by=us.max, at=NOW)
    browser = signed_in(us.max)
    for _click in range(3):
        browser.post(f"/agreement/{made.number}/foresee")
    assert Task.objects.filter(kind="foresee", done_at=None).count() == 1


def test_without_a_promise_there_is_nothing_to_read() -> None:
    company()
    page = signed_in(person("mel", Role.MARKETING_LEAD, language="en")).get("/agreement")
    assert "Does it keep" not in page.content.decode()


def test_before_the_first_night_only_what_was_promised_is_read() -> None:
    company()
    Version.objects.update(promised={"watch": PROMISED["watch"]})
    page = signed_in(person("mel", Role.MARKETING_LEAD, language="en")).get("/agreement")
    assert (page.status_code, "The first look is tonight." in page.content.decode()) == (200, True)
