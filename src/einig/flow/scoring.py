"""Scoring: a lead as the engine sees it, and what the agreements in force say of it."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.db.models import Q

from einig.engine.agreement import loads
from einig.engine.agreement.model import Agreement
from einig.engine.history import EventRow, FactRow, LinkRow
from einig.engine.scoring import Enactment, LeadHistory, lead_from
from einig.store.history import GIVEN_BACK
from einig.store.models import Event, Fact, Handoff, Lead, Link, Version


@dataclass(frozen=True, slots=True)
class InForce:
    """A version with its agreement, from an instant on."""

    id: int
    number: int
    since: int
    agreement: Agreement


def timeline() -> list[InForce]:
    """Return every version that is or will be in force, in order."""
    rows = Version.objects.filter(in_force_from__isnull=False).order_by("in_force_from")
    told = rows.values_list("id", "number", "in_force_from", "content_hash")
    return [
        InForce(id_, number, since, _agreement(id_, content_hash))
        for id_, number, since, content_hash in told
        if since is not None
    ]


@functools.lru_cache(64)
def _agreement(version: int, content_hash: str) -> Agreement:
    """Return a version's agreement: read once, since what is signed never changes."""
    return loads(Version.objects.values_list("text", flat=True).get(id=version)).agreement


def enactments(versions: Sequence[InForce]) -> list[Enactment]:
    """Return versions as the engine takes them."""
    return [Enactment(version.agreement, version.since) for version in versions]


def in_force(at: int, versions: Sequence[InForce]) -> InForce | None:
    """Return the version in force at an instant."""
    begun = [version for version in versions if version.since <= at]
    return begun[-1] if begun else None


def lead_history(lead: Lead) -> LeadHistory:
    """Return everything that counts for a lead, as the engine sees it."""
    links, births = _links(lead)
    keys = {*births, *(link.identity for link in links)}
    facts = Fact.objects.filter(identity__key__in=keys).order_by("id")
    events = Event.objects.filter(identity__key__in=keys)
    return lead_from(
        lead.lead_id,
        births=births,
        links=links,
        facts=[
            FactRow(lead_id=key, attribute=name, value=value, known_from=at, sequence=n)
            for key, name, value, at, n in facts.values_list(
                "identity__key", "attribute", "value", "known_from", "sequence"
            )
        ],
        events=[
            EventRow(
                event_id=id_,
                lead_id=key,
                type=kind,
                at=at,
                known_from=known,
                known_until=until,
                properties=properties,
            )
            for id_, key, kind, at, known, until, properties in events.values_list(
                "event_id", "identity__key", "type", "at", "known_from", "known_until", "properties"
            )
        ],
    )


def _links(lead: Lead) -> tuple[list[LinkRow], dict[str, int]]:
    """Return every link on a way to a lead or from it, and since when the leads on it exist."""
    births, links = {lead.lead_id: lead.created_at}, dict[int, LinkRow]()
    waiting = {lead.lead_id}
    while waiting:
        rows = Link.objects.filter(Q(lead__lead_id__in=waiting) | Q(identity__key__in=waiting))
        found = rows.values_list(
            "id", "identity__key", "lead__lead_id", "kind", "linked_at", "unlinked_at"
        )
        for id_, identity, to, kind, since, until in found:
            links[id_] = LinkRow(
                identity=identity, lead_id=to, kind=_kind(kind), linked_at=since, unlinked_at=until
            )
        names = {name for link in links.values() for name in (link.identity, link.lead_id)}
        # only a lead's own id is without a colon: whoever is linked is a lead, or leads to nobody
        waiting = {name for name in names - births.keys() if ":" not in name}
        births |= dict(
            Lead.objects.filter(lead_id__in=waiting).values_list("lead_id", "created_at")
        )
    return list(links.values()), births


def _kind(kind: str) -> Literal["same", "member"]:
    return "member" if kind == "member" else "same"


def returns(lead: Lead) -> list[int]:
    """Return when sales was done with a lead without having won it."""
    back = lead.handoffs.filter(kind=Handoff.Kind.SALES, closing__in=GIVEN_BACK)
    return [at for at in back.order_by("closed_at").values_list("closed_at", flat=True) if at]
