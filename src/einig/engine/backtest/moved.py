"""What each criterion of an agreement moved: who had it when handed over, and who only by it.

Each criterion, each row of a fit table and each part of the rule is taken out of the agreement, and
everything is replayed without it. Activities are bound once: an agreement without a criterion keeps
its place, where it gives nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from einig.engine.agreement.model import (
    Agreement,
    All,
    Any,
    AtLeast,
    FitTable,
    HasIntent,
    Intent,
    Rule,
)
from einig.engine.backtest.intervals import Proportion
from einig.engine.backtest.outcomes import sales_ready
from einig.engine.backtest.past import Past
from einig.engine.instants import BEGINNING
from einig.engine.scoring.bind import bind, with_facts
from einig.engine.scoring.decisions import Decisions, decisions
from einig.engine.scoring.judge import swept
from einig.engine.scoring.plan import Bools, Ints, plan

Key = tuple[str, str]  # a criterion (`fit.industry`) and its row; the rule and the number of a part
OTHERWISE, UNKNOWN = "otherwise", "unknown"
_NEVER = 2**62  # times


@dataclass(frozen=True, slots=True)
class Moved:
    """What a criterion did to the leads of a span of time, by their numbers.

    `had` were handed over and had it at that instant, `only` would not have been handed over
    without it. `more` would have been handed over without it, at `more_at`.
    """

    had: Ints
    only: Ints
    more: Ints
    more_at: Ints
    bought: Proportion  # of those that had it and were decided


@dataclass(frozen=True, slots=True)
class Moves:
    """The leads that an agreement would have handed over since an instant, and what moved them."""

    since: int
    until: int
    handed: Ints
    first_ready_at: Ints  # of every lead of the history
    bought: Proportion
    by: dict[Key, Moved]


def moves(past: Past, agreement: Agreement, *, since: int) -> Moves:
    """Return what each criterion moved among those handed over after an instant."""
    judge, of = _Judge(past, agreement), past.outcomes
    decided = judge.decided(agreement)
    ready, first = sales_ready(decided, of), decided.first_ready_at
    handed = ready & (first > since)

    def moved(key: Key) -> Moved:
        had = handed & _held(judge.decided(only(agreement, key)), first)
        other = judge.decided(without(agreement, key))
        still = sales_ready(other, of)
        more = np.flatnonzero(still & ~ready & (other.first_ready_at > since))
        return Moved(
            had=np.flatnonzero(had),
            only=np.flatnonzero(handed & ~still),
            more=more,
            more_at=other.first_ready_at[more],
            bought=_bought(past, had),
        )

    return Moves(
        since=since,
        until=judge.end,
        handed=np.flatnonzero(handed),
        first_ready_at=first,
        bought=_bought(past, handed),
        by={key: moved(key) for key in keys(agreement)},
    )


class _Judge:
    """Judges a history by an agreement, and by what remains of it without a criterion."""

    def __init__(self, past: Past, agreement: Agreement) -> None:
        self.past, self.end = past, past.history.about.ends_at
        self.plan = plan(agreement)
        self.bound = bind(self.plan, past.held)

    def decided(self, edited: Agreement) -> Decisions:
        of, bound = plan(edited), self.bound
        if of.attributes != self.plan.attributes:
            bound = with_facts(of, bound, self.past.held)
        return decisions([swept(of, bound, BEGINNING, self.end)], len(self.past.history.leads))


def _held(decided: Decisions, at: Ints) -> Bools:
    """Return for which leads it held at an instant of each."""
    spans, held = decided.ready, np.zeros(len(at), np.bool_)
    then = at[spans.lead]
    held[spans.lead[(spans.begins <= then) & (then < spans.ends)]] = True
    return held


def _bought(past: Past, which: Bools) -> Proportion:
    known = which & past.outcomes.known
    return Proportion(int((known & past.outcomes.won).sum()), int(known.sum()))


# --- an agreement without one of its criteria, and with nothing else --------------------------


def keys(of: Agreement) -> Iterator[Key]:
    """Yield everything that can be taken out of an agreement, in the order of the document."""
    for table in of.fit:
        path = f"fit.{table.attribute}"
        yield path, ""
        for row in (*(r.text for r in table.texts), *(r.label for r in table.ranges)):
            yield path, row
        for name, points in ((OTHERWISE, table.otherwise), (UNKNOWN, table.unknown)):
            if points:
                yield path, name
    yield from ((f"engagement.{criterion.name}", "") for criterion in of.behaviour)
    yield from ((f"intent.{criterion.name}", "") for criterion in of.intent)
    if len(parts := leaves(of.sales_ready)) > 1:
        yield from (("sales_ready", str(number)) for number in range(len(parts)))


def leaves(of: Rule) -> list[Rule]:
    """Return the parts of a rule that are not made of others, in the order of the document."""
    if isinstance(of, (All, Any)):
        return [leaf for part in of.parts for leaf in leaves(part)]
    return [of]


def without(of: Agreement, key: Key) -> Agreement:
    """Return an agreement in which a criterion, a row or a part of the rule counts no more."""
    part, _dot, name = key[0].partition(".")
    if part == "fit":
        tables = (_less(table, key[1]) if table.attribute == name else table for table in of.fit)
        return replace(of, fit=tuple(tables))
    if part == "engagement":
        return _giving(of, {name: 0})
    if part == "intent":
        return replace(of, intent=tuple(_never(i) if i.name == name else i for i in of.intent))
    rule = _less_part(of.sales_ready, int(key[1]))
    assert rule is not None  # a rule of one part has no key
    return replace(of, sales_ready=rule)


def only(of: Agreement, key: Key) -> Agreement:
    """Return an agreement by which exactly those are sales-ready who have a criterion."""
    part, _dot, name = key[0].partition(".")
    if part == "fit":
        table = next(table for table in of.fit if table.attribute == name)
        return replace(of, fit=(_one(table, key[1]),), sales_ready=AtLeast("fit", 1))
    if part == "engagement":
        others = {criterion.name: 0 for criterion in of.behaviour}
        return replace(_giving(of, others | {name: 1}), sales_ready=AtLeast("engagement", 1))
    rule = HasIntent(name) if part == "intent" else leaves(of.sales_ready)[int(key[1])]
    return replace(of, sales_ready=rule)


def _less(table: FitTable, row: str) -> FitTable:
    if not row:
        return FitTable(table.attribute)
    return replace(
        table,
        texts=tuple(of for of in table.texts if of.text != row),
        ranges=tuple(of for of in table.ranges if of.label != row),
        otherwise=0 if row == OTHERWISE else table.otherwise,
        unknown=0 if row == UNKNOWN else table.unknown,
    )


def _one(table: FitTable, row: str) -> FitTable:
    """Return a table with one point where a row applies; where any gives points, without a row."""

    def point(name: str, points: int) -> int:
        return int(bool(points) if not row else name == row)

    return replace(
        table,
        texts=tuple(replace(of, points=point(of.text, of.points)) for of in table.texts),
        ranges=tuple(replace(of, points=point(of.label, of.points)) for of in table.ranges),
        otherwise=point(OTHERWISE, table.otherwise),
        unknown=point(UNKNOWN, table.unknown),
    )


def _giving(of: Agreement, points: dict[str, int]) -> Agreement:
    """Return an agreement in which some activities, or silence, give other points at any age."""
    engagement = (
        replace(
            e, at_most=None, steps=tuple(replace(step, points=points[e.name]) for step in e.steps)
        )
        if e.name in points
        else e
        for e in of.engagement
    )
    silence = (replace(s, points=points.get(s.name, s.points)) for s in of.silence)
    return replace(of, engagement=tuple(engagement), silence=tuple(silence))


def _never(of: Intent) -> Intent:
    return replace(of, times=_NEVER)


def _less_part(of: Rule, number: int) -> Rule | None:
    """Return a rule without one of its leaves; None where nothing remains."""
    if not isinstance(of, (All, Any)):
        return None
    kept: list[Rule] = []
    for part in of.parts:
        size = len(leaves(part))
        rest = _less_part(part, number) if 0 <= number < size else part
        number -= size
        if rest is not None:
            kept.append(rest)
    return replace(of, parts=tuple(kept)) if kept else None
