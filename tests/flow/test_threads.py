"""Threads: said about a criterion, asked of somebody, settled, taken back, gone on with."""

from __future__ import annotations

import pytest
from django.core import mail

from einig.engine.instants import HOUR
from einig.flow import agreements, threads
from einig.flow.permissions import NotAllowed
from einig.jobs.worker import work
from einig.store.models import AuditEntry, Mention, Remark, Thread, User, Version
from tests.live import AGREED, NOW, Company, company, person

pytestmark = pytest.mark.django_db

STRICTER = AGREED.replace("fit: 20, any", "fit: 25, any")


@pytest.fixture
def us() -> Company:
    """The company, with its agreement in force."""
    return company()


def draft(us: Company, base: Version | None = None) -> Version:
    """Return a draft."""
    return agreements.draft(STRICTER, by=us.max, at=NOW, base=base)


def said(version: Version) -> list[tuple[str, list[str]]]:
    """Return what is discussed about a version: by criterion, what was said."""
    found = threads.of(version)
    return [(of.criterion, [remark.text for remark in of.remarks.all()]) for of in found]


def asked(of: User) -> list[str]:
    """Return in which remarks somebody is asked."""
    return [mention.remark.text for mention in threads.asked(of)]


def test_what_is_said_about_one_criterion_stands_in_one_thread(us: Company) -> None:
    version = draft(us)
    threads.say(version, "fit.industry", "Why not energy?", by=us.sam, at=NOW)
    threads.say(version, "fit.industry", " Nobody bought. ", by=us.mia, at=NOW + 1)
    threads.say(version, "sales_ready", "Too strict", by=us.ada, at=NOW + 2)
    assert said(version) == [
        ("fit.industry", ["Why not energy?", "Nobody bought."]),
        ("sales_ready", ["Too strict"]),
    ]
    written = AuditEntry.objects.filter(action="remark_written").order_by("id")
    assert list(written.values_list("by__name", flat=True)) == ["Sam", "Mia", "Ada"]


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "empty"), (" \n\u200b\x07", "empty"), ("x" * (threads.LONGEST + 1), "long")],
)
def test_what_is_empty_or_too_long_is_not_kept(us: Company, text: str, why: str) -> None:
    with pytest.raises(threads.Unsayable, match=why):
        threads.say(draft(us), "sales_ready", text, by=us.sam, at=NOW)
    assert (Thread.objects.count(), Remark.objects.count()) == (0, 0)


@pytest.mark.parametrize("criterion", ["", "fit", "fit.employees", "no", "fit." + "x" * 300])
def test_only_what_the_version_has_is_discussed(us: Company, criterion: str) -> None:
    with pytest.raises(threads.Unsayable, match="nothing"):
        threads.say(draft(us), criterion, "Well", by=us.sam, at=NOW)
    assert Thread.objects.count() == 0


def test_whoever_is_named_is_asked_once_and_gets_a_mail_in_their_language(us: Company) -> None:
    User.objects.filter(id=us.sol.id).update(language="en")
    version = draft(us)
    text = "@Sol, @sue: what do you say, @SOL?\nI mail to max@mia.example. @Solveig @nobody @Max"
    threads.say(version, "fit.industry", text, by=us.max, at=NOW)
    assert (asked(us.sol), asked(us.sue)) == ([text], [text])
    assert (asked(us.max), asked(us.mia)) == ([], [])
    while work(at=NOW):
        pass
    assert [(of.to, of.subject) for of in mail.outbox] == [
        (["sue@example.com"], "Max fragt Sie: Wer passt: Branche"),
        (["sol@example.com"], "Max asks you: Who fits: industry"),
    ]
    told = mail.outbox[1].body.splitlines()
    assert told[0] == ("Max asks you to look at a criterion of version 2: Who fits: industry.")
    assert told[2] == "> @Sol, @sue: what do you say, @SOL?"
    assert told[-1].endswith("/agreement/2/about?criterion=fit.industry")


def test_the_longest_name_is_meant_and_of_two_with_one_name_both(us: Company) -> None:
    long, twin, gone = (person(name, "sales") for name in ("long", "twin", "gone"))
    User.objects.filter(id=long.id).update(name="Sol (Süd) Größe")
    User.objects.filter(id=twin.id).update(name="Sue")
    User.objects.filter(id=gone.id).update(name="Gone", is_active=False)
    threads.say(draft(us), "sales_ready", "@sol (SÜD) grösse @Sue @Gone", by=us.max, at=NOW)
    named = Mention.objects.order_by("to__email").values_list("to__email", flat=True)
    assert list(named) == ["long@example.com", "sue@example.com", "twin@example.com"]


def test_somebody_is_chosen_from_the_list_or_nobody_is_there(us: Company) -> None:
    version = draft(us)
    threads.say(version, "explore", "Look", by=us.sam, at=NOW, ask=threads.called(us.mia))
    threads.say(version, "explore", "You too", by=us.sam, at=NOW, ask=" sue ")
    assert (asked(us.mia), asked(us.sue)) == (["Look"], ["You too"])
    with pytest.raises(threads.Nobody, match="Zoe"):
        threads.say(version, "explore", "And you", by=us.sam, at=NOW, ask="Zoe")
    assert Remark.objects.count() == 2


def test_whoever_looked_or_answered_is_asked_no_more(us: Company) -> None:
    version = draft(us)
    threads.say(version, "explore", "@Mia @Sue", by=us.sam, at=NOW)
    threads.look(us.mia, threads.of(version), at=NOW + 1)
    threads.say(version, "explore", "Fine", by=us.sue, at=NOW + 2)
    assert (asked(us.mia), asked(us.sue)) == ([], [])
    assert set(Mention.objects.values_list("seen_at", flat=True)) == {NOW + 1, NOW + 2}


def test_of_what_was_taken_back_nothing_is_left_but_that_it_was(us: Company) -> None:
    version = draft(us)
    remark = threads.say(version, "explore", "@Mia is wrong", by=us.sam, at=NOW)
    with pytest.raises(NotAllowed):
        threads.withdraw(remark, by=us.ada, at=NOW + 1)
    for _twice in range(2):
        threads.withdraw(remark, by=us.sam, at=NOW + 1)
    while work(at=NOW + 1):
        pass
    assert (said(version), asked(us.mia), mail.outbox) == ([("explore", [""])], [], [])
    assert AuditEntry.objects.filter(action="remark_withdrawn").count() == 1
    assert "wrong" not in str(list(AuditEntry.objects.values_list("detail")))


def test_a_thread_is_settled_and_goes_on(us: Company) -> None:
    version = draft(us)
    thread = threads.say(version, "explore", "Why?", by=us.sam, at=NOW).thread
    for _twice in range(2):
        threads.resolve(thread, by=us.mia, at=NOW + 1)
    thread.refresh_from_db()
    assert (thread.resolved_at, thread.resolved_by) == (NOW + 1, us.mia)
    threads.reopen(thread, by=us.sam, at=NOW + 2)
    threads.say(version, "explore", "Because", by=us.mia, at=NOW + 3)
    assert said(version) == [("explore", ["Why?", "Because"])]
    assert list(AuditEntry.objects.filter(action__startswith="thread").values_list("action")) == [
        ("thread_resolved",), ("thread_reopened",)
    ]  # fmt: skip


def test_after_a_settled_thread_a_new_one_begins_and_the_old_one_stays(us: Company) -> None:
    version = draft(us)
    old = threads.say(version, "explore", "Why?", by=us.sam, at=NOW).thread
    threads.resolve(old, by=us.sam, at=NOW + 1)
    threads.say(version, "explore", "Still", by=us.sam, at=NOW + 2)
    assert said(version) == [("explore", ["Why?"]), ("explore", ["Still"])]
    with pytest.raises(threads.AnotherIsOpen):
        threads.reopen(old, by=us.sam, at=NOW + 3)


def test_what_is_not_settled_goes_on_in_the_next_draft(us: Company) -> None:
    first = draft(us)
    settled = threads.say(first, "verify", "Half?", by=us.sam, at=NOW).thread
    threads.resolve(settled, by=us.sam, at=NOW)
    thread = threads.say(first, "explore", "Why?", by=us.sam, at=NOW).thread
    second = agreements.draft(AGREED, by=us.max, at=NOW + 1, base=first)
    third = agreements.draft(AGREED, by=us.max, at=NOW + HOUR, base=second)
    threads.say(third, "explore", "Because", by=us.mia, at=NOW + HOUR)
    assert said(third) == said(second) == [("explore", ["Why?", "Because"])]
    assert Thread.objects.count() == 2
    threads.resolve(thread, by=us.mia, at=NOW + 2 * HOUR)
    agreements.edit(third, STRICTER, by=us.max, at=NOW + 3 * HOUR)
    assert said(third) == [("explore", ["Why?", "Because"])]
    fourth = agreements.draft(AGREED, by=us.max, at=NOW + 4 * HOUR, base=third)
    assert said(fourth) == []


def test_a_draft_from_elsewhere_begins_with_nothing_discussed(us: Company) -> None:
    threads.say(draft(us), "explore", "Why?", by=us.sam, at=NOW)
    assert said(draft(us, base=us.version)) == []
