"""The agreement's life: drafted, proposed, signed by both sides, in force from an instant."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Max

from einig.engine.agreement import content_hash, loads
from einig.flow import audit, enacting
from einig.flow.permissions import require
from einig.store.models import Side, Signature, User, Version


class NotNow(Exception):
    """A version is not in the state that this step asks for."""


def draft(text: str, *, by: User | None, at: int) -> Version:
    """Keep a draft; raises Refused with every mistake that the text has."""
    if by is not None:
        require(by, "draft_agreement")
    agreement = loads(text).agreement
    with transaction.atomic():
        last = Version.objects.aggregate(last=Max("number"))["last"] or 0
        version = Version.objects.create(
            number=last + 1,
            text=text,
            content_hash=content_hash(agreement),
            drafted_by=by,
            drafted_at=at,
        )
        audit.record("version_drafted", f"version:{version.number}", at=at, by=by)
    return version


def edit(version: Version, text: str, *, by: User, at: int) -> None:
    """Change a draft; what was proposed stays as it is. Raises NotNow or Refused."""
    require(by, "draft_agreement")
    agreement = loads(text).agreement
    if not Version.objects.filter(id=version.id, proposed_at=None, withdrawn_at=None).update(
        text=text, content_hash=content_hash(agreement), drafted_by=by, drafted_at=at
    ):
        raise NotNow("edit")
    version.refresh_from_db()


def propose(version: Version, *, by: User | None, at: int) -> None:
    """Put a draft before both sides. Raises NotNow."""
    if by is not None:
        require(by, "propose_agreement")
    with transaction.atomic():
        if not Version.objects.filter(id=version.id, proposed_at=None, withdrawn_at=None).update(
            proposed_at=at
        ):
            raise NotNow("propose")
        audit.record("version_proposed", f"version:{version.number}", at=at, by=by)
        if by is not None:  # somebody who wants to see what it would do
            enacting.foresee(version, at=at)
    version.refresh_from_db()


def withdraw(version: Version, *, by: User, at: int) -> None:
    """Take a draft or a proposal back before it is in force. Raises NotNow."""
    require(by, "propose_agreement")
    with transaction.atomic():
        if not Version.objects.filter(id=version.id, in_force_from=None, withdrawn_at=None).update(
            withdrawn_at=at
        ):
            raise NotNow("withdraw")
        audit.record("version_withdrawn", f"version:{version.number}", at=at, by=by)
    version.refresh_from_db()


def sign(version: Version, *, by: User, at: int, in_force_from: int | None = None) -> bool:
    """Sign for one's own side; with the second signature the version comes into force.

    It does so at `in_force_from` (by default at once), never in the past: what was decided stays
    decided. Returns whether both have signed. Raises NotNow.
    """
    require(by, "sign_agreement")
    side = by.side
    if side is None:
        raise NotNow("sign")
    with transaction.atomic():
        current = Version.objects.select_for_update().get(id=version.id)
        if current.proposed_at is None or current.withdrawn_at or current.in_force_from:
            raise NotNow("sign")
        Signature.objects.get_or_create(
            version=current,
            side=side,
            voided_at=None,
            defaults={"by": by, "by_name": by.name, "content_hash": current.content_hash, "at": at},
        )
        audit.record("version_signed", f"version:{current.number}", at=at, by=by, side=side)
        given = current.signatures.filter(voided_at=None).values_list("side", flat=True)
        both = set(given) == set(Side.values)
        if both:
            enact(current, since=max(at, in_force_from or at), at=at)
    version.refresh_from_db()
    return both


def enact(version: Version, *, since: int, at: int) -> None:
    """Put a version in force from an instant; every lead is judged anew there."""
    enacting.enact(version, since=since, at=at)


def current(at: int) -> Version | None:
    """Return the version in force at an instant."""
    begun = Version.objects.filter(in_force_from__lte=at)
    return begun.order_by(F("in_force_from").desc()).first()
