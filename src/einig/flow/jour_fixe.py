"""The Jour fixe: disputed leads, one proposed change, promises, and both sides' yes at one table.

Whoever writes says what stood there before, field by field; what somebody else changed since is
not overwritten. A yes is to everything that is on the table: what changes afterwards takes it back.
With the second yes it is over, and what was agreed is sent to both teams.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from einig.engine.instants import HOUR
from einig.engine.values import legible, tidy
from einig.flow import agreements, audit, disputed, signatures, tasks
from einig.flow.permissions import MARKETERS, SELLERS, NotAllowed, require
from einig.store.models import JourFixe, Organisation, Side, User, Version

LASTS = 30  # minutes
LONGEST = 5000  # characters of a field
FIELDS = ("marketing_promises", "sales_promises", "notes")
CHANGE = "change"  # the field that holds a version's number
MAIL = "mail_minutes"


class Over(Exception):
    """It has ended: nothing is written any more."""


class TooLong(Exception):
    """A field holds more than LONGEST characters."""


class Changed(Exception):
    """What was seen is not what is on the table any more."""


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote into a field, and the name of what stood there when they began."""

    text: str
    seen: str

    @property
    def is_new(self) -> bool:
        """Return whether somebody wrote anything else than what they saw."""
        return self.seen != name_of(_cleaned(self.text))


# --- reading ----------------------------------------------------------------------------------


def running() -> JourFixe | None:
    """Return the one that is held now."""
    return _all().filter(ended_at=None).first()


def ended() -> QuerySet[JourFixe]:
    """Return those that are over, newest first."""
    return _all().filter(ended_at__isnull=False)


def before(meeting: JourFixe) -> JourFixe | None:
    """Return the last one at which both sides promised something."""
    agreed = ended().filter(approved__has_keys=list(Side.values), id__lt=meeting.id)
    return agreed.first()


def changes() -> list[Version]:
    """Return the drafts and proposals that can be put on the table, newest first."""
    pending = Version.objects.filter(in_force_from=None, withdrawn_at=None)
    return list(pending.order_by("-number"))


def value(meeting: JourFixe, field: str) -> str:
    """Return what stands in a field."""
    if field != CHANGE:
        return str(getattr(meeting, field))
    return str(meeting.change.number) if meeting.change else ""


def name_of(text: str) -> str:
    """Return a short name of what stands in a field, by which it is recognised."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def table(meeting: JourFixe) -> str:
    """Return a name of everything to which both sides say yes."""
    texts = {field: value(meeting, field) for field in (CHANGE, *FIELDS)}
    return table_of(texts, meeting.change.content_hash if meeting.change else "")


def table_of(texts: Mapping[str, str], content: str) -> str:
    """Return the name of a table from its fields, and from what the change on it says."""
    said = [_cleaned(texts.get(field, "")) for field in (CHANGE, *FIELDS)]
    return name_of("\0".join([*said, content]))


def agreed_moment(change: Version | None) -> int | None:
    """Return the moment that a side signed a change for, None for as soon as both have."""
    return change.begins_at if change is not None and signatures.valid(change) else None


def approved(meeting: JourFixe) -> dict[str, dict[str, object]]:
    """Return by side whose yes is to what is on the table."""
    if meeting.ended_at is not None:
        return dict(meeting.approved)
    now = table(meeting)
    return {side: of for side, of in meeting.approved.items() if of["seen"] == now}


def promises(text: str) -> list[str]:
    """Return what was promised: a line each."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def promised(meeting: JourFixe) -> dict[str, list[tuple[str, bool | None]]]:
    """Return by side what was promised, each with whether it was kept (None: nobody said)."""
    found: dict[str, list[tuple[str, bool | None]]] = {}
    for side in Side.values:
        lines = promises(value(meeting, f"{side}_promises"))
        told = meeting.kept.get(side, [])
        found[side] = [(line, told[n] if n < len(told) else None) for n, line in enumerate(lines)]
    return found


def _all() -> QuerySet[JourFixe]:
    return JourFixe.objects.select_related("change", "begun_by").order_by("-id")


# --- writing ----------------------------------------------------------------------------------


def start(*, by: User, at: int) -> JourFixe:
    """Put disputed leads on the table; of two who start at once both sit at the same one."""
    require(by, "hold_jour_fixe")
    with transaction.atomic():
        list(Organisation.objects.select_for_update()[:1])  # two who start at once take turns
        if (held := running()) is not None:
            return held
        leads = disputed.draw(but=disputed.on_tables(ended()))
        meeting = JourFixe.objects.create(at=at, begun_by=by, leads=leads)
        audit.record("jour_fixe_begun", _named(meeting), at=at, by=by, leads=len(leads))
    return meeting


def write(meeting: JourFixe, given: Mapping[str, Written], *, by: User, at: int) -> dict[str, str]:
    """Keep what was written, and return what stands in fields that somebody else changed since.

    If there are any, nothing is kept at all. Raises Over or TooLong.
    """
    require(by, "hold_jour_fixe")
    if any(len(of.text) > LONGEST for of in given.values()):
        raise TooLong
    with transaction.atomic():
        current = _held(meeting)
        mine = {name: _cleaned(of.text) for name, of in given.items()}
        stands = {name: value(current, name) for name in given}
        touched = [n for n, of in given.items() if of.is_new and mine[n] != stands[n]]
        clash = {n: stands[n] for n in touched if given[n].seen != name_of(stands[n])}
        if clash:
            return clash
        fields = [name for name in touched if _set(current, name, mine[name])]
        if fields:
            current.save(update_fields=fields)
            audit.record("jour_fixe_written", _named(current), at=at, by=by, fields=fields)
    meeting.refresh_from_db()
    return {}


def keep(meeting: JourFixe, side: str, number: int, kept: bool, *, by: User, at: int) -> None:
    """Say of a promise of the last Jour fixe whether it was kept."""
    require(by, "hold_jour_fixe")
    with transaction.atomic():
        current = JourFixe.objects.select_for_update().get(id=meeting.id)
        told = [one for _line, one in promised(current).get(side, [])]
        if number < len(told) and told[number] is not kept:
            told[number] = kept
            current.kept = current.kept | {side: told}
            current.save(update_fields=["kept"])
            said = {"side": side, "promise": number + 1, "kept": kept}
            audit.record("promise_looked_at", _named(current), at=at, by=by, **said)


def approve(
    meeting: JourFixe,
    *,
    by: User,
    at: int,
    seen: str,
    content: str | None = None,
    begins_at: int | None = None,
) -> bool:
    """Say yes for one's side to what was seen; return whether both sides have said so now.

    With `content`, the hash of what the proposed change says, that is signed too, in the same
    person's name, for the moment that was seen (None: as soon as both have signed). Raises Over
    or Changed, and what `agreements.sign` raises.
    """
    require(by, "hold_jour_fixe")
    if by.side is None:
        raise NotAllowed("hold_jour_fixe")
    with transaction.atomic():
        current = _held(meeting)
        if seen != table(current):
            raise Changed
        given = {"by": by.pk, "name": by.name, "at": at, "seen": seen}
        current.approved = approved(current) | {by.side.value: given}
        both = set(current.approved) == set(Side.values)
        if both:
            current.ended_at = at
        current.save(update_fields=["approved", "ended_at"])
        if content is not None and current.change is not None:
            if begins_at != agreed_moment(current.change):
                raise Changed
            agreements.sign(current.change, by=by, at=at, in_force_from=begins_at, seen=content)
        audit.record("jour_fixe_approved", _named(current), at=at, by=by, side=by.side.value)
        if both:
            _send(current, str(current.id), at=at)
    meeting.refresh_from_db()
    return both


def leave(meeting: JourFixe, *, by: User, at: int) -> None:
    """End it without both sides' yes: what was written stays, and nothing is sent. Raises Over."""
    require(by, "hold_jour_fixe")
    with transaction.atomic():
        current = _held(meeting)
        current.approved, current.ended_at = approved(current), at
        current.save(update_fields=["approved", "ended_at"])
        audit.record("jour_fixe_left", _named(current), at=at, by=by)
    meeting.refresh_from_db()


def send_again(meeting: JourFixe, *, by: User, at: int) -> int:
    """Send the minutes once more, at most once an hour; return to how many."""
    require(by, "hold_jour_fixe")
    if meeting.ended_at is None or set(meeting.approved) != set(Side.values):
        return 0
    with transaction.atomic():
        told = _send(meeting, f"{meeting.id}:again:{at // HOUR}", at=at)
        if told:
            audit.record("minutes_sent_again", _named(meeting), at=at, by=by, people=told)
    return told


def _send(meeting: JourFixe, key: str, *, at: int) -> int:
    """Ask for a mail to everybody of both teams."""
    both = User.objects.filter(is_active=True, role__in=[*MARKETERS, *SELLERS])
    return sum(
        tasks.schedule(MAIL, f"{key}:{to}", due_at=at, meeting=meeting.id, to=to)
        for to in both.values_list("id", flat=True)
    )


def _set(meeting: JourFixe, field: str, text: str) -> bool:
    """Write into a field; false if that is no version that can be on the table."""
    if field != CHANGE:
        setattr(meeting, field, text)
        return True
    number = int(text) if text.isdecimal() and len(text) < 9 else None
    found = next((of for of in changes() if of.number == number), None)
    if text and found is None:
        return False
    meeting.change = found
    return True


def _cleaned(text: str) -> str:
    return tidy(legible(text.replace("\r\n", "\n")))


def _held(meeting: JourFixe) -> JourFixe:
    """Return it as it is, for as long as the transaction lasts. Raises Over."""
    current = JourFixe.objects.select_for_update(of=("self",)).select_related("change")
    found = current.get(id=meeting.id)
    if found.ended_at is not None:
        raise Over
    return found


def _named(meeting: JourFixe) -> str:
    return f"jour_fixe:{meeting.id}"
