"""Calendly: meetings that somebody booked.

The signature is `t=…,v1=…`: the hexadecimal HMAC-SHA256 of `{t}.{body}`. A meeting that is moved is
told as one that is canceled and one that is booked; both say so, and neither is a new request.
"""

from __future__ import annotations

from collections.abc import Iterator

from einig.connectors import signing
from einig.connectors.contract import Connector, Delivery, Heard, Setting, Settings
from einig.connectors.reading import at, filled, json_of, known_and_other, moment, needed, text, utm


class Calendly(Connector):
    """Meetings booked with Calendly."""

    kind = "calendly"
    name = "Calendly"
    settings = (
        Setting("secret", "Signing key of the subscription", secret=True, made_here=True,
                help="Give it as signing_key when you subscribe to the webhook."),
    )  # fmt: skip

    def verify(self, delivery: Delivery, settings: Settings) -> None:
        """See the contract."""
        said = delivery.headers.get("calendly-webhook-signature", "")
        parts = dict(part.strip().partition("=")[::2] for part in said.split(","))
        stamp = parts.get("t", "")
        right = signing.hex_of(settings["secret"], stamp.encode() + b"." + delivery.body)
        signing.same(parts.get("v1", ""), right)
        signing.is_recent(stamp, at=delivery.at)

    def id_of(self, delivery: Delivery) -> str:
        """See the contract."""
        given = json_of(delivery)
        parts = (text(given, "event"), text(given, "payload", "uri"))
        return signing.digest(" ".join(parts).encode()) if all(parts) else ""

    def read(self, delivery: Delivery, settings: Settings) -> Iterator[Heard]:
        """See the contract."""
        del settings
        given = json_of(delivery)
        event, booked = needed(given, "event"), at(given, "payload")
        if event not in {"invitee.created", "invitee.canceled"}:
            return
        is_moved = bool(text(booked, "old_invitee"))
        if event == "invitee.canceled" and at(booked, "rescheduled") is True:
            return
        activity = "meeting_rescheduled" if is_moved else "meeting_booked"
        asked = at(booked, "questions_and_answers")
        attributes, other = known_and_other(
            {text(one, "question"): text(one, "answer") for one in asked}
            if isinstance(asked, list)
            else {}
        )
        tracking = at(booked, "tracking")
        meeting = {
            "meeting": text(booked, "scheduled_event", "name"),
            "begins": text(booked, "scheduled_event", "start_time"),
        }
        who = {name: text(booked, name) for name in ("name", "first_name", "last_name", "email")}
        who["phone"] = text(booked, "text_reminder_number")
        uri = needed(booked, "uri")
        yield Heard(
            id=signing.digest(f"{event} {uri}".encode()),
            attributes=attributes | filled(who),
            activity=activity if event == "invitee.created" else "meeting_canceled",
            properties=filled(meeting) | other,
            at=moment(text(given, "created_at")),
            campaign=utm(tracking if isinstance(tracking, dict) else {}),
        )
