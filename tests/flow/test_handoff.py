"""What sales does with a lead, and what the agreement asks of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from einig.engine.instants import DAY, HOUR
from einig.flow import agreements, due, feedback, follow_up, handoff, outcomes, people
from einig.flow.permissions import NotAllowed
from einig.store.models import (
    AuditEntry,
    Company,
    Handoff,
    Lead,
    NurtureEntry,
    Role,
    SecondLook,
    Stage,
    User,
)
from einig.web.timeline import timeline
from tests.live import AGREED, NOW, company, identify, person, say, the_lead, track
from tests.live import Company as Us

pytestmark = pytest.mark.django_db


@pytest.fixture
def us() -> Us:
    """A company in which one lead was handed over."""
    us = company()
    said = identify("u1", email="p@pumpen.example", industry="Software", company="Pumpen GmbH")
    say([said, track("demo_requested", "u1")], of=us.website, at=NOW)
    return us


def the_handoff() -> tuple[Handoff, User]:
    """Return the open hand-off and whose it is."""
    of = Handoff.objects.select_related("lead__company", "lead__owner", "to").get(closed_at=None)
    assert of.to is not None
    return of, of.to


def test_one_person_gets_the_lead_even_if_two_ask(us: Us) -> None:
    of, mine = the_handoff()
    other = us.sue if mine == us.sam else us.sam
    handoff.accept(of, by=mine, at=NOW + HOUR)
    with pytest.raises(handoff.Closed):
        handoff.accept(of, by=other, at=NOW + HOUR)
    handoff.accept(of, by=mine, at=NOW + 2 * HOUR)  # a second click
    of.refresh_from_db()
    assert (of.to, of.accepted_at) == (mine, NOW + HOUR)
    assert AuditEntry.objects.filter(action="handoff_accepted").count() == 1


def test_nobody_is_given_up_before_the_agreed_attempts(us: Us) -> None:
    of, mine = the_handoff()
    for n in range(3):
        with pytest.raises(handoff.TooFewAttempts) as few:
            feedback.give_up(of, by=mine, at=NOW + n * DAY)
        assert (few.value.made, few.value.needed) == (n, 3)
        handoff.log_attempt(of, by=mine, at=NOW + n * DAY, channel="phone", result="no_answer")
    feedback.give_up(of, by=mine, at=NOW + 4 * DAY)
    assert NurtureEntry.objects.get().reason == "not reached"
    assert the_lead().stage == Stage.NURTURE


@pytest.mark.parametrize("result", ["no", "wrong_number", "has_left"])
def test_a_clear_answer_ends_the_attempts(us: Us, result: str) -> None:
    of, mine = the_handoff()
    handoff.log_attempt(of, by=mine, at=NOW + HOUR, channel="phone", result=result)
    feedback.give_up(of, by=mine, at=NOW + HOUR)
    assert not Handoff.objects.filter(closed_at=None).exists()


def test_a_return_needs_an_agreed_reason_and_gets_a_blind_second_look(us: Us) -> None:
    of, mine = the_handoff()
    with pytest.raises(feedback.NoReason) as refused:
        feedback.give_back(of, by=mine, at=NOW + HOUR, reason="did not like it")
    assert refused.value.agreed == ("no budget", "wrong person")
    feedback.give_back(of, by=mine, at=NOW + HOUR, reason="no budget")
    look = SecondLook.objects.get()
    with pytest.raises(NotAllowed):
        feedback.judge_again(look, by=mine, at=NOW + DAY, was_ready=True)
    feedback.judge_again(look, by=us.mia, at=NOW + DAY, was_ready=True)
    with pytest.raises(handoff.Closed):
        feedback.judge_again(look, by=us.max, at=NOW + DAY, was_ready=False)
    look.refresh_from_db()
    again = feedback.hand_off_again(look, by=us.sol, at=NOW + 2 * DAY)
    assert (again.by_hand, again.closed_at) == (us.sol, None)


def test_a_returned_lead_comes_back_after_a_new_activity_to_the_same_person(us: Us) -> None:
    of, mine = the_handoff()
    feedback.give_back(of, by=mine, at=NOW + HOUR, reason="no budget")
    say([track("scrolled", "u1")], of=us.website, at=NOW + DAY)
    assert not Handoff.objects.filter(closed_at=None).exists()
    say([track("webinar_attended", "u1")], of=us.website, at=NOW + 2 * DAY)
    again, whose = the_handoff()
    assert (whose, again.routing["rule"]) == (mine, "looks_after")
    assert NurtureEntry.objects.get().left_for == "handoff"


def test_a_customer_goes_to_whoever_looks_after_them(us: Us) -> None:
    of, mine = the_handoff()
    outcomes.win(of.lead, by=mine, at=NOW + DAY, revenue=Decimal(12500))
    assert Company.objects.get().relation == "customer"
    said = identify("u2", email="q@pumpen.example", industry="Software", company="Pumpen GmbH")
    say([said, track("demo_requested", "u2")], of=us.website, at=NOW + 2 * DAY)
    second, whose = the_handoff()
    assert (second.lead.lead_id != of.lead.lead_id, whose) == (True, mine)


@pytest.mark.parametrize("relation", ["applicant", "competitor"])
def test_applicants_and_competitors_are_not_handed_to_sales(us: Us, relation: str) -> None:
    Company.objects.create(name="Rival", domain="rival.example", relation=relation)
    said = identify("u3", email="x@rival.example", industry="Software")
    say([said, track("demo_requested", "u3")], of=us.website, at=NOW + DAY)
    held = Handoff.objects.get(lead__company__name="Rival")
    assert (held.to, held.closing, held.routing) == (None, "held", {"rule": relation})


def test_who_is_away_gets_no_leads(us: Us) -> None:
    _, mine = the_handoff()
    other = us.sue if mine == us.sam else us.sam
    for user in (us.sam, us.sue, us.sol):
        if user != mine:
            people.be_absent(user, begins=NOW, ends=NOW + 9 * DAY, cover=None, by=user, at=NOW)
    for n in range(4):
        said = identify(f"v{n}", email=f"v{n}@firma{n}.example", industry="Software")
        say([said, track("demo_requested", f"v{n}")], of=us.website, at=NOW + DAY + n)
    assert set(Handoff.objects.values_list("to", flat=True)) == {mine.id}
    assert other.id != mine.id


def test_a_lost_lead_is_kept_warm_and_a_new_version_judges_everybody_anew(us: Us) -> None:
    of, mine = the_handoff()
    outcomes.lose(of.lead, by=mine, at=NOW + DAY, reason="too expensive")
    assert the_lead().stage == Stage.NURTURE
    version = agreements.draft(
        us.version.text.replace("fit: 20, any", "fit: 5, any"), by=us.max, at=NOW
    )
    agreements.propose(version, by=us.max, at=NOW + DAY)
    assert not agreements.sign(version, by=us.max, at=NOW + DAY)
    assert agreements.sign(version, by=us.sol, at=NOW + 2 * DAY)
    assert due.judge_due(at=NOW + 2 * DAY + 10) == 1
    assert Lead.objects.get().version == version


def test_only_leads_of_a_side_sign_and_only_once(us: Us) -> None:
    version = agreements.draft(us.version.text, by=us.mia, at=NOW)
    agreements.propose(version, by=us.sol, at=NOW)
    for user in (us.mia, us.sam, us.ada):
        with pytest.raises(NotAllowed):
            agreements.sign(version, by=user, at=NOW)
    agreements.sign(version, by=us.max, at=NOW + 1)
    agreements.sign(version, by=us.max, at=NOW + 2)
    assert version.signatures.count() == 1
    agreements.sign(version, by=us.sol, at=NOW + 3)
    with pytest.raises(agreements.NotNow):
        agreements.edit(version, us.version.text, by=us.max, at=NOW + 4)


def test_the_clock_runs_in_the_working_hours_of_the_person(us: Us) -> None:
    for seller in (us.sam, us.sue, us.sol):
        people.change(
            seller, by=us.ada, at=NOW, role=seller.role, team=seller.team, capacity=30,
            opens=14, closes=18,
        )  # fmt: skip
    said = identify("u4", email="r@ventile.example", industry="Software")
    say([said, track("demo_requested", "u4")], of=us.website, at=NOW + HOUR)  # at eleven
    of = Handoff.objects.get(lead__name="r@ventile.example")
    assert of.due_at == NOW + 5 * HOUR  # at three, after one of their hours


def test_a_lead_can_be_put_off_and_its_clock_goes_on(us: Us) -> None:
    of, mine = the_handoff()
    handoff.put_off(of, until=NOW + DAY, by=mine, at=NOW + HOUR)
    after, _mine = the_handoff()
    assert (after.later_at, after.due_at) == (NOW + DAY, of.due_at)
    feedback.give_back(of, by=mine, at=NOW + HOUR, reason="no budget")
    with pytest.raises(handoff.Closed):
        handoff.put_off(of, until=NOW + DAY, by=mine, at=NOW + HOUR)


def test_figures_say_how_soon_leads_were_answered_and_how_often_tried(us: Us) -> None:
    of, mine = the_handoff()
    assert follow_up.spread(since=NOW - DAY, per_person=False) is None  # too few people
    handoff.log_attempt(of, by=mine, at=NOW + HOUR, channel="phone", result="no_answer")
    handoff.log_attempt(of, by=mine, at=NOW + 2 * HOUR, channel="phone", result="no")
    feedback.give_up(of, by=mine, at=NOW + 2 * HOUR)
    for n, name in enumerate(("u5", "u6")):
        said = identify(name, email=f"{name}@ventile{n}.example", industry="Software")
        say([said, track("demo_requested", name)], of=us.website, at=NOW + DAY + n)
    of, mine = Handoff.objects.filter(closed_at=None).order_by("id")[0], us.sol
    handoff.log_attempt(of, by=mine, at=NOW + 4 * DAY, channel="phone", result="reached")
    feedback.give_back(of, by=mine, at=NOW + 4 * DAY, reason="no budget")
    for name in ("sia", "sid"):
        person(name, Role.SALES)
    found = follow_up.spread(since=NOW - DAY, per_person=False)
    assert found is not None
    assert (found.responses, found.waiting) == ((0, 1, 0, 0, 1, 0), 1)
    assert found.attempts == (0, 1, 1, 0, 0, 0, 0, 0)


def test_an_explored_lead_goes_to_sales_after_a_week_and_counts_in_no_figure(us: Us) -> None:
    version = agreements.draft(AGREED + "explore: 100%\n", by=None, at=NOW)
    agreements.propose(version, by=None, at=NOW)
    agreements.enact(version, since=NOW + HOUR, at=NOW)
    say([identify("u7", email="t@ventile.example")], of=us.website, at=NOW + DAY)
    while due.judge_due(at=NOW + 9 * DAY):
        pass
    of = Handoff.objects.get(lead__name="t@ventile.example")
    assert (of.opened_at, of.explored, of.kind) == (NOW + 8 * DAY, 1.0, "sales")
    assert of.lead.sales_ready is False
    assert of not in Handoff.objects.counted()
    assert [entry.kind for entry in timeline(of.lead) if entry.detail.get("explored")] == []
    shown = timeline(of.lead, revealed=True)
    assert [entry.kind for entry in shown if entry.detail.get("explored")] == ["handoff"]
