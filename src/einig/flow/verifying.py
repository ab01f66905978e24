"""Whether what is in force is what was signed: the chain of seals, the texts, the signatures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from einig.engine.agreement import content_hash, loads
from einig.engine.agreement.seal import text_hash
from einig.engine.document import Refused
from einig.flow import seals
from einig.store import guards, roles
from einig.store.models import Seal, Side, Signature, SignedText, Version
from einig.store.snapshot import snapshot


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, what does not hold, what one should know, and the end of the chain."""

    seals: int
    texts: int
    signatures: int
    in_force: int
    broken: tuple[str, ...]
    remarks: tuple[str, ...]
    last: str


def verify(*, expect: str = "") -> Verified:
    """Look at everything that was signed; `expect` is a hash that the chain ended with before."""
    with snapshot():  # or whoever signs meanwhile would be found out
        return _verified(expect)


def _verified(expect: str) -> Verified:
    chain = list(Seal.objects.order_by("number"))
    texts = {of.text_hash: of for of in SignedText.objects.all()}
    given = list(Signature.objects.select_related("version").order_by("id"))
    in_force = list(Version.objects.exclude(in_force_from=None).order_by("number"))
    pending = {of.version_id: of.version for of in given if of.version.in_force_from is None}
    broken = [
        *_chain(chain, expect),
        *_texts(texts.values()),
        *(said for seal in chain for said in _seal(seal, texts)),
        *_signatures(given, chain),
        *(said for of in in_force for said in _in_force(of, chain, texts, given)),
        *_enacted(chain, in_force),
        *(said for of in pending.values() for said in _pending(of, chain, given)),
        *(f"the database does not refuse changes: {name} is missing" for name in guards.missing()),
    ]
    return Verified(
        seals=len(chain),
        texts=len(texts),
        signatures=len(given),
        in_force=len(in_force),
        broken=tuple(broken),
        remarks=tuple(_remarks()),
        last=chain[-1].hash if chain else "",
    )


def _chain(chain: Sequence[Seal], expect: str) -> Iterator[str]:
    """Yield where the chain is torn: every seal holds on to the one before."""
    previous = ""
    for number, seal in enumerate(chain, 1):
        if seal.number != number:
            yield f"seal {number}: it is not there; the next one is {seal.number}"
            break
        if not seals.is_whole(seal):
            yield f"seal {number}: it does not say what it said when it was made"
        if seal.previous != previous:
            yield f"seal {number}: it does not follow the one before"
        previous = seal.hash
    if expect and expect not in {seal.hash for seal in chain}:
        yield f"the chain does not contain {expect}: it was cut off or made anew"


def _texts(texts: Iterable[SignedText]) -> Iterator[str]:
    """Yield the texts that are not what their hashes say."""
    for of in texts:
        name = f"signed text {of.text_hash[:12]}"
        if text_hash(of.text) != of.text_hash:
            yield f"{name}: it was changed"
        if _content(of.text) != of.content_hash:
            yield f"{name}: its content is not {of.content_hash[:12]}"


def _content(text: str) -> str:
    try:
        return content_hash(loads(text).agreement)
    except Refused:
        return ""


def _seal(seal: Seal, texts: Mapping[str, SignedText]) -> Iterator[str]:
    """Yield if the text that a seal names is not there."""
    if seal.kind == Seal.Kind.VOIDED:
        return
    kept = texts.get(str(seal.said.get("text_hash")))
    if kept is None:
        yield f"seal {seal.number}: the text that was signed is not there"
    elif kept.content_hash != seal.said.get("content_hash"):
        yield f"seal {seal.number}: the text that was signed has another content"


def _signatures(given: Sequence[Signature], chain: Sequence[Seal]) -> Iterator[str]:
    """Yield the signatures without their seal, and the seals without their signature."""
    made = {
        kind: {_signed(seal, at): seal for seal in chain if seal.kind == kind}
        for kind, at in ((Seal.Kind.SIGNED, "at"), (Seal.Kind.VOIDED, "signed_at"))
    }
    known = set[tuple[object, ...]]()
    for of in given:
        key = _given(of)
        name = f"signature {of.id} (version {of.version.number}, {of.side})"
        known.add(key)
        if key not in made[Seal.Kind.SIGNED]:
            yield f"{name}: no seal says that it was given like this"
        void = made[Seal.Kind.VOIDED].get(key)
        if (void.said.get("at") if void else None) != of.voided_at:
            yield f"{name}: the seals do not say that it counts like this"
    for kind, of_kind in made.items():
        for key in of_kind.keys() - known:
            yield f"seal {of_kind[key].number}: the signature that was {kind.value} is not there"


def _signed(seal: Seal, at: str) -> tuple[object, ...]:
    names = ("version", "side", "name", at, "content_hash")
    return tuple(seal.said.get(name) for name in names)


def _given(of: Signature) -> tuple[object, ...]:
    return of.version.number, of.side, of.by_name, of.at, of.content_hash


def _moments(valid: Sequence[Signature], chain: Sequence[Seal]) -> set[object]:
    """Return the moments that signatures were sealed for (None: as soon as both have signed)."""
    keys = {_given(of) for of in valid}
    made = (seal for seal in chain if seal.kind == Seal.Kind.SIGNED)
    return {seal.said.get("in_force_from") for seal in made if _signed(seal, "at") in keys}


def _in_force(
    of: Version,
    chain: Sequence[Seal],
    texts: Mapping[str, SignedText],
    given: Sequence[Signature],
) -> Iterator[str]:
    """Yield what of a version in force is not what both sides signed."""
    name = f"version {of.number}"
    made = [s for s in chain if (s.kind, s.version) == (Seal.Kind.ENACTED, of.number)]
    if len(made) != 1:
        yield f"{name}: {len(made)} seals say that it is in force"
        return
    said = made[0].said
    if said.get("in_force_from") != of.in_force_from:
        yield f"{name}: it is in force from another moment than was sealed"
    if said.get("content_hash") != of.content_hash:
        yield f"{name}: another content was put in force"
    kept = texts.get(str(said.get("text_hash")))
    if kept is not None and kept.text != of.text:
        yield f"{name}: its text is not the one that was signed"
    if of.withdrawn_at is not None:
        yield f"{name}: it is in force, and was marked as withdrawn"
    valid = [s for s in given if s.version_id == of.id and s.voided_at is None]
    yield from _when(name, said.get("in_force_from"), valid, chain)
    for side in Side.values:
        if not any(s.side == side and s.content_hash == of.content_hash for s in valid):
            yield f"{name}: {side} has not signed it"
    people = [s.by_id for s in valid if s.by_id is not None]
    if len(set(people)) < len(people):
        yield f"{name}: one person signed it for both sides"


def _when(
    name: str, since: object, valid: Sequence[Signature], chain: Sequence[Seal]
) -> Iterator[str]:
    """Yield if it came into force earlier than both signed for; after all judging, it may later."""
    moments = _moments(valid, chain)
    if len(moments) > 1:
        yield f"{name}: the two sides signed for different moments"
        return
    begins = [moment for moment in moments if isinstance(moment, int)]
    if isinstance(since, int) and since < max(begins or [of.at for of in valid], default=since):
        yield f"{name}: it was put in force earlier than both signed for"


def _enacted(chain: Sequence[Seal], in_force: Sequence[Version]) -> Iterator[str]:
    """Yield the seals of versions that are not in force any more: none ever goes."""
    numbers = {of.number for of in in_force}
    for seal in chain:
        if seal.kind == Seal.Kind.ENACTED and seal.version not in numbers:
            yield f"seal {seal.number}: version {seal.version} was put in force, and is not"


def _pending(of: Version, chain: Sequence[Seal], given: Sequence[Signature]) -> Iterator[str]:
    """Yield if a proposal that was signed says something else."""
    valid = [s for s in given if s.version_id == of.id and s.voided_at is None]
    if any(s.content_hash != of.content_hash for s in valid):
        yield f"version {of.number}: its content is not the one that was signed"
    if valid and _content(of.text) != of.content_hash:
        yield f"version {of.number}: its text is not the one that was signed"
    if _moments(valid, chain) - {of.begins_at}:
        yield f"version {of.number}: it begins at another moment than was signed"


def _remarks() -> Iterator[str]:
    if changeable := roles.can_change():
        yield (
            "the roles are not apart: the application's role could change "
            f"{', '.join(changeable)}; name the owner's with EINIG_DATABASE_OWNER"
        )
