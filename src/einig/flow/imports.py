"""Imports: leads from a CSV file, whatever its columns are called; nothing is guessed silently."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from einig.engine.values import fold
from einig.flow import audit, capture
from einig.flow.contact import details
from einig.flow.organisation import organisation
from einig.flow.permissions import require
from einig.store.models import Received, User

LARGEST = 20 * 1024 * 1024
MEANINGS = (
    "", "name", "first_name", "last_name", "email", "phone", "company", "title", "industry",
    "employees", "country", "city", "source", "campaign",
)  # fmt: skip
_KNOWN = {
    "vorname": "first_name", "first name": "first_name", "firstname": "first_name",
    "nachname": "last_name", "last name": "last_name", "lastname": "last_name",
    "name": "name", "e-mail": "email", "email": "email", "mail": "email", "e-mail-adresse": "email",
    "telefon": "phone", "phone": "phone", "phone number": "phone", "mobile": "phone",
    "firma": "company", "company": "company", "company / account": "company",
    "unternehmen": "company", "position": "title", "title": "title", "job title": "title",
    "branche": "industry", "industry": "industry", "mitarbeiter": "employees",
    "employees": "employees", "land": "country", "country": "country", "ort": "city",
    "city": "city",
    "quelle": "source", "lead source": "source", "leadsource": "source",
    "original source": "source", "kampagne": "campaign", "campaign": "campaign",
}  # fmt: skip


class Unreadable(Exception):
    """A file cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The columns of a file, what each seems to mean, and its first rows."""

    columns: list[str]
    meanings: list[str]
    rows: list[list[str]]
    count: int


def decoded(content: bytes) -> str:
    """Return the text of a file, in UTF-8 or as Excel on Windows writes it."""
    if len(content) > LARGEST:
        raise Unreadable(_("The file is larger than 20 MB."))
    if content[:2] == b"PK":
        raise Unreadable(_("This is an Excel file. Save it as CSV, then try again."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    if not text.strip():
        raise Unreadable(_("The file is empty."))
    return text.replace("\x00", "")


def preview(text: str) -> Preview:
    """Return what a file seems to say. Raises Unreadable."""
    columns, rows = _read(text)
    meanings = [_KNOWN.get(fold(name), "") for name in columns]
    return Preview(columns, meanings, rows[:5], len(rows))


def bring_in(text: str, columns: Mapping[str, str], *, by: User, at: int) -> tuple[int, int]:
    """Keep each row as a message, and return how many can be used and how many cannot.

    `columns` says what each column means; those that mean nothing stay out. A row without any way
    to reach somebody, or with the wrong number of cells, is kept with the reason.
    """
    require(by, "import_leads")
    names, rows = _read(text)
    source, country = capture.source_of("import"), organisation().country
    good: list[Received] = []
    bad: list[Received] = []
    for n, row in enumerate(rows):
        cells = dict(zip(names, row, strict=False))
        said = {columns.get(k) or "": v.strip() for k, v in cells.items() if v.strip()}
        said.pop("", None)
        message = capture.somebody(attributes=said, activity=None, at=at)[0]
        reason = ""
        if len(row) != len(names):
            reason = f"row {n + 2} has {len(row)} cells instead of {len(names)}"
        elif not list(details(said, country)):
            reason = f"row {n + 2} has neither a usable email nor a phone number"
        whole = {"row": row} if reason else {}  # also cells that have no column
        body = json.dumps(message | whole, ensure_ascii=False)
        kept = Received(source=source, body=body, at=at + n, reason=reason)
        (bad if reason else good).append(kept)
    with transaction.atomic():
        Received.objects.bulk_create([*good, *bad], batch_size=500)
        audit.record("imported", "import", at=at, by=by, rows=len(good), set_aside=len(bad))
    return len(good), len(bad)


def _read(text: str) -> tuple[list[str], list[list[str]]]:
    head = text[:20_000].splitlines()[0]
    delimiter = max(";,\t", key=head.count)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise Unreadable(_("This is not a CSV file: %(error)s") % {"error": error}) from None
    rows = [row for row in table if any(cell.strip() for cell in row)]
    if not rows or len(rows[0]) < 1:
        raise Unreadable(_("The file has no rows."))
    return [name.strip() for name in rows[0]], rows[1:]
