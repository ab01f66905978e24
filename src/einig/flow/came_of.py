"""What came of the hand-offs of a version, in the figures that its promise is compared with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Case, Exists, F, Min, OuterRef, When
from django.db.models.functions import Coalesce

from einig.engine.backtest.intervals import Proportion
from einig.engine.history import History
from einig.engine.instants import FOREVER, local_instant, moment
from einig.engine.scoring import ledger
from einig.engine.scoring.lead import leads_of
from einig.engine.scoring.plan import Bools, Ints, Plan
from einig.engine.watching import Cases, Shares
from einig.flow.handoff import OUTSIDE
from einig.flow.organisation import organisation
from einig.store.models import Handoff, Lead, Outcome

HandedOver = tuple[int, int, bool]  # a lead by its number, when, and whether it bought


def rows(matured: Cases, opened: Ints) -> list[HandedOver]:
    """Return what matured, in that order."""
    each = zip(matured.row.tolist(), matured.bought.tolist(), strict=True)
    return [(row, int(opened[row]), bought) for row, bought in each]


def bought(of: Sequence[HandedOver]) -> Proportion:
    """Return how many of some hand-offs bought."""
    return Proportion(sum(bought for *_, bought in of), len(of))


def handed_over_by_version(*, until: int) -> dict[int, list[tuple[str, int]]]:
    """Return by id the leads that each version handed over for the first time, and when.

    Who was ready as it came into force had waited for it, and is no part of its weeks.
    """
    earlier = Handoff.objects.filter(
        lead=OuterRef("lead"), kind=Handoff.Kind.SALES, opened_at__lt=OuterRef("opened_at")
    )
    first = Handoff.objects.counted().filter(
        ~Exists(earlier),
        by_hand=None,
        opened_at__gt=F("version__in_force_from"),
        opened_at__lte=until,
    )
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    rows = first.order_by("opened_at", "id").values_list("version_id", "lead__lead_id", "opened_at")
    for version, lead, at in rows:
        found[version].append((lead, at))
    return found


def first_outcomes() -> tuple[dict[str, int], dict[str, int]]:
    """Return by lead when it first was won, and when it first was won or lost.

    What became of a lead that is part of another became of that other.
    """
    whole = Coalesce("lead__part_of__lead_id", "lead__lead_id")
    ended = Outcome.objects.annotate(whole=whole).order_by().values_list("whole")
    won = ended.filter(won=True).annotate(first=Min("at"))
    return dict(won), dict(ended.annotate(first=Min("at")))


def worked() -> dict[str, int]:
    """Return by lead since when it is certain that sales worked it."""
    handed = Handoff.objects.filter(kind=Handoff.Kind.SALES).order_by()
    found: dict[str, int] = {}
    for field in ("first_attempt_at", "accepted_at"):
        for id_, at in handed.exclude(**{field: None}).values_list("lead__lead_id", field):
            found[id_] = min(at, found.get(id_, FOREVER))
    return found


def outside(ids: Sequence[str], *, until: int) -> Bools:
    """Return which leads go to nobody: applicants and competitors.

    Who turned out to be one only when sales had the lead was handed over all the same.
    """
    own = Lead.objects.annotate(
        known_as=Case(When(relation="", then=F("company__relation")), default="relation")
    )
    had = Handoff.objects.filter(lead=OuterRef("id"), kind=Handoff.Kind.SALES, by_hand=None)
    had = had.filter(opened_at__lte=until).exclude(closing=Handoff.Closing.HELD)
    found = own.filter(~Exists(had), known_as__in=OUTSIDE).values_list("lead_id", flat=True)
    return np.isin(np.array(ids, np.str_), list(found))


def by_lead(ids: Iterable[str], at: Mapping[str, int]) -> Ints:
    """Return an instant for each lead; FOREVER where there is none."""
    return np.array([at.get(id_, FOREVER) for id_ in ids], np.int64)


def by_criterion(of: Plan, history: History, rows: Sequence[HandedOver]) -> Shares:
    """Return by criterion how many of the hand-offs that had it bought."""
    found: dict[tuple[str, str], Proportion] = {}
    leads = leads_of(history, [number for number, *_ in rows])
    for lead, (_number, at, won) in zip(leads, rows, strict=True):
        page = ledger(of, lead, at)
        if page is None:
            continue
        had = {(f"fit.{line.criterion}", line.row) for line in page.fit_lines}
        had |= {(f"engagement.{line.criterion}", "") for line in page.engagement_lines}
        had |= {(f"intent.{line.criterion}", "") for line in page.intent_lines if line.holds}
        for key in had:
            before = found.get(key, Proportion(0, 0))
            found[key] = Proportion(before.part + won, before.whole + 1)
    return found


def weekly(opened: Sequence[int], *, since: int, until: int) -> tuple[list[int], list[int]]:
    """Return the hand-offs of each whole calendar week since an instant, and when each begins."""
    zone = ZoneInfo(organisation().zone)
    local = moment(since).astimezone(zone)
    monday = datetime(local.year, local.month, local.day) + timedelta(7 - local.weekday())  # noqa: DTZ001  # local
    begins = [local_instant(monday, zone)]
    while begins[-1] <= until:
        monday += timedelta(7)
        begins.append(local_instant(monday, zone))
    ends = [edge for edge in begins if edge <= until]
    counts: Iterable[int] = (
        np.histogram(opened, bins=np.array(ends, np.float64))[0] if len(ends) > 1 else []
    )
    return [int(n) for n in counts], begins
