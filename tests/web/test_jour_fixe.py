"""The Jour fixe on one device: written, told of others, approved with two passwords, read again."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client

from einig.engine.instants import DAY
from einig.flow import agreements, feedback, jour_fixe, passwords, signatures
from einig.store.models import (
    AuditEntry,
    Feedback,
    Handoff,
    JourFixe,
    Organisation,
    SecondLook,
    Task,
    User,
    Version,
)
from einig.web.clock import now
from tests.live import AGREED, NOW, Company, company, identify, say, track
from tests.web.forms import forms

pytestmark = pytest.mark.django_db
RIGHT = "correct horse battery"
ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"


@pytest.fixture
def us() -> Company:
    """The company, speaking English, with a returned lead in dispute and a proposal."""
    us = company()
    User.objects.update(language="en")
    said = identify("u1", email="u1@pumpen.example", name="Petra Pumpe", industry="Software")
    say([said, track("demo_requested", "u1")], of=us.website, at=NOW)
    Handoff.objects.update(to=us.sam)
    feedback.give_back(
        Handoff.objects.get(), by=us.sam, at=NOW + 10**6, reason="no budget", text="asked twice"
    )
    look = SecondLook.objects.get()
    feedback.judge_again(look, by=us.max, at=NOW + 2 * 10**6, was_ready=True, note="has money")
    text = AGREED.replace("fit: 20, any", "fit: 5, any")
    agreements.propose(agreements.draft(text, by=us.max, at=NOW), by=us.max, at=NOW)
    return us


def browser(of: User) -> Client:
    """Return the browser of somebody who is signed in."""
    made = Client()
    made.force_login(of)
    return made


def begun(by: Client) -> str:
    """Begin a Jour fixe, and return its address."""
    return by.post("/jour-fixe/start").headers["Location"]


def seen(by: Client, address: str) -> dict[str, str]:
    """Return what the form of a table would send that somebody reads."""
    form = next(f for f in forms(shown(by, address), address) if f.action == address)
    ticks = {name for name in form.fields if name.startswith("kept-")}  # none is ticked yet
    fields = {name: text for name, text in form.fields.items() if name not in ticks}
    kept = {name: "" if text == "Text" else text for name, text in fields.items()}
    if "content" not in kept:  # nothing is chosen, though something could be
        kept["change"] = ""
    return kept | {"password-marketing": "", "password-sales": ""}


def shown(by: Client, address: str) -> str:
    """Return what a page says."""
    answer = by.get(address)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def sent(by: Client, address: str, fields: dict[str, str], **more: str) -> tuple[int, str]:
    """Send a table, and return the status and what the page says then."""
    answer: Any = by.post(address, fields | more, follow=True)
    return answer.status_code, unescape(answer.content.decode())


def test_a_disputed_lead_is_shown_with_what_both_said_and_without_a_name(us: Company) -> None:
    max_ = browser(us.max)
    page = shown(max_, begun(max_))
    for said in (
        "Petra Pumpe", "Returned by sales, found ready by the second look",
        "Returned: no budget", "asked twice", "It was ready.", "has money",
    ):  # fmt: skip
        assert said in page
    assert ("(Sam)" in page, "(Max)" in page) == (False, False)
    Organisation.objects.create(figures_per_person=True)
    assert "(Sam)" in shown(max_, f"/jour-fixe/{_first()}")


def test_what_is_written_stays_and_the_change_is_shown_with_its_replay(us: Company) -> None:
    max_ = browser(us.max)
    address = begun(max_)
    fields = seen(max_, address)
    wrote = {"change": "2", "notes": "Look", "marketing_promises": "Ten leads\nNames"}
    assert "Kept." in sent(max_, address, fields | wrote, do="keep")[1]
    page = shown(browser(us.sol), address)
    assert 'hx-get="/agreement/2/trial"' in page
    assert "it fits the ideal lead with at least 5 points" in page
    assert ">Look</textarea>" in page
    assert JourFixe.objects.get().approved == {}


def test_a_change_is_shown_as_soon_as_it_is_chosen(us: Company) -> None:
    max_ = browser(us.max)
    page = shown(max_, f"{begun(max_)}/change?change=2")
    assert ('name="content" value="' in page, "/agreement/2/trial" in page) == (True, True)
    for other in ("1", "", "x", "9" * 30):
        page = shown(max_, f"/jour-fixe/{_first()}/change?change={other}")
        assert "No change is on the table." in page


def test_two_devices_overwrite_nothing(us: Company) -> None:
    max_, sol = browser(us.max), browser(us.sol)
    address = begun(max_)
    mine, theirs = seen(max_, address), seen(sol, address)
    sent(sol, address, theirs | {"notes": "Theirs", "sales_promises": "Call"})
    status, page = sent(max_, address, mine | {"notes": "Mine", "marketing_promises": "Ten"})
    assert (status, "Somebody else wrote here meanwhile" in page) == (409, True)
    for kept in (">Mine</textarea>", "Theirs", ">Ten</textarea>", ">Call</textarea>"):
        assert kept in page
    assert JourFixe.objects.get().notes == "Theirs"
    form = next(f for f in forms(page, address) if f.action == address)
    both = {"notes": "Theirs and mine", "password-marketing": "", "password-sales": ""}
    assert sent(max_, address, form.fields | both)[0] == 200
    meeting = JourFixe.objects.get()
    assert (meeting.notes, meeting.marketing_promises, meeting.sales_promises) == (
        "Theirs and mine", "Ten", "Call"
    )  # fmt: skip


def test_both_approve_on_one_device_with_their_own_passwords(us: Company) -> None:
    max_ = browser(us.max)
    address = begun(max_)
    fields = seen(max_, address) | {"sales_promises": "Call at once", "do": "approve"}
    both = {"password-marketing": RIGHT, "password-sales": RIGHT}
    status, page = sent(max_, address, fields | both)
    assert (status, "Approved by both." in page, "<textarea" in page) == (200, True, False)
    given = {side: of["name"] for side, of in JourFixe.objects.get().approved.items()}
    assert given == {"marketing": "Max", "sales": "Sol"}
    assert signatures.valid(Version.objects.get(number=2)) == {}
    assert Task.objects.filter(kind="mail_minutes").count() == 5
    assert "Call at once" in shown(browser(us.sam), "/jour-fixe")


def test_whoever_ticks_it_signs_and_nobody_else_does(us: Company) -> None:
    max_ = browser(us.max)
    address = begun(max_)
    sent(max_, address, seen(max_, address) | {"change": "2"})
    fields = seen(max_, address) | {"do": "approve", "sign-sales": "yes"}
    both = {"password-marketing": RIGHT, "password-sales": RIGHT}
    assert sent(max_, address, fields | both)[0] == 200
    signed = signatures.valid(Version.objects.get(number=2))
    assert [(side, of.by) for side, of in signed.items()] == [("sales", us.sol)]


def test_the_moment_that_is_signed_at_the_table_is_the_one_on_the_screen(us: Company) -> None:
    max_, version = browser(us.max), Version.objects.get(number=2)
    address, at = begun(max_), now()
    sent(max_, address, seen(max_, address) | {"change": "2"})
    ticked = {"do": "approve", "sign-sales": "yes", "password-sales": RIGHT}
    before = seen(max_, address)
    agreements.sign(version, by=us.max, at=at, in_force_from=at + DAY)
    status, page = sent(max_, address, before | ticked)
    assert (status, "Something on the table was changed meanwhile" in page) == (422, True)
    agreements.sign_anew(version, by=us.max, at=at)
    assert "it is in force at once" in shown(max_, address)
    agreements.sign(version, by=us.max, at=at, in_force_from=at + DAY)
    assert "the moment that was chosen" in shown(max_, address)
    assert sent(max_, address, seen(max_, address) | ticked)[0] == 200
    version.refresh_from_db()
    assert version.in_force_from == at + DAY


def test_nobody_signs_for_both_sides_at_the_table(us: Company) -> None:
    max_ = browser(us.max)
    address = begun(max_)
    sent(max_, address, seen(max_, address) | {"change": "2"})
    agreements.sign(Version.objects.get(number=2), by=us.max, at=now())
    User.objects.filter(id=us.sol.id).update(is_active=False)
    User.objects.filter(id=us.max.id).update(role="sales_lead")
    ticked = {"do": "approve", "sign-sales": "yes", "password-sales": RIGHT}
    status, page = sent(max_, address, seen(max_, address) | ticked)
    said = "You signed for the other side already, so somebody else has to sign for this one."
    assert (status, said in page) == (422, True)
    assert JourFixe.objects.get().approved == {}


def test_what_was_not_on_the_screen_is_not_approved(us: Company) -> None:
    max_, sol = browser(us.max), browser(us.sol)
    address = begun(max_)
    fields = seen(max_, address) | {"do": "approve", "password-marketing": RIGHT}
    sent(sol, address, seen(sol, address) | {"notes": "New"})
    status, page = sent(max_, address, fields)
    assert (status, "Something on the table was changed meanwhile" in page) == (422, True)
    status, page = sent(max_, address, seen(max_, address) | {"change": "2"} | {
        "do": "approve", "password-marketing": RIGHT
    })  # fmt: skip
    assert (status, "Something on the table was changed meanwhile" in page) == (422, True)
    assert JourFixe.objects.get().approved == {}


@pytest.mark.parametrize("typed", ["guessed", "", " "])
def test_a_wrong_password_approves_nothing(us: Company, typed: str) -> None:
    max_ = browser(us.max)
    address = begun(max_)
    fields = seen(max_, address) | {"do": "approve", "password-sales": typed, "notes": "kept"}
    status, page = sent(max_, address, fields)
    assert (status, ">kept</textarea>" in page) == (422, True)
    assert JourFixe.objects.get().approved == {}


def test_nobody_guesses_the_password_of_the_other_side(us: Company) -> None:
    max_ = browser(us.max)
    address = begun(max_)
    fields = seen(max_, address) | {"do": "approve"}
    for _try in range(passwords.TRIES):
        sent(max_, address, fields, **{"password-sales": "guessed"})
    page = sent(max_, address, fields, **{"password-sales": RIGHT})[1]
    assert "Too many wrong passwords; nothing was approved." in page
    wrong = AuditEntry.objects.filter(action="password_wrong")
    assert set(wrong.values_list("about", "by__name")) == {(f"person:{us.sol.id}", "Max")}


@pytest.mark.parametrize("who", ["sam", "ada", "max"])
def test_only_the_lead_of_a_side_approves_for_it(us: Company, who: str) -> None:
    max_ = browser(us.max)
    address = begun(max_)
    fields = seen(max_, address) | {"do": "approve", "password-sales": RIGHT}
    page = sent(max_, address, fields, **{"person-sales": str(getattr(us, who).id)})[1]
    assert "Choose who you are." in page
    assert JourFixe.objects.get().approved == {}


def test_a_draft_is_started_at_the_table(us: Company) -> None:
    max_ = browser(us.max)
    address = begun(max_)
    answer = max_.post(address, seen(max_, address) | {"do": "start", "notes": "Try"})
    assert answer.headers["Location"] == "/agreement/3/draft"
    meeting = JourFixe.objects.get()
    assert meeting.change is not None
    assert (meeting.change.number, meeting.change.base, meeting.notes) == (3, us.version, "Try")


def test_next_time_it_is_ticked_what_was_kept(us: Company) -> None:
    max_ = browser(us.max)
    address = begun(max_)
    fields = seen(max_, address) | {"sales_promises": "Call\nAsk", "do": "approve"}
    sent(max_, address, fields | {"password-marketing": RIGHT, "password-sales": RIGHT})
    following = begun(max_)
    stale = seen(browser(us.sol), following)
    ticked = {"kept-sales-0": "yes", "kept-sales-1": "no"}
    sent(max_, following, seen(max_, following) | ticked)
    sent(browser(us.sol), following, stale)  # what somebody did not tick is left as it is
    kept = jour_fixe.promised(JourFixe.objects.get(id=_first()))["sales"]
    assert kept == [("Call", True), ("Ask", False)]
    page = shown(max_, "/jour-fixe")
    assert ("✓ kept" in page, "✗ not kept" in page) == (True, True)


def test_what_comes_after_the_end_is_not_lost(us: Company) -> None:
    max_, sol = browser(us.max), browser(us.sol)
    address = begun(max_)
    fields = seen(max_, address)
    sol.post(f"{address}/leave")
    status, page = sent(max_, address, fields | {"notes": "Too late"})
    assert (status, "Too late" in page, JourFixe.objects.get().notes) == (409, True, "")
    assert "not approved by both" in shown(sol, "/jour-fixe")


def test_an_attack_is_text(us: Company) -> None:
    Feedback.objects.update(text=ATTACK, reason=ATTACK)
    max_ = browser(us.max)
    address = begun(max_)
    texts = dict.fromkeys(jour_fixe.FIELDS, ATTACK)
    both = {"do": "approve", "password-marketing": RIGHT, "password-sales": RIGHT}
    sent(max_, address, seen(max_, address) | texts)
    for more in ({}, both):
        sent(max_, address, seen(max_, address) | more)
        for place in (address, "/jour-fixe"):
            page = max_.get(place).content.decode()
            told = ("<script>alert" in page, "<img src=x" in page, "49" in page.split())
            assert told == (False, False, False)
    assert JourFixe.objects.get().ended_at is not None


def _first() -> int:
    """Return the number of the first Jour fixe; databases count on where others began."""
    return JourFixe.objects.order_by("id").values_list("id", flat=True)[0]
