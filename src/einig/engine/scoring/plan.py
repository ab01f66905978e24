"""The plan: an agreement as arrays of numbers, in the form in which the kernel executes it.

Because every agreement becomes the same kinds of arrays, an edited agreement runs at once: there
is nothing to compile again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from einig.engine.agreement.model import (
    Agreement,
    All,
    Any,
    AtLeast,
    Engagement,
    FitTable,
    HasAttribute,
    HasIntent,
    Intent,
    Known,
    LeadRule,
    Rule,
    Silence,
    Step,
    Where,
)
from einig.engine.history.contract import MERGED
from einig.engine.scoring.matching import holds
from einig.engine.values import fold

NO_LIMIT = 2**40  # far above any sum of points

# the operations of a rule, in postfix order: each leaves one truth on the stack
FIT, ENGAGEMENT, SCORE, ANY_INTENT, INTENT, CHECK, ALL, ANY, NOT = range(9)
_MEASURES = {"fit": FIT, "engagement": ENGAGEMENT, "score": SCORE}

NOT_MERGED = Where(MERGED, Known(False))

Criterion = Engagement | Intent

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


class PlanArrays(NamedTuple):
    """What the kernel reads. Criteria are engagement first, then intent, in document order."""

    step_first: Ints  # criterion -> its first step; one entry more than criteria
    step_begins: Ints
    step_ends: Ints
    step_points: Ints
    lowest: Ints  # criterion -> limits of its sum
    highest: Ints
    is_intent: Bools
    times: Ints
    after_inquiry: Bools
    named_inquiries: bool
    silence_for: Ints
    silence_points: Ints
    unknown_points: Ints  # attribute -> points while it is blank
    check_first: Ints  # attribute -> its first check; one entry more than attributes
    blank_checks: Bools  # check -> whether a blank fulfils it
    lead_op: Ints
    lead_arg: Ints
    ready_op: Ints
    ready_arg: Ints


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute that the agreement looks at: its fit table, and the checks made on it."""

    name: str  # folded
    table: FitTable
    checks: tuple[Where, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """An agreement ready to be executed."""

    agreement: Agreement
    criteria: tuple[Criterion, ...]
    attributes: tuple[Attribute, ...]
    silence: tuple[Silence, ...]
    inquiries: frozenset[str]  # folded
    arrays: PlanArrays

    @property
    def reachable(self) -> tuple[Where, ...]:
        """Return the checks of which one must hold for a lead to be reachable."""
        return tuple(Where(fold(of), Known(True)) for of in self.agreement.lead.reachable_by)


def plan(agreement: Agreement) -> Plan:
    """Return the plan of an agreement."""
    criteria: tuple[Criterion, ...] = (*agreement.engagement, *agreement.intent)
    attributes = _attributes(agreement)
    checks = [where for attribute in attributes for where in attribute.checks]
    coder = _Coder(
        checks={where: number for number, where in enumerate(checks)},
        intents={i.name: len(agreement.engagement) + n for n, i in enumerate(agreement.intent)},
    )
    lead = list(coder.lead(agreement.lead))
    ready = list(coder.rule(agreement.sales_ready))
    steps = [steps_of(criterion) for criterion in criteria]
    every = [step for of_criterion in steps for step in of_criterion]
    arrays = PlanArrays(
        step_first=_firsts(map(len, steps)),
        step_begins=_ints(step.begins for step in every),
        step_ends=_ints(step.ends for step in every),
        step_points=_ints(step.points for step in every),
        lowest=_ints(limits(criterion)[0] for criterion in criteria),
        highest=_ints(limits(criterion)[1] for criterion in criteria),
        is_intent=_bools(isinstance(criterion, Intent) for criterion in criteria),
        times=_ints(getattr(criterion, "times", 0) for criterion in criteria),
        after_inquiry=_bools(criterion.after_inquiry for criterion in criteria),
        named_inquiries=bool(agreement.lead.inquiries),
        silence_for=_ints(silence.nothing_for for silence in agreement.silence),
        silence_points=_ints(silence.points for silence in agreement.silence),
        unknown_points=_ints(attribute.table.unknown for attribute in attributes),
        check_first=_firsts(len(attribute.checks) for attribute in attributes),
        blank_checks=_bools(holds(where.condition, None) for where in checks),
        lead_op=_ints(op for op, _ in lead),
        lead_arg=_ints(arg for _, arg in lead),
        ready_op=_ints(op for op, _ in ready),
        ready_arg=_ints(arg for _, arg in ready),
    )
    inquiries = frozenset(map(fold, agreement.lead.inquiries))
    return Plan(agreement, criteria, attributes, agreement.silence, inquiries, arrays)


def _attributes(agreement: Agreement) -> tuple[Attribute, ...]:
    tables = {fold(table.attribute): table for table in agreement.fit}
    checks: dict[str, dict[Where, None]] = {name: {} for name in tables}
    for where in (*lead_checks(agreement.lead), *_wheres(agreement.sales_ready)):
        checks.setdefault(fold(where.of), {})[_folded(where)] = None
    return tuple(
        Attribute(name, tables.get(name, FitTable(name)), tuple(wheres))
        for name, wheres in checks.items()
    )


def lead_checks(lead: LeadRule) -> Iterator[Where]:
    """Yield every check on an attribute that decides who is a lead."""
    yield NOT_MERGED
    yield from (Where(attribute, Known(True)) for attribute in lead.reachable_by)
    yield from (where for each in lead.never for where in each)


def _wheres(rule: Rule) -> Iterator[Where]:
    match rule:
        case HasAttribute(where):
            yield where
        case All(parts) | Any(parts):
            for part in parts:
                yield from _wheres(part)


def _folded(where: Where) -> Where:
    return Where(fold(where.of), where.condition)


@dataclass(frozen=True, slots=True)
class _Coder:
    """Writes rules in postfix order, with checks and intents by their numbers."""

    checks: Mapping[Where, int]
    intents: Mapping[str, int]

    def lead(self, lead: LeadRule) -> Iterator[tuple[int, int]]:
        yield self.check(NOT_MERGED)
        for attribute in lead.reachable_by:
            yield self.check(Where(attribute, Known(True)))
        if lead.reachable_by:
            yield ANY, len(lead.reachable_by)
        for each in lead.never:
            yield from map(self.check, each)
            yield from ((ALL, len(each)), (NOT, 0))
        yield ALL, 1 + bool(lead.reachable_by) + len(lead.never)

    def rule(self, rule: Rule) -> Iterator[tuple[int, int]]:
        match rule:
            case AtLeast(measure, points):
                yield _MEASURES[measure], points
            case HasIntent(None):
                yield ANY_INTENT, 0
            case HasIntent(str(name)):
                yield INTENT, self.intents[name]
            case HasAttribute(where):
                yield self.check(where)
            case All(parts) | Any(parts):
                for part in parts:
                    yield from self.rule(part)
                yield (ALL if isinstance(rule, All) else ANY), len(parts)

    def check(self, where: Where) -> tuple[int, int]:
        return CHECK, self.checks[_folded(where)]


def steps_of(criterion: Criterion) -> tuple[Step, ...]:
    """Return the steps of a criterion; those of an intent count activities instead of points."""
    if isinstance(criterion, Intent):
        return (Step(0, criterion.within, 1),)
    return criterion.steps


def limits(criterion: Criterion) -> tuple[int, int]:
    """Return between which bounds the sum of a criterion is cut off."""
    at_most = getattr(criterion, "at_most", None)
    if at_most is None:
        return -NO_LIMIT, NO_LIMIT
    return (at_most, NO_LIMIT) if at_most < 0 else (-NO_LIMIT, at_most)


def _firsts(counts: Iterable[int]) -> Ints:
    return np.cumsum([0, *counts], dtype=np.int64)


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int64)


def _bools(values: Iterable[bool]) -> Bools:
    return np.fromiter(values, np.bool_)
