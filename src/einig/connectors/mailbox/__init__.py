"""A mailbox: mails that somebody wrote, read over IMAP as they came.

An inquiry is an activity of its sender; an answer to a mail of ours says so. What a machine wrote
(an automatic reply, a bounce, a newsletter) says nothing. A mail of a colleague of which a copy
went to this mailbox is an attempt to reach whoever it was sent to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime

from einig.connectors import signing
from einig.connectors.contract import (
    Connector,
    Delivery,
    Heard,
    Setting,
    Settings,
    Unreadable,
    Unverified,
)
from einig.connectors.reading import filled

_LONGEST = 2000  # characters of what somebody wrote
_AUTOMATIC = ("x-autoreply", "x-autorespond", "x-auto-response-suppress", "list-id")
_BY_MACHINES = frozenset({"bulk", "junk", "list", "auto_reply"})
_ANSWERED = re.compile(r"-----|________|.*\b(schrieb|wrote)\b.*:\s*$")
_NOBODY = ("mailer-daemon@", "postmaster@", "no-reply@", "noreply@", "donotreply@")


class Mailbox(Connector):
    """A mailbox that is read over IMAP; nobody delivers into it over HTTP."""

    kind = "mailbox"
    name = "Mailbox (IMAP)"
    settings = (
        Setting("host", "Server", help="Such as imap.example.com; with a port other than 993: "
                "imap.example.com:143. Without TLS only from this machine."),
        Setting("user", "User name"),
        Setting("password", "Password", secret=True, required=False),
        Setting("token", "Access token instead of a password (XOAUTH2)", secret=True,
                required=False),
        Setting("folder", "Folder", required=False, usual="INBOX"),
        Setting("ours", "Addresses of ours", required=False,
                help="Domains or addresses of colleagues, with spaces between them: what they send "
                "with a copy to this mailbox counts as an attempt."),
    )  # fmt: skip

    def verify(self, delivery: Delivery, settings: Settings) -> None:
        """Refuse: mails are fetched from the server whose password is known."""
        del delivery, settings
        raise Unverified("mails are read from the mailbox; nobody delivers them here")

    def id_of(self, delivery: Delivery) -> str:
        """Return the mail's own id: moved into another folder, it is the same mail."""
        said = str(_mail(delivery).get("Message-ID", "")).strip()
        return signing.digest(said.encode()) if said else ""

    def read(self, delivery: Delivery, settings: Settings) -> Iterator[Heard]:
        """See the contract."""
        mail = _mail(delivery)
        sender = _addresses(mail, "From")
        if not sender:
            raise Unreadable("From is missing")
        name, address = sender[0]
        if is_automatic(mail, address):
            return
        id_, at = self.id_of(delivery) or delivery.id, _date(mail)
        if _is_ours(address, settings):
            for _, to in _addresses(mail, "To", "Cc"):
                if not _is_ours(to, settings) and to != settings.get("user"):
                    yield Heard(
                        id=f"{id_}-{signing.digest(to.encode())[:8]}",
                        attributes={"email": to},
                        at=at,
                        attempt="mail",
                        is_contact=True,
                    )
            return
        is_reply = bool(mail.get("In-Reply-To") or mail.get("References"))
        yield Heard(
            id=id_,
            person=address,
            attributes=filled({"email": address, "name": name}),
            activity="mail_replied" if is_reply else "mail_received",
            properties=filled({"subject": str(mail.get("Subject", "")), "message": written(mail)}),
            at=at,
        )


def is_automatic(mail: EmailMessage, sender: str) -> bool:
    """Return whether a machine wrote a mail (RFC 3834), or tells of one that did not arrive."""
    submitted = str(mail.get("Auto-Submitted", "no")).casefold().partition(";")[0].strip()
    by_machine = str(mail.get("Precedence", "")).casefold().strip() in _BY_MACHINES
    bounced = str(mail.get("Return-Path", "")).strip() == "<>"
    report = mail.get_content_type() == "multipart/report"
    return (
        submitted != "no"
        or by_machine
        or bounced
        or report
        or any(mail.get(header) is not None for header in _AUTOMATIC)
        or sender.startswith(_NOBODY)
    )


def written(mail: EmailMessage) -> str:
    """Return what somebody wrote, without what they answered to."""
    part = mail.get_body(("plain",))
    if part is None:
        return ""
    try:
        text = str(part.get_content())
    except (LookupError, ValueError):
        text = bytes(part.get_payload(decode=True) or b"").decode("utf-8", "replace")
    lines = []
    for line in text.splitlines():
        if line == "-- " or _ANSWERED.match(line):  # what follows is a signature, or quoted
            break
        if not line.startswith(">"):
            lines.append(line.rstrip())
    return "\n".join(lines).strip()[:_LONGEST]


def _mail(delivery: Delivery) -> EmailMessage:
    found = message_from_bytes(delivery.body, policy=policy.default)
    if not found.keys():
        raise Unreadable("this is not a mail")
    return found


def _addresses(mail: EmailMessage, *headers: str) -> list[tuple[str, str]]:
    said = [str(value) for header in headers for value in mail.get_all(header, [])]
    return [(name, address.casefold()) for name, address in getaddresses(said) if "@" in address]


def _is_ours(address: str, settings: Settings) -> bool:
    ours = settings.get("ours", "").casefold().split()
    return address in ours or address.rpartition("@")[2] in ours


def _date(mail: EmailMessage) -> datetime | None:
    try:
        at = parsedate_to_datetime(str(mail.get("Date", "")))
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
