"""Erasure: nothing of a person stays, but that they are not to be brought back.

Rows of the lead go with it. What others wrote holds no address of theirs any more, deliveries and
messages that told of them are emptied, mails that were written into a folder are removed. The
audit trail says that somebody was erased, by a number that leads nowhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q

from einig.flow import audit, import_rows, one_person, suppression
from einig.flow.permissions import require
from einig.store import turns
from einig.store.models import (
    AuditEntry,
    Company,
    Consent,
    ContactDetail,
    Delivery,
    Event,
    Fact,
    Feedback,
    Handoff,
    Identity,
    Import,
    ImportRow,
    Lead,
    Outcome,
    Received,
    Seal,
    Signature,
    SignedText,
    Suppression,
    Task,
    User,
    Version,
)

ERASED = "[erased]"
# these never hold anything of a lead
_KEPT = (AuditEntry, Seal, Signature, SignedText, Suppression, User, Version)
_OWN_WORDS = frozenset(  # of whoever works here: a name may stand there
    {"Remark", "JourFixe", "Study", "Finding", "Enactment", "AgreementTest", "Received", "Feedback"}
    | {"Attempt", "SecondLook", "Judgement", "Sample", "Task", "Notice", "Merger"}
)
_SHORTEST = 6  # characters: what is shorter stands in too many other words


@dataclass(frozen=True, slots=True)
class Traces:
    """By what somebody is found.

    `known` are addresses, numbers, handles and identities in their normal form, for the suppression
    list; `certain` texts that are theirs alone; `likely` ones that others may share: a whole name,
    and what another lead left as well, like the number of a company.
    """

    known: tuple[suppression.Known, ...]
    certain: tuple[str, ...]
    likely: tuple[str, ...]


def erase(lead: Lead, *, by: User, at: int) -> None:
    """Erase a lead and all that is known of it, for good, and whoever is one person with it."""
    require(by, "protect_data")
    _erase_person(lead, by=by, at=at)


def erase_old(lead: Lead, *, at: int) -> None:
    """Erase a lead that was kept for as long as the deletion concept says."""
    _erase_person(lead, by=None, at=at)


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

    A lead that came after its erasure, by a request of its own, stays.
    """
    gone = dict(Suppression.objects.filter(kind="lead").values_list("hash", "at"))
    found = [
        lead
        for lead in Lead.objects.order_by("id")
        if lead.created_at <= gone.get(suppression.hashed(("lead", lead.lead_id)), 0)
    ]
    for lead in found:
        _erase(lead, by=None, at=at)
    return len(found)


def traces(lead: Lead) -> Traces:
    """Return by what a lead is found."""
    details = list(lead.contact_details.all())
    keys = list(lead.identities.exclude(key=lead.lead_id).values_list("key", flat=True))
    ids = [key.partition(":")[2] for key in keys]
    own = [of for of in details if not _is_shared(of)]
    known = [(of.kind, of.normal) for of in own]
    known += [("identity", key) for key in keys if not key.startswith("anon:once-")]
    certain = [lead.lead_id, *ids]
    likely = [lead.name] if " " in lead.name else []  # one word can be anything
    for of in details:
        (certain if of in own else likely).extend([of.value, of.normal])
    return Traces(
        (*known, ("lead", lead.lead_id)),
        tuple(dict.fromkeys(text for text in certain if len(text) >= _SHORTEST)),
        tuple(dict.fromkeys(text for text in likely if len(text) >= _SHORTEST)),
    )


def _is_shared(of: ContactDetail) -> bool:
    others = ContactDetail.objects.filter(kind=of.kind, normal=of.normal)
    return others.exclude(lead=of.lead_id).exists()


def _erase_person(lead: Lead, *, by: User | None, at: int) -> None:
    with transaction.atomic():
        for one in reversed(one_person.everything(lead)):
            _erase(one, by=by, at=at)


def _erase(lead: Lead, *, by: User | None, at: int) -> None:
    found = traces(lead)
    with transaction.atomic():
        turns.wait("journey")
        _overwrite_what_goes()
        current = Lead.objects.select_for_update().get(id=lead.id)
        company, sent = current.company, _handoffs(current)
        suppression.add(found.known, at=at)
        _tasks(current, sent).delete()
        Received.objects.filter(_any("body", found.certain)).delete()
        Identity.objects.filter(lead=current).delete()
        tables = _forget_rows(current)
        current.delete()
        if company is not None and not _is_needed(company):
            company.delete()
        _empty_deliveries(found, at=at)
        _redact(found)
        audit.record("lead_erased", lead, at=at, by=by)
        transaction.on_commit(suppression.write_beside)
        transaction.on_commit(partial(_remove_mails, found))
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


def _forget_rows(lead: Lead) -> list[Path]:
    """Empty what imports keep of a lead; return the tables of files that it stood in."""
    rows = ImportRow.objects.filter(lead=lead)
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


# --- what others hold -------------------------------------------------------------------------


def _empty_deliveries(found: Traces, *, at: int) -> None:
    """Empty what senders delivered of somebody; that it came stays, or it would come again.

    A delivery can tell of somebody else of the same name: what was not understood yet is emptied
    only where something stands in it that is theirs alone.
    """
    certain = [form.encode() for text in found.certain for form in _forms(text)]
    likely = [form.encode() for text in found.likely for form in _forms(text)]
    about = [
        of.id
        for of in Delivery.objects.exclude(body=b"").iterator(200)
        if _mentions(of, certain if of.understood_at is None else certain + likely)
    ]
    Delivery.objects.filter(id__in=about).update(
        body=b"", url="", headers={}, mended=None, fetched={}, reason="", understood_at=at,
        dismissed_at=at,
    )  # fmt: skip


def _forms(text: str) -> Iterator[str]:
    """Yield a text as it stands in JSON, in addresses and in forms."""
    yield from dict.fromkeys(
        [text, json.dumps(text)[1:-1], quote(text, safe=""), quote_plus(text), quote(text)]
    )


def _mentions(delivery: Delivery, texts: list[bytes]) -> bool:
    whole = [bytes(delivery.body), delivery.url.encode(), json.dumps(delivery.fetched).encode()]
    whole.append((delivery.mended or "").encode())
    told = b"\n".join(whole).lower()
    return any(text.lower() in told for text in texts)


def _redact(found: Traces) -> None:
    """Take what is somebody's alone out of every text, and their name out of what people wrote."""
    for model in apps.get_app_config("store").get_models():
        if model in _KEPT:
            continue
        texts = found.certain
        if model.__name__ in _OWN_WORDS:
            texts = (*texts, *found.likely)
        fields = [of for of in model._meta.fields if _holds_text(of)]
        if texts and fields:
            _redact_rows(model, fields, texts)


def _holds_text(field: models.Field[Any, Any]) -> bool:
    is_text = isinstance(field, (models.CharField, models.TextField, models.JSONField))
    return is_text and not field.choices


def _redact_rows(
    model: type[models.Model], fields: list[models.Field[Any, Any]], texts: tuple[str, ...]
) -> None:
    named = Q()
    for field in fields:
        named |= _any(field.name, texts)
    for row in model._default_manager.filter(named):
        changed = {}
        for field in fields:
            kept = getattr(row, field.name)
            told = _without(kept, texts)
            if told != kept:
                changed[field.name] = told
        if changed:
            model._default_manager.filter(pk=row.pk).update(**changed)


def _any(field: str, texts: tuple[str, ...]) -> Q:
    """Return the condition that one of some texts stands in a field, in whatever form."""
    named = Q(pk__in=[])
    for text in texts:
        for form in dict.fromkeys([text, json.dumps(text)[1:-1]]):
            named |= Q(**{f"{field}__icontains": form})
    return named


def _without(value: Any, texts: tuple[str, ...]) -> Any:
    """Return a value without some texts, however deep they stand in it."""
    if isinstance(value, str):
        for text in texts:
            value = re.sub(re.escape(text), ERASED, value, flags=re.IGNORECASE)
        return value
    if isinstance(value, list):
        return [_without(one, texts) for one in value]
    if isinstance(value, dict):
        return {_without(name, texts): _without(one, texts) for name, one in value.items()}
    return value


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


def _remove_mails(found: Traces) -> None:
    """Remove mails about somebody, where mails are written into a folder and not sent."""
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    if not folder or not Path(folder).is_dir():
        return
    for file in Path(folder).iterdir():
        if file.is_file() and _is_about(file, (*found.certain, *found.likely)):
            file.unlink()


def _is_about(file: Path, texts: tuple[str, ...]) -> bool:
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    body = mail.get_body(("plain",))
    told = f"{mail['To']} {mail['Subject']} {body.get_content() if body else ''}".casefold()
    return any(text.casefold() in told for text in texts)
