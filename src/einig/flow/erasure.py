"""Erasure: nothing of a person stays, but that they are not to be brought back.

Rows of the lead go with it, or of a contact who is none. What others wrote holds no address of
theirs any more, deliveries and messages that told of them are emptied, mails that were written into
a folder are removed. The audit trail says that somebody was erased, by a number that leads nowhere.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from django.db import connection, models, transaction
from django.db.models import Q

from einig.flow import audit, contacts, import_rows, one_person, suppression, traces
from einig.flow.permissions import require
from einig.flow.traces import Traces
from einig.store import turns
from einig.store.models import (
    Company,
    Consent,
    ContactDetail,
    Event,
    Fact,
    Feedback,
    Handoff,
    Identity,
    Import,
    ImportRow,
    Lead,
    Outcome,
    Suppression,
    Task,
    User,
)


def erase(lead: Lead, *, by: User, at: int) -> None:
    """Erase a lead and all that is known of it, for good, and whoever is one person with it."""
    require(by, "protect_data")
    _erase_person(lead, by=by, at=at)


def erase_old(lead: Lead, *, at: int) -> None:
    """Erase a lead that was kept for as long as the deletion concept says."""
    _erase_person(lead, by=None, at=at)


def erase_contact(contact: Identity, *, by: User | None, at: int) -> None:
    """Erase somebody who is known and no lead, for good; nobody asked where a rule does it."""
    if by is not None:
        require(by, "protect_data")
    found = traces.of_contact(contact)
    with transaction.atomic():
        turns.wait("journey")
        _overwrite_what_goes()
        suppression.add(found.known, at=at)
        tables = _forget_rows(contacts.rows([contact]))
        Identity.objects.filter(id=contact.id, lead=None).delete()
        audit.record("contact_erased", f"contact:{contact.id}", at=at, by=by)
        _forget(found, tables, at=at)


def effects(lead: Lead) -> dict[str, int]:
    """Return what an erasure would remove: how many rows of what."""
    everything = one_person.everything(lead)
    by_identity, mine = Q(identity__lead__in=everything), Q(lead__in=everything)
    return {
        "activities": Event.objects.filter(by_identity).count(),
        "attributes": Fact.objects.filter(by_identity).count(),
        "contact_details": ContactDetail.objects.filter(mine).count(),
        "consents": Consent.objects.filter(mine).count(),
        "handoffs": Handoff.objects.filter(mine).count(),
        "feedback": Feedback.objects.filter(mine).count(),
        "outcomes": Outcome.objects.filter(mine).count(),
    }


def erase_again(*, at: int) -> int:
    """Erase whoever is on the suppression list and is there all the same; return how many.

    A lead that came after its erasure, by a request of its own, stays, and so does a contact.
    """
    gone = dict(Suppression.objects.filter(kind="lead").values_list("hash", "at"))
    found = [
        lead
        for lead in Lead.objects.order_by("id")
        if lead.created_at <= gone.get(suppression.hashed(("lead", lead.lead_id)), 0)
    ]
    for lead in found:
        _erase(lead, by=None, at=at)
    return len(found) + _erase_contacts_again(at=at)


def _erase_contacts_again(*, at: int) -> int:
    gone = dict(Suppression.objects.filter(kind="identity").values_list("hash", "at"))
    listed = [
        of
        for of in (contacts.every().order_by("id") if gone else ())
        if suppression.hashed(("identity", of.key)) in gone
    ]
    since = contacts.known_since(listed)
    found = [
        of for of in listed if since.get(of.id, 0) <= gone[suppression.hashed(("identity", of.key))]
    ]
    for of in found:
        erase_contact(of, by=None, at=at)
    return len(found)


def _erase_person(lead: Lead, *, by: User | None, at: int) -> None:
    with transaction.atomic():
        for one in reversed(one_person.everything(lead)):
            _erase(one, by=by, at=at)


def _erase(lead: Lead, *, by: User | None, at: int) -> None:
    found = traces.of_lead(lead)
    with transaction.atomic():
        turns.wait("journey")
        _overwrite_what_goes()
        current = Lead.objects.select_for_update().get(id=lead.id)
        company, sent = current.company, _handoffs(current)
        suppression.add(found.known, at=at)
        _tasks(current, sent).delete()
        Identity.objects.filter(lead=current).delete()
        tables = _forget_rows(ImportRow.objects.filter(lead=current))
        current.delete()
        if company is not None and not _is_needed(company):
            company.delete()
        audit.record("lead_erased", lead, at=at, by=by)
        _forget(found, tables, at=at)


def _forget(found: Traces, tables: list[Path], *, at: int) -> None:
    """Take somebody out of what others hold, and out of what lies beside the tables."""
    traces.remove(found, at=at)
    transaction.on_commit(suppression.write_beside)
    transaction.on_commit(partial(traces.remove_mails, found))
    transaction.on_commit(partial(_remove_tables, tables))
    transaction.on_commit(_forget_what_goes)


# --- rows of the lead itself ------------------------------------------------------------------


def _handoffs(lead: Lead) -> list[int]:
    return list(Handoff.objects.filter(lead=lead).values_list("id", flat=True))


def _tasks(lead: Lead, handoffs: list[int]) -> models.QuerySet[Task]:
    """Return the tasks that are about a lead: those it is named in, and of its rows."""
    entries = list(lead.nurture.values_list("id", flat=True))
    consents = list(lead.consents.values_list("id", flat=True))
    return Task.objects.filter(
        Q(key__contains=lead.lead_id)
        | Q(payload__handoff__in=handoffs)
        | Q(payload__entry__in=entries)
        | Q(payload__consent__in=consents)
    )


def _forget_rows(rows: models.QuerySet[ImportRow]) -> list[Path]:
    """Empty what imports keep of somebody; return the tables of files that they stood in."""
    of = Import.objects.filter(id__in=rows.values("of"))
    tables = [import_rows.table(one) for one in of]
    rows.update(made={}, reason=[])
    return tables


def _remove_tables(tables: list[Path]) -> None:
    for path in tables:
        for one in (path, path.with_suffix(".check")):
            one.unlink(missing_ok=True)


def _is_needed(company: Company) -> bool:
    return Lead.objects.filter(company=company).exists()


# --- what lies beside the tables --------------------------------------------------------------


def _overwrite_what_goes() -> None:
    """Let SQLite overwrite what it deletes; elsewhere that is done by a vacuum."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def _forget_what_goes() -> None:
    """Let SQLite's log of changes hold nothing of it either."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = OFF")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
