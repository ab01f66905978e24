"""Traces: by what somebody is found who is to be erased, and out of what it is taken then.

What others wrote holds no address of theirs any more, deliveries that told of them are emptied, and
mails that were written into a folder are removed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q

from einig.flow import contacts, suppression
from einig.store.models import (
    AuditEntry,
    ContactDetail,
    Delivery,
    Identity,
    Lead,
    Received,
    Seal,
    Signature,
    SignedText,
    Suppression,
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


def of_lead(lead: Lead) -> Traces:
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
        _long_enough(certain),
        _long_enough(likely),
    )


def of_contact(of: Identity) -> Traces:
    """Return by what a contact is found who is no lead."""
    name, found = contacts.describe(of).name, contacts.details(of)
    certain, likely = [of.key.partition(":")[2]], [name] if " " in name else []
    known: list[suppression.Known] = [("identity", of.key)]
    for kind, value, normal in found:
        is_shared = ContactDetail.objects.filter(kind=kind, normal=normal).exists()
        (likely if is_shared else certain).extend([value, normal])
        known += [] if is_shared else [(kind, normal)]
    return Traces(tuple(known), _long_enough(certain), _long_enough(likely))


def _long_enough(texts: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if len(text) >= _SHORTEST))


def _is_shared(of: ContactDetail) -> bool:
    others = ContactDetail.objects.filter(kind=of.kind, normal=of.normal)
    return others.exclude(lead=of.lead_id).exists()


def remove(found: Traces, *, at: int) -> None:
    """Take somebody out of everything that others hold."""
    Received.objects.filter(_any("body", found.certain)).delete()
    _empty_deliveries(found, at=at)
    _redact(found)


def remove_mails(found: Traces) -> None:
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
