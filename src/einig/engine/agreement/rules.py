"""What an agreement must not say: small rules, each with one message and what to write instead."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from einig.engine.agreement.document import Document
from einig.engine.agreement.model import (
    Agreement,
    All,
    Any,
    AtLeast,
    Engagement,
    FitTable,
    HasIntent,
    Rule,
)
from einig.engine.document import Issue, Place, said
from einig.engine.document.shapes import did_you_mean
from einig.engine.instants import FOREVER
from einig.engine.values import fold, number


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: the path of the criterion, the message, and what to write instead."""

    criterion: str
    message: str
    remedy: str
    level: Literal["error", "warning"] = "error"


class Check(Protocol):
    """A rule that an agreement has to keep."""

    def find(self, document: Document) -> Iterable[Finding]:
        """Yield where the rule is not kept."""


def check(document: Document) -> list[Issue]:
    """Return every issue of an agreement, in the order of its lines. Errors refuse it."""
    findings = [finding for rule in CHECKS for finding in rule.find(document)]
    issues = [
        Issue(f.level, _place(document, f.criterion), f.criterion, f.message, f.remedy)
        for f in findings
    ]
    return sorted(issues, key=lambda issue: (issue.place.line, issue.place.column, issue.message))


def _place(document: Document, path: str) -> Place:
    while path and path not in document.places:
        path = path.rpartition(".")[0]
    return document.places.get(path, Place(document.file))


# --- names ------------------------------------------------------------------------------------


class NamesDiffer:
    """What is equal as compared is one thing, so it stands once.

    Otherwise the order would decide which row of a table counts, and order means nothing.
    """

    def find(self, document: Document) -> Iterator[Finding]:
        agreement = document.agreement
        yield from _repeated("fit", [table.attribute for table in agreement.fit])
        for table in agreement.fit:
            yield from _one_number(f"fit.{table.attribute}", [row.text for row in table.texts])
        yield from _repeated("engagement", [each.name for each in agreement.behaviour])
        yield from _repeated("intent", [intent.name for intent in agreement.intent])


def _repeated(path: str, names: Sequence[str]) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for name in names:
        first = seen.setdefault(fold(name), name)
        if first != name:
            message = said(
                "%(name)s is the same as %(first)s: upper and lower case are not told apart.",
                name=name,
                first=first,
            )
            yield Finding(f"{path}.{name}", message, said("Keep one of them."))


def _one_number(path: str, texts: Sequence[str]) -> Iterator[Finding]:
    yield from _repeated(path, texts)
    seen: dict[float, str] = {}
    for text in texts:
        read = number(fold(text))
        first = text if read is None else seen.setdefault(read, text)
        if fold(first) != fold(text):
            message = said(
                "%(name)s is the same as %(first)s: both are the same number.",
                name=text,
                first=first,
            )
            yield Finding(f"{path}.{text}", message, said("Keep one of them."))


class IntentIsDefined:
    """A buying signal that sales-ready asks for has to be defined."""

    def find(self, document: Document) -> Iterator[Finding]:
        names = [intent.name for intent in document.agreement.intent]
        for rule in _parts(document.agreement.sales_ready):
            if not isinstance(rule, HasIntent):
                continue
            if rule.name is None and not names:
                message = said("A buying signal is asked for, and none is defined.")
                remedy = said("Add for example intent: {demo_requested: {for: 14 days}}.")
                yield Finding("sales_ready", message, remedy)
            elif rule.name is not None and rule.name not in names:
                message = said("No buying signal is called %(name)s.", name=rule.name)
                nearest = did_you_mean(rule.name, names)
                yield Finding("sales_ready", message, nearest or said("Define it under intent."))


class SomethingIsExcluded:
    """An entry of `never` without a condition would exclude everyone."""

    def find(self, document: Document) -> Iterator[Finding]:
        for place, each in enumerate(document.agreement.lead.never, 1):
            if not each:
                message = said("This entry has no condition, so it would exclude everyone.")
                remedy = said("Write a condition, or remove the entry.")
                yield Finding(f"lead.never.{place}", message, remedy)


# --- points -----------------------------------------------------------------------------------


class CapHoldsOneAction:
    """A limit below the points of one action would cut off every one of them."""

    def find(self, document: Document) -> Iterator[Finding]:
        for criterion in document.agreement.engagement:
            cap, path = criterion.at_most, f"engagement.{criterion.name}.at_most"
            given = [step.points for step in criterion.steps]
            most = max(given, key=abs)
            if cap is None:
                continue
            if any(p * (-1 if cap < 0 else 1) < 0 for p in given) or (cap == 0 and any(given)):
                message = said(
                    "at_most %(cap)s and points of %(most)s point in different directions.",
                    cap=f"{cap}",
                    most=f"{most}",
                )
                remedy = said(
                    "Give at_most the sign of the points, for example at_most: %(better)s.",
                    better=f"{2 * most}",
                )
                yield Finding(path, message, remedy)
            elif abs(cap) < abs(most):  # so `most` is never a single point
                message = said(
                    "The limit of %(cap)s is below the %(most)s points of one action.",
                    cap=f"{cap}",
                    most=f"{most}",
                )
                remedy = said("Write at_most: %(most)s, or give fewer points.", most=f"{most}")
                yield Finding(path, message, remedy)


class PointsAreGiven:
    """A criterion that gives no points does nothing."""

    def find(self, document: Document) -> Iterator[Finding]:
        agreement = document.agreement
        idle = [c.name for c in agreement.engagement if not any(s.points for s in c.steps)]
        idle += [silence.name for silence in agreement.silence if not silence.points]
        for name in idle:
            message, remedy = said("It gives no points."), said("Give points, or remove it.")
            yield Finding(f"engagement.{name}", message, remedy, "warning")


class ThresholdIsInReach:
    """A threshold above every possible sum hands nobody over, one below all of them everyone."""

    def find(self, document: Document) -> Iterator[Finding]:
        fit, engagement = fit_range(document.agreement), engagement_range(document.agreement)
        score = fit[0] + engagement[0], fit[1] + engagement[1]
        ranges = {"fit": fit, "engagement": engagement, "score": score}
        for path, rule in _thresholds(document):
            low, high = ranges[rule.measure]
            measure = said(rule.measure)
            if rule.points > high:
                message = said(
                    "%(measure)s cannot reach %(asked)s: the most is %(most)s.",
                    measure=measure,
                    asked=f"{rule.points}",
                    most=f"{high:g}",
                )
                remedy = said(
                    "Write %(key)s: %(most)s or less.", key=rule.measure, most=f"{high:g}"
                )
                yield Finding(path, message, remedy)
            elif rule.points <= low:
                message = said(
                    "%(measure)s is always at least %(least)s, so this asks for nothing.",
                    measure=measure,
                    least=f"{low:g}",
                )
                remedy = said("Write more than %(least)s, or remove it.", least=f"{low:g}")
                yield Finding(path, message, remedy, "warning")


def _thresholds(document: Document) -> Iterator[tuple[str, AtLeast]]:
    """Yield each threshold with the path at which it is written."""
    rules = [r for r in _parts(document.agreement.sales_ready) if isinstance(r, AtLeast)]
    written = [path.rpartition(".") for path in document.places if path.startswith("sales_ready.")]
    for measure in ("fit", "engagement", "score"):
        paths = [f"{head}.{name}" for head, _, name in written if name == measure]
        paths = [path for path in paths if ".attributes." not in path]
        of_measure = [rule for rule in rules if rule.measure == measure]
        if len(paths) != len(of_measure):  # made in code, so written nowhere
            paths = ["sales_ready"] * len(of_measure)
        yield from zip(paths, of_measure, strict=True)


def fit_range(agreement: Agreement) -> tuple[float, float]:
    """Return the least and the most points of fit that a lead can have."""
    bounds = [_table_range(table) for table in agreement.fit]
    return sum(low for low, _ in bounds), sum(high for _, high in bounds)


def _table_range(table: FitTable) -> tuple[int, int]:
    given = [*(row.points for row in table.rows), table.otherwise, table.unknown]
    return min(given), max(given)


def engagement_range(agreement: Agreement) -> tuple[float, float]:
    """Return the least and the most points of engagement that a lead can have."""
    bounds = [_criterion_range(criterion) for criterion in agreement.engagement]
    bounds += [(min(0, s.points), max(0, s.points)) for s in agreement.silence]
    return sum(low for low, _ in bounds), sum(high for _, high in bounds)


def _criterion_range(criterion: Engagement) -> tuple[float, float]:
    given = [step.points for step in criterion.steps]
    low = -math.inf if min(given) < 0 else 0.0
    high = math.inf if max(given) > 0 else 0.0
    cap = criterion.at_most
    if cap is None:
        return low, high
    return (max(low, cap), high) if cap < 0 else (low, min(high, cap))


# --- what is defined and what is used ---------------------------------------------------------


class DefinedIsUsed:
    """What sales-ready does not look at decides nothing."""

    def find(self, document: Document) -> Iterator[Finding]:
        agreement = document.agreement
        parts = list(_parts(agreement.sales_ready))
        measures = {part.measure for part in parts if isinstance(part, AtLeast)}
        names = {part.name for part in parts if isinstance(part, HasIntent)}
        if agreement.fit and not measures & {"fit", "score"}:
            yield _idle("fit", said("fit"))
        if (agreement.engagement or agreement.silence) and not measures & {"engagement", "score"}:
            yield _idle("engagement", said("engagement"))
        for intent in agreement.intent:
            if not names & {None, intent.name}:
                signal = said("the buying signal %(name)s", name=intent.name)
                yield _idle(f"intent.{intent.name}", signal)


def _idle(path: str, what: str) -> Finding:
    message = said("sales_ready does not look at %(what)s.", what=what)
    return Finding(path, message, said("Use it in sales_ready, or remove it."), "warning")


class ActionOutsideFitIsAnswered:
    """Someone who asks for a demo and does not fit is answered all the same, by whom is agreed."""

    def find(self, document: Document) -> Iterator[Finding]:
        agreement = document.agreement
        if agreement.fit and agreement.intent and agreement.outside_fit is None:
            message = said("It is not agreed who answers an action from outside the ideal.")
            remedy = said("Add outside_fit: {answered_by: marketing, within: 1 working day}.")
            yield Finding("", message, remedy, "warning")


class StepsFade:
    """A last step that never ends leaves points for ever; a cap has to hold them."""

    def find(self, document: Document) -> Iterator[Finding]:
        for criterion in document.agreement.engagement:
            if criterion.steps[-1].ends >= FOREVER and criterion.at_most is None:
                message = said("Its points never run out and have no limit, so they only grow.")
                remedy = said("Give it a window, or at_most.")
                yield Finding(f"engagement.{criterion.name}", message, remedy, "warning")


def _parts(rule: Rule) -> Iterator[Rule]:
    """Yield a rule and everything in it, in the order in which it is written."""
    yield rule
    if isinstance(rule, All | Any):
        for part in rule.parts:
            yield from _parts(part)


CHECKS: tuple[Check, ...] = (
    NamesDiffer(),
    IntentIsDefined(),
    SomethingIsExcluded(),
    CapHoldsOneAction(),
    PointsAreGiven(),
    ThresholdIsInReach(),
    DefinedIsUsed(),
    ActionOutsideFitIsAnswered(),
    StepsFade(),
)
