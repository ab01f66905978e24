"""Salesforce Web-to-Lead: a form built for Salesforce that sends here instead.

The form works without JavaScript, so whoever sent it is sent on to `retURL`, as long as that is a
page of the sites that were named: this address is no way to send people anywhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from einig.connectors.contract import (
    Connector,
    Delivery,
    Heard,
    Reply,
    Setting,
    Settings,
    Unreadable,
)
from einig.connectors.reading import campaign_of, filled, form_of, known_and_other

_OURS = frozenset(
    {"oid", "returl", "encoding", "debug", "debugemail", "submit", "captcha_settings"}
)
THANKS = "<!doctype html><meta charset=utf-8><title>Danke</title><p>Vielen Dank. Thank you."


class WebToLead(Connector):
    """Forms that were built for Salesforce."""

    kind = "web_to_lead"
    name = "Salesforce Web-to-Lead"
    settings = (
        Setting("oid", "Organisation (oid)", help="The hidden field oid of the form."),
        Setting("sites", "Sites that the form may lead back to",
                help="Host names such as www.example.com, with spaces between them."),
    )  # fmt: skip

    def verify(self, delivery: Delivery, settings: Settings) -> None:
        """See the contract."""

    def read(self, delivery: Delivery, settings: Settings) -> Iterator[Heard]:
        """See the contract."""
        del settings
        said: dict[str, str] = {}
        for name, value in form_of(delivery):
            if name.casefold() not in _OURS and value.strip():
                said[name] = f"{said[name]}, {value.strip()}" if name in said else value.strip()
        attributes, other = known_and_other(said)
        if not attributes:
            raise Unreadable("no field of the form says who it is")
        page = delivery.headers.get("referer", "")
        yield Heard(
            id=delivery.id,
            attributes=attributes,
            activity="form_submitted",
            properties=filled({"page": page}) | other,
            campaign=campaign_of(page),
        )

    def thanks(self, delivery: Delivery, settings: Settings) -> Reply:
        """See the contract."""
        try:
            target = dict(form_of(delivery)).get("retURL", "")
        except Unreadable:
            target = ""
        if leads_back(target, settings.get("sites", "")):
            return Reply(status=302, body="", kind="text/html; charset=utf-8", location=target)
        return Reply(body=THANKS, kind="text/html; charset=utf-8")


def leads_back(target: str, sites: str) -> bool:
    """Return whether an address is one of a page of the sites named."""
    try:
        parts = urlsplit(target)
        host = parts.hostname
    except ValueError:
        return False
    plain = target.isprintable() and "\\" not in target
    return plain and parts.scheme in {"http", "https"} and host in sites.casefold().split()
