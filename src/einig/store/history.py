"""The store as a history: what live decided on, in the tables everything replays on."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from einig.engine.history import FeedbackRow, History, OutcomeRow, build
from einig.engine.instants import FOREVER
from einig.store import columns
from einig.store.columns import NUMBER, TEXT
from einig.store.models import (
    AuditEntry,
    Handoff,
    Organisation,
    Outcome,
    SecondLook,
)
from einig.store.snapshot import snapshot

GIVEN_BACK = (Handoff.Closing.RETURNED, Handoff.Closing.NOT_REACHED, Handoff.Closing.LOST)


def read(
    *, name: str = "store", to_learn: bool = False, stage: str = "", as_of: int = FOREVER
) -> History:
    """Return everything that the store knew as of an instant, ready to be replayed.

    With `to_learn` it holds what nobody scores, but what teaches something: that sales accepted a
    lead, that it reached the `stage` that is asked for, and that a second look agreed with sales
    that it was none.

    A hand-off that sales ended without having won it is a return at that instant, whatever the
    reason: only a later qualifying activity hands the lead over again. All of it is as of one
    instant. A lead that may not be judged has no part in it.
    """
    with snapshot():
        organisation = Organisation.objects.order_by("id").first() or Organisation()
        leads, facts, links = _leads(as_of), _facts(as_of), _links(as_of)
        events = _with_stages(_events(as_of), stage) if to_learn else _events(as_of)
        outcomes = [*_outcomes(as_of), *(_confirmed() if to_learn else ())]
        feedback = [*_feedback(as_of), *(_accepted() if to_learn else ())]
    return build(
        name=name,
        zone=organisation.zone,
        currency=organisation.currency,
        leads=leads,
        facts=facts,
        events=events,
        links=links,
        outcomes=outcomes,
        feedback=feedback,
    )


def _leads(as_of: int) -> pa.Table:
    query = f"""SELECT lead_id, created_at FROM store_lead
                WHERE profiled AND created_at <= {as_of:d} ORDER BY id"""
    return columns.read(query, {"lead_id": TEXT, "created_at": NUMBER})


def _facts(as_of: int) -> pa.Table:
    query = f"""SELECT i.key, f.attribute, f.value,
                       CASE WHEN f.assumed THEN NULL ELSE f.known_from END, f.sequence
                FROM store_fact f JOIN store_identity i ON i.id = f.identity_id
                WHERE f.known_from <= {as_of:d} ORDER BY f.id"""
    return columns.read(query, columns.FACTS)


def _events(as_of: int) -> pa.Table:
    query = f"""SELECT e.event_id, i.key, e.type, e.at, e.known_from,
                       CASE WHEN e.known_until <= {as_of:d} THEN e.known_until END,
                       CAST(e.properties AS text)
                FROM store_event e JOIN store_identity i ON i.id = e.identity_id
                WHERE e.known_from <= {as_of:d} ORDER BY e.id"""
    return columns.with_properties(columns.read(query, columns.EVENTS))


def _with_stages(events: pa.Table, stage: str) -> pa.Table:
    """Add when leads reached a stage, as the audit trail has it."""
    reached = AuditEntry.objects.filter(action="stage_reached", detail__stage=stage).order_by("id")
    told = [
        {
            "event_id": f"stage:{id_}",
            "lead_id": about.removeprefix("lead:"),
            "type": stage,
            "at": at,
        }
        for id_, about, at in reached.values_list("id", "about", "at").iterator()
    ]
    schema = events.schema.remove_metadata()
    return pa.concat_tables([events, pa.Table.from_pylist(told, schema=schema)])


def _links(as_of: int) -> pa.Table:
    query = f"""SELECT i.key, l.lead_id, k.kind, k.linked_at,
                       CASE WHEN k.unlinked_at <= {as_of:d} THEN k.unlinked_at END
                FROM store_link k JOIN store_identity i ON i.id = k.identity_id
                JOIN store_lead l ON l.id = k.lead_id
                WHERE l.profiled AND k.linked_at <= {as_of:d}"""
    return columns.read(query, columns.LINKS)


def _outcomes(as_of: int) -> list[OutcomeRow]:
    rows = Outcome.objects.filter(at__lte=as_of, lead__profiled=True).values_list(
        "lead__lead_id", "won", "at", "revenue"
    )
    return [
        OutcomeRow(
            lead_id=lead, won=won, at=at, revenue=None if revenue is None else float(revenue)
        )
        for lead, won, at, revenue in rows.iterator()
    ]


def _confirmed() -> Iterator[OutcomeRow]:
    """Yield a loss for each lead that a second look, too, found not to be ready; nobody else's
    judgement of a returned lead is evidence.
    """
    looks = SecondLook.objects.filter(
        was_ready=False, feedback__lead__outcomes=None, feedback__lead__profiled=True
    )
    for lead, at in looks.values_list("feedback__lead__lead_id", "at"):
        yield OutcomeRow(lead_id=lead, won=False, at=at)


def _accepted() -> Iterator[FeedbackRow]:
    taken = Handoff.objects.filter(
        kind=Handoff.Kind.SALES, accepted_at__isnull=False, lead__profiled=True
    )
    for lead, at in taken.values_list("lead__lead_id", "accepted_at"):
        if at is not None:
            yield FeedbackRow(lead_id=lead, at=at, verdict="accepted")


def _feedback(as_of: int) -> list[FeedbackRow]:
    rows = Handoff.objects.filter(
        kind=Handoff.Kind.SALES,
        closing__in=GIVEN_BACK,
        closed_at__lte=as_of,
        lead__profiled=True,
    )
    return [
        FeedbackRow(lead_id=lead, at=at, verdict="returned", reason=closing)
        for lead, at, closing in rows.values_list("lead__lead_id", "closed_at", "closing")
        if at is not None
    ]
