"""Typeform, as its documents describe it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

from einig.connectors.contract import Heard
from tests.connectors.senders.sending import Sends, sample

_SECRET = "a secret that Einig made up"  # of a test


def _proof(body: bytes, _url: str) -> dict[str, str]:
    signed = hmac.new(_SECRET.encode(), body, hashlib.sha256).digest()
    return {"typeform-signature": f"sha256={base64.b64encode(signed).decode()}"}


TYPEFORM = Sends(
    kind="typeform",
    settings={"secret": _SECRET},
    bodies=[sample("typeform", "answered.json")],
    proof=_proof,
    heard=[
        [
            Heard(
                id="3nk7q0v9l1x2c4d5e6f7g8h9",
                attributes={
                    "name": "Jörg Müller",
                    "email": "joerg.mueller@pumpen.example",
                    "phone": "+4989123456",
                    "industry": "Software",
                },
                activity="form_submitted",
                properties={"form": "Talk to us", "d0f4": "A quote, please"},
                at=datetime(2026, 3, 2, 8, 59, 40, tzinfo=UTC),
                campaign={"source": "linkedin", "name": "spring"},
            )
        ]
    ],
)
