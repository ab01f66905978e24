"""Scoring: a lead as the engine sees it, and what the agreements in force say of it."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from einig.engine.agreement import loads
from einig.engine.agreement.model import Agreement
from einig.engine.history import LinkRow
from einig.engine.instants import FOREVER
from einig.engine.scoring import Enactment, LeadHistory, Plan, compile_kernel, lead_from, plan
from einig.flow import one_person, seals
from einig.store import rows
from einig.store.history import GIVEN_BACK
from einig.store.models import Handoff, Lead, Outcome, Version


@dataclass(frozen=True, slots=True)
class InForce:
    """A version with its agreement and plan, from an instant on."""

    id: int
    number: int
    since: int
    agreement: Agreement
    plan: Plan


def timeline() -> list[InForce]:
    """Return every version that is or will be in force, in order, as it was signed.

    Raises seals.Broken: whatever judges stops then, and what arrives is kept until it is mended.
    """
    rows = Version.objects.filter(in_force_from__isnull=False).order_by("in_force_from")
    told = rows.values_list("id", "number", "in_force_from", "content_hash")
    return [
        InForce(id_, number, since, *_agreement(number, since, content_hash))
        for id_, number, since, content_hash in told
        if since is not None
    ]


@functools.cache
def _agreement(number: int, since: int, content_hash: str) -> tuple[Agreement, Plan]:
    """Return a version's agreement: read once, since what is signed never changes."""
    agreement = seals.agreement_in_force(number, since=since, content_hash=content_hash)
    return agreement, plan(agreement)


@functools.cache
def prepare() -> None:
    """Compile what scores leads, before a transaction that others would have to wait for."""
    compile_kernel(plan(loads(_ANY).agreement))


_ANY = "name: Any\nfit: {industry: {Software: 1}}\nsales_ready: {fit: 1}\n"


def enactments(versions: Sequence[InForce]) -> list[Enactment]:
    """Return versions as the engine takes them."""
    return [Enactment(version.agreement, version.since) for version in versions]


def in_force(at: int, versions: Sequence[InForce]) -> InForce | None:
    """Return the version in force at an instant."""
    begun = [version for version in versions if version.since <= at]
    return begun[-1] if begun else None


def lead_history(lead: Lead) -> LeadHistory:
    """Return everything that counts for a lead, as the engine sees it."""
    links, births, keys = _links(lead)
    facts, events = rows.facts(keys), rows.events(keys)
    return lead_from(lead.lead_id, births=births, links=links, facts=facts, events=events)


def _links(lead: Lead) -> tuple[list[LinkRow], dict[str, int], dict[int, str]]:
    """Return every link on a way to a lead or from it, since when the leads on it exist, and
    the keys of all identities.
    """
    births, links = {lead.lead_id: lead.created_at}, dict[int, LinkRow]()
    keys: dict[int, str] = {}
    waiting = {lead.lead_id}
    while waiting:
        for id_, link, identity in rows.links(waiting):
            links[id_], keys[identity] = link, link.identity
        names = {name for link in links.values() for name in (link.identity, link.lead_id)}
        # only a lead's own id is without a colon: whoever is linked is a lead, or leads to nobody
        found = {name for name in names - births.keys() if ":" not in name}
        if found:
            born = Lead.objects.filter(lead_id__in=found, profiled=True)
            births |= dict(born.values_list("lead_id", "created_at"))
        waiting = found & births.keys()
    keys |= rows.identities(births)
    ours = [link for link in links.values() if link.lead_id in births]
    return ours, births, keys


def decided_at(lead: Lead) -> int:
    """Return when a lead was won or lost for the first time; FOREVER where it was not."""
    ended = Outcome.objects.filter(lead__in=one_person.everything(lead))
    first = ended.order_by("at").values_list("at", flat=True).first()
    return FOREVER if first is None else first


def returns(lead: Lead) -> list[int]:
    """Return when sales was done with a lead without having won it."""
    back = lead.handoffs.filter(kind=Handoff.Kind.SALES, closing__in=GIVEN_BACK)
    return [at for at in back.order_by("closed_at").values_list("closed_at", flat=True) if at]
