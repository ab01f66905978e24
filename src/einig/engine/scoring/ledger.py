"""The ledger: why a lead has the score that it has, at any moment.

Every point stands here with the criterion that gives it, the activity or fact that earned it and
the instant at which it runs out. The lines are worked out on their own, without the kernel; that
their sum equals the kernel's score is a property that tests hold on to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from einig.engine.agreement.model import (
    All,
    Any,
    AtLeast,
    Engagement,
    HasAttribute,
    HasIntent,
    Intent,
    Rule,
    Step,
    Where,
)
from einig.engine.instants import FOREVER
from einig.engine.scoring.lead import Activity, Fact, LeadHistory
from einig.engine.scoring.live import judge_lead
from einig.engine.scoring.matching import holds, points_of
from einig.engine.scoring.plan import NOT_MERGED, Criterion, Plan, limits, steps_of
from einig.engine.values import Value, fold


@dataclass(frozen=True, slots=True)
class FitLine:
    """The points of one attribute: its value as written, and the row of the table that it meets."""

    criterion: str
    value: str | None
    row: str
    points: int


@dataclass(frozen=True, slots=True)
class EngagementLine:
    """The points of one activity. `runs_out_at` is None where they count for ever.

    `of_points` is what the activity would give alone; less is left where a limit cuts off.
    """

    criterion: str
    activity: str
    event_id: str
    at: int
    points: int
    of_points: int
    runs_out_at: int | None


@dataclass(frozen=True, slots=True)
class SilenceLine:
    """The points for nothing having happened since `since`."""

    criterion: str
    since: int
    points: int


@dataclass(frozen=True, slots=True)
class IntentLine:
    """A buying signal: how many of the needed activities count, and until when that lasts."""

    criterion: str
    holds: bool
    count: int
    needed: int
    activities: tuple[str, ...]  # event ids, newest first
    runs_out_at: int | None


@dataclass(frozen=True, slots=True)
class Short:
    """A measure is below what is demanded."""

    measure: str
    have: int
    need: int


@dataclass(frozen=True, slots=True)
class NoIntent:
    """A buying signal is missing: any, or the named one."""

    name: str | None


@dataclass(frozen=True, slots=True)
class Unlike:
    """An attribute does not fulfil a condition; `value` is what it is."""

    where: Where
    value: str | None


@dataclass(frozen=True, slots=True)
class Several:
    """All of these are missing, or (`either`) at least one of them has to come."""

    either: bool
    parts: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class NoLead:
    """The agreement does not count this as a lead, so nothing is scored; the reason is a check."""

    reason: str  # "merged", "not reachable" or "excluded"
    checks: tuple[Where, ...]


Missing = Short | NoIntent | Unlike | Several | NoLead


@dataclass(frozen=True, slots=True)
class Ledger:
    """A lead at a moment, with everything that its score is made of."""

    lead_id: str
    at: int
    fit: int
    engagement: int
    intent: bool
    sales_ready: bool
    ready_since: int | None
    made_ready_by: tuple[str, ...]  # the criteria that moved when it became sales-ready
    missing: Missing | None
    fit_lines: tuple[FitLine, ...]
    engagement_lines: tuple[EngagementLine | SilenceLine, ...]
    intent_lines: tuple[IntentLine, ...]

    @property
    def score(self) -> int:
        """Return fit and engagement together."""
        return self.fit + self.engagement


def ledger(plan: Plan, lead: LeadHistory, at: int) -> Ledger | None:
    """Return the ledger of a lead at an instant; None if the lead does not exist yet."""
    if lead.created_at > at:
        return None
    page = _Page(plan, lead, at)
    gap = page.no_lead() or page.missing(plan.agreement.sales_ready)
    since = None if gap else _ready_since(plan, lead, at)
    return Ledger(
        lead_id=lead.lead_id,
        at=at,
        fit=sum(line.points for line in page.fit),
        engagement=sum(line.points for line in page.engagement),
        intent=any(line.holds for line in page.intent),
        sales_ready=gap is None,
        ready_since=since,
        made_ready_by=() if since is None else moved(plan, lead, since),
        missing=gap,
        fit_lines=page.fit,
        engagement_lines=page.engagement,
        intent_lines=page.intent,
    )


def _ready_since(plan: Plan, lead: LeadHistory, at: int) -> int:
    return int(judge_lead(plan, lead, at).ready.begins[-1])


def moved(plan: Plan, lead: LeadHistory, at: int) -> tuple[str, ...]:
    """Return the criteria whose part in the state changed at an instant."""
    if at <= lead.created_at:
        return ("creation",)
    before, after = _Page(plan, lead, at - 1).parts(), _Page(plan, lead, at).parts()
    return tuple(name for name in after | before if before.get(name) != after.get(name))


class _Page:
    """Everything that the ledger of one lead at one instant is worked out from."""

    def __init__(self, plan: Plan, lead: LeadHistory, at: int) -> None:
        self.plan, self.lead, self.at = plan, lead, at
        known = [fact for fact in lead.facts if fact.at <= at]
        self.facts: dict[str, Fact] = {fact.attribute: fact for fact in known}
        self.known = [a for a in lead.activities if a.start <= at < a.until]
        excluded = self.no_lead() is not None
        agreement = plan.agreement
        self.fit = () if excluded else tuple(self._fit())
        self.engagement: tuple[EngagementLine | SilenceLine, ...] = (
            () if excluded else (*self._engagement(agreement.engagement), *self._silence())
        )
        self.intent = () if excluded else tuple(map(self._intent, agreement.intent))

    def value(self, attribute: str) -> Value | None:
        fact = self.facts.get(fold(attribute))
        return fact.value if fact else None

    def shown(self, attribute: str) -> str | None:
        fact = self.facts.get(fold(attribute))
        return fact.shown if fact else None

    def parts(self) -> dict[str, object]:
        """Return each criterion with its part in the state."""
        parts: dict[str, object] = {f"fit.{line.criterion}": line.points for line in self.fit}
        for line in self.engagement:
            name = f"engagement.{line.criterion}"
            parts[name] = int(str(parts.get(name, 0))) + line.points
        parts |= {f"intent.{line.criterion}": line.holds for line in self.intent}
        for attribute in self.plan.attributes:
            for where in attribute.checks:
                name = f"lead.{where.of}" if where == NOT_MERGED else f"attributes.{where.of}"
                parts[name] = (parts.get(name), holds(where.condition, self.value(where.of)))
        return parts

    # --- lines --------------------------------------------------------------------------------

    def _fit(self) -> Iterator[FitLine]:
        for table in self.plan.agreement.fit:
            points, row = points_of(table, self.value(table.attribute))
            yield FitLine(table.attribute, self.shown(table.attribute), row, points)

    def _engagement(self, criteria: Sequence[Engagement]) -> Iterator[EngagementLine]:
        for criterion in criteria:
            low, high = limits(criterion)
            given = 0
            for activity, step in self._counting(criterion):
                rest = min(max(given + step.points, low), high) - given
                given += rest
                runs_out = activity.at + step.ends if step.ends < FOREVER else None
                yield EngagementLine(
                    criterion.name,
                    activity.type,
                    activity.event_id,
                    activity.at,
                    rest,
                    step.points,
                    runs_out,
                )

    def _silence(self) -> Iterator[SilenceLine]:
        for silence in self.plan.silence:
            kinds = set(map(fold, silence.activities))
            heard = [
                activity.at
                for activity in self.known
                if not activity.member and (not kinds or fold(activity.type) in kinds)
            ]
            since = max([self.lead.created_at, *heard])
            if self.at >= since + silence.nothing_for:
                yield SilenceLine(silence.name, since, silence.points)

    def _intent(self, criterion: Intent) -> IntentLine:
        counting = [activity for activity, _ in self._counting(criterion)]
        enough = len(counting) >= criterion.times
        ends = criterion.within if criterion.within < FOREVER else None
        decisive = counting[criterion.times - 1].at if enough else 0
        return IntentLine(
            criterion.name,
            enough,
            len(counting),
            criterion.times,
            tuple(activity.event_id for activity in counting),
            decisive + ends if enough and ends is not None else None,
        )

    def _counting(self, criterion: Criterion) -> Iterator[tuple[Activity, Step]]:
        """Yield the activities that count for a criterion with their step, newest first."""
        inquiry = self._first_inquiry() if criterion.after_inquiry else None
        for activity in sorted(self.known, key=lambda a: (-a.at, a.event_id)):
            if criterion.after_inquiry and (inquiry is None or activity.at <= inquiry):
                continue
            if self._matches(criterion, activity):
                for step in steps_of(criterion):
                    if activity.at + step.begins <= self.at < activity.at + step.ends:
                        yield activity, step

    def _matches(self, criterion: Criterion, activity: Activity) -> bool:
        return (
            fold(activity.type) == fold(criterion.activity)
            and (criterion.per == "company" or not activity.member)
            and all(
                holds(where.condition, activity.properties.get(fold(where.of)))
                for where in criterion.where
            )
        )

    def _first_inquiry(self) -> int | None:
        if not self.plan.inquiries:
            return self.lead.created_at
        asked = [
            activity.at
            for activity in self.known
            if fold(activity.type) in self.plan.inquiries and not activity.member
        ]
        return min(asked, default=None)

    # --- what is missing ----------------------------------------------------------------------

    def no_lead(self) -> NoLead | None:
        """Return why this is no lead by the agreement, or None if it is one."""
        rule = self.plan.agreement.lead
        if not self._check(NOT_MERGED):
            return NoLead("merged", (NOT_MERGED,))
        if self.plan.reachable and not any(map(self._check, self.plan.reachable)):
            return NoLead("not reachable", self.plan.reachable)
        for each in rule.never:
            if all(map(self._check, each)):
                return NoLead("excluded", each)
        return None

    def missing(self, rule: Rule) -> Missing | None:
        """Return what a rule still asks for, or None if it holds."""
        match rule:
            case AtLeast(measure, need):
                have = self._measure(measure)
                return None if have >= need else Short(measure, have, need)
            case HasIntent(name):
                found = [line for line in self.intent if name in (None, line.criterion)]
                return None if any(line.holds for line in found) else NoIntent(name)
            case HasAttribute(where):
                return None if self._check(where) else Unlike(where, self.shown(where.of))
            case All(parts) | Any(parts):
                gaps = [self.missing(part) for part in parts]
                either = isinstance(rule, Any)
                if (None in gaps) if either else not any(gaps):
                    return None
                kept = tuple(gap for gap in gaps if gap is not None)
                return kept[0] if len(kept) == 1 else Several(either, kept)

    def _measure(self, measure: str) -> int:
        fit = sum(line.points for line in self.fit)
        engagement = sum(line.points for line in self.engagement)
        return {"fit": fit, "engagement": engagement, "score": fit + engagement}[measure]

    def _check(self, where: Where) -> bool:
        return holds(where.condition, self.value(where.of))
