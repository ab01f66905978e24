"""Discussing criteria on the pages: beside the contract, on a page of its own, escaped, refused."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client

from einig.flow import agreements, threads
from einig.store.models import Mention, Remark, Role, Thread, User
from tests.live import AGREED, NOW, Company, company, person
from tests.web.forms import Form, forms

pytestmark = pytest.mark.django_db

ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"


@pytest.fixture
def us() -> Company:
    """The company, speaking English, with a draft."""
    us = company()
    User.objects.update(language="en")
    agreements.draft(AGREED, by=us.max, at=NOW, base=us.version)
    return us


def browser(of: User) -> Client:
    """Return the browser of somebody who is signed in."""
    made = Client()
    made.force_login(of)
    return made


def saying(page: str, criterion: str) -> Form:
    """Return the form of a page in which something is said about a criterion."""
    found = [form for form in forms(page, "/") if form.action.endswith("/say")]
    return next(form for form in found if form.fields["criterion"] == criterion)


def say(by: Client, text: str, criterion: str = "fit.industry", **more: str) -> Any:
    """Say something about a criterion of the draft on its own page, and follow."""
    fields = {"criterion": criterion, "text": text} | more
    return by.post("/agreement/2/say", fields, follow=True)


def shown(by: Client, address: str) -> str:
    """Return what a page says."""
    answer = by.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_something_is_said_beside_a_clause_without_javascript(us: Company) -> None:
    sam = browser(us.sam)
    form = saying(shown(sam, "/agreement/2"), "fit.industry")
    fields = form.fields | {"text": "Why not energy?", "ask": "Max (max@example.com)"}
    answer = sam.post(form.action, fields, follow=True)
    thread = Thread.objects.get()
    to = f"/agreement/2?about=fit.industry#thread-{thread.id}"
    assert answer.redirect_chain == [(to, 302)]
    page = answer.content.decode()
    assert '<details class="talk some" open><summary class="small quiet">1 remark</summary>' in page
    assert "Why not energy?" in page


@pytest.mark.parametrize("role", list(Role))
def test_everybody_who_sees_the_agreement_may_say_something(us: Company, role: Role) -> None:
    answer = say(browser(person("pat", role, language="en")), "Well")
    said = Remark.objects.values_list("by__name", "text")
    assert (answer.status_code, list(said)) == (200, [("Pat", "Well")])


def test_an_attack_is_text(us: Company) -> None:
    User.objects.filter(id=us.sue.id).update(name=ATTACK)
    sam = browser(us.sam)
    say(sam, f"{ATTACK}\nsecond line\u202e @{ATTACK}")
    assert Mention.objects.get().to.name == ATTACK
    for address in ("/agreement/2", "/agreement/2/about?criterion=fit.industry"):
        page = shown(sam, address)
        assert ("<script>alert" in page, "<img src=x" in page, "49" in page.split()) == (
            False, False, False
        )  # fmt: skip
        assert "&lt;script&gt;alert(1)" in page
        assert "<br>second line @" in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": " "}, "Write something first."),
        ({"text": "x" * 2001}, "a remark has at most 2000 characters"),
        ({"text": "kept", "ask": "Zoe"}, "Nobody called Zoe has an account here"),
    ],
)
def test_what_is_refused_is_kept_in_its_field(
    us: Company, fields: dict[str, str], said: str
) -> None:
    answer = say(browser(us.sam), **fields)
    page = unescape(answer.content.decode())
    assert (answer.status_code, said in page, f">{fields['text']}</textarea>" in page) == (
        422, True, True
    )  # fmt: skip
    assert Remark.objects.count() == 0


@pytest.mark.parametrize("criterion", ["fit.nothing", "", "<script>", "fit.\x00"])
def test_what_no_version_has_is_no_page(us: Company, criterion: str) -> None:
    sam = browser(us.sam)
    assert sam.get("/agreement/2/about", {"criterion": criterion}).status_code == 404
    assert say(sam, "Well", criterion).status_code == 404
    assert Thread.objects.count() == 0


def test_whoever_is_asked_sees_it_in_the_header_until_they_looked(us: Company) -> None:
    say(browser(us.sam), "@Mia, what do you say?")
    mia = browser(us.mia)
    assert "1 question for you" in shown(mia, "/leads")
    page = shown(mia, "/agreement/1")
    address = "/agreement/2/about?criterion=fit.industry"
    assert (f'href="{address}#thread-' in page, "@Mia, what do you say?" in page) == (True, True)
    assert 'class="remark asked"' in shown(mia, address)
    assert "question for you" not in shown(mia, "/leads")
    assert "Asked of you" not in shown(mia, "/agreement/1")
    assert "question for you" not in shown(browser(us.sam), "/leads")


def test_a_settled_thread_folds_and_opens_again(us: Company) -> None:
    sam = browser(us.sam)
    say(sam, "Settled soon")
    thread = Thread.objects.get()
    on = {"version": "2", "on": "contract"}
    sam.post(f"/threads/{thread.id}/resolve", on)
    page = shown(sam, "/agreement/2?about=fit.industry")
    assert ("1 resolved thread" in page, "Resolved by Sam" in page) == (True, True)
    assert "1 remark</summary>" not in page
    answer: Any = sam.post(f"/threads/{thread.id}/reopen", on, follow=True)
    assert "1 remark</summary>" in answer.content.decode()


def test_only_the_author_can_take_a_remark_back(us: Company) -> None:
    sam = browser(us.sam)
    say(sam, "Nonsense")
    address = f"/remarks/{Remark.objects.get().id}/withdraw"
    assert address not in shown(browser(us.ada), "/agreement/2")
    assert browser(us.ada).post(address).status_code == 403
    assert address in shown(sam, "/agreement/2")
    answer: Any = sam.post(address, {"version": "2"}, follow=True)
    page = answer.content.decode()
    assert ("Nonsense" in page, "<i>withdrawn</i>" in page) == (False, True)


def test_the_next_draft_goes_on_where_it_was_discussed(us: Company) -> None:
    threads.say(us.version, "fit.industry", "Still open", by=us.sam, at=NOW)
    page = shown(browser(us.max), "/agreement/2")
    assert ("Still open" in page, "since version 1" in page) == (True, True)


def test_what_was_discussed_of_a_criterion_that_is_gone_stays_to_be_read(us: Company) -> None:
    max_ = browser(us.max)
    say(max_, "Drop it")
    text = AGREED.replace("industry", "branch")
    max_.post("/agreement/2/draft", {"text": text})
    assert "Also discussed" in shown(max_, "/agreement/2")
    assert "Drop it" in shown(max_, "/agreement/2/about?criterion=fit.industry")
    assert "More" in say(max_, "More").content.decode()
    assert (Thread.objects.count(), Remark.objects.count()) == (1, 2)


def test_the_editor_leads_to_what_is_discussed(us: Company) -> None:
    threads.say(us.version, "verify", "Half?", by=us.sam, at=NOW)
    threads.say(us.version, "fit.industry", "Energy?", by=us.sam, at=NOW)
    page = shown(browser(us.max), "/agreement/2/draft")
    links = {
        "/agreement/2/about?criterion=fit.industry": "1 remark",
        "/agreement/2/about?criterion=sales": "1 remark",
        "/agreement/2/about?criterion=intent.demo_requested": "Discuss",
    }
    for address, said in links.items():
        assert f'<a class="talk-link quiet" href="{address}">{said}</a>' in page
        assert browser(us.max).get(address).status_code == 200
