"""Retention: for how long each kind of data is kept, looked at first and then done every day.

A rule for leads or contacts works only after somebody saw whom it would erase and switched it on;
what merely lies around technically goes by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from einig.engine.instants import DAY
from einig.flow import audit, contacts, erasure, imports
from einig.flow.permissions import require
from einig.store.models import (
    Consent,
    Delivery,
    Event,
    Handoff,
    Lead,
    Notice,
    Received,
    Relation,
    Retention,
    Task,
    User,
)

AT_ONCE = 200  # leads, and contacts, that one run erases; the next day goes on


@dataclass(frozen=True, slots=True)
class Rule:
    """For how long a kind is kept. `usual` is what Einig proposes.

    `by_itself`: it works without anybody having switched it on.
    """

    kind: str
    days: int
    active: bool
    usual: int
    by_itself: bool


_USUAL = {  # kind: days, and whether it goes by itself
    "leads": (1095, False),
    "contacts": (365, False),
    "unconfirmed": (60, True),
    "deliveries": (30, True),
    "unusable": (180, True),
    "files": (90, True),
    "tasks": (90, True),
    "notices": (180, True),
}


def rules() -> list[Rule]:
    """Return every rule as it stands."""
    kept = {of.kind: of for of in Retention.objects.all()}
    return [
        Rule(
            kind,
            kept[kind].days if kind in kept else days,
            kept[kind].active if kind in kept else by_itself,
            days,
            by_itself,
        )
        for kind, (days, by_itself) in _USUAL.items()
    ]


def change(kind: str, *, days: int, active: bool, by: User, at: int) -> None:
    """Keep a kind for so many days from now on."""
    require(by, "protect_data")
    if kind not in _USUAL or not 1 <= days <= 36500:
        raise ValueError(kind)
    with transaction.atomic():
        Retention.objects.update_or_create(kind=kind, defaults={"days": days, "active": active})
        audit.record("retention", f"kind:{kind}", at=at, by=by, days=days, active=active)


def preview(rule: Rule, *, at: int) -> int:
    """Return how many rows a rule would remove now."""
    return _too_old(rule.kind, at - rule.days * DAY).count()


def leads(rule: Rule, *, at: int, most: int = 50) -> list[Lead]:
    """Return whom a rule for leads would erase now, oldest first."""
    found = _old_leads(at - rule.days * DAY).select_related("company", "source")
    return list(found.order_by("last_known")[:most])


def work(*, at: int) -> dict[str, int]:
    """Remove what is older than its rule allows; return how many of each kind."""
    done: dict[str, int] = {}
    for rule in rules():
        if rule.active and (many := _remove(rule, at=at)):
            done[rule.kind] = many
    if done:
        audit.record("retention_done", "retention", at=at, by=None, **done)
    return done


def _remove(rule: Rule, *, at: int) -> int:
    before = at - rule.days * DAY
    if rule.kind == "files":
        return _clear_files(before)
    if rule.kind == "contacts":
        found = list(contacts.old(before).order_by("id")[:AT_ONCE])
        for one in found:
            erasure.erase_contact(one, by=None, at=at)
        return len(found)
    if rule.kind != "leads":
        return _too_old(rule.kind, before).delete()[0]
    gone = list(_old_leads(before).order_by("last_known")[:AT_ONCE])
    for lead in gone:
        erasure.erase_old(lead, at=at)
    return len(gone)


def _clear_files(before: int) -> int:
    old = list(imports.old(before))
    for one in old:
        imports.clear(one)
    return len(old)


def _too_old(kind: str, before: int) -> QuerySet[Any]:
    found: dict[str, QuerySet[Any]] = {
        "leads": _old_leads(before),
        "contacts": contacts.old(before),
        "unconfirmed": Consent.objects.waiting().filter(given_at__lt=before),
        "deliveries": Delivery.objects.filter(understood_at__isnull=False, at__lt=before),
        "unusable": Received.objects.exclude(reason="").filter(at__lt=before),
        "files": imports.old(before),
        "tasks": Task.objects.filter(done_at__lt=before),
        "notices": Notice.objects.filter(at__lt=before),
    }
    return found[kind]


def _old_leads(before: int) -> QuerySet[Lead]:
    """Return leads of which nothing was heard since, that are no customers and with nobody.

    One that is part of another goes with it.
    """
    heard = Event.objects.filter(known_from__gte=before)
    lively = heard.filter(identity__lead=OuterRef("id"))
    lively_part = heard.filter(identity__lead__part_of=OuterRef("id"))
    with_somebody = Handoff.objects.filter(lead=OuterRef("id"), closed_at=None)
    bound = [Relation.CUSTOMER, Relation.OPEN_DEAL]
    kept = Q(relation__in=bound) | Q(company__relation__in=bound)
    bound_part = Lead.objects.filter(kept, part_of=OuterRef("id"))
    found = Lead.objects.whole().filter(created_at__lt=before).exclude(relation__in=bound)
    found = found.exclude(company__relation__in=bound)
    found = found.filter(~Exists(lively), ~Exists(with_somebody))
    return found.filter(Q(has_parts=False) | ~Exists(lively_part) & ~Exists(bound_part))
