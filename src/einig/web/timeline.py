"""What happened to a lead, in one list: activities, hand-offs, attempts, feedback, outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, Q

from einig.flow import one_person
from einig.store.models import (
    Attempt,
    Event,
    Feedback,
    Handoff,
    Lead,
    Merger,
    NurtureEntry,
    Outcome,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened; `kind` says how to show it."""

    at: int
    kind: str
    what: str = ""
    who: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


def timeline(lead: Lead, *, most: int = 100, revealed: bool = False) -> list[Entry]:
    """Return the newest entries of a lead and whoever is one person with it, newest first.

    Only where it is `revealed` they say that a lead was below the line: to whoever has judged it.
    """
    mine = one_person.everything(lead)
    events = Event.objects.filter(identity__lead__in=mine).order_by("-at", "-id")[:most]
    found = [Entry(e.at, "activity", e.type, detail=e.properties) for e in events]
    found += _handed_over(mine, revealed=revealed)
    for said in Feedback.objects.filter(lead__in=mine).select_related("by", "answered_by"):
        by = said.by.name if said.by else ""
        found.append(
            Entry(said.at, "feedback", said.verdict, by, {"reason": said.reason, "text": said.text})
        )
        if said.answered_at and said.answered_by:
            found.append(
                Entry(
                    said.answered_at,
                    "answer",
                    who=said.answered_by.name,
                    detail={"text": said.answer},
                )
            )
    for entry in NurtureEntry.objects.filter(lead__in=mine):
        found.append(Entry(entry.entered_at, "nurture", entry.reason))
        if entry.mailed_at:
            found.append(Entry(entry.mailed_at, "mailed"))
    for end in Outcome.objects.filter(lead__in=mine).select_related("by"):
        by = end.by.name if end.by else ""
        detail = {"revenue": end.revenue, "reason": end.reason}
        found.append(Entry(end.at, "won" if end.won else "lost", who=by, detail=detail))
    found += _merged(mine)
    found += [Entry(of.created_at, "created", str(of.source or "")) for of in mine]
    return sorted(found, key=lambda entry: -entry.at)[:most]


def _merged(mine: list[Lead]) -> Iterator[Entry]:
    """Yield when somebody said that they are one person, and when that they are not."""
    told = Merger.objects.filter(Q(lead__in=mine) | Q(into__in=mine))
    for of in told.select_related("lead", "into", "by", "undone_by"):
        other = of.lead if of.lead != mine[0] else of.into
        detail = {"lead": other.lead_id, "why": of.why}
        yield Entry(of.at, "merged", str(other), of.by.name if of.by else "", detail)
        if of.undone_at is not None:
            by = of.undone_by.name if of.undone_by else ""
            yield Entry(of.undone_at, "parted", str(other), by, detail)


def _handed_over(mine: list[Lead], *, revealed: bool) -> Iterator[Entry]:
    tries = Prefetch("attempts", queryset=Attempt.objects.select_related("by"))
    handed = Handoff.objects.filter(lead__in=mine).select_related("to", "version")
    for handoff in handed.prefetch_related(tries):
        name = handoff.to.name if handoff.to else ""
        number = {"version": handoff.version.number, "kind": handoff.kind}
        if revealed and handoff.explored:
            number["explored"] = handoff.explored
        yield Entry(handoff.opened_at, "handoff", handoff.kind, name, number)
        if handoff.accepted_at:
            yield Entry(handoff.accepted_at, "accepted", who=name)
        if handoff.closed_at:
            yield Entry(handoff.closed_at, "closed", handoff.closing, name)
        for tried in handoff.attempts.all():
            by = tried.by.name if tried.by else ""
            note = {"note": tried.note, "channel": tried.channel}
            yield Entry(tried.at, "attempt", tried.result, by, note)
