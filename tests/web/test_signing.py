"""Signing on the page: the password typed again, what was seen, and a moment that lies ahead."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from einig.engine.agreement import content_hash, loads
from einig.engine.instants import DAY
from einig.flow import agreements, passwords, scoring
from einig.store import guards
from einig.store.models import Signature, User, Version
from einig.web.clock import now
from tests.live import AGREED, NOW, Company, company
from tests.web.forms import forms

pytestmark = pytest.mark.django_db
RIGHT = "correct horse battery"
STRICTER = AGREED.replace("fit: 20, any", "fit: 25, any").replace("Software: 20", "Software: 25")


@pytest.fixture
def us() -> Company:
    """The company, speaking English, with a proposal."""
    us = company()
    User.objects.update(language="en")
    version = agreements.draft(STRICTER, by=us.max, at=NOW)
    agreements.propose(version, by=us.max, at=NOW)
    return us


def browser(of: User) -> Client:
    """Return the browser of somebody who is signed in."""
    made = Client()
    made.force_login(of)
    return made


def seen(by: Client, action: str = "/agreement/2/sign") -> dict[str, str]:
    """Return what the form of a page that somebody reads would send."""
    page = by.get("/agreement/2").content.decode()
    form = next(form for form in forms(page, "/agreement/2") if form.action == action)
    return form.sent(("", "")) | {"password": RIGHT}


def sent(by: Client, fields: dict[str, str]) -> tuple[int, str]:
    """Sign, and return the status and what the page says then."""
    answer: Any = by.post("/agreement/2/sign", fields, follow=True)
    return answer.status_code, unescape(answer.content.decode())


def test_both_sign_on_the_page(us: Company) -> None:
    max_, sol = browser(us.max), browser(us.sol)
    assert "Signed for your side." in sent(max_, seen(max_))[1]
    assert "It comes into force as soon as both have." in sol.get("/agreement/2").content.decode()
    assert "Signed by both." in sent(sol, seen(sol))[1]
    current = agreements.current(now())
    assert current is not None
    assert current.number == 2


def test_nobody_signs_for_both_sides_on_the_page(us: Company) -> None:
    max_ = browser(us.max)
    sol = seen(browser(us.sol))
    sent(max_, seen(max_))
    User.objects.filter(id=us.max.id).update(role="sales_lead")
    said = "You signed for the other side already, so somebody else has to sign for this one."
    page = unescape(max_.get("/agreement/2").content.decode())
    assert (said in page, "/agreement/2/sign" in page) == (True, False)
    assert said in sent(max_, sol | {"agreed": "at_once"})[1]
    User.objects.filter(id=us.max.id).update(language="de")
    assert "für diese muss es jemand anderes tun" in sent(max_, sol | {"agreed": "at_once"})[1]
    assert Version.objects.get(number=2).in_force_from is None


def test_what_could_not_work_is_not_signed(us: Company) -> None:
    max_ = browser(us.max)
    text = STRICTER.replace("fit: 25", "fit: 999")
    said = content_hash(loads(text).agreement)
    Version.objects.filter(number=2).update(text=text, content_hash=said)
    page = sent(max_, seen(max_))[1]
    assert "This version cannot be signed: fit cannot reach 999" in page
    assert Signature.objects.count() == 0


def test_a_wrong_password_signs_nothing_and_is_not_guessed(us: Company) -> None:
    max_ = browser(us.max)
    fields = seen(max_)
    for _try in range(passwords.TRIES):
        status, page = sent(max_, fields | {"password": "guessed"})
        assert (status, "This is not your password" in page) == (422, True)
    status, page = sent(max_, fields)
    assert (status, "Too many wrong passwords" in page) == (422, True)
    assert sent(max_, fields | {"password": ""})[0] == 422
    assert Signature.objects.count() == 0


def test_what_changed_meanwhile_is_not_signed(us: Company) -> None:
    max_ = browser(us.max)
    fields = seen(max_)
    version = Version.objects.get(number=2)
    agreements.edit(version, AGREED, by=us.mia, at=NOW)
    agreements.propose(version, by=us.sol, at=NOW)
    assert "It was changed while you read it; nothing was signed." in sent(max_, fields)[1]
    agreements.sign(version, by=us.sol, at=now(), in_force_from=now() + DAY)
    assert (
        "It was changed while you read it" in sent(max_, fields | {"seen": version.content_hash})[1]
    )
    assert Signature.objects.count() == 1


def test_the_second_signs_for_the_moment_that_the_first_chose(us: Company) -> None:
    max_, sol = browser(us.max), browser(us.sol)
    later = {"moment": "later", "day": "2098-03-01", "clock": "08:30"}
    sent(max_, seen(max_) | later)
    page = sol.get("/agreement/2").content.decode()
    assert "It comes into force on 03/01/2098 8:30 a.m. CET, if both sign." in page
    sent(sol, seen(sol))
    version = Version.objects.get(number=2)
    assert (version.in_force_from, version.begins_at) == (4_044_497_400_000_000,) * 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"moment": "later", "day": "2020-01-01"}, "This moment has passed; nothing was signed."),
        ({"moment": "later"}, "Say from which day on."),
        ({"moment": "later", "day": "9999-12-31"}, "Choose an earlier day."),
        ({"moment": "never"}, "Select a valid choice."),
    ],
)
def test_a_moment_that_cannot_be_is_refused(us: Company, given: dict[str, str], said: str) -> None:
    max_ = browser(us.max)
    status, page = sent(max_, {**seen(max_), "day": "", "clock": "", **given})
    assert (status, said in page) == (422, True)
    assert Signature.objects.count() == 0


@pytest.mark.parametrize("agreed", ["9" * 16, "-1", "²", "tomorrow", "9" * 40])
def test_a_forged_moment_is_refused(us: Company, agreed: str) -> None:
    max_ = browser(us.max)
    assert sent(max_, seen(max_) | {"agreed": agreed})[0] == 422
    assert Signature.objects.count() == 0


def test_an_earlier_version_is_put_in_force_again(us: Company) -> None:
    version = Version.objects.get(number=2)
    for by in (us.max, us.sol):
        agreements.sign(version, by=by, at=now())
    sol = browser(us.sol)
    assert "Put in force again" in sol.get("/agreement/1").content.decode()
    assert sol.post("/agreement/1/again").headers["Location"] == "/agreement/3"
    third = Version.objects.get(number=3)
    assert (third.text, third.begun_from) == (AGREED, "again")
    assert "Put in force again" not in sol.get("/agreement/2").content.decode()


def test_changing_a_proposal_makes_it_a_draft_again(us: Company) -> None:
    mia = browser(us.mia)
    agreements.sign(Version.objects.get(number=2), by=us.max, at=NOW)
    assert mia.post("/agreement/2/draft", {"text": AGREED}).headers["Location"] == "/agreement/2"
    version = Version.objects.get(number=2)
    assert (version.proposed_at, version.text.split()) == (None, AGREED.split())


def test_a_draft_that_is_too_long_is_answered_with_its_place(us: Company) -> None:
    answer = browser(us.mia).post("/agreement/draft", {"text": AGREED + "#" * 4_000_000})
    said = answer.content.decode()
    assert (answer.status_code, "The agreement has 4,000," in said) == (422, True)
    assert Version.objects.count() == 2


def test_a_password_is_not_carried_through_signing_in(us: Company) -> None:
    max_ = browser(us.max)
    fields = seen(max_)
    max_.logout()
    page = max_.post("/agreement/2/sign", fields).content.decode()
    assert ("moment" in page, RIGHT in page) == (True, False)


def test_what_was_tampered_with_is_not_shown_as_agreed(us: Company) -> None:
    scoring._agreement.cache_clear()
    connection.check_constraints()
    with connection.cursor() as cursor:
        on = " ON store_signedtext" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER signedtext_refuses_update{on}")
        cursor.execute("UPDATE store_signedtext SET text = 'name: Forged'")
    guards.raise_again(plan=["a migration"])
    answer = browser(us.max).get("/agreement/1")
    said = "Version 1 is not what was signed"
    assert (answer.status_code, said in answer.content.decode()) == (503, True)


def test_whoever_is_gone_is_named_in_the_audit_trail(us: Company) -> None:
    number = us.mia.id
    browser(us.mia).post("/agreement/draft", {"text": AGREED})
    User.objects.get(id=number).delete()
    page = browser(us.ada).get("/settings/audit").content.decode()
    assert f"person {number}, who is gone" in page
