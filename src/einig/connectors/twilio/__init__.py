"""Twilio voice: how calls go on, told to the status callback.

The signature is the base64 HMAC-SHA1 of the address and all parameters in the order of their names.
Statuses overtake each other; only the one that ends a call says what it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from einig.connectors import signing
from einig.connectors.calling import Call, heard, international
from einig.connectors.contract import (
    Connector,
    Delivery,
    Heard,
    Reply,
    Setting,
    Settings,
    Unreadable,
)
from einig.connectors.reading import form_of

_ENDED = {
    "completed": True, "no-answer": False, "busy": False, "failed": False, "canceled": False,
}  # fmt: skip


class Twilio(Connector):
    """Calls through Twilio."""

    kind = "twilio"
    name = "Twilio"
    settings = (
        Setting("token", "Auth token of the account", secret=True,
                help="At Twilio: Account, API keys and tokens."),
    )  # fmt: skip

    def verify(self, delivery: Delivery, settings: Settings) -> None:
        """See the contract."""
        said = "".join(name + value for name, value in sorted(set(form_of(delivery))))
        right = signing.base64_of(settings["token"], (delivery.url + said).encode(), how="sha1")
        signing.same(delivery.headers.get("x-twilio-signature", ""), right)

    def id_of(self, delivery: Delivery) -> str:
        """See the contract."""
        said = dict(form_of(delivery))
        parts = (said.get("CallSid"), said.get("CallStatus"))
        return ".".join(filter(None, parts)) if all(parts) else ""

    def read(self, delivery: Delivery, settings: Settings) -> Iterator[Heard]:
        """See the contract."""
        del settings
        said = dict(form_of(delivery))
        missing = [name for name in ("CallSid", "From", "To", "CallStatus") if not said.get(name)]
        if missing:
            raise Unreadable(f"{', '.join(missing)} missing")
        is_inbound = said.get("Direction", "inbound") == "inbound"
        seconds = said.get("CallDuration", "")
        theirs, ours = (said["From"], said["To"]) if is_inbound else (said["To"], said["From"])
        yield heard(
            Call(
                id=said["CallSid"],
                theirs=international(theirs),
                ours=ours,
                is_inbound=is_inbound,
                ended=_ENDED.get(said["CallStatus"]),
                seconds=seconds,
                at=_began(said.get("Timestamp", ""), seconds),
            )
        )

    def thanks(self, delivery: Delivery, settings: Settings) -> Reply:
        """See the contract."""
        return Reply(body="<Response/>", kind="text/xml; charset=utf-8")


def _began(ended: str, seconds: str) -> datetime | None:
    """Return when a call began, from when its last status was and how long it was."""
    try:
        at = parsedate_to_datetime(ended)
    except ValueError:
        return None
    long = int(seconds) if seconds.isdecimal() and len(seconds) < 7 else 0
    return at - timedelta(seconds=long) if at.tzinfo is not None else None
