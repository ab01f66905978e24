"""Access: everything that is known of somebody, as they may ask for (GDPR Art. 15)."""

from __future__ import annotations

from typing import Any

from einig.engine.instants import iso
from einig.flow import audit, purposes, register
from einig.flow.permissions import require
from einig.store.models import Event, Fact, Lead, User


def give(lead: Lead, *, by: User, at: int) -> dict[str, Any]:
    """Return all that is known of a lead, as plain values; that it was given is written down.

    Of people of ours it says that they did something, and not who it was.
    """
    require(by, "protect_data")
    audit.record("access_given", lead, at=at, by=by)
    return {
        "as_of": iso(at),
        "person": _person(lead),
        "contact_details": [
            {"kind": of.kind, "value": of.value, "since": iso(of.at)}
            for of in lead.contact_details.order_by("id")
        ],
        "known_as": sorted(lead.identities.values_list("key", flat=True)),
        "attributes": _facts(lead),
        "activities": _activities(lead),
        "consents": _consents(lead),
        "objections": [
            {"purpose": of.purpose, "at": iso(of.at), "how": of.how}
            for of in lead.objections.order_by("at")
        ],
        "scoring": _scoring(lead),
        "contact_by_us": _contact(lead),
        "judged_by_us": _judged(lead),
        "outcomes": [
            {"won": of.won, "at": iso(of.at), "revenue": str(of.revenue or ""), "why": of.reason}
            for of in lead.outcomes.order_by("at")
        ],
        "purposes": _purposes(),
        "recipients": register.recipients(),
        "kept_for": register.kept_for(),
    }


def _person(lead: Lead) -> dict[str, Any]:
    return {
        "number": lead.lead_id,
        "name": lead.name,
        "title": lead.title,
        "company": str(lead.company or ""),
        "stage": lead.stage,
        "came_from": str(lead.source or ""),
        "campaign": str(lead.campaign or ""),
        "since": iso(lead.created_at),
    }


def _facts(lead: Lead) -> list[dict[str, Any]]:
    rows = Fact.objects.filter(identity__lead=lead).order_by("known_from", "sequence", "id")
    return [
        {"name": of.attribute, "value": of.value, "known_since": iso(of.known_from)} for of in rows
    ]


def _activities(lead: Lead) -> list[dict[str, Any]]:
    rows = Event.objects.filter(identity__lead=lead).select_related("source").order_by("at", "id")
    return [
        {"what": of.type, "at": iso(of.at), "details": of.properties, "from": str(of.source or "")}
        for of in rows
    ]


def _consents(lead: Lead) -> list[dict[str, Any]]:
    return [
        {
            "purpose": of.purpose,
            "basis": of.basis,
            "text": of.text,
            "text_version": of.version,
            "given": iso(of.given_at),
            "holds_since": iso(of.opened_at) if of.opened_at else None,
            "confirmed_from": of.confirmed_from,
            "withdrawn": iso(of.withdrawn_at) if of.withdrawn_at else None,
            "proof": of.proof,
        }
        for of in lead.consents.order_by("given_at", "id")
    ]


def _scoring(lead: Lead) -> dict[str, Any]:
    """Return what was decided of a lead, and by what logic (Art. 15 (1) h)."""
    decided = lead.decisions.select_related("version").order_by("at")
    return {
        "allowed": lead.profiled,
        "logic": "Points for attributes (fit) and activities (engagement), and whether somebody "
        "showed that they want to buy, by an agreement of marketing and sales. It decides who "
        "of us answers first, and nothing that has legal effect.",
        "decisions": [
            {
                "at": iso(of.at),
                "by_version": of.version.number,
                "fit": of.fit,
                "engagement": of.engagement,
                "wants_to_buy": of.intent,
                "sales_ready": of.sales_ready,
            }
            for of in decided
        ],
    }


def _contact(lead: Lead) -> list[dict[str, Any]]:
    return [
        {
            "handed_over": iso(of.opened_at),
            "closed": iso(of.closed_at) if of.closed_at else None,
            "how_it_ended": of.closing,
            "attempts": [
                {"at": iso(t.at), "by": t.channel, "result": t.result, "note": t.note}
                for t in of.attempts.order_by("at")
            ],
        }
        for of in lead.handoffs.order_by("opened_at")
    ]


def _judged(lead: Lead) -> list[dict[str, Any]]:
    return [
        {"at": iso(of.at), "verdict": of.verdict, "reason": of.reason, "text": of.text,
         "answer": of.answer}
        for of in lead.feedback.order_by("at")
    ]  # fmt: skip


def _purposes() -> list[dict[str, str]]:
    return [
        {"purpose": of.name("de"), "basis": of.basis, "weighing": of.weighing}
        for of in purposes.every()
        if not of.retired
    ]
