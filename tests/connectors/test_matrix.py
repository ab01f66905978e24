"""Sender by sender: who it is, twice, in any order, broken, again, and with what nobody expects.

The table of `docs/reference/senders.md` is made of what these tests said.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from einig.connectors.contract import Heard
from einig.connectors.registry import CONNECTORS
from einig.flow import deliveries, fetching, journey
from einig.store.models import Delivery, Event, Fact, Lead, Received, Source, Task
from tests.connectors.senders import SENDERS
from tests.connectors.senders.sending import ANSWERS, HOST, KEY, Sends
from tests.live import NOW, Company, company

pytestmark = pytest.mark.django_db
by_sender = pytest.mark.parametrize("sends", SENDERS.values(), ids=list(SENDERS))


@pytest.fixture
def us(settings: Any) -> Company:
    settings.ALLOWED_HOSTS = ["*"]
    return company()


@pytest.fixture(scope="module")
def asked() -> Iterator[str]:
    """Return where senders answer what they are asked, to whoever has the token."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # as the library names it
            path, _, query = self.path.partition("?")
            allowed = "the-token" in self.headers.get("Authorization", "") + query
            found = {path: body for one in SENDERS.values() for path, body in one.answers.items()}
            body = found.get(path) if allowed else None
            self.send_response(200 if body is not None else 401)
            self.end_headers()
            self.wfile.write(body or b"{}")

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def connected(sends: Sends, asked: str) -> Source:
    """Return the source that this sender delivers to."""
    settings = {name: of.replace(ANSWERS, asked) for name, of in sends.settings.items()}
    return Source.objects.create(
        name=sends.kind, kind="sender", sender=sends.kind, key=KEY, settings=settings
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
    while True:
        busy = deliveries.understand_waiting(at=NOW) + journey.take_in_waiting()
        for task in Task.objects.filter(kind="fetch", done_at=None):
            fetching.fetch(task.payload["delivery"])
            Task.objects.filter(id=task.id).update(done_at=NOW)
            busy += 1
        if not busy:
            return


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
