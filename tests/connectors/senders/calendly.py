"""Calendly, as its documents describe it: a meeting is booked, then moved."""

from __future__ import annotations

import hashlib
import hmac
import time
from datetime import UTC, datetime

from einig.connectors.contract import Heard
from tests.connectors.senders.sending import Sends, sample

_SECRET = "signing key of the subscription"  # of a test
_WHO = {
    "company": "Pumpen GmbH & Co. KG",
    "name": "Jörg Müller",
    "first_name": "Jörg",
    "last_name": "Müller",
    "email": "joerg.mueller@pumpen.example",
    "phone": "+49 89 123456",
}
_INVITEE = "https://api.calendly.com/scheduled_events/{0}/invitees/{1}"


def _proof(body: bytes, _url: str) -> dict[str, str]:
    stamp = str(int(time.time()))
    signed = hmac.new(_SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"calendly-webhook-signature": f"t={stamp},v1={signed}"}


def _booked(activity: str, invitee: str, at: datetime, begins: str) -> Heard:
    return Heard(
        id=hashlib.sha256(f"invitee.created {invitee}".encode()).hexdigest(),
        attributes=_WHO,
        activity=activity,
        properties={"meeting": "Demo", "begins": begins, "Worum geht es?": "Ein Angebot"},
        at=at,
        campaign={"name": "spring", "source": "newsletter"},
    )


CALENDLY = Sends(
    kind="calendly",
    settings={"secret": _SECRET},
    bodies=[
        sample("calendly", f"{name}.json")
        for name in ("invitee_created", "invitee_created_moved", "invitee_canceled_moved")
    ],
    proof=_proof,
    heard=[
        [
            _booked(
                "meeting_booked",
                _INVITEE.format("E1", "I1"),
                datetime(2026, 3, 2, 8, 59, 50, tzinfo=UTC),
                "2026-03-04T10:00:00.000000Z",
            )
        ],
        [
            _booked(
                "meeting_rescheduled",
                _INVITEE.format("E2", "I2"),
                datetime(2026, 3, 2, 9, 20, tzinfo=UTC),
                "2026-03-05T10:00:00.000000Z",
            )
        ],
        [],
    ],
)
