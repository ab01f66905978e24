"""New leads from a file, many at once: the same rows that `intake` writes for one.

What is new meets nobody, so nothing has to be looked up for it; and a lead that is not sales-ready
needs no more than its first decision, which is made from what the row says.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from einig.engine.history import EventRow, FactRow, LinkRow
from einig.engine.scoring import LeadHistory, lead_from, state_at
from einig.flow import companies, contact, journey, lead_ids, scoring
from einig.flow.import_rows import Row
from einig.flow.scoring import InForce
from einig.store.adding import add
from einig.store.models import (
    AuditEntry,
    Company,
    ContactDetail,
    Decision,
    Event,
    Fact,
    Identity,
    Lead,
    Link,
    Source,
    User,
)


@dataclass(frozen=True, slots=True)
class Made:
    """A lead that a row made, when it became known here, and the company that came with it."""

    row: Row
    lead: Lead
    at: int
    company: int | None = None


@dataclass(frozen=True, slots=True)
class Coming:
    """A lead that is about to be written, and what was decided about it."""

    row: Row
    lead: Lead
    at: int
    decision: Decision | None


def prepare(
    rows: Sequence[Row], *, at: int, source: Source, versions: list[InForce]
) -> list[Coming]:
    """Return new leads, each known from an instant of its own, judged as what they say."""
    origin = {"source": source.name}
    coming: list[Coming] = []
    for when, row in enumerate(rows, at):
        lead = _lead(row, when, source)
        history = _history(row, lead, when, origin)
        decision = _first_decision(row, lead, history, when, versions)
        coming.append(Coming(row, lead, when, decision))
    return coming


def create(coming: Sequence[Coming], *, source: Source, by: User | None) -> list[Made]:
    """Write down new leads with everything that is known of them."""
    rows, leads = [of.row for of in coming], [of.lead for of in coming]
    at = [of.at for of in coming]
    companies, origin = _companies(rows), {"source": source.name}
    for lead, company in zip(leads, companies, strict=True):
        lead.company = company[0] if company else None
    Lead.objects.bulk_create(leads)
    own = [Identity(key=lead.lead_id, lead=lead) for lead in leads]
    said = [Identity(key=row.key, lead=lead) for row, lead in zip(rows, leads, strict=True)]
    Identity.objects.bulk_create([*own, *said])
    written = list(zip(rows, leads, at, said, strict=True))
    add(
        Link,
        ("identity_id", "lead_id", "kind", "linked_at"),
        ((who.id, lead.id, "same", _known(row, lead, when)) for row, lead, when, who in written),
    )
    add(
        ContactDetail,
        ("lead_id", "kind", "value", "normal", "at"),
        (
            (lead.id, kind, value, normal, when)
            for row, lead, when, _ in written
            for kind, value, normal in row.details
        ),
    )
    add(
        Fact,
        ("identity_id", "attribute", "value", "known_from", "sequence", "assumed"),
        (
            (who.id, name, value, _known(row, lead, when), n, row.won is not None)
            for row, lead, when, who in written
            for n, (name, value) in enumerate((origin | row.attributes).items())
        ),
    )
    Event.objects.bulk_create(
        [
            Event(event_id=event_id(row), identity=who, source=source, **_happened(row, when))
            for row, _, when, who in written
            if row.activity
        ],
        ignore_conflicts=True,
    )
    _record(coming, source=source, by=by)
    fresh = [company[0].id if company and company[1] else None for company in companies]
    return [
        Made(row, lead, when, company)
        for (row, lead, when, _), company in zip(written, fresh, strict=True)
    ]


def _record(coming: Sequence[Coming], *, source: Source, by: User | None) -> None:
    """Write down what was decided about new leads, and who made them."""
    decisions = [of.decision for of in coming if of.decision is not None]
    add(
        Decision,
        ("lead_id", "version_id", "at", "fit", "engagement", "intent", "sales_ready"),
        (
            (of.lead.id, of.version_id, of.at, of.fit, of.engagement, of.intent, of.sales_ready)
            for of in decisions
        ),
    )
    told, who = json.dumps({"source": source.name}), by.id if by is not None else None
    add(
        AuditEntry,
        ("at", "by_id", "action", "about", "detail"),
        ((of.at, who, "lead_created", f"lead:{of.lead.lead_id}", told) for of in coming),
    )


def created(row: Row, at: int) -> int:
    """Return since when a lead exists: as the row says, or since its first activity, or now."""
    told = [of for of in (row.created_at, row.activity_at if row.activity else None) if of]
    return min([*told, at])


def decide(
    lead: Lead, history: LeadHistory, versions: list[InForce], *, at: int
) -> Decision | None:
    """Let the version in force say of a lead how it stands, and no more."""
    lead.judged_at = at
    lead.next_change_at = journey.next_look(lead, history, versions, at)
    version = scoring.in_force(at, versions)
    state = state_at(version.plan, history, at) if version is not None else None
    if version is None or state is None:
        return None
    lead.version_id, lead.fit, lead.engagement = version.id, state.fit, state.engagement
    lead.intent, lead.sales_ready = state.intent, state.sales_ready
    return Decision(
        lead=lead,
        version_id=version.id,
        at=at,
        fit=state.fit,
        engagement=state.engagement,
        intent=state.intent,
        sales_ready=state.sales_ready,
    )


def event_id(row: Row) -> str:
    """Return the id of a row's activity: the same one for whoever did the same at the same time."""
    when = row.activity_at if row.activity_at is not None else row.row
    return f"{row.key.removeprefix('anon:')}-{row.activity[:60]}-{when}"[:300]


def _lead(row: Row, at: int, source: Source) -> Lead:
    said = row.attributes
    parts = (said.get("first_name", ""), said.get("last_name", ""))
    name = said.get("name") or " ".join(filter(None, parts))
    return Lead(
        lead_id=lead_ids.new(),
        name=(name or (row.details[0][1] if row.details else ""))[:200],
        title=said.get("title", "")[:200],
        source=source,
        created_at=created(row, at),
        last_known=at,
    )


def _first_decision(
    row: Row, lead: Lead, history: LeadHistory, at: int, versions: list[InForce]
) -> Decision | None:
    """Return the decision about a lead, unless more follows from it: then it is due at once.

    Whoever judges what is due hands it over, as of the same instant; what has ended stays here.
    """
    decision = decide(lead, history, versions, at=at)
    if decision is None or row.won is not None or not decision.sales_ready:
        return decision
    lead.judged_at, lead.next_change_at = at - 1, at
    lead.version_id, lead.fit, lead.engagement = None, 0, 0
    lead.intent = lead.sales_ready = False
    return None


def _known(row: Row, lead: Lead, at: int) -> int:
    """Return from when what a row says counts: of what had ended since the lead exists."""
    return lead.created_at if row.won is not None or row.activity else at


def _happened(row: Row, at: int) -> dict[str, Any]:
    """Return when the activity of a lead that nobody knew here happened: it was known then."""
    when = min(row.activity_at if row.activity_at is not None else at, at)
    return {"type": row.activity, "at": when, "known_from": when}


def _history(row: Row, lead: Lead, at: int, origin: dict[str, str]) -> LeadHistory:
    """Return what counts for a lead of which nothing but a row is known."""
    known, id_ = _known(row, lead, at), lead.lead_id
    facts = [
        FactRow(lead_id=row.key, attribute=name, value=value, known_from=known, sequence=n)
        for n, (name, value) in enumerate((origin | row.attributes).items())
    ]
    events = [EventRow(event_id=event_id(row), lead_id=row.key, **_happened(row, at))]
    links = [LinkRow(identity=row.key, lead_id=id_, kind="same", linked_at=known)]
    return lead_from(
        id_,
        births={id_: lead.created_at},
        links=links,
        facts=facts,
        events=events if row.activity else (),
    )


# --- companies --------------------------------------------------------------------------------


def _companies(rows: Sequence[Row]) -> list[tuple[Company, bool] | None]:
    """Return the company of each row, and whether it is new with it: as `intake` finds one."""
    wanted = [_firm(row) for row in rows]
    known = companies.look_up(wanted)
    new: list[Company] = []
    found: list[tuple[Company, bool] | None] = []
    for name, domain in wanted:
        if not (name or domain):
            found.append(None)
            continue
        kept = known.whose(name, domain)
        is_new = kept is None
        if kept is None:
            kept = Company(**companies.named(name, domain))
            new.append(kept)
            known.add(kept)
        found.append((kept, is_new))
    Company.objects.bulk_create(new)
    return found


def _firm(row: Row) -> tuple[str, str]:
    domains = (contact.domain_of(n) for kind, _, n in row.details if kind == "email")
    domain = next(filter(None, domains), "")
    return row.attributes.get("company", "")[:200], domain[:200]
