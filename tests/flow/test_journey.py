"""The journey: from a message to a person of sales."""

from __future__ import annotations

import pytest
from django.db import connection

from einig.engine.instants import DAY, HOUR
from einig.flow import due, journey
from einig.store.models import Decision, Event, Handoff, Lead, Notice, Received, Stage, Task
from tests.live import NOW, company, failed, identify, say, the_lead, track

pytestmark = pytest.mark.django_db


def test_an_activity_makes_a_lead_sales_ready_and_hands_it_to_one_person() -> None:
    us = company()
    said = identify("u1", email="petra@pumpen.example", name="Petra Lindner", industry="Software")
    say([said, track("demo_requested", "u1")], of=us.website, at=NOW)
    lead = the_lead()
    assert (lead.name, lead.fit, lead.intent, lead.sales_ready) == ("Petra Lindner", 20, True, True)
    handoff = Handoff.objects.get()
    assert handoff.to in {us.sam, us.sue}
    assert (handoff.kind, handoff.routing["rule"]) == ("sales", "least_loaded")
    assert handoff.due_at == handoff.opened_at + HOUR
    assert (lead.stage, lead.owner) == (Stage.MARKETING_QUALIFIED, handoff.to)
    assert Received.objects.count() == 0
    assert list(Notice.objects.values_list("to", "what")) == [(handoff.to_id, "handoff")]
    assert Task.objects.filter(kind="mail_handoff").count() == 1


def test_an_anonymous_history_joins_the_person_who_becomes_known() -> None:
    us = company()
    say([track("webinar_attended", anonymous="a")], of=us.website, at=NOW)
    assert not Lead.objects.exists()
    say([identify("u1", "a", email="p@pumpen.example")], of=us.website, at=NOW + DAY)
    lead = the_lead()
    assert lead.engagement == 10
    assert lead.created_at == NOW + DAY


def test_two_people_who_are_known_are_never_merged_by_a_message() -> None:
    us = company()
    say([identify("u1", "a", email="p@pumpen.example")], of=us.website, at=NOW)
    say([identify("u2", "a", email="q@pumpen.example")], of=us.website, at=NOW + 1)
    say([identify("u2", "a", email="p@pumpen.example")], of=us.website, at=NOW + 2)
    assert Lead.objects.count() == 2
    keys = Lead.objects.order_by("id").values_list("identities__key", flat=True)
    assert [key for key in keys if key and key.startswith("user:")] == ["user:u1", "user:u2"]


def test_a_message_that_comes_twice_counts_once() -> None:
    us = company()
    said = [identify("u1", email="p@pumpen.example") | {"messageId": "1"}]
    said += [track("webinar_attended", "u1") | {"messageId": "2"}] * 2
    say(said, of=us.website, at=NOW)
    say(said, of=us.website, at=NOW + HOUR)
    assert Event.objects.count() == 1
    assert the_lead().engagement == 10


def test_what_cannot_be_used_is_kept_with_the_reason() -> None:
    us = company()
    say(
        [{"type": "track", "userId": "u1"}, {"type": "poke", "userId": "u1"}], of=us.website, at=NOW
    )
    say([track("visit")], of=us.website, at=NOW)
    assert failed() == [
        ("track", "event, the name of the activity, is missing"),
        ("poke", "type is 'poke'; it must be one of identify, track, page, screen, group, alias"),
        ("track", "neither userId nor anonymousId says who it was"),
    ]


def test_a_window_that_runs_out_is_decided_as_of_that_instant() -> None:
    us = company()
    said = identify("u1", email="p@pumpen.example", industry="Software")
    say([said, track("demo_requested", "u1")], of=us.website, at=NOW)
    asked = Event.objects.get()
    assert due.judge_due(at=NOW + 13 * DAY) == 0
    assert due.judge_due(at=NOW + 15 * DAY) == 1
    last = Decision.objects.order_by("-at").first()
    assert last is not None
    assert (last.at, last.sales_ready) == (asked.at + 14 * DAY, False)
    assert not the_lead().sales_ready


def test_a_buying_signal_from_outside_the_ideal_gets_a_human_answer() -> None:
    us = company()
    said = identify("u1", email="p@pumpen.example", industry="Trade")
    say([said, track("demo_requested", "u1")], of=us.website, at=NOW)
    handoff = Handoff.objects.get()
    assert (handoff.kind, handoff.to in {us.mia, us.max}) == ("answer", True)
    assert handoff.due_at == NOW + 7 * HOUR  # the end of the working day
    assert the_lead().stage == Stage.LEAD


def test_what_happens_while_a_lead_waits_is_told_to_its_person() -> None:
    us = company()
    said = identify("u1", email="p@pumpen.example", industry="Software")
    say([said, track("demo_requested", "u1")], of=us.website, at=NOW)
    say([track("webinar_attended", "u1"), track("scrolled", "u1")], of=us.website, at=NOW + HOUR)
    notices = Notice.objects.order_by("id").values_list("what", "detail")
    assert list(notices) == [("handoff", {}), ("activity", {"activity": "webinar_attended"})]
    assert Handoff.objects.count() == 1


def test_a_mistake_of_ours_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    us = company()

    def mistaken(*_args: object, **_more: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(journey, "take_in", mistaken)
        say([identify("u1", email="p@pumpen.example")], of=us.website, at=NOW)
    say([identify("u2", email="q@pumpen.example")], of=us.website, at=NOW)
    assert failed() == [("identify", "our mistake: ZeroDivisionError()")]
    assert Lead.objects.count() == 1


def test_what_the_database_refuses_holds_up_nobody() -> None:
    us = company()
    with connection.cursor() as cursor:
        cursor.execute("CREATE UNIQUE INDEX once ON store_fact (value) WHERE attribute = 'plan'")
    for n in (1, 2):
        say([identify(f"u{n}", email=f"p@x{n}.example", plan="x")], of=us.website, at=NOW + n)
    say([identify("u3", email="p@x3.example")], of=us.website, at=NOW + 3)
    assert [kind for kind, reason in failed() if "IntegrityError" in reason] == ["identify"]
    assert Lead.objects.count() == 2
    assert not Received.objects.filter(reason="").exists()


def test_a_lead_that_cannot_be_judged_holds_up_nobody() -> None:
    us = company()
    for n in (1, 2):
        said = identify(f"u{n}", email=f"p@x{n}.example", industry="Software")
        say([said, track("demo_requested", f"u{n}")], of=us.website, at=NOW + n)
    broken, sound = Lead.objects.order_by("id")
    Event.objects.filter(identity__lead=broken).update(properties=["no object"])
    at = NOW + 15 * DAY
    assert due.judge_due(at=at) + due.judge_due(at=at) == 2  # at once, if the machine is quick
    broken.refresh_from_db()
    sound.refresh_from_db()
    assert (broken.sales_ready, broken.next_change_at) == (True, at + HOUR)
    assert (sound.sales_ready, sound.next_change_at) == (False, None)
