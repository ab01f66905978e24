"""Sender by sender: who it is, twice, in any order, broken, again, and with what nobody expects.

The table of `docs/reference/senders.md` is made of what these tests said.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from einig.connectors.contract import Heard
from einig.connectors.registry import CONNECTORS
from einig.flow import deliveries
from einig.store.models import Delivery, Event, Fact, Lead, Received
from tests.connectors.delivering import answering, connected, sent, taken_in
from tests.connectors.senders import SENDERS
from tests.connectors.senders.sending import HOST, Sends
from tests.live import NOW, Company, company

pytestmark = pytest.mark.django_db
by_sender = pytest.mark.parametrize("sends", SENDERS.values(), ids=list(SENDERS))


@pytest.fixture
def us(settings: Any) -> Company:
    settings.ALLOWED_HOSTS = ["*"]
    return company()


@pytest.fixture(scope="module")
def asked() -> Iterator[str]:
    with answering() as address:
        yield address


def said(delivery: Delivery) -> list[Heard]:
    """Return what is heard in a delivery."""
    delivery.refresh_from_db()
    source = delivery.source
    return list(CONNECTORS[source.sender].read(deliveries.raw(delivery), source.settings))


def known(sends: Sends) -> dict[str, Any]:
    """Return what came of deliveries: leads, what they are and what they did."""
    when = ("at",) if sends.says_when else ()
    return {
        "leads": list(Lead.objects.order_by("id").values_list("company__name")),
        "events": Counter(Event.objects.values_list("type", "identity__key", *when)),
        "facts": set(Fact.objects.values_list("attribute", "value")),
        "failed": list(Received.objects.exclude(reason="").values_list("reason", flat=True)),
        "deliveries": Counter(Delivery.objects.values_list("reason")),
    }


def test_every_sender_has_its_samples() -> None:
    assert SENDERS.keys() == CONNECTORS.keys()


@by_sender
def test_verified(sends: Sends, us: Company, asked: str) -> None:
    connected(sends, asked)
    for body, heard in zip(sends.bodies, sends.heard, strict=True):
        assert sent(sends, body) in range(200, 400)
        kept = Delivery.objects.latest("id")
        assert bytes(kept.body) == body
        taken_in()
        told = said(kept)
        assert all(sends.is_numbered or one.id == kept.delivery_id for one in told)
        assert [one if sends.is_numbered else _unnamed(one) for one in told] == heard
    many, body = Delivery.objects.count(), sends.bodies[0]
    assert Client().post(f"/in/{sends.kind}/another-key", {"a": "b"}).status_code == 404
    if sends.is_fetched:
        assert Client().post(sends.address, body, content_type="message/rfc822").status_code == 401
    if sends.forged is not None:
        assert sent(sends, sends.forged(body)) == 401
    for proof in sends.proof(body, HOST + sends.address) if sends.proof is not None else ():
        if "delivery" not in proof:  # that one proves nothing
            assert sent(sends, body, **{proof: ""}) == 401
            assert sent(sends, body, **{proof: "sha256=0"}) == 401
    assert Delivery.objects.count() == many


@by_sender
def test_duplicate_delivery(sends: Sends, us: Company, asked: str) -> None:
    connected(sends, asked)
    for body in sends.bodies:
        assert sent(sends, body) in range(200, 400)
    taken_in()
    once = known(sends)
    for body in sends.bodies:
        assert sent(sends, body) in range(200, 400)
    taken_in()
    assert known(sends) == once
    assert Delivery.objects.count() == len(sends.bodies)


@by_sender
def test_out_of_order(sends: Sends, us: Company, asked: str) -> None:
    connected(sends, asked)
    ended = []
    for order in itertools.islice(itertools.permutations(sends.bodies), 24):
        with transaction.atomic():
            for body in order:
                sent(sends, body)
                taken_in()
            ended.append(known(sends))
            transaction.set_rollback(True)
    assert all(one == ended[0] for one in ended)


@by_sender
def test_malformed(sends: Sends, us: Company, asked: str) -> None:
    connected(sends, asked)
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
def test_replay(sends: Sends, us: Company, asked: str) -> None:
    source = connected(sends, asked)
    for body in sends.bodies:
        sent(sends, body)
    taken_in()
    once = known(sends)
    again = deliveries.read_again(source, only_failed=False, by=us.ada, at=NOW)
    assert again == len(sends.bodies)
    taken_in()
    assert known(sends) == once


@by_sender
def test_unknown_fields(sends: Sends, us: Company, asked: str) -> None:
    connected(sends, asked)
    for body, heard in zip(sends.bodies, sends.heard, strict=True):
        assert sent(sends, sends.unknown(body)) in range(200, 400)
        kept = Delivery.objects.latest("id")
        taken_in()
        assert [_gist(one) for one in said(kept)] == [_gist(one) for one in heard]


def _gist(one: Heard) -> tuple[Any, ...]:
    return one.person, one.attributes, one.activity, one.at


def _unnamed(one: Heard) -> Heard:
    return replace(one, id="")
