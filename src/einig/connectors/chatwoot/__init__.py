"""Chatwoot: chats, their messages, and what becomes known of whoever writes.

The signature is `sha256=` and the hexadecimal HMAC-SHA256 of `{timestamp}.{body}`. Releases that do
not sign yet are known by the address alone: leave the secret empty for those.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from einig.connectors import signing
from einig.connectors.contract import Connector, Delivery, Heard, Setting, Settings
from einig.connectors.reading import (
    at,
    campaign_of,
    filled,
    json_of,
    moment,
    moment_of,
    needed,
    text,
)

_PLACES = {"company_name": "company", "city": "city", "country": "country"}


class Chatwoot(Connector):
    """Chats in Chatwoot."""

    kind = "chatwoot"
    name = "Chatwoot"
    settings = (
        Setting("secret", "Secret of the webhook", secret=True, required=False,
                help="At Chatwoot: Settings, Integrations, Webhooks. Leave it empty where there "
                "is none."),
    )  # fmt: skip

    def verify(self, delivery: Delivery, settings: Settings) -> None:
        """See the contract."""
        if not settings.get("secret"):
            return
        stamp = delivery.headers.get("x-chatwoot-timestamp", "")
        signed = stamp.encode() + b"." + delivery.body
        right = "sha256=" + signing.hex_of(settings["secret"], signed)
        signing.same(delivery.headers.get("x-chatwoot-signature", ""), right)
        signing.is_recent(stamp, at=delivery.at)

    def id_of(self, delivery: Delivery) -> str:
        """See the contract."""
        return delivery.headers.get("x-chatwoot-delivery", "")

    def read(self, delivery: Delivery, settings: Settings) -> Iterator[Heard]:
        """See the contract."""
        del settings
        given = json_of(delivery)
        event = needed(given, "event")
        if event in {"contact_created", "contact_updated"}:
            yield _said(given, id=f"contact-{needed(given, 'id')}")
        elif event == "conversation_created":
            page = text(given, "additional_attributes", "referer")
            yield _said(
                at(given, "meta", "sender"),
                id=f"conversation-{needed(given, 'id')}",
                activity="chat_started",
                properties=filled({"page": page, "channel": text(given, "channel")}),
                when=_when(given),
                campaign=campaign_of(page),
            )
        elif event == "message_created" and text(given, "message_type") in {"incoming", "0"}:
            yield _said(
                at(given, "sender"),
                id=f"message-{needed(given, 'id')}",
                activity="chat_message_sent",
                properties=filled({"message": text(given, "content")}),
                when=_when(given),
            )


def _said(
    contact: Any,
    *,
    id: str,  # noqa: A002  # as the contract names it
    activity: str = "",
    properties: dict[str, str] | None = None,
    when: datetime | None = None,
    campaign: dict[str, str] | None = None,
) -> Heard:
    """Return what somebody in a chat did, and what is known of them."""
    known = {
        "name": text(contact, "name"),
        "email": text(contact, "email"),
        "phone": text(contact, "phone_number"),
    }
    places = {
        name: text(contact, "additional_attributes", place) for place, name in _PLACES.items()
    }
    return Heard(
        id=id,
        person=needed(contact, "id"),
        attributes=filled(known | places),
        activity=activity,
        properties=properties or {},
        at=when,
        campaign=campaign or {},
    )


def _when(given: Any) -> datetime | None:
    said = text(given, "created_at")
    return moment_of(said) or moment(said)
