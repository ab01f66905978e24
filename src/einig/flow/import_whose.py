"""Whose rows are, before anything is written: those of leads that are there, and of each other.

The rules are those of `intake`, looked up for many rows at once. Keys and contact details are kept
as their hashes, so that a million rows need no gigabyte.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from einig.flow import contact
from einig.flow.import_rows import Row
from einig.store.models import ContactDetail, Identity, Lead

PHONE = ContactDetail.Kind.PHONE.value
_T = TypeVar("_T")
_AT_ONCE = 400  # values of one query


@dataclass
class Known:
    """Who has which keys and contact details. Those of a file that are new have numbers below 0."""

    by_key: dict[int, int] = field(default_factory=dict)  # 0: an identity that is nobody's
    first: dict[int, int] = field(default_factory=dict)  # 0: somebody is a contact by it
    shared: dict[int, set[int]] = field(default_factory=dict)  # by more than one
    with_address: set[int] = field(default_factory=set)

    def whose(self, row: Row) -> int | None:
        """Return the lead that a row is about; None for somebody new."""
        if lead := self.by_key.get(hash(row.key)):
            return lead
        addresses = [of for kind, _, of in row.details if kind != PHONE]
        for kind, _, normal in row.details:
            if kind != PHONE and (lead := self.first.get(hash((kind, normal)))):
                return lead
        for kind, _, normal in row.details:
            told = hash((kind, normal))
            if kind != PHONE or told in self.shared:
                continue
            if (lead := self.first.get(told)) and not (addresses and lead in self.with_address):
                return lead
        return None

    def touches(self, row: Row) -> bool:
        """Return whether anybody has the key or one of the details of a row."""
        return hash(row.key) in self.by_key or any(
            hash((kind, normal)) in self.first for kind, _, normal in row.details
        )

    def add(self, row: Row, lead: int) -> None:
        """Remember that a row is of somebody, for the rows that come after it."""
        self.by_key[hash(row.key)] = lead
        for kind, _, normal in row.details:
            self.has(lead, kind, normal)

    def has(self, lead: int, kind: str, normal: str) -> None:
        """Remember that somebody has a contact detail."""
        told = hash((kind, normal))
        before = self.first.setdefault(told, lead)
        if not before:
            self.first[told] = lead
        elif before != lead:
            self.shared.setdefault(told, {before}).add(lead)
        if kind != PHONE:
            self.with_address.add(lead)

    def look_up(self, rows: Sequence[Row]) -> None:
        """Add who of the store has the keys and contact details of rows."""
        wanted = {(kind, normal) for row in rows for kind, _, normal in row.details}
        contacts = {f"anon:{contact.held(kind, normal)}": (kind, normal) for kind, normal in wanted}
        for some in _some({row.key for row in rows} | contacts.keys()):
            for key, lead in Identity.objects.filter(key__in=some).values_list("key", "lead_id"):
                if key not in contacts:
                    self.by_key.setdefault(hash(key), lead or 0)
                elif lead is None:
                    self.first.setdefault(hash(contacts[key]), 0)
        seen: set[int] = set()
        details = ContactDetail.objects.order_by("at", "id")
        for kind in {kind for kind, _ in wanted}:
            for some in _some({normal for of, normal in wanted if of == kind}):
                has = details.filter(kind=kind, normal__in=some)
                for normal, lead in has.values_list("normal", "lead_id"):
                    self.has(lead, kind, normal)
                    seen.add(lead)
        for leads in _some(seen - self.with_address):
            own = ContactDetail.objects.filter(lead__in=leads).exclude(kind=PHONE)
            self.with_address |= set(own.values_list("lead_id", flat=True))


def names(leads: Collection[int]) -> dict[int, str]:
    """Return by number how people call leads."""
    found: dict[int, str] = {}
    for some in _some(leads):
        found |= dict(Lead.objects.filter(id__in=some).values_list("id", "lead_id"))
    return found


def _some(of: Collection[_T]) -> Iterator[list[_T]]:
    every = list(of)
    for n in range(0, len(every), _AT_ONCE):
        yield every[n : n + _AT_ONCE]
