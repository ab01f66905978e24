"""Delivering to Einig in a test, as senders do it, and letting the worker do what is due."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from django.test import Client

from einig.connectors.contract import Delivery as Raw
from einig.flow import deliveries, fetching, journey
from einig.store.models import Source, Task
from tests.connectors.senders import SENDERS
from tests.connectors.senders.sending import ANSWERS, HOST, KEY, Sends
from tests.live import NOW


@contextmanager
def answering() -> Iterator[str]:
    """Let senders answer what they are asked, to whoever has the token; yield where."""

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
        name=sends.kind,
        kind="sender",
        sender=sends.kind,
        key=f"{KEY}-{sends.kind}",
        settings=settings,
    )


def sent(sends: Sends, body: bytes, **other: str) -> int:
    """Send a delivery; return the status of the answer. A mail is fetched, as `mailboxes` does."""
    if sends.is_fetched:
        source = Source.objects.get(sender=sends.kind)
        deliveries.keep(Raw(body=body, at=NOW), source=source)
        return 200
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
