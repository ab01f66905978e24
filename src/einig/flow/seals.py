"""Seals: a chain of what was signed, voided and put in force, and the texts that were signed.

Whatever decides about leads reads a version in force from here. If that is not what was signed,
nothing is decided: what arrives meanwhile waits, and is judged as of its time once it is mended.
"""

from __future__ import annotations

from einig.engine.agreement import content_hash as hash_of
from einig.engine.agreement import loads
from einig.engine.agreement.model import Agreement
from einig.engine.agreement.seal import seal_hash, text_hash
from einig.engine.document import Refused
from einig.store import turns
from einig.store.models import Seal, Signature, SignedText, Version


class Broken(Exception):
    """A version is not what was signed."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(
            f"version {number} is not what was signed, so nothing is judged by it: "
            "run `einig verify`, and mend it from a backup"
        )


def keep(version: Version) -> str:
    """Keep the text of a version for good, and return its hash. Raises Broken."""
    try:
        said = hash_of(loads(version.text).agreement)
    except Refused:
        said = ""
    if said != version.content_hash:
        raise Broken(version.number)
    digest = text_hash(version.text)
    given = {"content_hash": version.content_hash, "text": version.text}
    SignedText.objects.get_or_create(text_hash=digest, defaults=given)
    return digest


def signed(signature: Signature) -> None:
    """Seal that somebody signed."""
    version = signature.version
    _append(
        Seal.Kind.SIGNED,
        version=version.number,
        content_hash=version.content_hash,
        text_hash=keep(version),
        side=signature.side,
        name=signature.by_name,
        at=signature.at,
        in_force_from=version.begins_at,
    )


def voided(signature: Signature, *, at: int) -> None:
    """Seal that a signature counts no more."""
    _append(
        Seal.Kind.VOIDED,
        version=signature.version.number,
        content_hash=signature.content_hash,
        side=signature.side,
        name=signature.by_name,
        signed_at=signature.at,
        at=at,
    )


def enacted(version: Version, *, since: int, at: int) -> None:
    """Seal that a version comes into force."""
    _append(
        Seal.Kind.ENACTED,
        version=version.number,
        content_hash=version.content_hash,
        text_hash=keep(version),
        at=at,
        in_force_from=since,
    )


def is_whole(seal: Seal) -> bool:
    """Return whether a seal says what it said when it was made."""
    made = seal_hash(previous=seal.previous, number=seal.number, kind=seal.kind, said=seal.said)
    return (made, seal.said.get("version")) == (seal.hash, seal.version)


def text_in_force(number: int, *, since: int, content_hash: str) -> str:
    """Return what was signed as a version that is in force. Raises Broken."""
    enacted = Seal.objects.filter(kind=Seal.Kind.ENACTED, version=number)
    seal = enacted.order_by("-number").first()
    if seal is None or not is_whole(seal):
        raise Broken(number)
    kept = SignedText.objects.filter(text_hash=seal.said["text_hash"]).first()
    if kept is None or text_hash(kept.text) != kept.text_hash:
        raise Broken(number)
    if (seal.said["in_force_from"], seal.said["content_hash"]) != (since, content_hash):
        raise Broken(number)
    return kept.text


def agreement_in_force(number: int, *, since: int, content_hash: str) -> Agreement:
    """Return the agreement that was signed as a version that is in force. Raises Broken."""
    text = text_in_force(number, since=since, content_hash=content_hash)
    agreement = loads(text).agreement
    if hash_of(agreement) != content_hash:
        raise Broken(number)
    return agreement


def _append(kind: Seal.Kind, *, version: int, **more: object) -> None:
    said = more | {"version": version}
    turns.wait("seals")
    last = Seal.objects.order_by("-number").first()
    number, previous = (last.number + 1, last.hash) if last else (1, "")
    made = seal_hash(previous=previous, number=number, kind=kind.value, said=said)
    Seal.objects.create(
        number=number,
        kind=kind,
        version=version,
        said=said,
        previous=previous,
        hash=made,
    )
