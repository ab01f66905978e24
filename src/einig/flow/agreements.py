"""The agreement's life: drafted, proposed, signed by both sides, in force from an instant."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Max

from einig.engine.agreement import content_hash, loads
from einig.engine.agreement.model import Agreement
from einig.engine.agreement.rules import check
from einig.engine.document import Refused, refuse, said
from einig.flow import audit, enacting, seals, signatures, tasks
from einig.flow.permissions import require
from einig.flow.signatures import Changed, InThePast, OnePerson
from einig.store import turns
from einig.store.models import Revision, User, Version

__all__ = ["Changed", "InThePast", "OnePerson"]
LARGEST = 50_000  # characters: some twenty times a long agreement, and read within seconds


class NotNow(Exception):
    """A version is not in the state that this step asks for."""


class Overtaken(NotNow):
    """Somebody else changed a draft since the revision that a change began from."""


def read(text: str) -> Agreement:
    """Return what a text says; raises Refused with every mistake that it has."""
    if len(text) > LARGEST:
        message = said("The agreement has %(n)s characters.", n=len(text))
        line = text.count("\n", 0, LARGEST) + 1
        remedy = said(
            "From this line on it is too long: an agreement has at most %(n)s.", n=LARGEST
        )
        raise refuse(message, remedy, file="agreement", line=line)
    return loads(text).agreement


def draft(
    text: str, *, by: User | None, at: int, begun_from: str = "", base: Version | None = None
) -> Version:
    """Keep a draft; raises Refused with every mistake that the text has.

    `begun_from` says what it was started from, and `base` from which version.
    """
    if by is not None:
        require(by, "draft_agreement")
    agreement = read(text)
    with transaction.atomic():
        turns.wait("versions")  # or two who begin at once would get the same number
        last = Version.objects.aggregate(last=Max("number"))["last"] or 0
        version = Version.objects.create(
            number=last + 1,
            text=text,
            content_hash=content_hash(agreement),
            begun_from=begun_from,
            base=base,
            drafted_by=by,
            drafted_at=at,
        )
        audit.record("version_drafted", f"version:{version.number}", at=at, by=by)
    return version


def edit(version: Version, text: str, *, by: User, at: int, revision: int | None = None) -> None:
    """Change a draft or a proposal.

    A proposal that says something else afterwards is a draft again, and its signatures are void;
    other comments or another order change nothing that was signed. `revision` is the one that the
    change began from, by default the newest. Raises Overtaken if there is a newer one, NotNow or
    Refused.
    """
    require(by, "draft_agreement")
    digest = content_hash(read(text))
    with transaction.atomic():
        current = _pending(version, "edit")
        if revision is not None and revision != current.revision:
            raise Overtaken("edit")
        _keep(current)
        now = {"text": text, "content_hash": digest, "drafted_by": by, "drafted_at": at}
        now |= {"revision": current.revision + 1}
        if current.proposed_at is not None and digest != current.content_hash:
            signatures.void(current, by=by, at=at, why="content")
            audit.record("version_changed", f"version:{current.number}", at=at, by=by)
            now |= {"proposed_at": None, "promised": None}
        elif signatures.valid(current):
            current.text = text
            seals.keep(current)
        Version.objects.filter(id=current.id).update(**now)
    version.refresh_from_db()


def can_edit(version: Version) -> bool:
    """Return whether a version is still to be written on."""
    return version.in_force_from is None and version.withdrawn_at is None


def _keep(version: Version) -> None:
    """Keep a draft as it is before it changes."""
    Revision.objects.get_or_create(
        version=version,
        number=version.revision,
        defaults={"text": version.text, "by": version.drafted_by, "at": version.drafted_at},
    )


def propose(version: Version, *, by: User | None, at: int) -> None:
    """Put a draft before both sides. Raises NotNow, or Refused where it could not work at all."""
    if by is not None:
        require(by, "propose_agreement")
    with transaction.atomic():
        current = _pending(version, "propose")
        if current.proposed_at is not None:
            raise NotNow("propose")
        _can_work(current)
        Version.objects.filter(id=current.id).update(proposed_at=at)
        audit.record("version_proposed", f"version:{current.number}", at=at, by=by)
        key = f"{current.id}:{current.revision}"  # it may be changed and proposed again
        tasks.schedule("promise", key, due_at=at, version=current.id)
        if by is not None:  # somebody who wants to see what it would do
            enacting.foresee(version, at=at)
    version.refresh_from_db()


def propose_again(version: Version, *, by: User, at: int) -> Version:
    """Propose what was in force before, to be signed by both once more. Raises NotNow."""
    require(by, "propose_agreement")
    earlier = Version.objects.get(id=version.id)
    if earlier.in_force_from is None or earlier.in_force_from > at or earlier == current(at):
        raise NotNow("propose_again")
    with transaction.atomic():
        made = draft(text(earlier), by=by, at=at, begun_from="again", base=earlier)
        propose(made, by=by, at=at)
    return made


def withdraw(version: Version, *, by: User, at: int) -> None:
    """Take a draft or a proposal back before it is in force. Raises NotNow."""
    require(by, "propose_agreement")
    with transaction.atomic():
        current = _pending(version, "withdraw")
        signatures.void(current, by=by, at=at, why="withdrawn")
        Version.objects.filter(id=current.id).update(withdrawn_at=at)
        audit.record("version_withdrawn", f"version:{current.number}", at=at, by=by)
    version.refresh_from_db()


def sign(
    version: Version,
    *,
    by: User,
    at: int,
    in_force_from: int | None = None,
    seen: str | None = None,
) -> bool:
    """Sign for one's own side; with the second signature the version comes into force.

    It does so at `in_force_from` (None: at once), for which both have to sign, and never in the
    past. `seen` is the hash of the content that was seen. Returns whether both have signed now.
    Raises NotNow, Changed, InThePast, OnePerson, seals.Broken, or Refused where it could not work.
    """
    with transaction.atomic():
        current = _pending(version, "sign")
        signer = User.objects.get(id=by.id)  # whose role may be another since they were asked
        require(signer, "sign_agreement")
        if current.proposed_at is None or signer.side is None:
            raise NotNow("sign")
        if seen not in {None, current.content_hash}:
            raise Changed
        _can_work(current)
        both = signatures.give(current, by=signer, side=signer.side, at=at, begins_at=in_force_from)
        if both:
            enact(current, since=in_force_from or at, at=at)
    version.refresh_from_db()
    return both


def sign_anew(version: Version, *, by: User, at: int) -> None:
    """Let the signature that there is count no more, so that another moment can be chosen.

    Raises NotNow.
    """
    require(by, "sign_agreement")
    with transaction.atomic():
        current = _pending(version, "sign_anew")
        if not signatures.valid(current):
            raise NotNow("sign_anew")
        signatures.void(current, by=by, at=at, why="moment")


def enact(version: Version, *, since: int, at: int) -> None:
    """Put a version in force from an instant; every lead is judged anew there."""
    enacting.enact(version, since=since, at=at)


def current(at: int) -> Version | None:
    """Return the version in force at an instant."""
    begun = Version.objects.filter(in_force_from__lte=at)
    return begun.order_by(F("in_force_from").desc()).first()


def state(version: Version, at: int) -> str:
    """Return where a version stands: draft, proposed, coming, in_force, past or withdrawn."""
    if version.withdrawn_at:
        return "withdrawn"
    if version.in_force_from is None:
        return "proposed" if version.proposed_at else "draft"
    if version.in_force_from > at:
        return "coming"
    newest = current(at)
    return "in_force" if newest is not None and newest.id == version.id else "past"


def text(version: Version) -> str:
    """Return what a version says: of one in force what was signed. Raises seals.Broken."""
    since = version.in_force_from
    if since is None:
        return version.text
    return seals.text_in_force(version.number, since=since, content_hash=version.content_hash)


def _can_work(version: Version) -> None:
    """Raise Refused where a version says what nothing could be judged by."""
    if issues := [issue for issue in check(loads(version.text)) if issue.level == "error"]:
        raise Refused(issues)


def _pending(version: Version, step: str) -> Version:
    """Return a version as it is, for as long as the transaction lasts. Raises NotNow."""
    found = Version.objects.select_for_update().get(id=version.id)
    if found.withdrawn_at is not None or found.in_force_from is not None:
        raise NotNow(step)
    return found
