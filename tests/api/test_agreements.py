"""Agreements over the API: read, drafted and changed by a person's own key, and never blindly."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from typing import Any

import pytest
from django.test import Client

from einig.flow import agreements, keys
from einig.store.models import PersonalKey, Revision, User, Version
from tests.live import AGREED, NOW, Company, company, unguarded

pytestmark = pytest.mark.django_db

CHANGED = AGREED.replace("industry: {Software: 20", "industry: {Software: 25")


@pytest.fixture
def us() -> Company:
    """The company."""
    return company()


def ask(method: str, path: str, user: User, body: Any = None, *, once: str = "") -> Any:
    """Send a request with a key of this person."""
    with suppress(keys.Revoked):
        keys.make(by=user, at=NOW, name="laptop", token=f"key-of-{user.id}")
    headers = {"Authorization": f"Bearer einig_own_key-of-{user.id}"}
    headers |= {"Idempotency-Key": once} if once else {}
    send = getattr(Client(), method)
    if body is None:
        return send(f"/api/agreements{path}", headers=headers)
    return send(
        f"/api/agreements{path}", json.dumps(body), content_type="application/json", headers=headers
    )


def test_a_version_is_the_very_file_with_its_hash_and_state(us: Company) -> None:
    (told,) = ask("get", "", us.mia).json()
    assert told == ask("get", "/1", us.mia).json()
    assert told["text"] == AGREED
    assert told["text_hash"] == hashlib.sha256(AGREED.encode()).hexdigest()
    assert (told["number"], told["state"], told["signatures"]) == (1, "in_force", [])
    assert ask("get", "/9", us.mia).status_code == 404


def test_what_is_in_force_is_read_as_it_was_sealed(us: Company) -> None:
    with unguarded():
        Version.objects.update(text=CHANGED)
    told = ask("get", "/1", us.mia).json()
    assert (told["text"], told["text_hash"]) == (
        AGREED, hashlib.sha256(AGREED.encode()).hexdigest()
    )  # fmt: skip


def test_a_draft_is_made_and_changed_from_the_revision_that_it_was_read_at(us: Company) -> None:
    made = ask("post", "", us.mia, {"text": AGREED})
    assert (made.status_code, made.json()["state"], made.json()["revision"]) == (201, "draft", 1)
    changed = ask("put", "/2", us.max, {"text": CHANGED, "revision": 1})
    assert (changed.status_code, changed.json()["revision"]) == (200, 2)
    kept = Revision.objects.get()
    assert (kept.number, kept.text, kept.by) == (1, AGREED, us.mia)


def test_the_same_key_makes_the_same_draft_and_another_persons_another(us: Company) -> None:
    sent = [ask("post", "", by, {"text": AGREED}, once="k") for by in (us.mia, us.mia, us.max)]
    assert [(made.status_code, made.json()["number"]) for made in sent] == [
        (201, 2), (201, 2), (201, 3)
    ]  # fmt: skip
    refused = ask("post", "", us.mia, {"text": "name: X"}, once="other")
    assert refused.status_code == 422
    assert ask("post", "", us.mia, {"text": AGREED}, once="other").json()["number"] == 4


def test_whoever_comes_second_is_told_and_nothing_is_overwritten(us: Company) -> None:
    ask("post", "", us.mia, {"text": AGREED})
    ask("put", "/2", us.max, {"text": CHANGED, "revision": 1})
    late = ask("put", "/2", us.mia, {"text": AGREED, "revision": 1})
    assert late.status_code == 409
    assert late.json()["now"]["text"] == CHANGED
    assert Version.objects.get(number=2).text == CHANGED


def test_what_is_in_force_is_not_changed(us: Company) -> None:
    answer = ask("put", "/1", us.max, {"text": CHANGED, "revision": 1})
    assert (answer.status_code, answer.json()["now"]["state"]) == (409, "in_force")
    assert Version.objects.get(number=1).text == AGREED


def test_mistakes_come_back_with_their_place(us: Company) -> None:
    answer = ask("post", "", us.mia, {"text": "name: X\nsales_ready: {fitt: 3}\n"})
    assert answer.status_code == 422
    (issue,) = answer.json()["issues"]
    assert (issue["line"], "fitt" in issue["message"]) == (2, True)
    assert Version.objects.count() == 1


def test_a_key_may_what_its_person_may(us: Company) -> None:
    assert ask("get", "", us.sam).status_code == 200
    assert ask("post", "", us.sam, {"text": AGREED}).status_code == 403
    assert Version.objects.count() == 1


def test_a_key_opens_nothing_once_it_is_revoked_or_its_person_is_gone(us: Company) -> None:
    assert ask("get", "", us.mia).status_code == 200
    keys.revoke(PersonalKey.objects.get(), by=us.mia, at=NOW)
    assert ask("get", "", us.mia).status_code == 401
    token = keys.make(by=us.max, at=NOW, name="x")
    us.max.is_active = False
    us.max.save()
    headers = {"Authorization": f"Bearer {token}"}
    assert Client().get("/api/agreements", headers=headers).status_code == 401


def test_nobody_revokes_the_key_of_somebody_else(us: Company) -> None:
    token = keys.make(by=us.mia, at=NOW, name="mine")
    keys.revoke(PersonalKey.objects.get(), by=us.ada, at=NOW)
    assert keys.whose(token) == us.mia


def test_a_key_of_a_source_reads_no_agreement_and_a_personal_key_no_leads(us: Company) -> None:
    token = keys.make(by=us.ada, at=NOW, name="mine")
    headers = {"Authorization": f"Bearer {token}"}
    assert Client().get("/api/leads", headers=headers).status_code == 401


def test_a_draft_knows_whether_it_was_changed_meanwhile_in_the_page_too(us: Company) -> None:
    draft = agreements.draft(AGREED, by=us.mia, at=NOW)
    agreements.edit(draft, CHANGED, by=us.max, at=NOW)
    with pytest.raises(agreements.Overtaken):
        agreements.edit(draft, AGREED, by=us.mia, at=NOW, revision=1)
