"""Meta Lead Ads: a notification of ids, and what the Graph API answers."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime

from einig.connectors.contract import Heard
from tests.connectors.senders.sending import ANSWERS, Sends, sample, without

_SECRET = "secret of the app"  # of a test


def _proof(body: bytes, _url: str) -> dict[str, str]:
    signed = hmac.new(_SECRET.encode(), body, hashlib.sha256).hexdigest()
    return {"x-hub-signature-256": f"sha256={signed}"}


META_LEADS = Sends(
    kind="meta_leads",
    settings={
        "verify_token": "made up",
        "secret": _SECRET,
        "token": "the-token",
        "graph": ANSWERS,
    },
    bodies=[sample("meta_leads", "leadgen.json")],
    proof=_proof,
    answers={"/123123123123": sample("meta_leads", "answer.json")},
    heard=[
        [
            Heard(
                id="123123123123",
                attributes={
                    "name": "Jörg Müller",
                    "email": "joerg.mueller@pumpen.example",
                    "phone": "+4989123456",
                    "company": "Pumpen GmbH & Co. KG",
                },
                activity="lead_ad_submitted",
                properties={
                    "form": "12312312312",
                    "ad": "Pumpen, Video",
                    "wann_möchten_sie_kaufen?": "dieses_quartal",
                },
                at=datetime(2026, 3, 2, 8, 59, 45, tzinfo=UTC),
                campaign={"source": "ig", "name": "Frühjahr"},
            )
        ]
    ],
    broken=without("entry"),
)
