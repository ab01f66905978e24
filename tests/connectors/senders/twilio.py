"""Twilio, signed by its own library."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator

from einig.connectors.contract import Heard
from tests.connectors.senders.sending import FORM, Sends, sample

_TOKEN = "auth token of the account"  # of a test
_CALLS = Heard(
    id="CA6d3f.begun",
    person="+4989123456",
    attributes={"phone": "+4989123456"},
    is_contact=True,
)


def _proof(body: bytes, url: str) -> dict[str, str]:
    said = dict(parse_qsl(body.decode(), keep_blank_values=True))
    return {"x-twilio-signature": RequestValidator(_TOKEN).compute_signature(url, said)}


TWILIO = Sends(
    kind="twilio",
    settings={"token": _TOKEN},
    content_type=FORM,
    library="twilio",
    bodies=[sample("twilio", name) for name in ("ringing.txt", "in-progress.txt", "completed.txt")],
    proof=_proof,
    heard=[
        [_CALLS],
        [_CALLS],
        [
            replace(
                _CALLS,
                id="CA6d3f.ended",
                activity="call_answered",
                properties={"to": "+49301234567", "seconds": "95"},
                at=datetime(2026, 3, 2, 9, 0, 5, tzinfo=UTC),
            )
        ],
    ],
    unknown=lambda body: body + b"&Surprise=%C3%A4",
    broken=lambda body: body.replace(b"CallStatus=", b"CallState="),
)
