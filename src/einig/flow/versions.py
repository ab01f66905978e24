"""Every version that was in force: what it promised, and what really came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from einig.engine.backtest.intervals import Proportion
from einig.engine.instants import DAY
from einig.engine.watching import cases
from einig.engine.watching.cases import age_of_maturing
from einig.flow import came_of
from einig.store.models import Outcome, Version


@dataclass(frozen=True, slots=True)
class Promised:
    """What the test on past data said when a version was proposed."""

    weekly: float | None
    bought: Proportion


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a version from when it came into force until the next one did.

    `bought` counts hand-offs that are `within` days old or older and say something; `unknown` are
    the others. `weekly` is None before there was a whole week. Revenue is what their leads brought.
    """

    handed_over: int
    weeks: int
    weekly: float | None
    bought: Proportion
    unknown: int
    within: int
    revenue: Decimal


def promised(version: Version) -> Promised | None:
    """Return what was promised of a version; None where that was not worked out."""
    kept = (version.promised or {}).get("watch")
    if not kept or kept.get("content_hash", version.content_hash) != version.content_hash:
        return None
    weeks = kept["weekly"]
    return Promised(sum(weeks) / len(weeks) if weeks else None, Proportion(*kept["precision"]))


def came(versions: Sequence[Version], *, at: int) -> dict[int, Came]:
    """Return by number what came of each version that was in force, as of an instant."""
    begun = sorted(
        (v for v in versions if v.in_force_from is not None and v.in_force_from <= at),
        key=lambda version: version.in_force_from or 0,
    )
    handed = came_of.handed_over_by_version(until=at)
    won, decided = came_of.first_outcomes()
    worked, revenue = came_of.worked(), _revenue()
    found = {}
    for version, following in zip(begun, [*begun[1:], None], strict=True):
        since, until = version.in_force_from or 0, at
        if following is not None and following.in_force_from is not None:
            until = following.in_force_from
        ids = [lead for lead, _opened in handed.get(version.id, [])]
        opened = np.array([when for _lead, when in handed.get(version.id, [])], np.int64)
        within = _within(version)
        matured = cases(
            opened=opened,
            won_at=came_of.by_lead(ids, won),
            decided_at=came_of.by_lead(ids, decided),
            worked_at=came_of.by_lead(ids, worked),
            within=within,
            until=at,
        )
        weeks, _begins = came_of.weekly(opened.tolist(), since=since, until=until)
        bought = Proportion(int(matured.bought.sum()), len(matured.bought))
        found[version.number] = Came(
            handed_over=len(ids),
            weeks=len(weeks),
            weekly=sum(weeks) / len(weeks) if weeks else None,
            bought=bought,
            unknown=len(ids) - bought.whole,
            within=within // DAY,
            revenue=sum((revenue.get(lead, Decimal(0)) for lead in ids), Decimal(0)),
        )
    return found


def kept(then: Promised, now: Came) -> str:
    """Return how those who bought compare with the promise.

    `early` where nothing matured, `unknown` where nothing was promised, `as_promised` where chance
    alone may explain the difference, otherwise `more` or `less`.
    """
    if now.bought.low is None or now.bought.high is None:
        return "early"
    if then.bought.low is None or then.bought.high is None:
        return "unknown"
    if now.bought.high < then.bought.low:
        return "less"
    return "more" if now.bought.low > then.bought.high else "as_promised"


def _within(version: Version) -> int:
    kept = (version.promised or {}).get("watch")
    return int(kept["within"]) if kept else age_of_maturing(np.empty(0, np.int64))


def _revenue() -> dict[str, Decimal]:
    """Return by lead what it brought."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    won = Outcome.objects.filter(won=True).values_list("lead__lead_id", "revenue")
    for lead, revenue in won:
        found[lead] += revenue or Decimal(0)
    return found
