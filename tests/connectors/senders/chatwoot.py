"""Chatwoot, as its documents describe it."""

from __future__ import annotations

import hashlib
import hmac
import time
from datetime import UTC, datetime

from einig.connectors.contract import Heard
from tests.connectors.senders.sending import Sends, sample

_SECRET = "secret of the webhook"  # of a test
_JOERG = {
    "name": "Jörg Müller",
    "email": "joerg.mueller@pumpen.example",
    "phone": "+4989123456",
    "company": "Pumpen GmbH & Co. KG",
    "city": "München",
}


def _proof(body: bytes, _url: str) -> dict[str, str]:
    stamp = str(int(time.time()))
    signed = hmac.new(_SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {
        "x-chatwoot-signature": f"sha256={signed}",
        "x-chatwoot-timestamp": stamp,
        "x-chatwoot-delivery": hashlib.sha256(body).hexdigest()[:36],
    }


CHATWOOT = Sends(
    kind="chatwoot",
    settings={"secret": _SECRET},
    bodies=[
        sample("chatwoot", f"{name}.json")
        for name in ("conversation_created", "message_created", "contact_updated")
    ],
    proof=_proof,
    heard=[
        [
            Heard(
                id="conversation-42",
                person="17",
                attributes={"name": "weathered-star-1"},
                activity="chat_started",
                properties={
                    "page": "https://www.example.com/pricing?utm_source=google",
                    "channel": "Channel::WebWidget",
                },
                at=datetime(2026, 3, 2, 8, 58, 0, tzinfo=UTC),
                campaign={"source": "google"},
            )
        ],
        [
            Heard(
                id="message-901",
                person="17",
                attributes=_JOERG,
                activity="chat_message_sent",
                properties={"message": "Was kostet das für 200 Leute?"},
                at=datetime(2026, 3, 2, 8, 58, 30, tzinfo=UTC),
            )
        ],
        [Heard(id="contact-17", person="17", attributes=_JOERG)],
    ],
)
