"""A session that ends in the middle of a form: nothing typed is lost, and nobody else sends it."""

from __future__ import annotations

import io
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from einig.store.models import Attempt, Feedback, Handoff, Lead
from tests.live import NOW, Company, company, identify, say, track
from tests.web.forms import Form, forms

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
TYPED = '<b>Wants & "needs"</b>\nin two lines'


@pytest.fixture
def us() -> Company:
    """A company with a lead that was handed over to Sam."""
    us = company()
    said = identify("u1", email="p@pumpen.example", industry="Software")
    say([said, track("demo_requested", "u1")], of=us.website, at=NOW)
    Handoff.objects.update(to=us.sam)
    return us


def at_a_browser(us: Company) -> Client:
    """Return Sam's browser, in which CSRF holds."""
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, browser.get("/sign-in").content.decode(), "sam")
    return browser


def form_to(page: str, part: str) -> Form:
    """Return the form of a page that goes to an address with this part."""
    return next(form for form in forms(page, "") if part in form.action)


def sign_in(browser: Client, page: str, name: str, password: str = PASSWORD) -> Any:
    """Sign in on a page."""
    form = form_to(page, "sign-in")
    who = {"username": f"{name}@example.com", "password": password}
    return browser.post("/sign-in", form.sent(("", ""), **who))


def say_form(browser: Client) -> tuple[Form, dict[str, str]]:
    """Return the form for feedback on the lead, and what somebody typed into it."""
    page = browser.get(f"/leads/{Lead.objects.get().lead_id}").content.decode()
    form = form_to(page, "/say")
    return form, form.sent(("", ""), text=TYPED)


def test_what_was_typed_is_sent_by_a_click_once_its_author_signed_in_again(us: Company) -> None:
    browser = at_a_browser(us)
    form, fields = say_form(browser)
    browser.logout()
    asked = browser.post(form.action, fields)
    assert (asked.status_code, Feedback.objects.count()) == (401, 0)
    assert escape(TYPED) in asked.content.decode()
    refused = sign_in(browser, asked.content.decode(), "sam", "wrong")
    assert escape(TYPED) in refused.content.decode()
    confirm = sign_in(browser, refused.content.decode(), "sam")
    assert (confirm.status_code, Feedback.objects.count()) == (200, 0)
    again = form_to(confirm.content.decode(), "/say")
    assert again.action == form.action
    assert browser.post(again.action, again.sent(("", ""))).status_code == 302
    assert [(f.by, f.text.replace("\r\n", "\n")) for f in Feedback.objects.all()] == [
        (us.sam, TYPED)
    ]


def test_which_button_was_clicked_is_carried_too(us: Company) -> None:
    browser = at_a_browser(us)
    form = form_to(browser.get("/inbox").content.decode(), "/attempt")
    browser.logout()
    asked = browser.post(form.action, form.sent(("result", "no_answer"), note="Rang twice"))
    confirm = sign_in(browser, asked.content.decode(), "sam")
    again = form_to(confirm.content.decode(), "/attempt")
    browser.post(again.action, again.sent(("", "")))
    assert [(a.result, a.note) for a in Attempt.objects.all()] == [("no_answer", "Rang twice")]


def test_what_somebody_typed_is_never_sent_by_somebody_else(us: Company) -> None:
    browser = at_a_browser(us)
    form, fields = say_form(browser)
    browser.logout()
    asked = browser.post(form.action, fields)
    other = sign_in(browser, asked.content.decode(), "sue")
    assert other.status_code == 302
    page = browser.get(other.headers["Location"], follow=True).content.decode()
    assert "nicht gesendet" in unescape(page)
    assert escape(TYPED) not in page
    assert browser.post(form.action, fields).status_code == 403
    assert Feedback.objects.count() == 0


def test_a_page_from_before_signing_in_again_asks_before_it_sends(us: Company) -> None:
    browser = at_a_browser(us)
    form, fields = say_form(browser)
    browser.logout()
    sign_in(browser, browser.get("/sign-in").content.decode(), "sam")
    asked = browser.post(form.action, fields)
    assert (asked.status_code, Feedback.objects.count()) == (403, 0)
    again = form_to(asked.content.decode(), "/say")
    assert browser.post(again.action, again.sent(("", ""))).status_code == 302
    assert Feedback.objects.get().by == us.sam


@pytest.mark.parametrize("field", ["slip", "carried", "csrfmiddlewaretoken"])
def test_nobody_puts_words_into_somebodys_mouth(us: Company, field: str) -> None:
    browser = at_a_browser(us)
    form, fields = say_form(browser)
    if field == "carried":
        browser.logout()
        asked = browser.post(form.action, fields).content.decode()
        forged = form_to(asked, "sign-in")
        who = {"username": "sam@example.com", "password": PASSWORD}
        forged.fields["carried"] = forged.fields["carried"][:-1] + "x"
        answer = browser.post("/sign-in", forged.sent(("", ""), **who))
        assert answer.status_code == 302
    elif field == "slip":
        browser.logout()
        forged_slip = fields | {"slip": fields["slip"][:-1] + "x"}
        page = browser.post(form.action, forged_slip).content.decode()
        assert "carried" not in form_to(page, "sign-in").fields
    else:
        stranger = {"text": "planted", "verdict": "praise", "csrfmiddlewaretoken": "x" * 64}
        planted = browser.post(form.action, stranger)
        assert (planted.status_code, b"planted" in planted.content) == (403, False)
    assert Feedback.objects.count() == 0


def test_whoever_signed_in_elsewhere_meanwhile_goes_on(us: Company) -> None:
    browser = at_a_browser(us)
    form, fields = say_form(browser)
    browser.logout()
    asked = browser.post(form.action, fields).content.decode()
    sign_in(browser, browser.get("/sign-in").content.decode(), "sam")
    confirm = browser.post("/sign-in", form_to(asked, "sign-in").sent(("", "")))
    assert escape(TYPED) in confirm.content.decode()


def test_a_file_is_asked_for_again(us: Company) -> None:
    answer = Client().post("/settings/import", {"file": io.BytesIO(b"E-Mail\nx@y.example\n")})
    assert answer.status_code == 401
    assert "Datei" in answer.content.decode()
