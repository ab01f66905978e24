"""Contacts: who is known and no lead, from a list that was bought, a card, or a call.

They may ask for the same as any lead: what is known of them (`access.give_contact`), and to be
erased (`erasure.erase_contact`).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

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
    told = of.facts.order_by("known_from", "sequence", "id").values_list("attribute", "value")
    return {name: value for name, value in dict(told).items() if value}


def details(of: Identity) -> list[tuple[str, str, str]]:
    """Return kind, value and normal form of everything by which a contact is reached."""
    found = list(contact.details(attributes(of), organisation().country))
    for kind in ContactDetail.Kind.values:
        begins = f"anon:{contact.held(kind, '')}"
        normal = of.key.removeprefix(begins)
        if of.key.startswith(begins) and (kind, normal) not in {(k, n) for k, _, n in found}:
            found.append((kind, normal, normal))
    return found


def describe(of: Identity) -> Contact:
    """Return who a contact is."""
    told = attributes(of)
    parts = (told.get("first_name", ""), told.get("last_name", ""))
    rows = ImportRow.objects.filter(made__key=of.key).select_related("of__source").order_by("id")
    files = [str(name) for row in rows for name in (row.of.source, row.of.name) if name]
    return Contact(
        of.id,
        told.get("name") or " ".join(filter(None, parts)),
        told.get("company", ""),
        tuple(value for _, value, _ in details(of)),
        of.facts.order_by("known_from").values_list("known_from", flat=True).first(),
        tuple(dict.fromkeys([*filter(None, [told.get("source", "")]), *files])),
    )
