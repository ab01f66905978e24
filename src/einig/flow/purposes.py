"""Purposes: what for somebody's data is used, on which legal basis, in which words.

Einig brings defaults, in German and English. Whoever changes one adds a version of it, so that a
consent goes on saying what was read when it was given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db import transaction

from einig.flow import audit, tasks
from einig.flow.permissions import require
from einig.store.models import Basis, Purpose, User

LANGUAGES = ("de", "en")
DU = "de-du"  # German to people whom a form says du to
SPOKEN = (*LANGUAGES, DU)


@dataclass(frozen=True, slots=True)
class Wording:
    """A purpose as it is worded at a time. Names and texts are by language.

    `built_in` ones cannot be retired: something here depends on them.
    """

    code: str
    version: int
    basis: str
    names: Mapping[str, str]
    texts: Mapping[str, str]
    weighing: str = ""
    confirmed: bool = False
    retired: bool = False
    built_in: bool = False

    def name(self, language: str) -> str:
        """Return what it is called."""
        return self.names.get(language) or self.names.get("de") or self.code

    def text(self, language: str) -> str:
        """Return what somebody reads who is asked for it."""
        found = self.texts.get(language) or self.texts.get(language[:2])
        return found or self.texts.get("de") or ""


_DEFAULTS = (
    Wording(
        "request",
        1,
        Basis.REQUEST,
        {"de": "Beantwortung von Anfragen", "en": "Answering requests"},
        {
            "de": "Wir verwenden Ihre Angaben, um Ihre Anfrage zu beantworten.",
            "en": "We use what you write to answer your request.",
            DU: "Wir verwenden deine Angaben, um deine Anfrage zu beantworten.",
        },
        built_in=True,
    ),
    Wording(
        "mail",
        1,
        Basis.CONSENT,
        {"de": "Mails über unsere Angebote", "en": "Mails about our offers"},
        {
            "de": "Sie dürfen mir Mails über Ihre Angebote schreiben. "
            "Das kann ich jederzeit widerrufen.",
            "en": "You may write me mails about your offers. I can withdraw this at any time.",
            DU: "Ihr dürft mir Mails über eure Angebote schreiben. "
            "Das kann ich jederzeit widerrufen.",
        },
        confirmed=True,
        built_in=True,
    ),
    Wording(
        "phone",
        1,
        Basis.CONSENT,
        {"de": "Anrufe zu unseren Angeboten", "en": "Calls about our offers"},
        {
            "de": "Sie dürfen mich zu Ihren Angeboten anrufen. Das kann ich jederzeit widerrufen.",
            "en": "You may call me about your offers. I can withdraw this at any time.",
            DU: "Ihr dürft mich zu euren Angeboten anrufen. Das kann ich jederzeit widerrufen.",
        },
        built_in=True,
    ),
    Wording(
        "profiling",
        1,
        Basis.INTEREST,
        {"de": "Bewertung von Interessenten", "en": "Scoring of leads"},
        {
            "de": "Sie dürfen aus meinen Angaben und Aktivitäten ableiten, ob Ihr Angebot zu mir "
            "passt. Dem kann ich jederzeit widersprechen.",
            "en": "You may work out from what I say and do whether your offer suits me. "
            "I can object to this at any time.",
            DU: "Ihr dürft aus meinen Angaben und Aktivitäten ableiten, ob euer Angebot zu mir "
            "passt. Dem kann ich jederzeit widersprechen.",
        },
        weighing="Wir antworten zuerst denen, die zu unserem Angebot passen und es wollen. "
        "Gewertet werden nur geschäftliche Angaben und was jemand uns gegenüber tut, nach offen "
        "vereinbarten Regeln; wer widerspricht, wird ohne Wertung von Hand bearbeitet. Nachteile "
        "entstehen daraus nicht.",
        built_in=True,
    ),
    Wording(
        "tracking",
        1,
        Basis.CONSENT,
        {"de": "Messung von Besuchen und Klicks", "en": "Measuring visits and clicks"},
        {
            "de": "Sie dürfen messen, welche Seiten Ihrer Website ich besuche und welche Links in "
            "Mails ich anklicke. Das kann ich jederzeit widerrufen.",
            "en": "You may measure which pages of your website I visit and which links in mails I "
            "click. I can withdraw this at any time.",
            DU: "Ihr dürft messen, welche Seiten eurer Website ich besuche und welche Links in "
            "Mails ich anklicke. Das kann ich jederzeit widerrufen.",
        },
        built_in=True,
    ),
)
_BUILT_IN = {of.code: of for of in _DEFAULTS}


def every() -> list[Wording]:
    """Return all purposes as they are worded now, retired ones too."""
    found = dict(_BUILT_IN)
    for row in Purpose.objects.order_by("version"):
        found[row.code] = _worded(row)
    return list(found.values())


def current(code: str) -> Wording | None:
    """Return a purpose as it is worded now; None if there is none of that name."""
    newest = Purpose.objects.filter(code=code).order_by("-version").first()
    return _worded(newest) if newest is not None else _BUILT_IN.get(code)


def worded(code: str, version: int) -> Wording | None:
    """Return a purpose as it was worded in a version; None if it never was."""
    kept = Purpose.objects.filter(code=code, version=version).first()
    if kept is not None:
        return _worded(kept)
    found = _BUILT_IN.get(code)
    return found if found is not None and found.version == version else None


def asked_for() -> list[Wording]:
    """Return what a form of ours can ask consent for."""
    return [of for of in every() if of.basis == Basis.CONSENT and not of.retired]


def reword(wording: Wording, *, by: User, at: int) -> Wording:
    """Let a purpose be worded anew from now on, or add one; the same again changes nothing."""
    require(by, "protect_data")
    before = current(wording.code)
    version = before.version if before is not None else 0
    if before is not None and before == replace(wording, version=version, built_in=before.built_in):
        return before
    with transaction.atomic():
        made = Purpose.objects.create(
            code=wording.code,
            version=version + 1,
            basis=wording.basis,
            names=dict(wording.names),
            texts=dict(wording.texts),
            weighing=wording.weighing,
            confirmed=wording.confirmed,
            retired=wording.retired and wording.code not in _BUILT_IN,
            at=at,
            by=by,
        )
        about = f"purpose:{wording.code}"
        audit.record("purpose_worded", about, at=at, by=by, version=made.version)
        if before is not None and before.basis != made.basis:
            key = f"{made.code}:{made.version}"
            tasks.schedule("settle_profiling", key, due_at=at)
    return _worded(made)


def _worded(row: Purpose) -> Wording:
    return Wording(
        row.code,
        row.version,
        row.basis,
        row.names,
        row.texts,
        row.weighing,
        row.confirmed,
        row.retired,
        row.code in _BUILT_IN,
    )
