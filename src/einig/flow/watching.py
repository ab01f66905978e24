"""Watching: whether the version in force keeps what its test on past data promised.

What was promised is kept beside the version, from what was known when it was proposed. Once a day
everything that matured since then goes through the tests (`einig.engine.watching`), which together
raise a false alarm in at most five of a hundred quiet years. The first alarm of each kind becomes a
finding, and both leads are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction

from einig.engine.agreement import loads
from einig.engine.backtest import backtest
from einig.engine.backtest.intervals import Proportion
from einig.engine.backtest.outcomes import outcomes
from einig.engine.instants import DAY, FOREVER
from einig.engine.scoring import plan
from einig.engine.scoring.judge import judge
from einig.engine.watching import (
    Cases,
    Moved,
    Promise,
    cases,
    counted_as,
    fallen,
    handed_over,
    incoming,
    makeup,
    precision,
    precision_test,
    promise,
    volume,
    volume_test,
)
from einig.engine.watching.makeup import KNOWN_AFTER, LOOK, WINDOW
from einig.flow import agreements, audit, came_of, tasks
from einig.flow.permissions import LEADS
from einig.store import history
from einig.store.models import Finding, User, Version

WEEK = 7 * DAY
HALF_YEAR = 26  # weeks
GROWTH = 0.15  # of a value's share of the leads that come, for which the power is printed
_READ = 2000  # hand-offs of the promise, the newest, of which each criterion is looked up


def work_out(version_id: int) -> None:
    """Keep what was promised of a version that was proposed."""
    keep_promise(Version.objects.get(id=version_id))


def keep_promise(version: Version) -> Promise | None:
    """Return what was promised of a version; worked out once, from what was known then.

    That is when it was proposed; or, if its text is another since, when it came into force.
    """
    kept = (version.promised or {}).get("watch")
    if kept and kept["content_hash"] == version.content_hash:
        return Promise.read(kept)
    until = version.in_force_from if kept else version.proposed_at
    if until is None:
        return None
    agreement = loads(version.text).agreement
    tested = backtest(history.read(as_of=until), agreement)
    ids = tested.history.leads["lead_id"].to_pylist()
    if not ids:
        return None
    worked_at = came_of.by_lead(ids, came_of.worked())
    nobody = came_of.outside(ids, until=until)
    found, matured = promise(tested, until=until, worked_at=worked_at, nobody=nobody)
    newest = came_of.rows(matured, tested.decisions.first_ready_at)[-_READ:]
    criteria = came_of.by_criterion(plan(agreement), tested.history, newest)
    told = found.told() | {"content_hash": version.content_hash}
    told["looked_up"] = _pair(came_of.bought(newest))
    told["criteria"] = [[*key, *_pair(of)] for key, of in criteria.items()]
    _keep(version, watch=told)
    return found


def look(*, at: int) -> list[Finding]:
    """Test the version in force on what is known by now; return what is found first.

    Of each earlier version, what it promised is kept once, too.
    """
    for earlier in Version.objects.filter(in_force_from__lte=at, promised__isnull=True):
        keep_promise(earlier)
    version = agreements.current(at)
    if version is None:
        return []
    promised = keep_promise(version)
    if promised is None:
        return []
    since = _Since(version, promised, at)
    found = [*since.precision(), *since.volume(), *since.makeup()]
    _keep(version, seen=since.seen | {"at": at})
    return [new for of in found if (new := _find(version, of, at=at)) is not None]


@dataclass(frozen=True, slots=True)
class _Found:
    """An alarm, with its figures."""

    kind: str
    criterion: str
    detail: dict[str, Any]


class _Since:
    """What came of a version since it is in force, as of an instant."""

    def __init__(self, version: Version, promised: Promise, at: int) -> None:
        self.version, self.promised, self.at = version, promised, at
        self.since = version.in_force_from or 0
        self.agreement = loads(version.text).agreement
        self.history = history.read(as_of=at)
        self.ids: list[str] = self.history.leads["lead_id"].to_pylist()
        decided = judge(self.history, self.agreement, until=at)
        nobody = came_of.outside(self.ids, until=at)
        opened = handed_over(self.history, decided, nobody=nobody)
        # who was ready as it came into force had waited for it, and is no part of its weeks
        self.opened = np.where((opened > self.since) & (opened <= at), opened, FOREVER)
        self.seen: dict[str, Any] = {}

    def precision(self) -> list[_Found]:
        """Return whether fewer of those handed over buy."""
        promised, (matured, rows) = self.promised, self._matured()
        self.seen["precision"] = _pair(came_of.bought(rows))
        test = precision_test(promised.precision, yearly=promised.yearly)
        if test is None:
            return []
        # who is handed over after a change shows it only when they mature
        left = [(weeks * WEEK - promised.within) / (52 * WEEK) for weeks in (HALF_YEAR, 52)]
        power = [test.power(0.5, cases=promised.cases, part=part) for part in left]
        self.seen["precision_power"] = power
        alarm = test.alarm(matured.bought, (matured.matured - self.since) // (52 * WEEK))
        if alarm is None:
            return []
        own = rows[alarm.begins : alarm.at + 1]
        moved = self._fallen(own)
        detail = {
            "then": _pair(promised.precision),
            "now": _pair(came_of.bought(own)),
            "begins": int(matured.matured[alarm.begins]),
            "ends": int(matured.matured[alarm.at]),
            "error": precision.ERROR,
            "power": power,
            "moved": moved,
        }
        return [_Found(Finding.Kind.PRECISION, moved["criterion"] if moved else "", detail)]

    def _matured(self) -> tuple[Cases, list[came_of.HandedOver]]:
        of = outcomes(self.history)
        matured = cases(
            opened=self.opened,
            won_at=of.won_at,
            decided_at=of.first_at,
            worked_at=came_of.by_lead(self.ids, came_of.worked()),
            within=self.promised.within,
            until=self.at,
        )
        return matured, came_of.rows(matured, self.opened)

    def _fallen(self, rows: list[came_of.HandedOver]) -> dict[str, Any] | None:
        kept = (self.version.promised or {})["watch"]
        found = fallen(
            {(name, value): Proportion(*of) for name, value, *of in kept["criteria"]},
            came_of.by_criterion(plan(self.agreement), self.history, rows),
            all_then=Proportion(*kept["looked_up"]),
            all_now=came_of.bought(rows),
        )
        if found is None:
            return None
        shares = {"then": _pair(found.then), "now": _pair(found.now)}
        return {"criterion": found.criterion, "value": found.value} | shares

    def volume(self) -> list[_Found]:
        """Return whether more or fewer hand-offs a week come."""
        opened = self.opened[self.opened < FOREVER].tolist()
        weekly, begins = came_of.weekly(opened, since=self.since, until=self.at)
        self.seen["weekly"] = [len(weekly), sum(weekly)]
        test = volume_test(self.promised.weekly)
        if test is None:
            return []
        self.seen["volume_power"] = power = [test.power(times, HALF_YEAR) for times in (0.5, 2.0)]
        found = test.alarm(weekly) if weekly else None
        if found is None:
            return []
        alarm, more = found
        own = weekly[alarm.begins : alarm.at + 1]
        detail = {
            "then": test.mean,
            "now": sum(own) / len(own),
            "begins": begins[alarm.begins],
            "ends": begins[alarm.at] + WEEK,
            "more": more,
            "error": volume.ERROR,
            "power": power,
        }
        return [_Found(Finding.Kind.VOLUME, "", detail)]

    def makeup(self) -> list[_Found]:
        """Return which criteria's values are no longer as frequent as they were."""
        base = self.promised.makeup
        if not base.values:
            return []
        self.seen["makeup_power"] = power = makeup.noticed(base, by=GROWTH)
        looks = range(self.since + LOOK, self.at + 1, LOOK)
        if not looks:
            return []
        came = incoming(self.history, self.agreement)
        found: dict[str, tuple[int, int, Moved]] = {}
        for ends in looks:
            begins = max(self.since, ends - WINDOW)
            for of in makeup.moved(
                base, counted_as(base, came.between(begins, ends - KNOWN_AFTER))
            ):
                found.setdefault(of.criterion, (begins, ends, of))
        return [
            _Found(
                Finding.Kind.MAKEUP,
                name,
                {
                    "value": of.value,
                    "then": _pair(of.then),
                    "now": _pair(of.now),
                    "begins": begins,
                    "ends": ends,
                    "error": makeup.ERROR,
                    "power": power,
                },
            )
            for name, (begins, ends, of) in found.items()
        ]


def _find(version: Version, of: _Found, *, at: int) -> Finding | None:
    """Keep a finding and tell both leads; None if there was one before."""
    with transaction.atomic():
        Version.objects.select_for_update().get(id=version.id)  # two who look at once take turns
        before = Finding.objects.filter(version=version, kind=of.kind)
        if of.kind == Finding.Kind.MAKEUP:
            before = before.filter(criterion=of.criterion)
        if before.exists():
            return None
        finding = Finding.objects.create(
            version=version, kind=of.kind, criterion=of.criterion, at=at, detail=of.detail
        )
        about = f"version:{version.number}"
        audit.record(
            "promise_not_kept", about, at=at, by=None, kind=of.kind, criterion=of.criterion
        )
        for lead in User.objects.filter(is_active=True, role__in=LEADS):
            key = f"{finding.id}:{lead.id}"
            tasks.schedule("mail_finding", key, due_at=at, finding=finding.id, to=lead.id)
    return finding


def _pair(of: Proportion) -> list[int]:
    return [of.part, of.whole]


def _keep(version: Version, **told: object) -> None:
    with transaction.atomic():
        current = Version.objects.select_for_update().get(id=version.id)
        version.promised = (current.promised or {}) | told
        Version.objects.filter(id=version.id).update(promised=version.promised)
