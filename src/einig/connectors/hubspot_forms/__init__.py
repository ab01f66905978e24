"""HubSpot forms (v3): a form built for HubSpot that sends here instead.

Anybody may send, as at HubSpot: what is written into a form in a public page is no secret. The form
is known by its GUID. `legalConsentOptions` says which purposes were agreed to, with the text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from einig.connectors.contract import (
    Connector,
    Delivery,
    Heard,
    Reply,
    Setting,
    Settings,
    Unreadable,
)
from einig.connectors.reading import (
    at,
    campaign_of,
    filled,
    json_of,
    known_and_other,
    moment_of,
    text,
)

_COMPANY = "0-2"  # the object type whose `name` is that of the company


class HubSpotForms(Connector):
    """Forms that were built for HubSpot."""

    kind = "hubspot_forms"
    name = "HubSpot form"
    settings = (
        Setting("form", "GUID of the form", help="As it stands in the address the form sends to."),
        Setting("thanks", "What is said afterwards", required=False),
        Setting("redirect", "Page that is shown afterwards", required=False),
    )

    def verify(self, delivery: Delivery, settings: Settings) -> None:
        """See the contract."""

    def read(self, delivery: Delivery, settings: Settings) -> Iterator[Heard]:
        """See the contract."""
        given = json_of(delivery)
        fields = at(given, "fields")
        if not isinstance(fields, list) or not fields:
            raise Unreadable("fields are missing")
        attributes, other = known_and_other(
            {_name(one): text(one, "value") for one in fields if isinstance(one, dict)}
        )
        page = text(given, "context", "pageUri")
        yield Heard(
            id=delivery.id,
            person=text(given, "context", "hutk"),
            attributes=attributes,
            activity="form_submitted",
            properties=filled({"form": settings["form"], "page": page}) | other,
            at=moment_of(text(given, "submittedAt")),
            campaign=campaign_of(page),
            purposes=dict(_agreed(at(given, "legalConsentOptions", "consent"))),
        )

    def thanks(self, delivery: Delivery, settings: Settings) -> Reply:
        """See the contract."""
        if target := settings.get("redirect", ""):
            return Reply(body=json.dumps({"redirectUri": target}))
        said = settings.get("thanks", "") or "Vielen Dank. Thank you."
        return Reply(body=json.dumps({"inlineMessage": said}))


def _name(one: dict[str, Any]) -> str:
    name = text(one, "name")
    return "company" if text(one, "objectTypeId") == _COMPANY and name == "name" else name


def _agreed(consent: Any) -> Iterator[tuple[str, str]]:
    """Yield purposes that were agreed to, and the text that stood there."""
    if at(consent, "consentToProcess") is True:
        yield "process", text(consent, "text")
    told = at(consent, "communications")
    for one in told if isinstance(told, list) else []:
        if at(one, "value") is True:
            yield "mail", text(one, "text")
