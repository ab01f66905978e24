"""A version comes into force: all leads are judged anew at once, as they would be one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from einig.engine.instants import DAY, HOUR, SECOND
from einig.flow import (
    agreements,
    enacting,
    feedback,
    foresight,
    journey,
    leads,
    rejudging,
    scoring,
)
from einig.flow.rejudging import rejudge
from einig.flow.sweeping import sweep
from einig.jobs.worker import work
from einig.store.models import Decision, Enactment, Handoff, Lead, Notice, Task, User, Version
from tests.live import AGREED, NOW, Company, company, identify, say, track
from tests.stories import STEPS, Step, compare, examples, happens

pytestmark = pytest.mark.django_db

FIRST = AGREED + "explore: 50%\n"
TEXTS = (
    FIRST,
    FIRST.replace("any: [intent, {engagement: 20}]", "any: [intent, {engagement: 10}]"),
    FIRST.replace("fit: 20, any: [intent, {engagement: 20}]", "fit: 5, intent: any"),
    FIRST.replace("Software: 20, Trade: 5", "Software: 5, Trade: 20, unknown: 20"),
    FIRST.replace("for: 30 days, at_most: 20", "for: 3 days").replace("50%", "100%"),
    AGREED.replace("for: 14 days}\n", "for: 6 days}\n  scrolled: {within: 14 days, times: 2}\n"),
    AGREED.replace("intent:\n", "  quiet: {nothing_for: 5 days, points: 20}\nintent:\n", 1),
)


@dataclass(frozen=True)
class Turn:
    """After a step somebody may edit a lead, or a version may come into force."""

    step: Step
    text: int | None = None  # the version that is enacted then
    ahead: int = 0  # microseconds until it is in force
    industry: str | None = None  # what is said of the first lead
    at_once: bool = False  # whether all leads are judged at once; if not, one by one


TURNS = st.builds(
    Turn,
    step=STEPS,
    text=st.none() | st.none() | st.integers(0, len(TEXTS) - 1),
    ahead=st.sampled_from([0, 0, 1, 30 * SECOND, HOUR, 6 * DAY]),
    industry=st.sampled_from([None, None, None, "Software", "Trade", ""]),
    at_once=st.booleans(),
)


@examples(25)
@given(st.lists(STEPS, min_size=2, max_size=12), st.sampled_from(TEXTS), st.sampled_from(TEXTS))
def test_judging_all_at_once_says_what_judging_one_by_one_says(
    steps: list[Step], before: str, after: str
) -> None:
    both_ways(steps, before, after)


@pytest.mark.prove
@examples(1500)
@given(st.lists(STEPS, min_size=2, max_size=20), st.sampled_from(TEXTS), st.sampled_from(TEXTS))
def test_judging_all_at_once_says_what_judging_one_by_one_says_in_thousands_of_stories(
    steps: list[Step], before: str, after: str
) -> None:
    both_ways(steps, before, after)


@examples(25)
@given(st.lists(TURNS, min_size=3, max_size=12))
def test_any_sequence_of_versions_decides_as_the_replay_of_it(turns: list[Turn]) -> None:
    in_sequence(turns)


@pytest.mark.prove
@examples(1500)
@given(st.lists(TURNS, min_size=3, max_size=20))
def test_any_sequence_of_versions_decides_as_the_replay_of_it_in_thousands_of_stories(
    turns: list[Turn],
) -> None:
    in_sequence(turns)


# --- a company with a few leads, and a stricter version ---------------------------------------

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
    assert journey.judge_due(at=at + 2) == 0
    (task,) = Task.objects.filter(kind=journey.ANEW)
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


# --- told twice -------------------------------------------------------------------------------


def both_ways(steps: list[Step], before: str, after: str) -> None:
    with transaction.atomic():
        us = company(before)
        at = NOW
        for n, step in enumerate(steps):
            at += step.wait
            at = happens(us, step, n, at)
        since = max(at, *Lead.objects.values_list("last_known", flat=True), NOW) + 1
        put_in_force(us, after, since=since, at=at)
        end = since + 20 * DAY
        one_by_one, at_once = [told(way, at=since, end=end) for way in (all_due, all_at_once)]
        assert at_once == one_by_one
        transaction.set_rollback(True)


def put_in_force(us: Company, text: str, *, since: int, at: int) -> Version:
    """Draft a version, have it proposed and signed by both sides, in force from an instant."""
    version = agreements.draft(text, by=us.max, at=at)
    agreements.propose(version, by=us.max, at=at)
    agreements.sign(version, by=us.max, at=at)
    agreements.sign(version, by=us.sol, at=at, in_force_from=since)
    return version


def all_due(at: int) -> None:
    """Judge what is due one by one, as the worker does."""
    while journey.judge_due(at=at):
        pass


def all_at_once(at: int) -> None:
    """Judge all leads at once for each version that is in force, and what is due one by one."""
    for enactment in Enactment.objects.filter(since__lte=at, finished_at=None).order_by("since"):
        rejudge(enactment)
    all_due(at)


def told(way: Any, *, at: int, end: int) -> list[Any]:
    """Return what a way of judging leaves behind, at once and later; nothing of it stays."""
    with transaction.atomic():
        way(at)
        found = [everything()]
        all_due(end)
        found.append(everything())
        transaction.set_rollback(True)
    return found


def everything() -> dict[str, list[Any]]:
    """Return every decision, every lead as it stands, and every hand-off."""
    decided = Decision.objects.order_by("lead", "at").values_list(
        "lead", "version", "at", "fit", "engagement", "intent", "sales_ready"
    )
    stand = Lead.objects.order_by("id").values_list(
        "id", "version", "fit", "engagement", "intent", "sales_ready", "judged_at", "last_known",
        "next_change_at", "stage", "owner",
    )  # fmt: skip
    handed = Handoff.objects.order_by("lead", "opened_at", "kind").values_list(
        "lead", "opened_at", "kind", "version", "to", "explored", "closed_at", "closing", "due_at"
    )
    return {"decisions": list(decided), "leads": list(stand), "handoffs": list(handed)}


def in_sequence(turns: list[Turn]) -> None:
    with transaction.atomic():
        us, at = company(FIRST), NOW
        for n, turn in enumerate(turns):
            at = happens(us, turn.step, n, at + turn.step.wait)
            if turn.industry is not None and (lead := Lead.objects.order_by("id").first()):
                leads.state(lead, {"industry": turn.industry}, by=us.max, at=at)
            if turn.text is not None:
                put_in_force(us, TEXTS[turn.text], since=at + turn.ahead, at=at)
            if turn.at_once:
                all_at_once(at)
        newest = Version.objects.order_by("-in_force_from").values_list("in_force_from", flat=True)
        known = Lead.objects.values_list("last_known", flat=True)
        end = max(at, *known, *filter(None, newest))
        all_due(end)
        for lead in Lead.objects.all():
            journey.judge(lead, scoring.timeline(), at=end)
        compare(end)
        transaction.set_rollback(True)
