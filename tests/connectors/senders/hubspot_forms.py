"""A form built for HubSpot (v3), as its documents describe what it sends."""

from __future__ import annotations

from datetime import UTC, datetime

from einig.connectors.contract import Heard
from tests.connectors.senders.sending import Sends, sample

_FORM = "b2c1c3de-0000-4000-8000-a1b2c3d4e5f6"

HUBSPOT_FORMS = Sends(
    kind="hubspot_forms",
    settings={"form": _FORM},
    path=f"/submissions/v3/integration/submit/62515/{_FORM}",
    bodies=[sample("hubspot_forms", "submitted.json")],
    heard=[
        [
            Heard(
                id="",
                person="60c2ccdfe4892f0fa0593940b12c11aa",
                attributes={
                    "first_name": "Jörg",
                    "last_name": "Müller",
                    "email": "joerg.mueller@pumpen.example",
                    "company": "Pumpen GmbH & Co. KG",
                },
                activity="form_submitted",
                properties={
                    "form": _FORM,
                    "page": "https://www.example.com/demo?utm_source=newsletter&utm_campaign=spring",
                    "message": "A quote, please",
                },
                at=datetime(2026, 3, 2, 8, 59, 40, tzinfo=UTC),
                campaign={"source": "newsletter", "name": "spring"},
                purposes={
                    "process": "Sie dürfen meine Angaben verarbeiten.",
                    "mail": "Ich möchte Neuigkeiten per E-Mail.",
                },
            )
        ]
    ],
    is_numbered=False,
)
