"""Merging two leads that are one person, and parting them again.

That an identity is part of a lead is a fact with a beginning and an end: what one of them did
counts for the other from the merger on, and no more from the parting on. Decisions of before stay
as they were. The older open hand-off goes on; the other closes as merged, and opens again at a
parting.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from einig.engine.instants import FOREVER
from einig.flow import (
    audit,
    consent,
    duplicates,
    handoff,
    journey,
    notice,
    nurture,
    one_person,
    scoring,
    tasks,
)
from einig.flow.intake import own_identity
from einig.flow.permissions import require
from einig.store.models import Handoff, Lead, Link, Merger, Objection, Stage, User

_TAKEN = ("company_id", "owner_id", "title", "relation")  # where the one that stays has none
_FAR = (Stage.SALES_QUALIFIED, Stage.OPPORTUNITY, Stage.CUSTOMER)  # rising
LEFT = "merged"  # why a lead is not in nurture any more


class OnePersonAlready(Exception):
    """Both leads are one person already."""


class Parted(Exception):
    """The merger was undone before."""


def merge(
    one: Lead,
    other: Lead,
    *,
    by: User,
    at: int,
    why: str = "",
    evidence: Mapping[str, Any] | None = None,
) -> Merger:
    """Let two leads be one person from now on. Raises OnePersonAlready."""
    require(by, "merge_leads")
    with transaction.atomic():
        journey.take_turns()
        stays, goes = who_stays(*_wholes(one, other))
        known = max(at, stays.last_known + 1, goes.last_known + 1)
        link = Link.objects.create(identity=own_identity(goes), lead=stays, linked_at=known)
        merger = Merger.objects.create(
            lead=goes, into=stays, link=link, at=known, by=by, why=why[:300],
            evidence=dict(evidence or {}), took_over=_take_over(stays, goes),
        )  # fmt: skip
        _regroup([stays, *one_person.everything(goes)])
        for open_one in goes.handoffs.filter(closed_at=None).select_related("to"):
            _close(open_one, goes, at=known)
        warm = goes.nurture.filter(left_at=None).first()
        handoff.leave_nurture(goes, at=known, reason=LEFT)
        if warm is not None and stays.stage == Stage.LEAD:
            nurture.enter(stays, at=known, reason=warm.reason, by=by)
        consent.settle_profiling(stays, at=known)
        for lead, into in ((goes, stays), (stays, goes)):
            audit.record(
                "leads_merged", lead, at=at, by=by, with_=into.lead_id, stays=stays.lead_id
            )
        _judge([goes.id, stays.id], at=known)
    for lead in (one, other):
        lead.refresh_from_db()
    return merger


def part(of: Merger, *, by: User, at: int) -> None:
    """Undo a merger: from now on two leads are two again, each with its own. Raises Parted.

    A hand-off that closed as merged is open again, and its clock did not run meanwhile. What the
    other lead took over it gives back, unless it was changed since. What either objected to while
    they were one holds for both: nobody can tell any more who it was.
    """
    require(by, "merge_leads")
    with transaction.atomic():
        journey.take_turns()
        merger = Merger.objects.select_for_update().get(id=of.id)
        if merger.undone_at is not None:
            raise Parted
        goes, stays = merger.lead, merger.into
        everyone = one_person.everything(goes)
        known = max(at, *(lead.last_known + 1 for lead in everyone))
        Link.objects.filter(id=merger.link_id).update(unlinked_at=known)
        Merger.objects.filter(id=merger.id).update(undone_at=known, undone_by=by)
        _regroup(everyone)
        _give_back(stays, merger.took_over)
        _reopen(goes, merger, at=known)
        _object_both(everyone, merger)
        for lead in (goes, stays):
            lead.refresh_from_db()
            consent.settle_profiling(lead, at=known)
            audit.record("leads_parted", lead, at=at, by=by, was=merger.lead.lead_id)
        duplicates.keep_apart(goes, stays, by=by, at=at)
        _judge([lead.id for lead in everyone], at=known)
    of.refresh_from_db()


def who_stays(one: Lead, other: Lead) -> tuple[Lead, Lead]:
    """Return of two leads the one that stays, and the one that becomes part of it.

    The one with the older open hand-off to sales stays, or else that is to be answered; then the
    one that is known by an account, and then the older.
    """
    first, second = sorted((one, other), key=_rank)
    return first, second


def _rank(lead: Lead) -> tuple[int, int, bool, int, str]:
    opened = dict(lead.handoffs.filter(closed_at=None).values_list("kind", "opened_at"))
    known = lead.identities.filter(key__startswith="user:").exists()
    sales, answer = (opened.get(kind, FOREVER) for kind in (Handoff.Kind.SALES, "answer"))
    return sales, answer, not known, lead.created_at, lead.lead_id


def _wholes(one: Lead, other: Lead) -> tuple[Lead, Lead]:
    fresh = Lead.objects.in_bulk([one.id, other.id])
    ids = {one_person.now(lead).id for lead in fresh.values()}
    if len(ids) < 2:
        raise OnePersonAlready
    first, second = Lead.objects.select_for_update(of=("self",)).filter(id__in=ids).order_by("id")
    return first, second


def _regroup(leads: list[Lead]) -> None:
    """Write down of which lead each is part now, as the mergers say that hold."""
    ids = [lead.id for lead in leads]
    held = Merger.objects.filter(lead__in=ids, undone_at=None)
    into = dict(held.values_list("lead_id", "into_id"))
    for lead in leads:
        whole = lead.id
        while whole in into:
            whole = into[whole]
        lead.part_of_id = None if whole == lead.id else whole
        lead.has_parts = lead.id in into.values()
        Lead.objects.filter(id=lead.id).update(part_of=lead.part_of_id, has_parts=lead.has_parts)


def _judge(leads: list[int], *, at: int) -> None:
    versions = scoring.timeline()
    for lead in Lead.objects.select_related("company", "owner").filter(id__in=leads).order_by("id"):
        journey.judge(lead, versions, at=at)


# --- what one takes over from the other -------------------------------------------------------


def _take_over(stays: Lead, goes: Lead) -> dict[str, list[Any]]:
    """Fill in what the lead that stays does not say; return by field what it was and is now."""
    news: dict[str, Any] = {
        name: getattr(goes, name)
        for name in _TAKEN
        if not getattr(stays, name) and getattr(goes, name)
    }
    if not _has_name(stays) and _has_name(goes):
        news["name"] = goes.name
    if goes.stage in _FAR and stays.stage not in _FAR[_FAR.index(Stage(goes.stage)) :]:
        news["stage"] = goes.stage
    told = {name: [getattr(stays, name), value] for name, value in news.items()}
    for name, value in news.items():
        setattr(stays, name, value)
    if news:
        stays.save(update_fields=[name.removesuffix("_id") for name in news])
    return told


def _has_name(lead: Lead) -> bool:
    """Return whether a lead is called by a name, and not by how it is reached."""
    ways = lead.contact_details.filter(value=lead.name)
    return bool(lead.name) and not ways.exists()


def _give_back(stays: Lead, took_over: Mapping[str, list[Any]]) -> None:
    for name, (before, after) in took_over.items():
        Lead.objects.filter(id=stays.id, **{name: after}).update(**{name: before})


# --- hand-offs, nurture and objections --------------------------------------------------------


def _close(of: Handoff, lead: Lead, *, at: int) -> None:
    Handoff.objects.filter(id=of.id).update(closed_at=at, closing=Handoff.Closing.MERGED)
    if of.to is not None:
        notice.tell(of.to, lead, "merged", at=at)


def _reopen(lead: Lead, merger: Merger, *, at: int) -> None:
    """Open again what closed as merged; whom it was routed to has it again."""
    closed = lead.handoffs.filter(closing=Handoff.Closing.MERGED, closed_at__gte=merger.at)
    for kind in Handoff.Kind:
        of = closed.filter(kind=kind).order_by("-opened_at").first()
        if of is None or of.closed_at is None:
            continue
        if of.due_at is not None:
            of.due_at += at - of.closed_at
        of.closed_at, of.closing = None, Handoff.Closing.OPEN
        of.save(update_fields=["closed_at", "closing", "due_at"])
        if of.to is None:
            tasks.schedule("route", f"{lead.lead_id}:{at}", due_at=at, lead=lead.lead_id)
        else:
            notice.tell(of.to, lead, "parted", at=at)
    entry = lead.nurture.filter(left_for=LEFT, left_at=merger.at).order_by("-id").first()
    if entry is not None:
        entry.left_at, entry.left_for = None, ""
        entry.save(update_fields=["left_at", "left_for"])


def _object_both(everyone: list[Lead], merger: Merger) -> None:
    since = Objection.objects.filter(lead__in=everyone, at__gte=merger.at)
    made = {(of.lead_id, of.purpose, of.at) for of in since}
    Objection.objects.bulk_create(
        Objection(lead=lead, purpose=of.purpose, at=of.at, how=of.how, by=of.by)
        for of in since.select_related("by")
        for lead in everyone
        if (lead.id, of.purpose, of.at) not in made
    )
