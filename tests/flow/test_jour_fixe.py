"""The Jour fixe: what is on the table, nobody overwritten, both sides' yes, minutes, promises."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core import mail

from einig.engine.instants import DAY, HOUR, SECOND
from einig.flow import agreements, disputed, feedback, jour_fixe, outcomes, signatures
from einig.flow.jour_fixe import Written, name_of
from einig.flow.permissions import NotAllowed
from einig.jobs.worker import work
from einig.store.models import (
    AgreementTest,
    AuditEntry,
    Handoff,
    JourFixe,
    Lead,
    Side,
    User,
    Version,
)
from tests.live import AGREED, NOW, Company, company, identify, say, track

pytestmark = pytest.mark.django_db

LOOSER = AGREED.replace("fit: 20, any", "fit: 5, any")
PROMISES = {"marketing_promises": "Ten leads\n\nNames filled in", "sales_promises": "Call at once"}


@pytest.fixture
def us() -> Company:
    """The company, with its agreement in force."""
    return company()


def lead(us: Company, name: str, *, ready: bool = True, after: int = 0) -> Lead:
    """Return a new lead, in somebody's hands if it is ready."""
    at = NOW + DAY + after
    said = identify(name, email=f"{name}@{name}.example", name=name, industry="Software")
    say([said, *([track("demo_requested", name)] if ready else [])], of=us.website, at=at)
    return Lead.objects.get(name=name)


def returned(us: Company, name: str, *, after: int, was_ready: bool = True) -> None:
    """Let a lead be returned, and looked at again."""
    of = Handoff.objects.select_related("to", "lead").get(lead=lead(us, name, after=after))
    assert of.to is not None
    told = feedback.give_back(of, by=of.to, at=NOW + 2 * DAY + after, reason="no budget")
    look = told.second_look
    feedback.judge_again(look, by=us.max, at=NOW + 3 * DAY + after, was_ready=was_ready)


def complained(us: Company, name: str, *, after: int) -> None:
    """Let sales complain of a lead."""
    of, at = lead(us, name, after=after), NOW + 2 * DAY + after
    feedback.say(of, by=us.sam, at=at, verdict="complaint", text="No budget at all")


def missed(us: Company, name: str, *, after: int) -> None:
    """Let a lead buy that was never handed over."""
    of = lead(us, name, ready=False, after=after)
    outcomes.win(of, by=us.sam, at=NOW + 2 * DAY + after, revenue=Decimal(900))


def judged(leads: list[Lead]) -> None:
    """Let both sides judge leads differently in a test."""
    closed = {"asked_at": NOW, "closed_at": NOW}
    test = AgreementTest.objects.create(**closed, result={"leads": len(leads)})
    jurors = {s: test.jurors.create(side=s, name=s, token_hash=s, expires_at=NOW) for s in Side}
    for n, of in enumerate(leads):
        shown = {"facts": [["industry", "Software"]], "did": [], "days": 1}
        sample = test.leads.create(lead=of, position=n, as_of=NOW, shown=shown)
        for side, juror in jurors.items():
            ready = side == Side.SALES
            juror.judgements.create(lead=sample, ready=ready, criteria=["fit.industry"], at=NOW)


def on_table(meeting: JourFixe) -> list[tuple[str, str]]:
    """Return the leads on a table: why, and which."""
    return [(of.kind, str(of.lead)) for of in disputed.read(meeting.leads)]


def begun(us: Company) -> JourFixe:
    """Return a Jour fixe that has begun."""
    return jour_fixe.start(by=us.max, at=NOW + 7 * DAY)


def written(meeting: JourFixe, **texts: str) -> dict[str, Written]:
    """Return what somebody writes who sees what stands there now."""
    return {
        name: Written(text, name_of(jour_fixe.value(meeting, name))) for name, text in texts.items()
    }


def yes(meeting: JourFixe, by: User, *, at: int = NOW + 8 * DAY, signs: bool = False) -> bool:
    """Let somebody approve what stands there now."""
    seen = jour_fixe.table(meeting)
    content = meeting.change.content_hash if signs and meeting.change else None
    moment = jour_fixe.agreed_moment(meeting.change) if signs else None
    return jour_fixe.approve(meeting, by=by, at=at, seen=seen, content=content, begins_at=moment)


def agreed(us: Company, **texts: str) -> JourFixe:
    """Return a Jour fixe that both approved."""
    meeting = begun(us)
    assert jour_fixe.write(meeting, written(meeting, **texts), by=us.max, at=NOW) == {}
    assert (yes(meeting, us.max), yes(meeting, us.sol)) == (False, True)
    return meeting


def test_disputed_leads_come_in_turn_the_newest_of_each_kind_first(us: Company) -> None:
    for n, name in enumerate(("r1", "r2", "r3")):
        returned(us, name, after=n * SECOND)
    returned(us, "rightly", after=4 * SECOND, was_ready=False)
    for n, name in enumerate(("c1", "c2")):
        complained(us, name, after=(10 + n) * SECOND)
    missed(us, "m1", after=20 * SECOND)
    judged([lead(us, "j1", after=30 * SECOND), Lead.objects.get(name="r2")])
    assert on_table(begun(us)) == [
        ("returned", "r3"), ("judged", "j1"), ("complained", "c2"), ("missed", "m1"),
        ("returned", "r2"),
    ]  # fmt: skip


def test_a_lead_is_on_one_table_only(us: Company) -> None:
    for n, name in enumerate(("r1", "r2", "r3", "r4", "r5", "r6")):
        returned(us, name, after=n * SECOND)
    first = begun(us)
    jour_fixe.leave(first, by=us.sol, at=NOW + 8 * DAY)
    assert [name for _why, name in on_table(first)] == ["r6", "r5", "r4", "r3", "r2"]
    assert on_table(begun(us)) == [("returned", "r1")]


def test_a_lead_that_was_erased_leaves_its_place_empty(us: Company) -> None:
    complained(us, "c1", after=0)
    meeting = begun(us)
    Lead.objects.get(name="c1").delete()
    assert on_table(meeting) == [("complained", "None")]


def test_both_leads_sit_at_one_table_and_nobody_else_writes(us: Company) -> None:
    meeting = begun(us)
    assert jour_fixe.start(by=us.sol, at=NOW + 8 * DAY) == meeting
    for user in (us.mia, us.sam, us.ada):
        for step in (
            lambda user=user: jour_fixe.start(by=user, at=NOW),
            lambda user=user: jour_fixe.write(meeting, {}, by=user, at=NOW),
            lambda user=user: yes(meeting, user),
            lambda user=user: jour_fixe.leave(meeting, by=user, at=NOW),
        ):
            with pytest.raises(NotAllowed):
                step()


def test_two_who_write_into_different_fields_overwrite_nothing(us: Company) -> None:
    meeting = begun(us)
    mine = written(meeting, notes="Mine", sales_promises="", marketing_promises="")
    theirs = written(meeting, notes="", sales_promises="Theirs", marketing_promises="")
    assert jour_fixe.write(meeting, mine, by=us.max, at=NOW) == {}
    assert jour_fixe.write(meeting, theirs, by=us.sol, at=NOW) == {}
    assert (meeting.notes, meeting.sales_promises) == ("Mine", "Theirs")


def test_two_who_write_into_one_field_are_told_what_is_there(us: Company) -> None:
    meeting = begun(us)
    mine = written(meeting, notes="Mine", sales_promises="Call")
    theirs = written(meeting, notes="Theirs")
    assert jour_fixe.write(meeting, theirs, by=us.sol, at=NOW) == {}
    assert jour_fixe.write(meeting, mine, by=us.max, at=NOW) == {"notes": "Theirs"}
    assert (meeting.notes, meeting.sales_promises) == ("Theirs", "")
    both = written(meeting, notes="Theirs, and mine", sales_promises="Call")
    assert jour_fixe.write(meeting, both, by=us.max, at=NOW) == {}
    assert jour_fixe.write(meeting, both, by=us.max, at=NOW) == {}  # the same once more
    assert (meeting.notes, meeting.sales_promises) == ("Theirs, and mine", "Call")


def test_a_field_that_is_too_long_is_not_kept(us: Company) -> None:
    meeting = begun(us)
    long = written(meeting, notes="x" * (jour_fixe.LONGEST + 1))
    with pytest.raises(jour_fixe.TooLong):
        jour_fixe.write(meeting, long, by=us.max, at=NOW)
    meeting.refresh_from_db()
    assert meeting.notes == ""


def test_only_what_is_still_to_be_agreed_is_put_on_the_table(us: Company) -> None:
    meeting = begun(us)
    draft = agreements.draft(LOOSER, by=us.max, at=NOW)
    gone = agreements.draft(LOOSER, by=us.max, at=NOW)
    agreements.withdraw(gone, by=us.max, at=NOW)
    assert jour_fixe.changes() == [draft]
    for number in ("1", str(gone.number), "99", "x"):
        jour_fixe.write(meeting, written(meeting, change=number), by=us.max, at=NOW)
        assert meeting.change is None
    jour_fixe.write(meeting, written(meeting, change=str(draft.number)), by=us.max, at=NOW)
    assert meeting.change == draft
    jour_fixe.write(meeting, written(meeting, change=""), by=us.max, at=NOW)
    assert meeting.change is None


def test_with_both_sides_yes_it_is_over_and_kept_with_name_and_time(us: Company) -> None:
    meeting = agreed(us, **PROMISES)
    said = {side: (of["name"], of["at"]) for side, of in jour_fixe.approved(meeting).items()}
    at = NOW + 8 * DAY
    assert said == {"marketing": ("Max", at), "sales": ("Sol", at)}
    assert (meeting.ended_at, jour_fixe.running()) == (at, None)
    with pytest.raises(jour_fixe.Over):
        jour_fixe.write(meeting, written(meeting, notes="More"), by=us.max, at=at)
    with pytest.raises(jour_fixe.Over):
        yes(meeting, us.max)
    assert Version.objects.count() == 1


def test_a_yes_is_to_what_was_seen(us: Company) -> None:
    meeting = begun(us)
    seen = jour_fixe.table(meeting)
    jour_fixe.write(meeting, written(meeting, notes="New"), by=us.sol, at=NOW)
    with pytest.raises(jour_fixe.Changed):
        jour_fixe.approve(meeting, by=us.max, at=NOW, seen=seen)
    assert jour_fixe.approved(meeting) == {}


@pytest.mark.parametrize("what", ["notes", "change", "draft"])
def test_whoever_changes_something_takes_the_yes_back(us: Company, what: str) -> None:
    meeting = begun(us)
    draft, other = (agreements.draft(LOOSER, by=us.max, at=NOW) for _ in range(2))
    jour_fixe.write(meeting, written(meeting, change=str(draft.number)), by=us.max, at=NOW)
    yes(meeting, us.max)
    if what == "notes":
        jour_fixe.write(meeting, written(meeting, notes="But"), by=us.sol, at=NOW)
    elif what == "change":
        jour_fixe.write(meeting, written(meeting, change=str(other.number)), by=us.sol, at=NOW)
    else:
        agreements.edit(draft, AGREED, by=us.mia, at=NOW)
        meeting = JourFixe.objects.get()
    assert jour_fixe.approved(meeting) == {}
    assert not yes(meeting, us.sol)
    assert yes(meeting, us.max)


def test_a_yes_signs_nothing_unless_it_is_said_so(us: Company) -> None:
    change = agreements.draft(LOOSER, by=us.max, at=NOW)
    agreements.propose(change, by=us.max, at=NOW)
    meeting = begun(us)
    jour_fixe.write(meeting, written(meeting, change=str(change.number)), by=us.max, at=NOW)
    yes(meeting, us.max)
    assert signatures.valid(change) == {}
    yes(meeting, us.sol, signs=True)
    assert [(side, of.by) for side, of in signatures.valid(change).items()] == [("sales", us.sol)]
    change.refresh_from_db()
    assert change.in_force_from is None


def test_both_can_sign_at_the_table(us: Company) -> None:
    change = agreements.draft(LOOSER, by=us.max, at=NOW)
    agreements.propose(change, by=us.max, at=NOW)
    meeting = begun(us)
    jour_fixe.write(meeting, written(meeting, change=str(change.number)), by=us.max, at=NOW)
    assert not yes(meeting, us.max, signs=True)
    assert yes(meeting, us.sol, signs=True)
    change.refresh_from_db()
    assert change.in_force_from == NOW + 8 * DAY


def test_whoever_signs_at_the_table_signs_for_the_moment_that_was_seen(us: Company) -> None:
    change = agreements.draft(LOOSER, by=us.max, at=NOW)
    agreements.propose(change, by=us.max, at=NOW)
    meeting = begun(us)
    jour_fixe.write(meeting, written(meeting, change=str(change.number)), by=us.max, at=NOW)
    seen = {"seen": jour_fixe.table(meeting), "content": change.content_hash}
    agreements.sign(change, by=us.max, at=NOW, in_force_from=NOW + 300 * DAY)
    for moment in (None, NOW + 200 * DAY):
        with pytest.raises(jour_fixe.Changed):
            jour_fixe.approve(meeting, by=us.sol, at=NOW, begins_at=moment, **seen)
    assert set(signatures.valid(change)) == {"marketing"}
    assert JourFixe.objects.get().approved == {}
    assert not jour_fixe.approve(meeting, by=us.sol, at=NOW, begins_at=NOW + 300 * DAY, **seen)
    change.refresh_from_db()
    assert change.in_force_from == NOW + 300 * DAY


def test_where_nothing_can_be_signed_nothing_is_approved(us: Company) -> None:
    change = agreements.draft(LOOSER, by=us.max, at=NOW)
    meeting = begun(us)
    jour_fixe.write(meeting, written(meeting, change=str(change.number)), by=us.max, at=NOW)
    with pytest.raises(agreements.NotNow):
        yes(meeting, us.max, signs=True)
    meeting.refresh_from_db()
    assert meeting.approved == {}


def test_minutes_go_to_both_teams_in_their_language(us: Company) -> None:
    User.objects.filter(id=us.sam.id).update(language="en")
    User.objects.filter(id=us.sue.id).update(is_active=False)
    missed(us, "m1", after=0)
    change = agreements.draft(LOOSER, by=us.max, at=NOW)
    agreed(us, change=str(change.number), notes="Look\nat Trade", **PROMISES)
    while work(at=NOW + 8 * DAY):
        pass
    told = {of.to[0]: of for of in mail.outbox if "Jour fixe" in of.subject}
    assert sorted(told) == [f"{name}@example.com" for name in ("max", "mia", "sam", "sol")]
    assert told["mia@example.com"].subject == "Jour fixe vom 09.03.2026 10:00: was vereinbart wurde"
    english = told["sam@example.com"]
    assert english.subject == "Jour fixe of 03/09/2026 10 a.m.: what was agreed"
    body = english.body.splitlines()
    assert body[:-1] == [
        "1 disputed lead was on the table:",
        "- 1: won, but never handed over",
        "",
        "The proposed change is version 2:",
        body[4],
        "",
        "Marketing promises until next time:",
        "- Ten leads",
        "- Names filled in",
        "",
        "Sales promises until next time:",
        "- Call at once",
        "",
        "Notes:",
        "Look",
        "at Trade",
        "",
        "Approved at the table: Max for marketing, 03/10/2026 10 a.m.; "
        "Sol for sales, 03/10/2026 10 a.m.",
        "",
    ]
    assert body[-1].endswith(f"/jour-fixe/{JourFixe.objects.get().id}")


def test_minutes_are_sent_again_once_an_hour(us: Company) -> None:
    meeting = agreed(us)
    at = NOW + 9 * DAY
    sent = [jour_fixe.send_again(meeting, by=us.max, at=at + n * HOUR) for n in (0, 0, 1)]
    assert sent == [5, 0, 5]
    while work(at=at + HOUR):
        pass
    assert len(mail.outbox) == 15
    assert AuditEntry.objects.filter(action="minutes_sent_again").count() == 2


def test_who_leaves_without_a_yes_sends_and_promises_nothing(us: Company) -> None:
    meeting = begun(us)
    jour_fixe.write(meeting, written(meeting, **PROMISES), by=us.max, at=NOW)
    yes(meeting, us.max)
    jour_fixe.leave(meeting, by=us.sol, at=NOW + 8 * DAY)
    assert set(jour_fixe.approved(meeting)) == {"marketing"}
    assert jour_fixe.send_again(meeting, by=us.max, at=NOW + 9 * DAY) == 0
    while work(at=NOW + 9 * DAY):
        pass
    assert mail.outbox == []
    assert jour_fixe.before(begun(us)) is None


def test_next_time_it_is_said_what_was_kept(us: Company) -> None:
    first = agreed(us, **PROMISES)
    last = jour_fixe.before(begun(us))
    assert last == first
    jour_fixe.keep(last, "marketing", 1, kept=False, by=us.sol, at=NOW)
    jour_fixe.keep(last, "sales", 0, kept=True, by=us.max, at=NOW)
    jour_fixe.keep(last, "sales", 7, kept=True, by=us.max, at=NOW)
    first.refresh_from_db()
    assert jour_fixe.promised(first) == {
        "marketing": [("Ten leads", None), ("Names filled in", False)],
        "sales": [("Call at once", True)],
    }
    assert AuditEntry.objects.filter(action="promise_looked_at").count() == 2
