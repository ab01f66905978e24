"""The store as a history: what live decided on, in the tables everything replays on."""

from __future__ import annotations

from collections.abc import Iterator

from einig.engine.history import (
    EventRow,
    FactRow,
    FeedbackRow,
    History,
    LeadRow,
    LinkRow,
    OutcomeRow,
    build,
)
from einig.engine.instants import FOREVER
from einig.store.models import (
    AuditEntry,
    Event,
    Fact,
    Handoff,
    Lead,
    Link,
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
        leads = list(_leads(as_of))
        facts, links = _facts(as_of), _links(as_of)
        events = [*_events(as_of), *(_stages(stage) if to_learn else ())]
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


def _leads(as_of: int) -> Iterator[LeadRow]:
    rows = Lead.objects.filter(created_at__lte=as_of, profiled=True).values_list(
        "lead_id", "created_at"
    )
    for id_, at in rows.iterator():
        yield LeadRow(lead_id=id_, created_at=at)


def _facts(as_of: int) -> list[FactRow]:
    rows = (
        Fact.objects.filter(known_from__lte=as_of)
        .order_by("id")
        .values_list("identity__key", "attribute", "value", "known_from", "sequence", "assumed")
    )
    return [
        FactRow(
            lead_id=key,
            attribute=name,
            value=value,
            known_from=None if assumed else at,
            sequence=n,
        )
        for key, name, value, at, n, assumed in rows.iterator()
    ]


def _events(as_of: int) -> list[EventRow]:
    rows = (
        Event.objects.filter(known_from__lte=as_of)
        .order_by("id")
        .values_list(
            "event_id", "identity__key", "type", "at", "known_from", "known_until", "properties"
        )
    )
    return [
        EventRow(
            event_id=id_,
            lead_id=key,
            type=kind,
            at=at,
            known_from=known,
            known_until=until if until is not None and until <= as_of else None,
            properties=properties,
        )
        for id_, key, kind, at, known, until, properties in rows.iterator()
    ]


def _stages(stage: str) -> Iterator[EventRow]:
    """Yield when leads reached a stage, as the audit trail has it."""
    reached = AuditEntry.objects.filter(action="stage_reached", detail__stage=stage).order_by("id")
    for id_, about, at in reached.values_list("id", "about", "at").iterator():
        lead = about.removeprefix("lead:")
        yield EventRow(event_id=f"stage:{id_}", lead_id=lead, type=stage, at=at)


def _links(as_of: int) -> list[LinkRow]:
    rows = Link.objects.filter(linked_at__lte=as_of, lead__profiled=True).values_list(
        "identity__key", "lead__lead_id", "kind", "linked_at", "unlinked_at"
    )
    return [
        LinkRow(
            identity=key,
            lead_id=lead,
            kind="member" if kind == "member" else "same",
            linked_at=since,
            unlinked_at=until if until is not None and until <= as_of else None,
        )
        for key, lead, kind, since, until in rows.iterator()
    ]


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
