"""Consent: given for a purpose, on a legal basis, with its proof; withdrawn at once.

A mail address proves nothing about who wrote it into a form. What is asked to be confirmed opens
only once whoever reads that address has said so; the lead is kept from the first moment.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.core import signing
from django.db import transaction
from django.db.models import Max

from einig.engine.instants import DAY
from einig.flow import audit, one_person, purposes, tasks
from einig.flow.permissions import require
from einig.store import turns
from einig.store.models import (
    Basis,
    Consent,
    ContactDetail,
    Decision,
    Fact,
    Identity,
    Lead,
    Objection,
    Source,
    User,
)

CONFIRM_WITHIN = 30 * DAY
MOST_ASKED = 3  # mails that ask to confirm the same consent, whoever presses the button
_SALT = "confirm"
_OBJECTS = "objects_to_"  # how attributes of a contact begin that say so


class AskedEnough(Exception):
    """Somebody was asked to confirm as often as is decent."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What somebody agreed to: a purpose, and the text that they read.

    `version` is that of the text in `purposes`; 0 stands for a sender's own words.
    """

    purpose: str
    text: str = ""
    version: int = 0
    language: str = ""
    at: int = 0  # when that was, where it was told of later


def hear(
    lead: Lead, said: Iterable[Agreed], *, source: Source | None, event_id: str, at: int
) -> None:
    """Keep what a message says that a lead agreed to; read again, it is the same consent.

    Who agrees again before having confirmed is asked again.
    """
    for one in said:
        heard = f"{event_id}:{one.purpose}"
        if Consent.objects.filter(heard=heard).exists():
            continue
        mine = Consent.objects.filter(lead__in=one_person.everything(lead), purpose=one.purpose)
        waiting = mine.waiting().order_by("-id").first()
        if waiting is not None and waiting.text == one.text:
            Consent.objects.filter(id=waiting.id).update(heard=heard)
            _ask(waiting, at=at)
        elif not mine.open().filter(text=one.text).exists():
            give(lead, one.purpose, at=at, said=one, source=source, heard=heard)


def give(
    lead: Lead,
    purpose: str,
    *,
    at: int,
    basis: str = Basis.CONSENT,
    proof: str = "",
    said: Agreed | None = None,
    source: Source | None = None,
    heard: str | None = None,
    by: User | None = None,
) -> Consent:
    """Write down a consent. With a `proof` it holds at once; else as its purpose asks for."""
    said = said or Agreed(purpose)
    worded = purposes.current(purpose)
    waits = not proof and basis == Basis.CONSENT and worded is not None and worded.confirmed
    address = _address(lead) or _address(one_person.now(lead))
    with transaction.atomic():
        given = Consent.objects.create(
            lead=lead,
            purpose=purpose,
            basis=basis,
            text=said.text,
            version=said.version,
            language=said.language,
            source=source,
            by=by,
            proof=proof,
            heard=heard,
            given_at=min(said.at or at, at),
            address=address.value if waits and address is not None else "",
            opened_at=None if waits else at,
        )
        audit.record("consent_given", lead, at=at, by=by, purpose=purpose, basis=basis)
        if waits:
            _ask(given, at=at)
        else:
            _heed(lead, purpose, at=at)
    return given


def _address(lead: Lead) -> ContactDetail | None:
    return lead.contact_details.filter(kind=ContactDetail.Kind.EMAIL).order_by("-id").first()


def ask_again(of: Consent, *, by: User, at: int) -> None:
    """Send the mail that asks to confirm a consent once more. Raises AskedEnough."""
    require(by, "edit_lead")
    if not _ask(of, at=at):
        raise AskedEnough


def token_of(of: Consent, *, at: int) -> str:
    """Return what a link holds to confirm a consent; it says nothing about the lead."""
    return signing.dumps([of.id, at + CONFIRM_WITHIN], salt=_SALT, compress=True)


def to_confirm(token: str, *, at: int) -> Consent | None:
    """Return what a link confirms; None if it is not one of ours, too old, or withdrawn."""
    try:
        id_, until = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    found = Consent.objects.select_related("lead").filter(id=id_, withdrawn_at=None).first()
    return found if found is not None and (at < until or found.opened_at is not None) else None


def confirm(of: Consent, *, at: int, from_: str) -> None:
    """Open the purpose of a consent; confirmed again, it stays as it was confirmed first."""
    with transaction.atomic():
        waiting = Consent.objects.filter(id=of.id, opened_at=None, withdrawn_at=None)
        if waiting.update(opened_at=at, confirmed_from=from_[:64]):
            audit.record("consent_confirmed", of.lead, at=at, by=None, purpose=of.purpose)
            _heed(of.lead, of.purpose, at=at)
    of.refresh_from_db()


def withdraw(lead: Lead, purpose: str, *, at: int, by: User | None = None) -> None:
    """End a consent from now on, and object to the purpose on any other basis."""
    if by is not None:
        require(by, "edit_lead")
    with transaction.atomic():
        _end(lead, purpose, at=at)
        if not _objects(lead, purpose):
            how = "told" if by is not None else "link"
            Objection.objects.create(lead=lead, purpose=purpose, at=at, by=by, how=how)
            audit.record("consent_withdrawn", lead, at=at, by=by, purpose=purpose)
        _heed(lead, purpose, at=at)


def object_to(lead: Lead, purpose: str, *, at: int) -> bool:
    """Write down an objection that a file tells of; false if it stands already."""
    if _objects(lead, purpose):
        return False
    _end(lead, purpose, at=at)
    Objection.objects.create(lead=lead, purpose=purpose, at=at, how="file")
    audit.record("consent_withdrawn", lead, at=at, by=None, purpose=purpose)
    _heed(lead, purpose, at=at)
    return True


def objections_of(told: Iterable[str]) -> dict[str, str]:
    """Return as attributes what a contact objects to who is no lead yet."""
    return {f"{_OBJECTS}{of}": "yes" for of in told}


def carry(lead: Lead, was: Collection[Identity]) -> None:
    """Let what somebody objected to as a contact hold for the lead they are, unless it agreed."""
    if not was:
        return
    told = Fact.objects.filter(identity__in=was, attribute__startswith=_OBJECTS)
    for of in told.order_by("known_from", "id"):
        purpose = of.attribute.removeprefix(_OBJECTS)
        if holds(lead, purpose) is None:
            object_to(lead, purpose, at=of.known_from)


def holds(lead: Lead, purpose: str) -> Consent | None:
    """Return the newest consent of a lead to a purpose that holds.

    Of leads that are one person it counts, whichever gave it, until any of them objects.
    """
    mine = one_person.everything(lead)
    found = Consent.objects.open().filter(lead__in=mine, purpose=purpose)
    if len(mine) > 1:
        objected = Objection.objects.filter(lead__in=mine, purpose=purpose)
        since = objected.aggregate(last=Max("at"))["last"]
        found = found if since is None else found.filter(opened_at__gt=since)
    return found.order_by("-opened_at", "-id").first()


def objection(lead: Lead, purpose: str) -> Objection | None:
    """Return the newest objection of a lead to a purpose, unless it agreed after that."""
    mine = Objection.objects.filter(lead__in=one_person.everything(lead), purpose=purpose)
    newest = mine.order_by("-at", "-id").first()
    held = holds(lead, purpose)
    return None if newest is None or held is not None else newest


def may_profile(lead: Lead) -> bool:
    """Return whether there is a basis for judging a lead."""
    if holds(lead, Consent.Purpose.PROFILING) is not None:
        return True
    return profiles_by_default() and objection(lead, Consent.Purpose.PROFILING) is None


def profiles_by_default() -> bool:
    """Return whether leads are judged that said nothing about it."""
    worded = purposes.current(Consent.Purpose.PROFILING)
    return worded is None or worded.basis != Basis.CONSENT


def _objects(lead: Lead, purpose: str) -> bool:
    return objection(lead, purpose) is not None


def _end(lead: Lead, purpose: str, *, at: int) -> None:
    mine = Consent.objects.filter(lead__in=one_person.everything(lead), purpose=purpose)
    mine.filter(withdrawn_at=None).update(withdrawn_at=at)


def _ask(of: Consent, *, at: int) -> bool:
    """Have a mail sent that asks to confirm a consent; false if that was done often enough."""
    if not of.address or of.opened_at is not None or of.asked >= MOST_ASKED:
        return False
    Consent.objects.filter(id=of.id).update(asked=of.asked + 1)
    of.asked += 1
    return tasks.schedule("mail_confirm", f"{of.id}:{of.asked}", due_at=at, consent=of.id)


def _heed(lead: Lead, purpose: str, *, at: int) -> None:
    """Let a change take effect at once where something depends on it."""
    if purpose == Consent.Purpose.PROFILING:
        settle_profiling(lead, at=at)


def settle_profiling(lead: Lead, *, at: int) -> None:
    """Let a lead be judged only while there is a basis for it, and whoever is one person with it.

    What was decided before stays as the proof of why somebody got the lead, and nothing reads it.
    Once it may be judged again it stands where it stood, and whoever judges goes on from there.
    """
    turns.wait("journey")
    may = may_profile(lead)
    for one in one_person.everything(lead):
        _settle(one, may, at=at)
    lead.refresh_from_db()


def _settle(lead: Lead, may: bool, *, at: int) -> None:
    current = Lead.objects.select_for_update().get(id=lead.id)
    if current.profiled == may:
        return
    last = Decision.objects.filter(lead=current).order_by("-at").first() if may else None
    current.profiled = may
    current.version_id = last.version_id if last else None
    current.fit, current.engagement = (last.fit, last.engagement) if last else (0, 0)
    current.intent = last.intent if last else False
    current.sales_ready = last.sales_ready if last else False
    current.last_known = max(at, current.last_known + 1)  # whoever read it before lets it be
    current.next_change_at = current.last_known if may else None
    current.save()
    audit.record("profiling", current, at=at, by=None, allowed=may)


def settle_all(*, at: int) -> int:
    """Settle every lead anew, after the purpose itself got another basis; return how many change.

    Those who agreed or objected have their own say; all others stand as the basis says.
    """
    changed = 0
    for lead in Lead.objects.order_by("id").iterator(500):
        if lead.profiled != may_profile(lead):
            with transaction.atomic():
                settle_profiling(lead, at=at)
            changed += 1
    return changed
