"""A form built for Salesforce Web-to-Lead, as its documents describe what it sends."""

from __future__ import annotations

from einig.connectors.contract import Heard
from tests.connectors.senders.sending import FORM, Sends, sample

WEB_TO_LEAD = Sends(
    kind="web_to_lead",
    settings={"oid": "00D000000000001", "sites": "www.example.com"},
    path="/servlet/servlet.WebToLead?encoding=UTF-8",
    content_type=FORM,
    bodies=[sample("web_to_lead", "submitted.txt")],
    heard=[
        [
            Heard(
                id="",
                attributes={
                    "first_name": "Jörg",
                    "last_name": "Müller",
                    "company": "Pumpen GmbH",
                    "email": "joerg.mueller@pumpen.example",
                    "phone": "+4989123456",
                    "source": "Web",
                },
                activity="form_submitted",
                properties={"00N000000000123": "A quote, please"},
            )
        ]
    ],
    unknown=lambda body: body + b"&surprise=%C3%A4",
    broken=lambda _body: b"oid=00D000000000001&retURL=x&00N000000000123=%C3%A4",
    says_when=False,
    is_numbered=False,
)
