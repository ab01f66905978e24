"""What happened to a lead, in one list: activities, hand-offs, attempts, feedback, outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch

from einig.store.models import Attempt, Event, Lead


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened; `kind` says how to show it."""

    at: int
    kind: str
    what: str = ""
    who: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


def timeline(lead: Lead, *, most: int = 100, revealed: bool = False) -> list[Entry]:
    """Return the newest entries of a lead, newest first.

    Only where it is `revealed` they say that a lead was below the line: to whoever has judged it.
    """
    events = Event.objects.filter(identity__lead=lead).order_by("-at", "-id")[:most]
    found = [Entry(e.at, "activity", e.type, detail=e.properties) for e in events]
    found += _handed_over(lead, revealed=revealed)
    for said in lead.feedback.select_related("by", "answered_by"):
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
    for entry in lead.nurture.all():
        found.append(Entry(entry.entered_at, "nurture", entry.reason))
        if entry.mailed_at:
            found.append(Entry(entry.mailed_at, "mailed"))
    for end in lead.outcomes.select_related("by"):
        by = end.by.name if end.by else ""
        detail = {"revenue": end.revenue, "reason": end.reason}
        found.append(Entry(end.at, "won" if end.won else "lost", who=by, detail=detail))
    found.append(Entry(lead.created_at, "created", str(lead.source or "")))
    return sorted(found, key=lambda entry: -entry.at)[:most]


def _handed_over(lead: Lead, *, revealed: bool) -> Iterator[Entry]:
    tries = Prefetch("attempts", queryset=Attempt.objects.select_related("by"))
    for handoff in lead.handoffs.select_related("to", "version").prefetch_related(tries):
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
