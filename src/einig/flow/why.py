"""Why this lead, why now: what an agreement's decision rests on, ready to be told in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from einig.engine.scoring import LeadHistory, Ledger, ledger
from einig.flow import scoring
from einig.flow.scoring import InForce
from einig.store.models import Lead


@dataclass(frozen=True, slots=True)
class Did:
    """Something the lead did, and when."""

    activity: str
    at: int
    times: int = 1


@dataclass(frozen=True, slots=True)
class Why:
    """The reason for a lead as of an instant.

    `signals` are what showed that it wants to buy, `engaged` what else counted, newest first;
    `fits` are the attributes (name and value) that earned points.
    """

    version: InForce
    history: LeadHistory
    page: Ledger
    signals: tuple[Did, ...]
    engaged: tuple[Did, ...]
    fits: tuple[tuple[str, str], ...]


def why(lead: Lead, *, at: int) -> Why | None:
    """Return why a lead has the score that it has at an instant; None if none is in force."""
    version = scoring.in_force(at, scoring.timeline())
    if version is None:
        return None
    history = scoring.lead_history(lead)
    page = ledger(version.plan, history, at)
    if page is None:
        return None
    wanted = [id_ for line in page.intent_lines if line.holds for id_ in line.activities]
    counted = [line.event_id for line in page.engagement_lines if hasattr(line, "event_id")]
    fits = [(of.criterion, of.value or "") for of in page.fit_lines if of.points > 0]
    return Why(
        version,
        history,
        page,
        signals=_did(history, wanted),
        engaged=_did(history, [id_ for id_ in counted if id_ not in wanted]),
        fits=tuple(fits),
    )


def _did(history: LeadHistory, ids: list[str]) -> tuple[Did, ...]:
    """Return activities by name, each with the newest time and how often."""
    found: dict[str, Did] = {}
    chosen = {a.event_id: a for a in history.activities if a.event_id in ids}
    for activity in sorted(chosen.values(), key=lambda a: -a.at):
        seen = found.get(activity.type)
        found[activity.type] = Did(
            activity.type, seen.at if seen else activity.at, (seen.times if seen else 0) + 1
        )
    return tuple(found.values())
