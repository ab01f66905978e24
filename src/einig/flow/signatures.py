"""Signatures: given by one side each, and voided by a change before both have signed."""

from __future__ import annotations

from einig.flow import audit, seals, tasks
from einig.store.models import Side, Signature, User, Version


class Changed(Exception):
    """What was seen is not what is there any more: another content, or another moment."""


class InThePast(Exception):
    """A version comes into force now or later: what was decided stays decided."""


class OnePerson(Exception):
    """Whoever signed for one side does not sign for the other: two people have to agree."""


def valid(version: Version) -> dict[str, Signature]:
    """Return by side the signatures that count."""
    return {of.side: of for of in version.signatures.filter(voided_at=None)}


def give(version: Version, *, by: User, side: Side, at: int, begins_at: int | None) -> bool:
    """Sign what a version says and when it begins; return whether both sides have.

    Whoever signs first chooses the moment (None: once both have signed), and whoever signs second
    signs for the same. Raises Changed, InThePast, OnePerson or seals.Broken.
    """
    given = valid(version)
    if begins_at is not None and begins_at < at:
        raise InThePast
    if given and version.begins_at != begins_at:
        raise Changed
    if side in given:
        return False
    if any(of.by_id == by.id for of in given.values()):
        raise OnePerson
    if not given:
        Version.objects.filter(id=version.id).update(begins_at=begins_at)
        version.begins_at = begins_at
    signature = Signature.objects.create(
        version=version,
        side=side,
        by=by,
        by_name=by.name,
        content_hash=version.content_hash,
        at=at,
    )
    seals.signed(signature)
    audit.record("version_signed", f"version:{version.number}", at=at, by=by, side=side)
    return set(given) | {side} == set(Side.values)


def void(version: Version, *, by: User, at: int, why: str) -> None:
    """Let the signatures of a version count no more, and tell whoever gave them."""
    for of in valid(version).values():
        Signature.objects.filter(id=of.id).update(voided_at=at)
        seals.voided(of, at=at)
        about = f"version:{version.number}"
        audit.record("signature_voided", about, at=at, by=by, side=of.side, why=why)
        tasks.schedule("mail_voided", str(of.id), due_at=at, signature=of.id, by=by.name, why=why)
