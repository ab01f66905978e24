"""Contacts: who is known and no lead, from a list that was bought, a card, or a call.

They may ask for the same as any lead: what is known of them (`access.give_contact`), and to be
erased (`erasure.erase_contact`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from einig.flow import contact
from einig.flow.organisation import organisation
from einig.store.models import ContactDetail, Event, Fact, Identity, ImportRow

_ENDS = 6  # digits with which equal numbers end, whatever stands between them


@dataclass(frozen=True, slots=True)
class Contact:
    """Who a contact is as far as is known, by what they are reached, and since when (µs)."""

    id: int
    name: str
    company: str
    reached_by: tuple[str, ...]
    since: int | None
    came_from: tuple[str, ...]


def every() -> QuerySet[Identity]:
    """Return all contacts: identities of nobody of which something is known, if only a number."""
    told = Q(Exists(Fact.objects.filter(identity=OuterRef("id"))))
    for kind in ContactDetail.Kind.values:
        told |= Q(key__startswith=f"anon:{contact.held(kind, '')}")
    return Identity.objects.filter(told, lead=None)


def old(before: int) -> QuerySet[Identity]:
    """Return the contacts of which nothing was heard since an instant."""
    heard = Fact.objects.filter(identity=OuterRef("id"), known_from__gte=before)
    did = Event.objects.filter(identity=OuterRef("id"), known_from__gte=before)
    return every().filter(~Exists(heard), ~Exists(did))


def found(said: str) -> QuerySet[Identity]:
    """Return the contacts that somebody means by a name, an address or a number, newest first."""
    text, country = said.strip(), organisation().country
    if not text:
        return every().order_by("-id")
    normal = {
        contact.held(kind, of)
        for kind in ("email", "phone", "social")
        if (of := contact.normalize(kind, text, country))
    }
    facts = Fact.objects.filter(identity=OuterRef("id"), value__icontains=text)
    named = Q(key__in=[f"anon:{of}" for of in normal]) | Q(Exists(facts))
    return every().filter(named | Q(id__in=_with_number(text, country))).order_by("-id")


def _with_number(text: str, country: str) -> set[int]:
    """Return who has a number, however it was written: not all of it has to be understood."""
    wanted = contact.normalize("phone", text, country)
    if wanted is None:
        return set()
    numbers = Fact.objects.filter(attribute__in=contact.NUMBERS, identity__lead=None)
    told = numbers.values_list("identity", "value").iterator()
    return {
        id_
        for id_, value in told
        if value
        and "".join(filter(str.isdigit, value)).endswith(wanted[-_ENDS:])
        and contact.normalize("phone", value, country) == wanted
    }


def attributes(of: Identity) -> dict[str, str]:
    """Return what is known of a contact now."""
    return _known([of.id]).get(of.id, {})


def details(of: Identity) -> list[tuple[str, str, str]]:
    """Return kind, value and normal form of everything by which a contact is reached."""
    return _details(of, attributes(of))


def rows(many: Sequence[Identity]) -> QuerySet[ImportRow]:
    """Return the rows of lists by which contacts are known."""
    keys = [of.key for of in many]
    return ImportRow.objects.filter(of__contacts=True, made__key__in=keys)


def describe(of: Identity) -> Contact:
    """Return who a contact is."""
    return describe_all([of])[0]


def describe_all(many: Sequence[Identity]) -> list[Contact]:
    """Return who some contacts are, in their order."""
    known, files = _known([of.id for of in many]), defaultdict[str, list[str]](list)
    for row in rows(many).select_related("of__source").order_by("id"):
        files[row.made["key"]] += [str(of) for of in (row.of.source, row.of.name) if of]
    since = known_since(many)
    return [
        Contact(
            of.id,
            _name(known.get(of.id, {})),
            known.get(of.id, {}).get("company", ""),
            tuple(value for _, value, _ in _details(of, known.get(of.id, {}))),
            since.get(of.id),
            tuple(dict.fromkeys(files[of.key])),
        )
        for of in many
    ]


def known_since(many: Sequence[Identity]) -> dict[int, int]:
    """Return by number since when contacts are known: since the first that they said or did."""
    since: dict[int, int] = {}
    for of in (Fact, Event):
        rows = of.objects.filter(identity__in=[one.id for one in many]).values("identity")
        for id_, at in rows.annotate(first=Min("known_from")).values_list("identity", "first"):
            since[id_] = min(at, since.get(id_, at))
    return since


def _known(ids: Sequence[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    told = Fact.objects.filter(identity__in=ids).order_by("known_from", "sequence", "id")
    for id_, name, value in told.values_list("identity", "attribute", "value"):
        found.setdefault(id_, {})[name] = value or ""
    return {id_: {name: of for name, of in each.items() if of} for id_, each in found.items()}


def _name(told: Mapping[str, str]) -> str:
    parts = (told.get("first_name", ""), told.get("last_name", ""))
    return told.get("name") or " ".join(filter(None, parts))


def _details(of: Identity, told: Mapping[str, str]) -> list[tuple[str, str, str]]:
    found = list(contact.details(told, organisation().country))
    for kind in ContactDetail.Kind.values:
        begins = f"anon:{contact.held(kind, '')}"
        normal = of.key.removeprefix(begins)
        if of.key.startswith(begins) and (kind, normal) not in {(k, n) for k, _, n in found}:
            found.append((kind, normal, normal))
    return found
