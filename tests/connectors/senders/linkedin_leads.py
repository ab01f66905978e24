"""LinkedIn lead forms: a notification, then the response and the form it belongs to."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime

from einig.connectors.contract import Heard
from tests.connectors.senders.sending import ANSWERS, Sends, sample, without

_SECRET = "client secret"  # of a test
_RESPONSE = "8f1f1c9a-5c35-4b1c-9d52-0c2c6bdb9b0d"


def _proof(body: bytes, _url: str) -> dict[str, str]:
    signed = hmac.new(_SECRET.encode(), b"hmacsha256=" + body, hashlib.sha256).hexdigest()
    return {"x-li-signature": signed}


LINKEDIN_LEADS = Sends(
    kind="linkedin_leads",
    settings={"secret": _SECRET, "token": "the-token", "api": ANSWERS},
    bodies=[sample("linkedin_leads", "lead_action.json")],
    proof=_proof,
    answers={
        f"/leadFormResponses/{_RESPONSE}": sample("linkedin_leads", "response.json"),
        "/leadForms/7012": sample("linkedin_leads", "form.json"),
    },
    heard=[
        [
            Heard(
                id=_RESPONSE,
                attributes={
                    "first_name": "Jörg",
                    "last_name": "Müller",
                    "email": "joerg.mueller@pumpen.example",
                    "company": "Pumpen GmbH & Co. KG",
                },
                activity="lead_ad_submitted",
                properties={"form": "Angebot anfordern", "Wann kaufen Sie?": "dieses Quartal"},
                at=datetime(2026, 3, 2, 8, 59, 45, tzinfo=UTC),
                campaign={"source": "linkedin", "name": "urn:li:sponsoredCampaign:337643194"},
            )
        ]
    ],
    broken=without("leadGenFormResponse"),
)
