"""Google lead forms, as their documents describe them."""

from __future__ import annotations

from einig.connectors.contract import Heard
from tests.connectors.senders.sending import Sends, sample, without

GOOGLE_LEADS = Sends(
    kind="google_leads",
    settings={"key": "made-up-for-google"},
    bodies=[sample("google_leads", "submitted.json")],
    heard=[
        [
            Heard(
                id="TeSter-4f2a9d1c",
                attributes={
                    "name": "Jörg Müller",
                    "email": "joerg.mueller@pumpen.example",
                    "phone": "+4989123456",
                    "company": "Pumpen GmbH & Co. KG",
                },
                activity="lead_ad_submitted",
                properties={
                    "when_do_you_want_to_buy?": "In this quarter",
                    "form": "40000000000",
                },
                campaign={"source": "google", "name": "123456789", "click": "Cj0KCQiA"},
            )
        ]
    ],
    broken=without("lead_id"),
    forged=lambda body: body.replace(b"made-up-for-google", b"made-up-by-somebody"),
    says_when=False,
)
