"""Agreements over the API: read as the files that they are, drafted and changed like files.

A key of this part is a person's own, and may do what that person may. A draft is changed from a
revision: whoever changed it first wins, and the other is told.
"""

from __future__ import annotations

import hashlib
import time
from typing import Annotated

from django.db import transaction
from django.http import HttpRequest
from ninja import Field, Header, Router, Schema, Status
from ninja.errors import HttpError
from ninja.security import HttpBearer

from einig.engine.document import Refused
from einig.engine.instants import iso
from einig.flow import agreements, keys, once
from einig.flow.permissions import require
from einig.store.models import User, Version

_LONGEST = 1_000_000  # characters of a document


class OwnKey(HttpBearer):
    """A person's own key."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """Return whose key it is."""
        return keys.whose(token)


class Signed(Schema):
    """Who signed, for which side."""

    side: str
    by: str
    at: str


class AgreementOut(Schema):
    """A version as it stands. `text` is the file, `text_hash` the SHA-256 of its UTF-8."""

    number: int
    state: str
    revision: int
    content_hash: str
    text_hash: str
    in_force_from: str | None
    signatures: list[Signed]
    text: str


Text = Annotated[str, Field(min_length=1, max_length=_LONGEST, description="The YAML document.")]


Once = Annotated[str | None, Header(alias="Idempotency-Key", max_length=80)]


class NewDraft(Schema):
    """A draft."""

    text: Text


class ChangedDraft(Schema):
    """A draft as it is to be, and the revision that it was changed from."""

    text: Text
    revision: int


class Mistake(Schema):
    """What is wrong with a document, and where."""

    line: int
    column: int
    criterion: str
    message: str
    remedy: str


class Mistakes(Schema):
    """Why a document was not kept."""

    detail: str
    issues: list[Mistake]


class Overtaken(Schema):
    """What somebody else made of a draft meanwhile."""

    detail: str
    now: AgreementOut


router = Router(auth=OwnKey(), tags=["agreements"])


@router.get("", response=list[AgreementOut], summary="List versions")
def list_versions(request: HttpRequest) -> list[AgreementOut]:
    """Return every version that was not withdrawn, the newest first."""
    require(_who(request), "see_agreement")
    at = _now()
    found = Version.objects.filter(withdrawn_at=None).prefetch_related("signatures")
    return [_out(version, at) for version in found.order_by("-number")]


@router.get("/{number}", response=AgreementOut, summary="Read a version")
def read_version(request: HttpRequest, number: int) -> AgreementOut:
    """Return one version."""
    require(_who(request), "see_agreement")
    return _out(_version(number), _now())


@router.post("", response={201: AgreementOut, 422: Mistakes}, summary="Make a draft")
def make_draft(
    request: HttpRequest, said: NewDraft, idempotency_key: Once = None
) -> Status[AgreementOut | Mistakes]:
    """Keep a new draft; sent again with the same key within a day, it is the same draft."""
    try:
        made = _drafted(said.text, by=_who(request), key=idempotency_key)
    except Refused as refused:
        return Status(422, _mistakes(refused))
    return Status(201, _out(made, _now()))


@router.put(
    "/{number}",
    response={200: AgreementOut, 409: Overtaken, 422: Mistakes},
    summary="Change a draft",
)
def change_draft(
    request: HttpRequest, number: int, said: ChangedDraft
) -> Status[AgreementOut | Overtaken | Mistakes]:
    """Change a draft, unless somebody else did so since the revision that this one began from."""
    version, by = _version(number), _who(request)
    try:
        agreements.edit(version, said.text, by=by, at=_now(), revision=said.revision)
    except Refused as refused:
        return Status(422, _mistakes(refused))
    except agreements.Overtaken:
        told = "somebody changed this draft meanwhile"
        return Status(409, Overtaken(detail=told, now=_out(_version(number), _now())))
    except agreements.NotNow:
        told = "what was signed or withdrawn is not changed; make a new draft"
        return Status(409, Overtaken(detail=told, now=_out(_version(number), _now())))
    return Status(200, _out(_version(number), _now()))


def _drafted(text: str, *, by: User, key: str | None) -> Version:
    if key is None:
        return agreements.draft(text, by=by, at=_now())
    named = f"draft:{by.id}:{hashlib.sha256(key.encode()).hexdigest()}"
    with transaction.atomic():  # so that the key is known if, and only if, there is a draft
        if not once.begin(named, at=_now()) and (told := once.answer_of(named)) is not None:
            return _version(int(told.to))
        made = agreements.draft(text, by=by, at=_now())
        once.end(named, at=_now(), to=str(made.number), said=[])
    return made


def _version(number: int) -> Version:
    found = Version.objects.prefetch_related("signatures").filter(number=number).first()
    if found is None:
        raise HttpError(404, "there is no such version")
    return found


def _who(request: HttpRequest) -> User:
    user: User = request.auth  # type: ignore[attr-defined]  # set by OwnKey
    return user


def _out(version: Version, at: int) -> AgreementOut:
    text = agreements.text(version)
    given = sorted(version.signatures.all(), key=lambda signature: signature.at)
    return AgreementOut(
        number=version.number,
        state=agreements.state(version, at),
        revision=version.revision,
        content_hash=version.content_hash,
        text_hash=hashlib.sha256(text.encode()).hexdigest(),
        in_force_from=iso(version.in_force_from) if version.in_force_from else None,
        signatures=[
            Signed(side=s.side, by=s.by_name, at=iso(s.at) or "")
            for s in given
            if s.voided_at is None
        ],
        text=text,
    )


def _mistakes(refused: Refused) -> Mistakes:
    return Mistakes(
        detail="the document has mistakes",
        issues=[
            Mistake(
                line=issue.place.line,
                column=issue.place.column,
                criterion=issue.criterion,
                message=issue.message,
                remedy=issue.remedy,
            )
            for issue in refused.issues
        ],
    )


def _now() -> int:
    return time.time_ns() // 1000
