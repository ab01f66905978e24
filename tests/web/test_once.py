"""Every button of every page, clicked twice, as a browser without JavaScript would send it."""

from __future__ import annotations

import io
import re
from collections import Counter
from copy import deepcopy
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.db import transaction
from django.test import Client

from einig.engine.instants import DAY
from einig.flow import agreements, consent, feedback, journey, people, sources, threads
from einig.flow.handoff import log_attempt
from einig.flow.organisation import forget
from einig.store.models import (
    AuditEntry,
    Handoff,
    JourFixe,
    Lead,
    NurtureEntry,
    Received,
    Role,
    SecondLook,
    Source,
    Task,
    User,
)
from tests.live import AGREED, NOW, Company, company, identify, say, track
from tests.web.forms import Form, forms

pytestmark = pytest.mark.django_db

PAGES = [
    "/inbox", "/leads/new", "/call", "/agreement/2", "/agreement/3", "/agreement/draft",
    "/ideal-lead", "/review", "/follow-up", "/nurture", "/sources", "/received", "/settings",
    "/settings/people", "/settings/import", "/absence", "/agreement/test",
    "/jour-fixe", "/agreement/3/about?criterion=explore",
]  # fmt: skip
DISCUSSES = ["remark_written", "remark_withdrawn", "thread_reopened", "thread_resolved"]
MEETS = ["jour_fixe_written", "jour_fixe_left", "minutes_sent_again"]
ALLOWS = ["consent_given", "consent_withdrawn", "consumer_said", "lead_rectified"]
EVERYBODY = ["absent", "fact_stated", *ALLOWS, *DISCUSSES]
LOOKS = ["second_look", "nurture_called"]
CONNECTS = ["file_kept", "source_added", "spend", "key_made", "key_revoked", "webhook_mapped"]
DRAFTS = ["version_drafted", "study_asked_for"]
DECIDES = [*DRAFTS, "version_proposed", "version_withdrawn"]
SELLS = ["feedback_given", "stage_reached", "won", "lost", "nurture_entered"]
WORKS = ["handoff_accepted", "handoff_put_off", "attempt_logged"]
ENDS = ["lead_returned", "lead_not_reached"]
DOES: dict[str, list[str]] = {
    Role.MARKETING: [*EVERYBODY, *LOOKS, *CONNECTS, *DRAFTS, "feedback_answered"],
    Role.MARKETING_LEAD: [
        *EVERYBODY, *LOOKS, *CONNECTS, *DECIDES, *MEETS, "version_signed", "feedback_answered",
        "juror_asked",
    ],
    Role.SALES: [*EVERYBODY, *WORKS, *ENDS, *SELLS, "nurture_called"],
    Role.SALES_LEAD: [
        *EVERYBODY, *LOOKS, *SELLS, *DECIDES, *MEETS, "jour_fixe_approved", "version_signed",
        "handoff_opened",
        "handoff_reassigned", "juror_asked",
    ],
    Role.ADMIN: [
        *EVERYBODY, *CONNECTS, *DECIDES, "handoff_reassigned", "invited", "person_changed",
        "person_deactivated", "settings_changed",
    ],
}  # fmt: skip
_TOKEN = r'name="(slip|csrfmiddlewaretoken)" value="[^"]*"|"X-CSRFToken": "[^"]*"'


@pytest.fixture
def us() -> Company:
    """A company in which there is something to do for everybody."""
    us = company()
    for n in range(6):
        said = identify(f"u{n}", email=f"u{n}@pumpen{n}.example", industry="Software")
        say([said, track("demo_requested", f"u{n}"), track("", f"u{n}")], of=us.website, at=NOW + n)
    Handoff.objects.update(to=us.sam)
    for lead in Lead.objects.all():
        consent.give(lead, "phone", at=NOW + 10, proof="by letter")
    first, second, third, *_rest = Handoff.objects.select_related("lead", "to").order_by("id")
    for of in (first, second):
        feedback.give_back(of, by=us.sam, at=NOW + 10**6, reason="no budget", text="later")
    SecondLook.objects.filter(feedback__lead=first.lead).update(was_ready=True, at=NOW + 2 * 10**6)
    NurtureEntry.objects.update(human_due_at=NOW)
    log_attempt(third, by=us.sam, at=NOW + 10**6, channel="phone", result="no")
    for text in (AGREED, AGREED.replace("20, any", "15, any")):
        version = agreements.draft(text, by=us.max, at=NOW)
    agreements.propose(version, by=us.max, at=NOW)
    for kind in ("api", "webhook", "form"):
        sources.add(name=kind, kind=kind, inbound=True, by=us.mia, at=NOW)
    sources.make_key(Source.objects.get(kind="api"), by=us.mia, at=NOW)
    Received.objects.filter(id=Received.objects.order_by("id")[0].id).update(dismissed_at=NOW)
    for who in (us.mia, us.max, us.sam, us.sol, us.ada):
        ends = NOW + 10_000 * DAY
        people.be_absent(who, begins=NOW, ends=ends, cover=None, by=who, at=NOW)
        threads.say(version, "explore", "Why?", by=who, at=NOW)
    old = threads.say(version, "verify", "Half?", by=us.mia, at=NOW).thread
    threads.resolve(old, by=us.mia, at=NOW)
    agreed = {side: {"name": side, "at": NOW, "seen": ""} for side in ("marketing", "sales")}
    JourFixe.objects.create(at=NOW, ended_at=NOW, approved=agreed)
    JourFixe.objects.create(at=NOW, change=version)
    return us


def filled(form: Form, button: tuple[str, str]) -> dict[str, Any]:
    """Return what a click sends, with a file where one is asked for."""
    fields: dict[str, Any] = form.sent(button)
    if "begun_from" in fields:  # a draft, whose empty fields say what the agreement does not have
        fields = {name: "" if text == "12" else text for name, text in fields.items()}
    if form.has_file:
        fields["file"] = io.BytesIO(b"E-Mail\nx@y.example\n")
    return fields


def done() -> Counter[str]:
    """Return how many rows of each kind there are; not those that say that a form was sent."""
    kept = apps.get_app_config("store").get_models()
    kinds = Counter({of.__name__: of._default_manager.count() for of in kept})
    kinds["Task"] -= Task.objects.filter(kind="form").count()
    return kinds + Counter(mails=len(mail.outbox))


def clicked(browser: Client, form: Form, button: tuple[str, str]) -> tuple[int, str]:
    """Click, let the worker take in what came, and return what the browser is told."""
    answer = browser.post(form.action, filled(form, button))
    while journey.take_in_waiting():
        pass
    page = re.sub(_TOKEN, "", answer.content.decode())
    return answer.status_code, answer.headers.get("Location", page)


def every_form(browser: Client) -> list[Form]:
    """Return the forms of all pages, each once."""
    lead = Handoff.objects.filter(closed_at=None).order_by("id")[0].lead.lead_id
    returned = Lead.objects.filter(handoffs__closing="returned").order_by("id")[0].lead_id
    tried = Handoff.objects.get(attempts__result="no").lead.lead_id
    found: dict[object, Form] = {}
    of = {s.name: s.id for s in Source.objects.all()}
    mia = User.objects.get(name="Mia").id
    rows = [f"/sources/{of['api']}", f"/sources/{of['webhook']}", f"/settings/people/{mia}"]
    rows += [f"/jour-fixe/{meeting.id}" for meeting in JourFixe.objects.order_by("id")]
    for address in [*PAGES, *rows, f"/leads/{lead}", f"/leads/{returned}", f"/inbox/{tried}"]:
        answer = browser.get(address)
        assert answer.status_code in {200, 403}
        for form in forms(answer.content.decode(), address):
            found.setdefault(form.is_the_same_as, form)
    return list(found.values())


@pytest.mark.parametrize("role", list(Role))
def test_a_double_click_on_any_button_does_it_once(us: Company, role: Role) -> None:
    names = {"marketing": "mia", "marketing_lead": "max", "sales": "sam", "sales_lead": "sol"}
    user = getattr(us, names.get(role, "ada"))
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user)
    did: Counter[str] = Counter()
    for form in every_form(browser):
        for button in form.buttons:
            before, cookies = done(), deepcopy(browser.cookies)
            with transaction.atomic():
                first = clicked(browser, form, button)
                after = done()
                browser.cookies = deepcopy(cookies)  # the second click knows nothing of the first
                second = clicked(browser, form, button)
                about = (form.action, button)
                assert (about, first[0] < 400, second) == (about, True, first)
                assert (about, done()) == (about, after)
                last = AuditEntry.objects.order_by("-id").first()
                if after != before and last is not None and last.by_id == user.pk:
                    did[last.action] += 1
                transaction.set_rollback(True)
            browser.cookies = cookies
            forget()
    assert sorted(did) == sorted(DOES[role])
