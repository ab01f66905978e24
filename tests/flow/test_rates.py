"""Rates: what a source may send within a minute, and when the next may come."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from django.test import Client

from einig.engine.instants import SECOND
from einig.flow import rates
from einig.store.models import Pace, Received, Source
from tests.live import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> Source:
    """A source that may send three messages a minute."""
    return Source.objects.create(name="Chat", kind="webhook", key="chat", per_minute=3)


def test_the_fourth_of_a_minute_waits_until_the_first_is_a_minute_old(source: Source) -> None:
    told = [rates.wait(source, at=NOW + second * SECOND) for second in (0, 12, 25, 40)]
    assert told == [0, 0, 0, 20]
    assert rates.wait(source, at=NOW + 59 * SECOND) == 1
    assert rates.wait(source, at=NOW + 60 * SECOND) == 0
    assert rates.wait(source, at=NOW + 61 * SECOND) == 9


def test_what_has_to_wait_makes_nobody_wait_longer(source: Source) -> None:
    for second in range(60):
        rates.wait(source, at=NOW + second * SECOND)
    assert rates.wait(source, at=NOW + 60 * SECOND) == 0


def test_sources_do_not_wait_for_each_other(source: Source) -> None:
    other = Source.objects.create(name="Other", kind="form", key="other", per_minute=1)
    assert [rates.wait(other, at=NOW), rates.wait(other, at=NOW)] == [0, 60]
    assert rates.wait(source, at=NOW) == 0


def test_a_source_that_may_send_nothing_sends_nothing(source: Source) -> None:
    Source.objects.update(per_minute=0)
    source.refresh_from_db()
    assert rates.wait(source, at=NOW) == 60


def test_what_is_counted_does_not_grow(source: Source) -> None:
    for minute in range(20):
        rates.wait(source, at=NOW + minute * 60 * SECOND)
    assert Pace.objects.count() <= 3


def test_a_webhook_that_sends_too_much_is_told_when_to_come_again(source: Source) -> None:
    source.secret = "s"  # of this test
    source.mapping = {"id": "id", "attributes": {"email": "email"}}
    source.save()
    answers = []
    for n in range(4):
        body = f'{{"id": "{n}", "email": "a{n}@x.example"}}'.encode()
        signed = "sha256=" + hmac.new(b"s", body, hashlib.sha256).hexdigest()
        headers = {"X-Einig-Signature": signed}
        answers.append(
            Client().post("/hooks/chat", body, content_type="application/json", headers=headers)
        )
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 50 <= int(answers[3]["Retry-After"]) <= 60
    assert Received.objects.count() == 3
