"""Who may do what, on the server: every action by every role, as the matrix says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from einig.engine.instants import DAY
from einig.flow import agreements, feedback, merging
from einig.flow.permissions import MATRIX
from einig.store.models import (
    AgreementTest,
    Alike,
    Feedback,
    Handoff,
    JourFixe,
    Lead,
    NurtureEntry,
    Role,
    SecondLook,
    Source,
    Thread,
    User,
    Version,
)
from tests.live import AGREED, NOW, Company, company, identify, person, say, track

pytestmark = pytest.mark.django_db


@pytest.fixture
def us() -> Company:
    """A company with a lead that was handed over, one that was returned, and a proposal."""
    us = company()
    for n, name in enumerate(("u1", "u2")):
        said = identify(name, email=f"{name}@pumpen{n}.example", industry="Software")
        say([said, track("demo_requested", name)], of=us.website, at=NOW + n * 1000)
    back = Handoff.objects.select_related("lead", "to").order_by("id").first()
    assert back is not None
    assert back.to is not None
    feedback.give_back(back, by=back.to, at=NOW + 10**6, reason="no budget")
    version = agreements.draft(AGREED, by=us.max, at=NOW)
    agreements.propose(version, by=us.max, at=NOW)
    agreements.draft(AGREED, by=us.max, at=NOW)
    return us


def lead() -> str:
    """Return the lead that is with sales."""
    return Lead.objects.get(handoffs__closed_at=None).lead_id


def waiting() -> int:
    """Return the open hand-off."""
    return Handoff.objects.get(closed_at=None).id


ACTIONS: dict[str, Callable[[Client, User], object]] = {
    "capture_lead": lambda c, u: c.post("/leads/new", {"email": "x@y.example"}),
    "edit_lead": lambda c, u: c.post(
        f"/leads/{lead()}/edit", {"attribute": "city", "value": "Ulm"}
    ),
    "reassign_handoff": lambda c, u: c.post(f"/handoffs/{waiting()}/reassign", {"to": _seller()}),
    "give_feedback": lambda c, u: c.post(
        f"/leads/{lead()}/say", {"verdict": "praise", "text": "good"}
    ),
    "answer_feedback": lambda c, u: c.post(
        f"/leads/{Feedback.objects.get().lead.lead_id}/answer/{Feedback.objects.get().id}",
        {"text": "thanks"},
    ),
    "take_second_look": lambda c, u: c.post(
        f"/review/{SecondLook.objects.get().id}", {"was_ready": "yes"}
    ),
    "reassign_handoff ": lambda c, u: c.post(f"/review/{_overruled()}/again"),
    "record_outcome": lambda c, u: c.post(f"/leads/{lead()}/win", {"revenue": "100"}),
    "work_nurture": lambda c, u: c.post(f"/nurture/{NurtureEntry.objects.get().id}/called"),
    "draft_agreement": lambda c, u: c.post("/agreement/draft", {"text": AGREED}),
    "study_leads": lambda c, u: c.post(
        "/ideal-lead", {"target": "won", "goal": "share", "amount": "10"}
    ),
    "propose_agreement": lambda c, u: c.post("/agreement/3/propose"),
    "sign_agreement": lambda c, u: c.post("/agreement/2/sign"),
    "discuss_agreement": lambda c, u: c.post(
        "/agreement/2/say", {"criterion": "sales_ready", "text": "Why?"}
    ),
    "discuss_agreement ": lambda c, u: c.post(f"/threads/{_thread().id}/resolve"),
    "discuss_agreement  ": lambda c, u: c.post(f"/threads/{_thread(NOW).id}/reopen"),
    "hold_jour_fixe": lambda c, u: c.post("/jour-fixe/start"),
    "hold_jour_fixe ": lambda c, u: c.post(f"/jour-fixe/{_table().id}", {"notes": "x"}),
    "hold_jour_fixe  ": lambda c, u: c.post(f"/jour-fixe/{_table().id}/leave"),
    "hold_jour_fixe   ": lambda c, u: c.post(f"/jour-fixe/{_table(NOW).id}/send"),
    "start_agreement_test": lambda c, u: c.post("/agreement/test", {}),
    "start_agreement_test ": lambda c, u: c.post(f"/agreement/test/{_open_test().id}/remind"),
    "start_agreement_test  ": lambda c, u: c.post(f"/agreement/test/{_open_test().id}/close"),
    "start_agreement_test   ": lambda c, u: c.post(
        f"/agreement/test/revoke/{_open_test().jurors.all()[0].id}"
    ),
    "draft_agreement ": lambda c, u: c.post(f"/agreement/test/{_open_test().id}/draft"),
    "edit_sources": lambda c, u: c.post("/sources", {"name": "New", "kind": "form"}),
    "edit_sources ": lambda c, u: c.post(f"/sources/{_form()}/form", {"do": "reset"}),
    "capture_lead ": lambda c, u: c.post(f"/fair/{_fair()}/batch", "x", content_type="text/plain"),
    "import_leads": lambda c, u: c.post("/settings/import"),
    "mend_received": lambda c, u: c.post("/received", {"id": 0}),
    "edit_people": lambda c, u: c.post(
        "/settings/people", {"email": "new@y.example", "role": "sales"}
    ),
    "edit_lead ": lambda c, u: c.post(f"/leads/{lead()}/withdraw", {"purpose": "mail"}),
    "edit_lead  ": lambda c, u: c.post(
        f"/leads/{lead()}/consent", {"what": "phone-consent", "proof": "a letter"}
    ),
    "edit_lead   ": lambda c, u: c.post(f"/leads/{lead()}/consumer", {"is": "consumer"}),
    "edit_lead    ": lambda c, u: c.post(f"/leads/{lead()}/rectify", {"name": "Petra"}),
    "merge_leads": lambda c, u: c.post(f"/leads/{lead()}/same", {"with": _returned()}),
    "merge_leads ": lambda c, u: c.post(f"/leads/{_returned()}/same/{_merged()}/undo"),
    "merge_leads  ": lambda c, u: c.post(f"/leads/duplicates/{_alike()}/apart"),
    "find_duplicates": lambda c, u: c.post("/leads/duplicates"),
    "protect_data": lambda c, u: c.post(f"/leads/{lead()}/erase", {"sure": lead()}),
    "protect_data ": lambda c, u: c.post(f"/leads/{lead()}/data"),
    "protect_data  ": lambda c, u: c.post("/settings/privacy/keep/leads", {"days": "30"}),
    "protect_data   ": lambda c, u: c.post("/settings/privacy/documents/record"),
    "protect_data    ": lambda c, u: c.post("/settings/privacy/purposes/mail", {}),
    "edit_settings": lambda c, u: c.post("/settings", {"name": "x"}),
}


def _fair() -> int:
    """Return the source of a fair."""
    return Source.objects.get_or_create(name="Fair", kind="fair", key="fair")[0].id


def _form() -> int:
    """Return the source of a form."""
    return Source.objects.get_or_create(name="Form", kind="form", key="form")[0].id


def _open_test() -> AgreementTest:
    """Return a test that is open, with one person who is asked."""
    test = AgreementTest.objects.create(asked_at=NOW)
    ends = NOW + 10_000 * DAY
    test.jurors.create(side="sales", name="Sol", token_hash="none", expires_at=ends)
    return test


def _thread(resolved_at: int | None = None) -> Thread:
    """Return a thread."""
    version = Version.objects.get(number=2)
    return version.threads.create(criterion="explore", opened_at=NOW, resolved_at=resolved_at)


def _table(ended_at: int | None = None) -> JourFixe:
    """Return a Jour fixe."""
    return JourFixe.objects.create(at=NOW, ended_at=ended_at)


def _overruled() -> int:
    """Return a second look that found the lead ready."""
    SecondLook.objects.update(was_ready=True, at=NOW + 2 * 10**6)
    return SecondLook.objects.get().id


def _returned() -> str:
    """Return the lead that sales gave back."""
    return Lead.objects.get(handoffs__closing="returned").lead_id


def _alike() -> int:
    """Return a pair of leads that are probably one person."""
    one, other = Lead.objects.order_by("id")
    return Alike.objects.create(one=one, other=other, probability=0.9).id


def _merged() -> int:
    """Return the merger of both leads."""
    one, other = Lead.objects.order_by("id")
    by = User.objects.order_by("id")[0]
    return merging.merge(one, other, by=by, at=NOW + 2 * 10**6).id


def _seller() -> int:
    return User.objects.sellers().order_by("-id")[0].id


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_is_done_or_refused_as_the_matrix_says(
    us: Company, role: Role, action: str
) -> None:
    user = person("pat", role, language="en")
    browser = Client()
    browser.force_login(user)
    answer = ACTIONS[action](browser, user)
    assert isinstance(answer, HttpResponse)
    assert (answer.status_code == 403) == (role not in MATRIX[action.strip()]), answer.status_code
    assert answer.status_code < 500


@pytest.mark.parametrize("action", ACTIONS)
def test_a_stranger_does_nothing(us: Company, action: str) -> None:
    before = (Lead.objects.count(), Feedback.objects.count(), Version.objects.count())
    answer = ACTIONS[action](Client(), us.ada)
    assert isinstance(answer, HttpResponse)
    assert answer.status_code == 401
    assert (Lead.objects.count(), Feedback.objects.count(), Version.objects.count()) == before


def test_somebody_elses_handoff_stays_theirs(us: Company) -> None:
    of = Handoff.objects.select_related("to").get(closed_at=None)
    other = us.sue if of.to == us.sam else us.sam
    browser = Client()
    browser.force_login(other)
    for path in ("accept", "attempt", "return", "give-up"):
        assert browser.post(f"/handoffs/{of.id}/{path}", {"result": "no"}).status_code == 403
    of.refresh_from_db()
    assert (of.accepted_at, of.closed_at) == (None, None)
