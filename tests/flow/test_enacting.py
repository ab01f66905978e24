"""A version comes into force: told before, all leads judged at once, told afterwards."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from einig.engine.instants import DAY, HOUR
from einig.flow import (
    agreements,
    due,
    enacting,
    feedback,
    foresight,
    rejudging,
    scoring,
)
from einig.flow.rejudging import rejudge
from einig.flow.sweeping import sweep
from einig.jobs.worker import work
from einig.store import quick
from einig.store.models import Decision, Enactment, Handoff, Lead, Notice, Task, User, Version
from tests.live import AGREED, NOW, Company, company, identify, say, track
from tests.stories import all_due, everything

pytestmark = pytest.mark.django_db


STRICTER = AGREED.replace("any: [intent, {engagement: 20}]", "engagement: 20")
LOOSER = AGREED.replace("any: [intent, {engagement: 20}]", "any: [intent, {engagement: 10}]")


def lead_who(us: Company, name: str, *did: str, at: int) -> Lead:
    """Return a lead from the software industry that did something."""
    said = identify(name, email=f"{name}@{name}.example", name=name, industry="Software")
    say([said, *(track(what, name) for what in did)], of=us.website, at=at)
    return Lead.objects.get(name=name)


def expect(version: Version) -> dict[str, Any]:
    """Return what a version is expected to do, without when and by what."""
    found = foresight.preview(version, NOW + DAY)
    return {name: of for name, of in found.items() if name not in {"as_of", "content_hash"}}


def proposed(us: Company, text: str) -> Version:
    """Draft a version and propose it; nobody asks in advance what it would do."""
    version = agreements.draft(text, by=us.max, at=NOW + DAY)
    agreements.propose(version, by=None, at=NOW + DAY)
    return version


def test_a_preview_counts_who_becomes_ready_and_who_ceases_to_be() -> None:
    us = company()
    asked = lead_who(us, "asks", "demo_requested", at=NOW)
    listened = lead_who(us, "listens", "webinar_attended", at=NOW + 1000)
    lead_who(us, "idles", at=NOW + 2000)
    rows = everything()
    groups = {"becomes": [], "ceases": [asked.lead_id], "kept": [asked.lead_id], "handoffs": []}
    counted = {"leads": 3, "was_ready": 1, "capacity": 59}
    assert expect(proposed(us, STRICTER)) == {
        **counted, "ready": 0, "becomes": 0, "ceases": 1, "kept": 1, "handoffs": 0,
        "listed": groups,
    }  # fmt: skip
    new = [listened.lead_id]
    assert expect(proposed(us, LOOSER)) == {
        **counted, "ready": 2, "becomes": 1, "ceases": 0, "kept": 0, "handoffs": 1,
        "listed": {"becomes": new, "ceases": [], "kept": [], "handoffs": new},
    }  # fmt: skip
    assert everything() == rows


def test_a_preview_hands_over_again_only_who_did_something_since_it_came_back() -> None:
    us = company()
    for n, name in enumerate(("back", "again")):
        lead = lead_who(us, name, "demo_requested", at=NOW + n)
        one = Handoff.objects.select_related("to", "lead").get(lead=lead)
        assert one.to is not None
        feedback.give_back(one, by=one.to, at=NOW + HOUR, reason="no budget")
    say([track("webinar_attended", "again")], of=us.website, at=NOW + 15 * DAY)
    version = proposed(us, LOOSER)
    found = foresight.preview(version, NOW + 16 * DAY)
    again = Lead.objects.get(name="again")
    assert found["listed"]["handoffs"] == [again.lead_id]
    enacting.enact(version, since=NOW + 16 * DAY, at=NOW + 16 * DAY)
    all_due(NOW + 16 * DAY)
    opened = Handoff.objects.filter(opened_at=NOW + 16 * DAY).values_list("lead__name", flat=True)
    assert list(opened) == ["again"]


def test_what_was_expected_is_kept_when_it_comes_into_force() -> None:
    us = company()
    version = proposed(us, STRICTER)
    foresight.work(version.id, at=NOW + DAY)
    enacting.enact(version, since=NOW + 2 * DAY, at=NOW + DAY)
    version.refresh_from_db()
    assert version.expected is not None
    assert version.expected["as_of"] == NOW + DAY
    assert version.enactment.expected == version.expected


def test_whoever_has_a_lead_that_is_not_ready_any_more_is_told_and_keeps_it() -> None:
    us, at = company(), NOW + DAY
    lead = lead_who(us, "asks", "demo_requested", at=NOW)
    version = proposed(us, STRICTER)
    enacting.enact(version, since=at, at=at)
    while work(at=at):
        pass
    lead.refresh_from_db()
    one = Handoff.objects.select_related("to").get(lead=lead)
    assert (lead.sales_ready, lead.owner, one.closed_at) == (False, one.to, None)
    (told,) = Notice.objects.filter(what="not_ready")
    assert (told.to_id, told.lead_id, told.detail) == (one.to_id, lead.id, {"version": 2})
    done = Enactment.objects.get(version=version)
    assert done.found == {"becomes": 0, "ceases": 1, "kept": 1, "handoffs": 0}
    assert (done.judged, done.leads, done.finished_at) == (1, 1, at)
    assert list(enacting.no_longer_ready(done)) == [lead]
    assert not enacting.became_ready(done).exists()


def test_many_are_told_a_few_at_a_time_and_who_was_told_before_is_not_told_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(enacting, "_TOLD_AT_ONCE", 2)
    us, at = company(), NOW + DAY
    leads = [lead_who(us, f"asks{n}", "demo_requested", at=NOW + n) for n in range(5)]
    enacting.enact(proposed(us, STRICTER), since=at, at=at)
    all_due(at)
    done = Enactment.objects.get(version__number=2)
    one = Handoff.objects.get(lead=leads[3])
    told = {"to_id": one.to_id, "what": "not_ready", "detail": {"version": 2}}
    Notice.objects.create(lead=leads[3], at=at, **told)  # by a process that was killed
    with CaptureQueriesContext(connection) as asked:
        enacting.finish(done, at=at + 1)
    told_of = Notice.objects.filter(what="not_ready").values_list("lead__name", "at")
    assert sorted(told_of) == [(f"asks{n}", at if n == 3 else at + 1) for n in range(5)]
    inserts = [q["sql"] for q in asked if 'INSERT INTO "store_notice"' in q["sql"]]
    assert len(inserts) == 3
    enacting.finish(done, at=at + 2)
    assert Notice.objects.filter(what="not_ready").count() == 5
    done.refresh_from_db()
    assert (done.finished_at, done.found) == (
        at + 1,
        {"becomes": 0, "ceases": 5, "kept": 5, "handoffs": 0},
    )


def test_both_leads_get_the_report_by_mail(mailoutbox: list[Any]) -> None:
    us, at = company(), NOW + DAY
    lead_who(us, "listens", "webinar_attended", at=NOW)
    enacting.enact(proposed(us, LOOSER), since=at, at=at)
    while work(at=at):
        pass
    report = [mail for mail in mailoutbox if "handoff" not in mail.extra_headers["Message-ID"]]
    assert sorted(mail.to[0] for mail in report) == ["max@example.com", "sol@example.com"]
    assert "/agreement/2/leads/becomes" in report[0].body


def test_all_but_those_who_need_more_are_judged_at_once() -> None:
    us, at = company(), NOW + DAY
    lead_who(us, "asks", "demo_requested", at=NOW)
    lead_who(us, "listens", "webinar_attended", at=NOW + 1)
    lead_who(us, "idles", at=NOW + 2)
    enacting.enact(proposed(us, LOOSER), since=at, at=at)
    assert rejudge(Enactment.objects.get(version__number=2)) == 2
    judged = Lead.objects.filter(judged_at=at).values_list("name", flat=True)
    assert set(judged) == {"asks", "idles"}
    all_due(at)
    assert Lead.objects.get(name="listens").sales_ready


def test_a_lead_that_changed_since_it_was_read_is_left_to_the_journey() -> None:
    us, at = company(), NOW + DAY
    lead = lead_who(us, "idles", at=NOW)
    enacting.enact(proposed(us, LOOSER), since=at, at=at)
    enactment = Enactment.objects.get(version__number=2)
    versions = scoring.timeline()
    found = sweep(versions[-1], at=at)
    say([track("demo_requested", "idles")], of=us.website, at=at + 5)
    rejudging.write(enactment, found, versions)
    lead.refresh_from_db()
    assert (lead.judged_at, lead.sales_ready) == (at + 5, True)
    said = Decision.objects.filter(lead=lead).order_by("at").values_list("at", "version__number")
    assert list(said)[-2:] == [(at, 2), (at + 5, 2)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory is one connection")
def test_a_lead_that_somebody_judges_at_this_moment_is_passed_over() -> None:
    us, at = company(), NOW + DAY
    busy, idle = lead_who(us, "busy", at=NOW), lead_who(us, "idles", at=NOW + 1)
    enacting.enact(proposed(us, LOOSER), since=at, at=at)
    held, written = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            quick.lock(busy, ["judged_at"])
            held.set()
            assert written.wait(10)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    assert held.wait(10)
    rejudge(Enactment.objects.get(version__number=2))
    written.set()
    other.join()
    for lead in (busy, idle):
        lead.refresh_from_db()
    assert (busy.judged_at, idle.judged_at) == (NOW, at)
    enacting.work(Enactment.objects.get(version__number=2).id, clock=lambda: at + 1)
    busy.refresh_from_db()
    assert busy.judged_at == at


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory is one connection")
def test_messages_and_a_new_version_judge_the_same_leads_at_the_same_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("_FIRST", "_LEAST", "_MOST"):
        monkeypatch.setattr(rejudging, name, 1)
    us, at, many = company(), NOW + DAY, 40
    leads = [lead_who(us, f"n{n}", "webinar_attended", at=NOW + n) for n in range(many)]
    enacting.enact(proposed(us, AGREED + "\n"), since=at, at=at)
    enactment = Enactment.objects.get(version__number=2)

    def all_anew() -> None:
        rejudge(enactment)
        connection.close()

    other = threading.Thread(target=all_anew)
    other.start()
    for n in reversed(range(many)):
        say([track("demo_requested", f"n{n}")], of=us.website, at=at + 1 + n)
    other.join()
    all_due(at + many)
    for n, lead in enumerate(leads):
        lead.refresh_from_db()
        assert (lead.judged_at, lead.sales_ready, lead.version_id) == (
            at + 1 + n, True, enactment.version_id,
        )  # fmt: skip
        said = Decision.objects.filter(lead=lead, at__gte=at).order_by("at")
        assert list(said.values_list("at", "version", "sales_ready")) == [
            (at, enactment.version_id, False), (at + 1 + n, enactment.version_id, True),
        ]  # fmt: skip
        assert Handoff.objects.filter(lead=lead).count() == 1


def test_the_next_message_of_a_lead_still_to_be_judged_judges_it_first() -> None:
    us, at = company(), NOW + DAY
    lead = lead_who(us, "listens", "webinar_attended", at=NOW)
    enacting.enact(proposed(us, LOOSER), since=at, at=at)
    say([track("scrolled", "listens")], of=us.website, at=at + HOUR)
    one = Handoff.objects.get(lead=lead)
    assert (one.opened_at, one.version.number) == (at, 2)
    decided = Decision.objects.get(lead=lead, at=at)
    assert (decided.version.number, decided.sales_ready) == (2, True)


def test_many_leads_are_left_to_a_task_and_a_second_version_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(enacting, "FEW", 1)
    us, at = company(), NOW + DAY
    for n, name in enumerate(("one", "two", "three")):
        lead_who(us, name, at=NOW + n)
    for n, text in enumerate((LOOSER, STRICTER)):
        enacting.enact(proposed(us, text), since=at + n, at=at)
    first, second = Enactment.objects.filter(version__number__gt=1).order_by("since")
    enacting.go_on(at=at + 2)  # the version of the company itself, when nobody was there yet
    assert enacting.go_on(at=at + 2)
    assert not enacting.go_on(at=at + 2)
    assert due.judge_due(at=at + 2) == 0
    (task,) = Task.objects.filter(kind=due.ANEW)
    assert task.payload == {"enactment": first.id}
    for each in (first, second):
        enacting.work(each.id, clock=lambda: at + 3)
        each.refresh_from_db()
        assert (each.finished_at, each.judged, each.leads) == (at + 3, 3, 3)
    decided = Decision.objects.filter(at__gte=at).order_by("lead", "at")
    assert list(decided.values_list("at", "version__number")) == [(at, 2), (at + 1, 3)] * 3


def test_the_page_counts_and_lists_what_is_expected_and_what_came_of_it(client: Client) -> None:
    us, at = company(), NOW + DAY
    lead_who(us, "listens", "webinar_attended", at=NOW)
    version = proposed(us, LOOSER)
    User.objects.update(language="en")
    client.force_login(us.max)
    assert "Work it out" in client.get("/agreement/2").content.decode()
    client.post("/agreement/2/foresee")
    assert "It is being worked out" in client.get("/agreement/2").content.decode()
    foresight.work(version.id, at=at)
    Task.objects.update(done_at=at)
    assert "become sales-ready" in client.get("/agreement/2").content.decode()
    listed = client.get("/agreement/2/leads/becomes").content.decode()
    assert "listens" in listed
    enacting.enact(version, since=at, at=at)
    assert "0 of 1 leads are judged anew" in client.get("/agreement/2/effect").content.decode()
    all_due(at)
    while enacting.go_on(at=at):
        pass
    assert "became sales-ready" in client.get("/agreement/2").content.decode()
    assert "listens" in client.get("/agreement/2/leads/becomes").content.decode()
    assert "listens" not in client.get("/agreement/2/leads/ceases").content.decode()
    assert client.get("/agreement/2/leads/nonsense").status_code == 404
