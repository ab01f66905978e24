"""The page Ideal lead: what was found is read, exported, corrected and made a draft."""

from __future__ import annotations

import pytest
from django.test import Client

from einig.engine.instants import DAY, HOUR
from einig.flow import agreements, audit, ideal_lead
from einig.store.models import Handoff, Role, Study, User, Version
from einig.web.views.ideal_lead_found import found_of
from tests.flow.test_ideal_lead import LATER, TODAY, enact, found, sells_to_software
from tests.live import company, person

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    """Return a browser in which somebody is signed in."""
    browser = Client()
    browser.force_login(user)
    return browser


def test_what_was_found_is_read_and_worked_with() -> None:
    us = sells_to_software()
    study = found(us)
    german = signed_in(us.max).get("/ideal-lead").content.decode()
    for said in ("Branche", "Software", "Die Punkte", "Zum Entwurf machen", "Bei neueren Leads"):
        assert said in german
    browser = signed_in(person("mel", Role.MARKETING_LEAD, language="en"))
    english = browser.get("/ideal-lead").content.decode()
    for said in ("closes", "The points", "Make it a draft", "The ideal lead"):
        assert said in english
    rows = b"".join(browser.get("/ideal-lead", {"format": "csv"})).decode()
    assert rows.startswith("\ufeffattribute,value,leads,")
    assert "industry,Software," in rows
    made = browser.post(f"/ideal-lead/{study.id}/draft")
    version = Version.objects.order_by("-number")[0]
    assert made.headers["Location"] == f"/agreement/{version.number}"
    assert "Software" in browser.get(f"/agreement/{version.number}").content.decode()
    browser.post(f"/ideal-lead/{study.id}/column", {"column": "employees", "use": "no"})
    asked = Study.objects.order_by("-id")[0]
    assert (asked.question["drop"], asked.finished_at) == (["employees"], None)
    waiting = browser.get("/ideal-lead", headers={"HX-Request": "true", "HX-Target": "looking"})
    assert "<progress" in waiting.content.decode()
    again = {"target": "won", "goal": "weekly", "amount": "5"}
    told = browser.post("/ideal-lead", again, follow=True).content.decode()
    assert "Another look is running" in told
    assert Study.objects.count() == 2


def test_a_look_keeps_what_was_decided_of_columns_and_says_how_it_failed() -> None:
    us = company()
    first = ideal_lead.ask(by=us.max, at=LATER, drop=["employees"])
    ideal_lead.work(first.id, clock=lambda: LATER)
    browser = signed_in(person("mel", Role.MARKETING_LEAD, language="en"))
    assert "Not enough yet" in browser.get("/ideal-lead").content.decode()
    browser.post("/ideal-lead", {"target": "accepted", "goal": "precision", "amount": "30"})
    second = Study.objects.order_by("-id")[0]
    assert second.question == {
        "target": "accepted", "within": None, "goal": "precision", "amount": 0.3, "keep": [],
        "drop": ["employees"],
    }  # fmt: skip
    ideal_lead.give_up(second.id)
    assert "The last look failed" in browser.get("/ideal-lead").content.decode()
    third = ideal_lead.ask(by=us.max, at=LATER + DAY)
    assert ideal_lead.running() == third


def test_who_makes_a_draft_of_an_old_study_is_told_what_it_was_written_into() -> None:
    us = sells_to_software(since=LATER - 799 * DAY)
    study = found(us)
    enact(TODAY, LATER - 399 * DAY)
    now = agreements.current(LATER)
    assert now is not None
    told = signed_in(us.max).post(f"/ideal-lead/{study.id}/draft", follow=True).content.decode()
    said = f"Seither gilt Version {now.number}: Die Punkte wurden in diese geschrieben."
    assert said in told


def test_the_page_says_how_sure_it_is_and_how_often_it_claims_what_is_not_there() -> None:
    us = sells_to_software()
    found(us)
    german = signed_in(us.max).get("/ideal-lead").content.decode()
    english = signed_in(person("mel", Role.MARKETING_LEAD, language="en"))
    page = english.get("/ideal-lead").content.decode()
    for said in (
        "Wie sicher ist das im Einzelnen?", "Mittlere Präzision (Average Precision): 0,",
        "Erwartet",
        "Mit vertauschten Ergebnissen der neueren Leads", "exakter Test nach Fisher",
        "Mit vertauschten Ergebnissen hieß in", "Was Leads, die kauften, gemeinsam haben",
    ):  # fmt: skip
        assert said in german
    for said in (
        "How sure is this?", "Average precision: 0.", "Expected", "With outcomes shuffled, ",
        "What leads that bought have in common", "With the outcomes of the newer leads shuffled, ",
    ):  # fmt: skip
        assert said in page


def test_of_many_thresholds_the_chosen_one_is_shown_and_of_pairs_that_say_the_same_the_first() -> (
    None
):
    us = sells_to_software()
    study = found(us)
    assert study.result is not None
    draft, ideal = study.result["draft"], study.result["ideal"]
    draft["curve"] = [draft["chosen"] | {"score": score} for score in range(99, 0, -1)]
    draft["chosen"] = draft["chosen"] | {"score": 96}
    trait = ideal["traits"][0]
    for days in (7, 30):
        did: dict[str, object] = {"type": "demo_requested", "days": days, "where": []}
        ideal["traits"].append(trait | {"column": f"demo {days}", "label": "1", "behaviour": did})
    pair = {"labels": ["1", "Software"], "count": 9, "expected": 0.1}
    pair |= {"conversion": trait["conversion"]}
    ideal["pairs"] = [pair | {"columns": [f"demo {days}", "industry"]} for days in (7, 30)]
    study.save()
    shown = found_of(study)
    scores = [of["score"] for of in shown["curve"]]
    assert (len(scores), scores[0], scores[-1], 96 in scores) == (13, 99, 1, True)
    assert [of["columns"] for of in shown["pairs"]] == [["demo 7", "industry"]]


def test_another_target_is_what_the_whole_page_speaks_of() -> None:
    us = sells_to_software()
    for handoff in Handoff.objects.filter(closing="won").select_related("lead"):
        about, at = f"lead:{handoff.lead.lead_id}", handoff.closed_at
        assert at is not None
        audit.record("stage_reached", about, at=at - HOUR, by=None, stage="opportunity")
    found(us, target="opportunity", goal="precision", amount=0.999)
    german = signed_in(us.max).get("/ideal-lead").content.decode()
    assert "zur Opportunity" in german
    assert "kauft" not in german.split("<form", 1)[0]


def test_sales_reads_and_does_not_ask() -> None:
    us = company()
    page = signed_in(us.sam).get("/ideal-lead")
    assert page.status_code == 200
    assert 'name="goal"' not in page.content.decode()
    assert signed_in(us.sam).post("/ideal-lead", {"target": "won"}).status_code == 403
