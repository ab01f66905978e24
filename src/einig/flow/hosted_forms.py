"""Hosted forms: designed by whoever looks after a source, filled in by everybody."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import translation

from einig.engine.instants import SECOND
from einig.flow import audit, capture, documents, form_document, purposes, tasks
from einig.flow.consent import Agreed
from einig.flow.documents import Ticket
from einig.flow.form_answers import Answers
from einig.flow.form_design import Design, plain
from einig.flow.permissions import require
from einig.flow.purposes import Wording
from einig.store.models import FormVersion, Source, User

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Visit:
    """Who fills a form in, as far as that shows: what the form noticed, and where they came from.

    `id_` is the same for the same form sent twice.
    """

    id_: str | None = None
    signs: Mapping[str, str] = field(default_factory=dict)
    campaign: Mapping[str, str] = field(default_factory=dict)
    page: str = ""  # in which it stands


def current(source: Source) -> Design:
    """Return the design of a form; the plain one if nobody made one."""
    kept = _standing(source)
    if kept is None or not kept.document:
        return plain()
    try:
        return form_document.read(kept.document)
    except form_document.Wrong as wrong:  # a form that asks less is better than none
        log.warning("the form of %s is not used: %s", source.name, wrong)
        return plain()


def is_designed(source: Source) -> bool:
    """Return whether somebody changed a form, so that this can be taken back."""
    return _standing(source) is not None


def keep(source: Source, document: object, *, by: User, at: int) -> Design:
    """Let a form be as a document says, from now on. Raises form_document.Wrong."""
    require(by, "edit_sources")
    design = form_document.read(document)
    _add(source, form_document.written(design), by=by, at=at)
    return design


def reset(source: Source, *, by: User, at: int) -> None:
    """Let a form be the plain one again; that can be taken back, too."""
    require(by, "edit_sources")
    _add(source, {}, by=by, at=at)


def undo(source: Source, *, by: User, at: int) -> bool:
    """Let a form be as it was before the last change; false if there was none."""
    require(by, "edit_sources")
    with transaction.atomic():
        kept = _standing(source)
        if kept is None:
            return False
        FormVersion.objects.filter(id=kept.id).update(taken_back_at=at)
        audit.record("form_taken_back", f"source:{source.name}", at=at, by=by)
    return True


def asks(design: Design) -> list[Wording]:
    """Return the purposes that a form asks consent for, as they are worded now."""
    return [of for of in purposes.asked_for() if of.code in design.asks]


def agreed(design: Design, ticked: Mapping[str, str], *, spoken: str) -> list[Agreed]:
    """Return what was ticked, each with the words that stood beside it.

    `ticked` is the version of the words by purpose: a page that was opened, or copied into a
    website, before they changed says what was read there.
    """
    found = []
    for asked in asks(design):
        version = ticked.get(asked.code, "")
        known = version.isdecimal() and len(version) < 6
        if known and (of := purposes.worded(asked.code, int(version))) is not None:
            found.append(Agreed(of.code, of.text(spoken), of.version, spoken))
    return found


def take(
    source: Source,
    design: Design,
    answers: Answers,
    *,
    said: Iterable[Agreed],
    visit: Visit,
    at: int,
) -> Ticket | None:
    """Keep what somebody wrote into a form.

    Return what lets them download the document that is given on the page, if there is one.
    """
    from_page = {"page": visit.page} if visit.page else {}
    told = capture.somebody(
        attributes=answers.attributes,
        activity=design.activity,
        properties={**answers.properties, **from_page},
        message_id=visit.id_,
        at=at,
        signs=visit.signs,
        campaign=visit.campaign,
        purposes={
            of.purpose: {"text": of.text, "version": of.version, "language": of.language}
            for of in said
        },
    )
    with transaction.atomic():
        capture.receive(told, source=source, at=at)
        return _give(source, design, answers, visitor=told[0]["anonymousId"], at=at)


def _give(
    source: Source, design: Design, answers: Answers, *, visitor: str, at: int
) -> Ticket | None:
    """Give the document of a form: by mail once whoever sent it is a lead, or on the page."""
    document = documents.given(design.document)
    if document is None:
        return None
    if not design.by_mail:
        return Ticket(document, source, visitor)
    tasks.schedule(
        "mail_document",
        f"{document.id}:{visitor}",
        due_at=at + SECOND,
        document=document.id,
        source=source.id,
        visitor=visitor,
        address=answers.attributes["email"],
        spoken=translation.get_language() or "de",
        at=at,
    )
    return None


def _standing(source: Source) -> FormVersion | None:
    kept = FormVersion.objects.filter(source=source, taken_back_at=None)
    return kept.order_by("-id").first()


def _add(source: Source, document: dict[str, object], *, by: User, at: int) -> None:
    with transaction.atomic():
        FormVersion.objects.create(source=source, document=document, at=at, by=by)
        audit.record("form_designed", f"source:{source.name}", at=at, by=by)
