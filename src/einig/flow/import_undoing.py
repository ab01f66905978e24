"""Taking an import back: what it made goes, and what anybody else said since stays, with them.

A lead of which nobody else said anything is removed. Of any other, what the file said counts no
more from now on: earlier decisions rested on it, so its facts are followed by what was known before
and its activities end, but nothing of it is rewritten.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from einig.flow import journey, one_person, pacing, scoring
from einig.flow.scoring import InForce
from einig.store.models import (
    Attempt,
    Company,
    Consent,
    ContactDetail,
    Event,
    Fact,
    Feedback,
    Handoff,
    Identity,
    Import,
    ImportRow,
    ImportState,
    Lead,
    Link,
    Merger,
    NurtureEntry,
    Outcome,
    Relation,
    Sample,
    Stage,
)

GONE, TAKEN_BACK = "gone", "taken_back"
_SHARED = ("activity", "other_file")  # where others said the same
_WHO = ("email", "mail", "phone", "mobile", "name", "first_name", "last_name")
_FIRST, _LEAST, _MOST = 10, 2, 100  # rows of the first chunk, and of any


def undo_all(of: Import, *, clock: Callable[[], int]) -> None:
    """Take back every row that is not taken back yet, newest first."""
    scoring.prepare()
    size = _FIRST
    while True:
        many, took = _undo(of, size, at=clock())
        if not many:
            return
        size = pacing.next_size(size, many, took, least=_LEAST, most=_MOST)
        time.sleep(pacing.BREATH)


def _undo(of: Import, many: int, *, at: int) -> tuple[int, float]:
    """Take back the newest rows; return how many, and for how many seconds others waited."""
    with transaction.atomic():
        journey.take_turns()
        began = time.perf_counter()
        left = ImportRow.objects.filter(of=of, undone="").exclude(
            result__in=[ImportRow.Result.ASIDE, ImportRow.Result.UNCHANGED]
        )
        rows = list(left.select_related("lead__company").order_by("-row")[:many])
        stays = _stays(of, rows)
        versions = scoring.timeline()
        for row in rows:
            if row.result == ImportRow.Result.HELD:
                row.undone = _let_go(row.made)
            elif row.lead is None:  # gone with another row, or somebody removed it
                row.undone = GONE
            elif row.result == ImportRow.Result.NEW and row.lead_id not in stays:
                _remove(row.lead, row.made)
                row.lead, row.undone = None, GONE
            else:
                why = stays.get(row.lead_id or 0, "")
                if row.result == ImportRow.Result.JOINED and why not in _SHARED:
                    why = ""  # it was there before, and stays anyway
                _take_back(row.lead, row, versions, at=at, why=why)
                row.undone = why or TAKEN_BACK
        ImportRow.objects.bulk_update(rows, ["undone", "lead"])
        told = Counter("gone" if row.undone == GONE else "kept" for row in rows)
        current = Import.objects.get(id=of.id)
        Import.objects.filter(id=of.id, state=ImportState.UNDOING).update(
            done=F("done") + len(rows), counts=dict(Counter(current.counts) + told)
        )
    return len(rows), time.perf_counter() - began


def _stays(of: Import, rows: list[ImportRow]) -> dict[int, str]:
    """Return by lead who said something about it beside this import, and so why it stays."""
    ids = [row.lead_id for row in rows if row.lead_id is not None]
    here, found = Q(lead__in=ids), dict[int, str]()
    mine = ImportRow.objects.filter(here, of=of).values_list("made", flat=True)
    keys = [made["key"] for made in mine if "key" in made]
    made = [made["outcome"] for made in mine if "outcome" in made]

    def note(why: str, told: QuerySet[Any], name: str = "lead_id") -> None:
        for id_ in told.values_list(name, flat=True):
            found.setdefault(id_, why)

    ours = Q(accepted_at=None, first_attempt_at=None, closing__in=["", "won", "lost", "held"])
    note("worked", Handoff.objects.filter(here).exclude(ours))
    note("worked", Attempt.objects.filter(handoff__lead__in=ids), "handoff__lead_id")
    note("worked", Feedback.objects.filter(here))
    note("outcome", Outcome.objects.filter(here).exclude(id__in=made))
    note("consent", Consent.objects.filter(here))
    entries = NurtureEntry.objects.filter(here)
    note("nurture", entries.exclude(mailed_at=None, human_done_at=None, left_at=None))
    note("judged", Sample.objects.filter(here))
    note("merged", Merger.objects.filter(here))
    note("merged", Merger.objects.filter(into__in=ids), "into_id")
    note("other_file", ImportRow.objects.filter(here, undone="").exclude(of=of))
    since = {row.lead_id: row.made.get("at", 0) for row in rows}
    others = Link.objects.filter(here).exclude(identity__key__in=keys)
    for id_, linked_at in others.values_list("lead_id", "linked_at"):
        if linked_at > since[id_]:
            found.setdefault(id_, "activity")
    by_us = Fact.objects.filter(by__isnull=False, identity__lead__in=ids)
    note("facts", by_us, "identity__lead_id")
    return found


def _let_go(made: dict[str, Any]) -> str:
    """Let go of a contact, unless they showed interest since, or somebody else told of them."""
    who = Identity.objects.filter(key=made["key"]).first()
    if who is None:
        return GONE
    others = who.facts.exclude(known_from=made["at"])
    if who.lead_id is not None or who.events.exists() or others.exists():
        return "activity"
    who.delete()
    return GONE


def _remove(lead: Lead, made: dict[str, Any]) -> None:
    """Remove a lead with all that is known of it, and the company that came with it."""
    lead = Lead.objects.select_for_update().get(id=lead.id)  # nobody judges it any more
    Identity.objects.filter(lead=lead).delete()
    lead.delete()
    if "company" in made:
        unused = Company.objects.filter(id=made["company"], lead=None, owner=None)
        unused.delete()


def _take_back(lead: Lead, row: ImportRow, versions: list[InForce], *, at: int, why: str) -> None:
    """Let what a row said of a lead that stays count no more, and judge the lead anew."""
    person = one_person.now(lead)
    made, known = row.made, max(at, person.last_known + 1)
    if why == "other_file" or "key" not in made:
        return  # it said something of the same record: both cannot be told apart
    is_confirmed = why == "activity"  # by whoever was found by these details
    said = Fact.objects.filter(identity__key=made["key"])
    mine = {"known_from": made["at"]}
    if row.result == ImportRow.Result.NEW:
        mine = {"known_from__lte": made["at"]}
    told = said.filter(**mine)
    _restate(lead, told.exclude(attribute__in=_WHO) if is_confirmed else told, at=known)
    if not is_confirmed:
        ContactDetail.objects.filter(lead=lead, at=made["at"]).delete()
    happened = Event.objects.filter(identity__key=made["key"], event_id=made.get("event", ""))
    happened.update(known_until=known)
    if "outcome" in made:
        _reopen(lead, made)
    _rename(lead, made.get("was", {}))
    lead.save()
    journey.judge(person, versions, at=known)


def _restate(lead: Lead, told: QuerySet[Fact], *, at: int) -> None:
    """Follow facts with what was known before them; blank where nothing was."""
    for n, fact in enumerate(told.order_by("sequence", "id")):
        others = Fact.objects.filter(identity__lead=lead, attribute=fact.attribute)
        if others.filter(known_from__gt=fact.known_from).exists():
            continue  # somebody said something else since
        before = others.filter(known_from__lt=fact.known_from)
        last = before.order_by("known_from", "sequence", "id").last()
        Fact.objects.create(
            identity_id=fact.identity_id,
            attribute=fact.attribute,
            value=last.value if last is not None else None,
            known_from=at,
            sequence=n,
        )


def _reopen(lead: Lead, made: dict[str, Any]) -> None:
    Outcome.objects.filter(id=made["outcome"]).delete()
    lead.nurture.filter(entered_at=made["at"], mailed_at=None, human_done_at=None).delete()
    if not lead.outcomes.exists() and not lead.handoffs.filter(closed_at=None).exists():
        lead.stage, lead.relation = Stage.LEAD, Relation.NONE


def _rename(lead: Lead, was: dict[str, Any]) -> None:
    """Call a lead what it was called before, unless somebody has said otherwise since."""
    for name in ("name", "title", "company_id"):
        if name in was and getattr(lead, name) == was[name][1]:
            setattr(lead, name, was[name][0])
