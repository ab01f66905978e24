"""Scoring one lead while it is waiting: the same kernel, bound to plain objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from einig.engine.agreement.model import Engagement
from einig.engine.instants import BEGINNING, FOREVER
from einig.engine.scoring.decisions import Decisions, decisions
from einig.engine.scoring.kernel import Bound, sweep
from einig.engine.scoring.lead import Activity, LeadHistory
from einig.engine.scoring.matching import holds, points_of
from einig.engine.scoring.plan import Plan
from einig.engine.values import fold


@dataclass(frozen=True, slots=True)
class State:
    """What a plan says of a lead at an instant."""

    at: int
    fit: int
    engagement: int
    intent: bool
    sales_ready: bool

    @property
    def score(self) -> int:
        """Return fit and engagement together."""
        return self.fit + self.engagement


def state_at(plan: Plan, lead: LeadHistory, at: int) -> State | None:
    """Return the state of a lead at an instant; None if the lead does not exist yet."""
    swept = sweep(plan.arrays, bind_lead(plan, lead), 0, 1, at, at)
    if not len(swept.at):
        return None
    fit, engagement = int(swept.fit[-1]), int(swept.engagement[-1])
    return State(at, fit, engagement, bool(swept.intent[-1]), bool(swept.ready[-1]))


def compile_kernel(plan: Plan) -> None:
    """Have the kernel ready: it is compiled once after an installation, which takes a while.

    What it is compiled for are types, so any plan and a lead that did nothing will do.
    """
    state_at(plan, LeadHistory("", 0, (), ()), 0)


def judge_lead(plan: Plan, lead: LeadHistory, until: int, since: int = BEGINNING) -> Decisions:
    """Return what a plan decided about a lead at every instant up to `until` (included)."""
    return decisions([sweep(plan.arrays, bind_lead(plan, lead), 0, 1, since, until)], 1)


def turns(plan: Plan, lead: LeadHistory, since: int, until: int) -> list[State]:
    """Return the states into which a lead turned from an instant on, and that at the end.

    A turn is an instant at which it becomes or ceases to be sales-ready or to show intent.
    """
    swept = sweep(plan.arrays, bind_lead(plan, lead), 0, 1, since, until)
    columns = (swept.at, swept.fit, swept.engagement, swept.intent, swept.ready)
    return [State(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def next_change(plan: Plan, lead: LeadHistory, at: int) -> int | None:
    """Return the next instant at which points or buying signals change if nothing more happens."""
    matches = _matcher(plan)
    limits = [
        [s.ends for s in of.steps] + [s.begins for s in of.steps] if isinstance(of, Engagement)
        else [of.within]
        for of in plan.criteria
    ]  # fmt: skip
    quiet = [lead.created_at] * len(plan.silence)
    coming: list[int] = []
    for activity in lead.activities:
        criteria, inquires, breaks = matches(activity)
        coming += [activity.at + limit for of in criteria for limit in limits[of]]
        if criteria or inquires or any(breaks):
            coming += [activity.start, activity.until]
        held = activity.start <= at < activity.until
        quiet = [
            max(q, activity.at) if b and held else q for q, b in zip(quiet, breaks, strict=True)
        ]
    coming += [q + of.nothing_for for q, of in zip(quiet, plan.silence, strict=True)]
    coming += [fact.at for fact in lead.facts]
    return min((instant for instant in coming if at < instant < FOREVER), default=None)


def counts(plan: Plan, lead: LeadHistory, event_id: str) -> bool:
    """Return whether an activity matters to any criterion, in points or as a buying signal."""
    return any(_criteria(plan, lead, event_id))


def shows_intent(plan: Plan, lead: LeadHistory, event_id: str) -> bool:
    """Return whether an activity is, or is part of, a buying signal."""
    return any(plan.arrays.is_intent[list(of)].any() for of in _criteria(plan, lead, event_id))


def _criteria(plan: Plan, lead: LeadHistory, event_id: str) -> list[tuple[int, ...]]:
    matches = _matcher(plan)
    return [matches(of)[0] for of in lead.activities if of.event_id == event_id]


def bind_lead(plan: Plan, lead: LeadHistory) -> Bound:
    """Return one lead in the terms of a plan."""
    classes: dict[tuple[tuple[int, ...], bool, tuple[bool, ...]], int] = {}
    matches = _matcher(plan)
    kept = [(activity, matches(activity)) for activity in lead.activities]
    kept = [(activity, of) for activity, of in kept if of[0] or of[1] or any(of[2])]
    event_class = [classes.setdefault(of, len(classes)) for _, of in kept]
    number = {attribute.name: index for index, attribute in enumerate(plan.attributes)}
    facts = [fact for fact in lead.facts if fact.attribute in number]
    checks = np.zeros((len(facts), len(plan.arrays.blank_checks)), np.bool_)
    points = np.zeros(len(facts), np.int64)
    for row, fact in enumerate(facts):
        attribute = plan.attributes[number[fact.attribute]]
        points[row] = points_of(attribute.table, fact.value)[0]
        first = plan.arrays.check_first[number[fact.attribute]]
        for check, where in enumerate(attribute.checks, first):
            checks[row, check] = holds(where.condition, fact.value)
    return Bound(
        created=np.array([lead.created_at], np.int64),
        event_first=np.array([0, len(kept)], np.int64),
        at=_ints(activity.at for activity, _ in kept),
        start=_ints(activity.start for activity, _ in kept),
        until=_ints(activity.until for activity, _ in kept),
        event_class=np.array(event_class, np.int32),
        class_first=np.cumsum([0, *(len(of[0]) for of in classes)], dtype=np.int64),
        class_criteria=_ints(criterion for of in classes for criterion in of[0]),
        class_inquiry=np.array([of[1] for of in classes], np.bool_),
        class_breaks=np.array([of[2] for of in classes], np.bool_).reshape(
            len(classes), len(plan.silence)
        ),
        fact_first=np.array([0, len(facts)], np.int64),
        fact_at=_ints(fact.at for fact in facts),
        fact_attribute=np.array([number[fact.attribute] for fact in facts], np.int32),
        fact_points=points,
        fact_checks=checks,
    )


_Matched = tuple[tuple[int, ...], bool, tuple[bool, ...]]


def _matcher(plan: Plan) -> Callable[[Activity], _Matched]:
    """Return a function that says which criteria and silences an activity meets."""
    by_type: dict[str, list[int]] = {}
    for index, criterion in enumerate(plan.criteria):
        by_type.setdefault(fold(criterion.activity), []).append(index)
    wheres = [
        [(fold(where.of), where.condition) for where in criterion.where]
        for criterion in plan.criteria
    ]
    breaks = [frozenset(map(fold, silence.activities)) for silence in plan.silence]
    folded: dict[str, str] = {}

    def matched(activity: Activity) -> _Matched:
        kind = folded.get(activity.type) or folded.setdefault(activity.type, fold(activity.type))
        person = not activity.member
        criteria = tuple(
            index
            for index in by_type.get(kind, ())
            if (person or plan.criteria[index].per == "company")
            and all(holds(test, activity.properties.get(name)) for name, test in wheres[index])
        )
        broken = tuple(person and (not kinds or kind in kinds) for kinds in breaks)
        return criteria, person and kind in plan.inquiries, broken

    return matched


def _ints(values: Iterable[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.fromiter(values, np.int64)
