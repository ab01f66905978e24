"""Mailboxes: new mails are fetched over IMAP and kept as they came, each once."""

from __future__ import annotations

import contextlib
import imaplib
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import transaction

from einig.connectors.contract import Delivery as Raw
from einig.engine.instants import DAY, SECOND
from einig.flow import deliveries, tasks
from einig.store.models import Source, Task

EVERY = 60 * SECOND
LARGEST = 20 * 1024 * 1024  # a mail that is larger stays in the mailbox
_AT_ONCE = 200
_PATIENCE = 30.0  # seconds
_NEAR = frozenset({"127.0.0.1", "localhost", "::1"})


class NoMailbox(Exception):
    """A mailbox cannot be read; the message says why, and holds no secret."""


def due(at: int) -> None:
    """Have every mailbox read once in each minute; of earlier times nothing needs to be kept."""
    Task.objects.filter(kind="mailbox", done_at__lt=at - DAY).delete()
    for source in Source.objects.filter(sender="mailbox", active=True).values_list("id", flat=True):
        tasks.schedule("mailbox", f"{source}:{at // EVERY}", due_at=at, source=source)


def fetch(source_id: int, *, clock: Callable[[], int]) -> int:
    """Keep what is new in a mailbox; return how many mails that were.

    What went wrong stands on the page of the source; the next minute is the next try.
    """
    source = Source.objects.get(id=source_id)
    many, problem = 0, ""
    try:
        with _open(source) as mailbox:
            for uid, body in _new(mailbox, source):
                raw = Raw(body=body, at=clock(), url=f"imap:{uid}")
                many += deliveries.keep(raw, source=source) is not None
                _remember(source, seen=uid)
    except (NoMailbox, imaplib.IMAP4.error, OSError) as error:
        problem = str(error)[:200] or type(error).__name__
    if source.settings.get("problem", "") != problem:
        _remember(source, problem=problem)
    return many


@contextmanager
def _open(source: Source) -> Iterator[imaplib.IMAP4]:
    """Open a mailbox at its folder, for reading only; whatever happens, it is left again."""
    settings = source.settings
    mailbox = _reached(settings["host"])
    try:
        user, token = settings["user"], settings.get("token", "")
        if token:
            said = f"user={user}\x01auth=Bearer {token}\x01\x01".encode()
            mailbox.authenticate("XOAUTH2", lambda _asked: said)
        else:
            mailbox.login(user, settings.get("password", ""))
        folder = settings.get("folder") or "INBOX"
        status, _told = mailbox.select(f'"{folder}"', readonly=True)
        if status != "OK":
            raise NoMailbox(f"there is no folder {folder!r}")
        yield mailbox
    finally:
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            mailbox.logout()


def _reached(at: str) -> imaplib.IMAP4:
    """Return a connection, encrypted unless the server is this machine."""
    host, _, port = at.partition(":")
    if not port or port == "993":
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(host, 993, ssl_context=context, timeout=_PATIENCE)
    if host not in _NEAR or not port.isdecimal():
        raise NoMailbox("without TLS a mailbox is read from this machine only")
    return imaplib.IMAP4(host, int(port), timeout=_PATIENCE)


def _new(mailbox: imaplib.IMAP4, source: Source) -> Iterator[tuple[str, bytes]]:
    """Yield what came since the last look: each mail, and an id that no other one ever gets."""
    validity = _text(mailbox.response("UIDVALIDITY")[1])
    known, _, last = source.settings.get("seen", "").partition(".")
    first = int(last) + 1 if known == validity and last.isdecimal() else 1
    _status, told = mailbox.uid("SEARCH", f"UID {first}:*")
    uids = sorted(uid for uid in map(int, _text(told).split()) if uid >= first)
    for uid in uids[:_AT_ONCE]:
        _status, sized = mailbox.uid("FETCH", str(uid), "(RFC822.SIZE)")
        size = re.search(rb"RFC822\.SIZE (\d+)", sized[0] if isinstance(sized[0], bytes) else b"")
        if size is None or int(size[1]) > LARGEST:
            continue
        _status, parts = mailbox.uid("FETCH", str(uid), "(BODY.PEEK[])")
        body = next((part[1] for part in parts if isinstance(part, tuple)), None)
        if body is not None:
            yield f"{validity}.{uid}", body


def _remember(source: Source, **what: str) -> None:
    """Keep where a mailbox was left; its settings may have been changed meanwhile."""
    with transaction.atomic():
        now = Source.objects.select_for_update().get(id=source.id)
        source.settings = now.settings | what
        Source.objects.filter(id=source.id).update(settings=source.settings)


def _text(told: object) -> str:
    first = told[0] if isinstance(told, list) and told else b""
    return first.decode("ascii", "replace") if isinstance(first, bytes) else ""
