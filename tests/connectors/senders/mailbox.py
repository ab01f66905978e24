"""A mailbox: an inquiry, an automatic reply and an answer, as mail programs write them."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from einig.connectors.contract import Heard
from tests.connectors.senders.sending import Sends, sample

_WHO = {"email": "joerg.mueller@pumpen.example"}


def _id(message: str) -> str:
    return hashlib.sha256(f"<{message}@pumpen.example>".encode()).hexdigest()


MAILBOX = Sends(
    kind="mailbox",
    settings={"host": "127.0.0.1:1", "user": "info", "ours": "kolbe.example"},
    bodies=[sample("mailbox", f"{name}.eml") for name in ("inquiry", "away", "reply")],
    heard=[
        [
            Heard(
                id=_id("inquiry-1"),
                person=_WHO["email"],
                attributes=_WHO | {"name": "Jörg Müller"},
                activity="mail_received",
                properties={
                    "subject": "Anfrage für 200 Leute",
                    "message": "Guten Tag,\n\nwas kostet das für 200 Leute?",
                },
                at=datetime(2026, 3, 2, 8, 59, 40, tzinfo=UTC),
            )
        ],
        [],
        [
            Heard(
                id=_id("reply-1"),
                person=_WHO["email"],
                attributes=_WHO | {"name": "Müller, Jörg"},
                activity="mail_replied",
                properties={
                    "subject": "Re: Ihr Angebot",
                    "message": "Das passt, rufen Sie mich an.",
                },
                at=datetime(2026, 3, 2, 11, 10, tzinfo=UTC),
            )
        ],
    ],
    unknown=lambda body: b"X-Surprise: yes\r\n" + body,
    broken=lambda body: body.replace(b"From:", b"Form:"),
    is_fetched=True,
)
