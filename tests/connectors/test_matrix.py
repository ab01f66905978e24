"""Sender by sender: who it is, twice, in any order, broken, again, and with what nobody expects.

The table of `docs/reference/senders.md` is made of what these tests said.
"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from einig.connectors.registry import CONNECTORS
from einig.flow import deliveries, journey
from einig.store.models import Delivery, Event, Fact, Lead, Received, Source
from tests.connectors.senders import SENDERS
from tests.connectors.senders.sending import HOST, KEY, Sends
from tests.live import Company, company

pytestmark = pytest.mark.django_db
by_sender = pytest.mark.parametrize("sends", SENDERS.values(), ids=list(SENDERS))


@pytest.fixture
def us(settings: Any) -> Company:
    settings.ALLOWED_HOSTS = ["*"]
    return company()


def connected(sends: Sends) -> Source:
    """Return the source that this sender delivers to."""
    return Source.objects.create(
        name=sends.kind, kind="sender", sender=sends.kind, key=KEY, settings=dict(sends.settings)
    )


def sent(sends: Sends, body: bytes, **other: str) -> int:
    """Send a delivery; return the status of the answer."""
    headers = sends.headers(body) | other
    kind = headers.pop("content-type")
    browser = Client(headers=headers)
    answer = browser.post(sends.address, body, content_type=kind, SERVER_NAME=HOST[8:], secure=True)
    return answer.status_code


def taken_in() -> None:
    """Let the worker do what is due."""
    while deliveries.understand_waiting() or journey.take_in_waiting():
        pass


def known() -> dict[str, Any]:
    """Return what came of deliveries: leads, what they are and what they did."""
    return {
        "leads": Lead.objects.count(),
        "events": Counter(
            Event.objects.values_list("type", "at", "identity__lead", "identity__key")
        ),
        "facts": set(Fact.objects.values_list("attribute", "value")),
        "failed": list(Received.objects.exclude(reason="").values_list("reason", flat=True)),
    }


def test_every_sender_has_its_samples() -> None:
    assert SENDERS.keys() == CONNECTORS.keys()


@by_sender
def test_verified(sends: Sends, us: Company) -> None:
    source = connected(sends)
    connector = CONNECTORS[sends.kind]
    for body, heard in zip(sends.bodies, sends.heard, strict=True):
        assert sent(sends, body) in range(200, 400)
        kept = Delivery.objects.latest("id")
        assert bytes(kept.body) == body
        assert list(connector.read(deliveries.raw(kept), source.settings)) == heard
    many = Delivery.objects.count()
    assert Client().post(f"/in/{sends.kind}/another-key", {"a": "b"}).status_code == 404
    if sends.proof is not None:
        body = sends.bodies[0]
        for proofless in sends.proof(body, HOST + sends.address):
            assert sent(sends, body, **{proofless: ""}) == 401
            assert sent(sends, body, **{proofless: "sha256=0"}) == 401
    assert Delivery.objects.count() == many


@by_sender
def test_duplicate_delivery(sends: Sends, us: Company) -> None:
    connected(sends)
    for body in sends.bodies:
        assert sent(sends, body) in range(200, 400)
    taken_in()
    once = known()
    for body in sends.bodies:
        assert sent(sends, body) in range(200, 400)
    taken_in()
    assert known() == once
    assert Delivery.objects.count() == len(sends.bodies)


@by_sender
def test_out_of_order(sends: Sends, us: Company) -> None:
    connected(sends)
    ended = []
    for order in itertools.islice(itertools.permutations(sends.bodies), 24):
        with transaction.atomic():
            for body in order:
                sent(sends, body)
                taken_in()
            ended.append(known())
            transaction.set_rollback(True)
    assert all(one == ended[0] for one in ended)


@by_sender
def test_malformed(sends: Sends, us: Company) -> None:
    connected(sends)
    body = sends.bodies[-1]
    assert sent(sends, sends.broken(body)) in range(200, 400)
    taken_in()
    (kept,) = Delivery.objects.all()
    assert (kept.reason != "", kept.understood_at, Lead.objects.count()) == (True, None, 0)
    deliveries.mend(kept, body.decode(), by=us.ada, at=kept.at)
    taken_in()
    kept.refresh_from_db()
    assert (kept.reason, kept.said) == ("", len(sends.heard[-1]))


@by_sender
def test_replay(sends: Sends, us: Company) -> None:
    source = connected(sends)
    for body in sends.bodies:
        sent(sends, body)
    taken_in()
    once = known()
    assert deliveries.read_again(source, only_failed=False, by=us.ada, at=0) == len(sends.bodies)
    taken_in()
    assert known() == once


@by_sender
def test_unknown_fields(sends: Sends, us: Company) -> None:
    source = connected(sends)
    connector = CONNECTORS[sends.kind]
    for body, heard in zip(sends.bodies, sends.heard, strict=True):
        assert sent(sends, sends.unknown(body)) in range(200, 400)
        kept = Delivery.objects.latest("id")
        assert [
            (one.id, one.attributes, one.activity, one.at)
            for one in connector.read(deliveries.raw(kept), source.settings)
        ] == [(one.id, one.attributes, one.activity, one.at) for one in heard]
