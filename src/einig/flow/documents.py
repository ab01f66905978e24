"""Documents given against contact details: kept on disk, handed out by a link that runs out.

Whoever has the link sees a page with a button first, so that a program which opens every link of a
mail downloads nothing. A download is an activity of the lead that left its contact details.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Count

from einig.connectors.signing import digest
from einig.engine.instants import DAY, SECOND, iso
from einig.engine.values import legible
from einig.flow import audit, capture, mails, once
from einig.flow.permissions import require
from einig.store.models import Document, Event, Identity, Source, User

DOWNLOADED = "document_downloaded"
LARGEST = 25 * 1024 * 1024
VALID = 14 * DAY
FOLDER = "documents"
_ZIP = b"PK\x03\x04"
_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS: Mapping[str, tuple[str, bytes]] = {  # by the end of its name: media type, first bytes
    ".pdf": ("application/pdf", b"%PDF-"),
    ".docx": (f"{_OFFICE}.wordprocessingml.document", _ZIP),
    ".xlsx": (f"{_OFFICE}.spreadsheetml.sheet", _ZIP),
    ".pptx": (f"{_OFFICE}.presentationml.presentation", _ZIP),
    ".epub": ("application/epub+zip", _ZIP),
    ".zip": ("application/zip", _ZIP),
    ".png": ("image/png", b"\x89PNG\r\n"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
}
_SALT = "document"
_PATIENCE = 1800 * SECOND  # for a lead to be there that a document is mailed to


class TooLarge(Exception):
    """A document is larger than can be given away."""


class UnknownKind(Exception):
    """A document is of no kind that is given away, or its bytes are not what its name says."""


class NotYet(Exception):
    """Whoever asked for a document is no lead yet."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who may download what: `visitor` is under what they left their contact details."""

    document: Document
    source: Source
    visitor: str


def keep(name: str, file_name: str, parts: Iterable[bytes], *, by: User, at: int) -> Document:
    """Keep a document. Raises TooLarge or UnknownKind; then nothing of it is kept."""
    require(by, "edit_sources")
    end = Path(file_name).suffix.casefold()
    kind, begins = KINDS.get(end, ("", b""))
    if not kind:
        raise UnknownKind
    key = secrets.token_urlsafe(16)
    _folder().mkdir(parents=True, exist_ok=True)
    path = _folder() / key
    try:
        size = _write(path, parts, begins)
        with transaction.atomic():
            kept = Document.objects.create(
                name=name[:120],
                file_name=_safe(Path(file_name).stem) + end,
                kind=kind,
                size=size,
                key=key,
                at=at,
                by=by,
            )
            audit.record("document_kept", f"document:{kept.id}", at=at, by=by, size=size)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return kept


def withdraw(document: Document, *, by: User, at: int) -> None:
    """Give a document away no more; links that are out lead nowhere."""
    require(by, "edit_sources")
    with transaction.atomic():
        Document.objects.filter(id=document.id, withdrawn_at=None).update(withdrawn_at=at)
        audit.record("document_withdrawn", f"document:{document.id}", at=at, by=by)


def offered() -> list[Document]:
    """Return the documents that are given away, by name."""
    return list(Document.objects.filter(withdrawn_at=None).order_by("name", "id"))


def given(id_: int) -> Document | None:
    """Return a document that is given away."""
    return Document.objects.filter(id=id_, withdrawn_at=None).first() if id_ else None


def downloads() -> dict[str, int]:
    """Return how often each document was downloaded by leads, by name."""
    did = Event.objects.filter(type=DOWNLOADED, identity__lead__isnull=False)
    counted = did.order_by().values_list("properties__document").annotate(Count("id"))
    return dict(counted)


def path(document: Document) -> Path:
    """Return where the bytes of a document lie."""
    return _folder() / document.key


# --- the link ---------------------------------------------------------------------------------


def token(ticket: Ticket, *, at: int) -> str:
    """Return what a link holds; it says nothing about the lead."""
    told = [ticket.document.id, ticket.source.id, ticket.visitor, at + VALID]
    return signing.dumps(told, salt=_SALT, compress=True)


def ticket(token: str, *, at: int) -> Ticket | None:
    """Return what a link allows; None if it is not one of ours, too old, or withdrawn."""
    try:
        document_id, source_id, visitor, until = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    document, source = given(document_id), Source.objects.filter(id=source_id).first()
    if document is None or source is None or at >= until or not path(document).exists():
        return None
    return Ticket(document, source, visitor)


def downloaded(of: Ticket, *, id_: str | None, at: int) -> None:
    """Write down that somebody downloads a document; `id_` is the same for a second click."""
    told = {
        "type": "track",
        "event": DOWNLOADED,
        "messageId": f"document-{id_ or secrets.token_hex(16)}",
        "anonymousId": of.visitor,
        "timestamp": iso(at),
        "properties": {"document": of.document.name},
    }
    capture.receive([told], source=of.source, at=at)


def send(asked: Mapping[str, object], *, at: int, id_: str) -> bool:
    """Mail somebody the link to what they asked for, once they are a lead; false if that is not so.

    The same document goes to an address once a day. Raises NotYet.
    """
    visitor, address = str(asked["visitor"]), str(asked["address"])
    document = given(int(str(asked["document"])))
    source = Source.objects.filter(id=int(str(asked["source"]))).first()
    who = Identity.objects.select_related("lead").filter(key=f"anon:{visitor}").first()
    if document is None or source is None:
        return False
    if who is None or who.lead is None:
        if at < int(str(asked["at"])) + _PATIENCE:
            raise NotYet
        return False  # no person's doing, as far as can be told
    key = f"document:{document.id}:{digest(address.casefold().encode())}:{at // DAY}"
    if not once.begin(key, at=at):
        return False
    link = f"{settings.URL}/f/document/{token(Ticket(document, source, visitor), at=at)}"
    mails.send_document(who.lead, document.name, link, address, str(asked["spoken"]), id_=id_)
    return True


# --- on disk ----------------------------------------------------------------------------------


def _folder() -> Path:
    home: Path = settings.HOME
    return home / FOLDER


def _write(path: Path, parts: Iterable[bytes], begins: bytes) -> int:
    """Write a document as it comes, and return its size. Raises TooLarge or UnknownKind."""
    size, first = 0, b""
    with path.open("wb") as out:
        for part in parts:
            first = (first + part)[:16] if len(first) < 16 else first
            size += len(part)
            if size > LARGEST:
                raise TooLarge
            out.write(part)
    if not first.startswith(begins):
        raise UnknownKind
    return size


def _safe(stem: str) -> str:
    """Return a name that is one on every system."""
    return re.sub(r"[^\w .()-]+", "_", legible(stem)).strip(" .")[:80] or "document"
