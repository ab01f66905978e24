"""Access: everything that is known of somebody, as they may ask for (GDPR Art. 15)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from einig.engine.instants import iso
from einig.flow import audit, contact, contacts, one_person, purposes, register
from einig.flow.permissions import require
from einig.store.models import (
    Consent,
    Decision,
    Event,
    Fact,
    Feedback,
    Handoff,
    Identity,
    Lead,
    Objection,
    Outcome,
    User,
)


def give(lead: Lead, *, by: User, at: int) -> dict[str, Any]:
    """Return all that is known of a lead, as plain values; that it was given is written down.

    It is all of the person, from whichever of their leads. Of people of ours it says that they did
    something, and not who it was.
    """
    require(by, "protect_data")
    audit.record("access_given", lead, at=at, by=by)
    mine = one_person.everything(lead)
    return {
        "as_of": iso(at),
        "person": _person(mine[0]),
        "one_person_with": [_person(of) for of in mine[1:]],
        "contact_details": [
            {"kind": of.kind, "value": of.value, "since": iso(of.at)}
            for of in contact.of(lead).order_by("id")
        ],
        "known_as": sorted(Identity.objects.filter(lead__in=mine).values_list("key", flat=True)),
        "attributes": _facts(Fact.objects.filter(identity__lead__in=mine)),
        "activities": _activities(Event.objects.filter(identity__lead__in=mine)),
        "consents": _consents(mine),
        "objections": [
            {"purpose": of.purpose, "at": iso(of.at), "how": of.how}
            for of in Objection.objects.filter(lead__in=mine).order_by("at")
        ],
        "scoring": _scoring(mine),
        "contact_by_us": _contact(mine),
        "judged_by_us": _judged(mine),
        "outcomes": [
            {"won": of.won, "at": iso(of.at), "revenue": str(of.revenue or ""), "why": of.reason}
            for of in Outcome.objects.filter(lead__in=mine).order_by("at")
        ],
        "purposes": _purposes(),
        "recipients": register.recipients(),
        "kept_for": register.kept_for(),
    }


def give_contact(of: Identity, *, by: User, at: int) -> dict[str, Any]:
    """Return all that is known of somebody who is no lead; that it was given is written down."""
    require(by, "protect_data")
    audit.record("access_given", f"contact:{of.id}", at=at, by=by)
    who = contacts.describe(of)
    return {
        "as_of": iso(at),
        "person": {
            "name": who.name,
            "company": who.company,
            "came_from": ", ".join(who.came_from),
            "since": iso(who.since) if who.since is not None else "",
        },
        "contact_details": [
            {"kind": kind, "value": value} for kind, value, _ in contacts.details(of)
        ],
        "known_as": [of.key],
        "attributes": _facts(Fact.objects.filter(identity=of)),
        "activities": _activities(Event.objects.filter(identity=of)),
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


def _facts(rows: QuerySet[Fact]) -> list[dict[str, Any]]:
    return [
        {"name": of.attribute, "value": of.value, "known_since": iso(of.known_from)}
        for of in rows.order_by("known_from", "sequence", "id")
    ]


def _activities(rows: QuerySet[Event]) -> list[dict[str, Any]]:
    return [
        {"what": of.type, "at": iso(of.at), "details": of.properties, "from": str(of.source or "")}
        for of in rows.select_related("source").order_by("at", "id")
    ]


def _consents(mine: list[Lead]) -> list[dict[str, Any]]:
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
        for of in Consent.objects.filter(lead__in=mine).order_by("given_at", "id")
    ]


def _scoring(mine: list[Lead]) -> dict[str, Any]:
    """Return what was decided of a lead, and by what logic (Art. 15 (1) h)."""
    decided = Decision.objects.filter(lead__in=mine).select_related("version").order_by("at")
    return {
        "allowed": mine[0].profiled,
        "logic": _(
            "Points for attributes (fit) and activities (engagement), and whether somebody "
            "showed that they want to buy, by an agreement of marketing and sales. It decides who "
            "of us answers first, and nothing that has legal effect."
        ),
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


def _contact(mine: list[Lead]) -> list[dict[str, Any]]:
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
        for of in Handoff.objects.filter(lead__in=mine).order_by("opened_at")
    ]


def _judged(mine: list[Lead]) -> list[dict[str, Any]]:
    return [
        {"at": iso(of.at), "verdict": of.verdict, "reason": of.reason, "text": of.text,
         "answer": of.answer}
        for of in Feedback.objects.filter(lead__in=mine).order_by("at")
    ]  # fmt: skip


def _purposes() -> list[dict[str, str]]:
    return [
        {"purpose": of.name(get_language() or "de"), "basis": of.basis, "weighing": of.weighing}
        for of in purposes.every()
        if not of.retired
    ]
