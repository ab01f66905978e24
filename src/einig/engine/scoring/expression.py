"""The expression: a plan as one Ibis expression, for DuckDB, Spark and warehouses.

Everything is a *change*: a row that says by how much fit, engagement, buying signals or a check
of a lead move at an instant. Changes at one instant are added up, and running sums over time give
the state at every instant; turns are read off from those, exactly as the kernel does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Any as Anything
from typing import Literal

import ibis
import numpy as np
from ibis import _
from ibis.expr.types import BooleanColumn, Table

from einig.engine.agreement.model import (
    All,
    Any,
    AtLeast,
    HasAttribute,
    HasIntent,
    Intent,
    Rule,
    Silence,
    Where,
)
from einig.engine.history.contract import History
from einig.engine.instants import FOREVER
from einig.engine.scoring.clauses import Forms, clause, points_clause
from einig.engine.scoring.kernel import Swept
from einig.engine.scoring.plan import NO_LIMIT, NOT_MERGED, Criterion, Plan, limits, steps_of
from einig.engine.scoring.tables import Tables, fetched, tables
from einig.engine.values import fold


def turns(plan: Plan, tables: Tables, begins: int, ends: int) -> Table:
    """Return the expression of a plan's turns from `begins` to `ends` (both included).

    Columns: lead, at, fit, engagement, intent, ready, turned (a turn at `at`), last (the state at
    the end).
    """
    return _turned(states(plan, tables, begins, ends))


def states(plan: Plan, tables: Tables, begins: int, ends: int) -> Table:
    """Return the expression of the state of each lead whenever anything changes.

    Columns: lead, at, fit, engagement, intent, ready.
    """
    names = _Names(plan)
    leads = tables.leads.filter(_.created_at <= ends)
    changes = ibis.union(*_changes(plan, tables, leads, names), distinct=False)
    return _judged(_states(changes, leads, names, begins, ends), plan, names)


def execute(
    plan: Plan, history: History, begins: int, ends: int, engine: Literal["duckdb", "spark"]
) -> Swept:
    """Execute a plan over a history on an engine."""
    with tables(history, engine) as opened:
        return collected(turns(plan, opened, begins, ends), ends)


def collected(rows: Table, ends: int) -> Swept:
    """Execute an expression of turns, and return it in the form of the kernel's."""
    read = fetched(rows)
    column = {name: read[name].to_numpy() for name in read.schema.names}
    lead, at = (
        np.concatenate([column["lead"][column["turned"]], column["lead"][column["last"]]]),
        np.concatenate(
            [column["at"][column["turned"]], np.full(int(column["last"].sum()), ends, np.int64)]
        ),
    )
    order = np.lexsort((at, lead))  # stable: of equal instants the last state stays behind

    def both(name: str, kind: type[np.generic]) -> Anything:
        parts = [column[name][column["turned"]], column[name][column["last"]]]
        return np.concatenate(parts)[order].astype(kind)

    return Swept(
        lead=lead[order].astype(np.int64),
        at=at[order],
        fit=both("fit", np.int64),
        engagement=both("engagement", np.int64),
        intent=both("intent", np.bool_),
        ready=both("ready", np.bool_),
    )


class _Names:
    """The columns of a change: fit, engagement, intents, each named intent and each check."""

    def __init__(self, plan: Plan) -> None:
        self.checks = {
            where: f"check_{number}"
            for number, where in enumerate(where for a in plan.attributes for where in a.checks)
        }
        self.intents = {
            intent.name: f"intent_{n}" for n, intent in enumerate(plan.agreement.intent)
        }
        self.all = ("fit", "engagement", "intents", *self.intents.values(), *self.checks.values())

    def change(self, table: Table, **moved: Anything) -> Table:
        """Return a table of changes; what is not moved stays as it is."""
        still = ibis.literal(0, "int64")
        columns = {name: moved.get(name, still).cast("int64") for name in self.all}
        return table.select("lead", at=table.at.cast("int64"), **columns)


# --- changes ----------------------------------------------------------------------------------


def _changes(plan: Plan, tables: Tables, leads: Table, names: _Names) -> Iterator[Table]:
    yield _creation(plan, leads, names)
    for attribute in plan.attributes:
        rows = tables.facts.filter(_.attribute.isin(tables.attributes(attribute.name)))
        earlier = ibis.window(group_by="lead", order_by="at")
        value = Forms(rows.text, rows.number, rows.low)
        now = {"fit": points_clause(attribute.table, value)}
        before = {"fit": attribute.table.unknown}
        for where in attribute.checks:
            column = names.checks[where]
            now[column] = clause(where.condition, value).cast("int64")
            before[column] = int(plan.arrays.blank_checks[list(names.checks).index(where)])
        rows = rows.select("lead", "at", **now)
        yield names.change(
            rows,
            **{c: rows[c] - rows[c].lag().over(earlier).fill_null(before[c]) for c in now},
        )
    for criterion in plan.criteria:
        yield _criterion(criterion, plan, tables, leads, names)
    for silence in plan.silence:
        yield _silence(silence, tables, leads, names)


def _creation(plan: Plan, leads: Table, names: _Names) -> Table:
    """Return what a lead begins with: the points and checks of blanks."""
    blank = {
        column: ibis.literal(int(plan.arrays.blank_checks[number]))
        for number, column in enumerate(names.checks.values())
    }
    fit = ibis.literal(int(plan.arrays.unknown_points.sum()), "int64")
    return names.change(leads.select("lead", at=_.created_at), fit=fit, **blank)


def _criterion(
    criterion: Criterion, plan: Plan, tables: Tables, leads: Table, names: _Names
) -> Table:
    """Return the changes of a criterion: running sums of its points, cut off at its limits."""
    spans = _spans(criterion, plan, tables, leads)
    deltas = _deltas(spans).group_by("lead", "at").agg(amount=_.amount.sum())
    over_time = ibis.window(group_by="lead", order_by="at")
    upto = ibis.cumulative_window(group_by="lead", order_by="at")
    sums = deltas.select("lead", "at", sum=_.amount.sum().over(upto))
    if isinstance(criterion, Intent):
        sums = sums.mutate(sum=(_.sum >= criterion.times).cast("int64"))
    else:
        low, high = limits(criterion)
        if low > -NO_LIMIT:
            sums = sums.mutate(sum=ibis.greatest(_.sum, low))
        if high < NO_LIMIT:
            sums = sums.mutate(sum=ibis.least(_.sum, high))
    change = sums.sum - sums.sum.lag().over(over_time).fill_null(0)
    if isinstance(criterion, Intent):
        return names.change(sums, **{"intents": change, names.intents[criterion.name]: change})
    return names.change(sums, engagement=change)


def _spans(criterion: Criterion, plan: Plan, tables: Tables, leads: Table) -> Table:
    """Return the spans in which activities count for a criterion: lead, opens, closes, amount."""
    events = tables.events.filter(_.type.isin(tables.types([criterion.activity])))
    if criterion.per == "person":
        events = events.filter(~_.member)
    for where in criterion.where:
        events = events.filter(clause(where.condition, tables.property(events, where.of)))
    if criterion.after_inquiry and not plan.inquiries:
        created = leads.select("lead", created=_.created_at)
        events = events.join(created, "lead").filter(_.at > _.created)
    spans = ibis.union(
        *(
            events.select(
                "lead",
                "at",
                "event_id",
                opens=ibis.greatest(_.at + step.begins, _.start),
                closes=ibis.least(_.at + step.ends, _.until),
                amount=ibis.literal(step.points, "int64"),
            )
            for step in steps_of(criterion)
        ),
        distinct=False,
    ).filter(_.opens < _.closes)
    if criterion.after_inquiry and plan.inquiries:
        return _while_inquired(spans, plan, tables)
    return spans.select("lead", "opens", "closes", "amount")


def _while_inquired(spans: Table, plan: Plan, tables: Tables) -> Table:
    """Return the parts of spans in which an inquiry earlier than the activity is known."""
    inquiries = tables.events.filter(_.type.isin(tables.types(plan.inquiries)) & ~_.member)
    inquiries = inquiries.select("lead", asked=_.at, known=_.start, withdrawn=_.until)
    parts = spans.join(inquiries, "lead").filter(_.asked < _.at)
    key = ["lead", "event_id", "opens", "closes", "amount"]
    parts = parts.select(
        *key, at=ibis.greatest(_.opens, _.known), ends=ibis.least(_.closes, _.withdrawn)
    ).filter(_.at < _.ends)
    covered = ibis.union(
        parts.select(*key, "at", cover=ibis.literal(1, "int64")),
        parts.select(*key, at=_.ends, cover=ibis.literal(-1, "int64")),
        distinct=False,
    )
    covered = covered.group_by(*key, "at").agg(cover=_.cover.sum())
    upto = ibis.cumulative_window(group_by=key, order_by="at")
    following = ibis.window(group_by=key, order_by="at")
    covered = covered.mutate(cover=_.cover.sum().over(upto), ends=_.at.lead().over(following))
    return covered.filter(_.cover > 0).select("lead", "amount", opens=_.at, closes=_.ends)


def _silence(silence: Silence, tables: Tables, leads: Table, names: _Names) -> Table:
    """Return the changes of a silence.

    Between two instants at which an activity becomes known or is withdrawn, the latest known
    activity stays the same. Of activities that are never withdrawn it is a running maximum.
    """
    events = tables.events.filter((_.start < _.until) & ~_.member)
    if silence.activities:
        events = events.filter(_.type.isin(tables.types(silence.activities)))
    lasting = events.filter(_.until >= FOREVER)
    passing = events.filter(_.until < FOREVER).select("lead", "start", "until", latest=_.at)
    created = leads.select("lead", at=_.created_at, latest=_.created_at)
    never = ibis.null("int64")
    bounds = ibis.union(
        created,
        lasting.select("lead", at=_.start, latest=_.at),
        passing.select("lead", at=_.start, latest=never),
        passing.select("lead", at=_.until, latest=never),
        distinct=False,
    )
    upto = ibis.cumulative_window(group_by="lead", order_by="at")
    bounds = bounds.group_by("lead", "at").agg(latest=_.latest.max())
    bounds = bounds.mutate(latest=_.latest.max().over(upto))
    known = bounds.select("lead", "at").join(
        passing, ["lead", bounds.at >= passing.start, bounds.at < passing.until]
    )
    known = known.group_by("lead", "at").agg(passing=_.latest.max())
    bounds = bounds.left_join(known, ["lead", "at"]).select("lead", "at", "latest", "passing")
    latest = ibis.greatest(bounds.latest, bounds.passing.fill_null(bounds.latest))
    following = ibis.window(group_by="lead", order_by="at")
    spans = bounds.select(
        "lead",
        opens=ibis.greatest(bounds.at, latest + silence.nothing_for),
        closes=bounds.at.lead().over(following).fill_null(FOREVER),
        amount=ibis.literal(silence.points, "int64"),
    ).filter(_.opens < _.closes)
    deltas = _deltas(spans)
    return names.change(deltas, engagement=deltas.amount)


def _deltas(spans: Table) -> Table:
    """Return the gain at the opening of each span and the loss at its close."""
    return ibis.union(
        spans.select("lead", at=_.opens, amount=_.amount),
        spans.select("lead", at=_.closes, amount=-_.amount),
        distinct=False,
    )


# --- states -----------------------------------------------------------------------------------


def _states(changes: Table, leads: Table, names: _Names, begins: int, ends: int) -> Table:
    """Return the state of each lead at each instant from its opening to the end."""
    opening = leads.select("lead", opening=ibis.greatest(_.created_at, begins))
    changes = changes.filter(_.at <= ends).join(opening, "lead")
    changes = changes.mutate(at=ibis.greatest(_.at, _.opening))
    instants = changes.group_by("lead", "at").agg(**{name: _[name].sum() for name in names.all})
    upto = ibis.cumulative_window(group_by="lead", order_by="at")
    return instants.select(
        "lead", "at", **{name: instants[name].sum().over(upto) for name in names.all}
    )


def _judged(states: Table, plan: Plan, names: _Names) -> Table:
    """Return what each state means: fit, engagement, intent and sales-ready."""
    is_lead = _lead_rule(states, plan, names)
    nothing = ibis.literal(0, "int64")
    return states.select(
        "lead",
        "at",
        fit=is_lead.ifelse(states.fit, nothing),
        engagement=is_lead.ifelse(states.engagement, nothing),
        intent=is_lead & (states.intents > 0),
        ready=is_lead & _holds(plan.agreement.sales_ready, states, names),
    )


def _turned(states: Table) -> Table:
    over_time = ibis.window(group_by="lead", order_by="at")
    states = states.mutate(
        turned=(_.ready != _.ready.lag().over(over_time)).fill_null(True)
        | (_.intent != _.intent.lag().over(over_time)).fill_null(True),
        last=_.at.lead().over(over_time).isnull(),
    )
    return states.filter(_.turned | _.last)


def _lead_rule(states: Table, plan: Plan, names: _Names) -> BooleanColumn:
    def check(where: Where) -> BooleanColumn:
        return states[names.checks[Where(fold(where.of), where.condition)]] == 1

    lead = plan.agreement.lead
    excluded = [_every([check(where) for where in each]) for each in lead.never]
    reachable = [check(where) for where in plan.reachable]
    parts = [check(NOT_MERGED), *(~part for part in excluded)]
    return _every([*parts, _some(reachable)] if reachable else parts)


def _holds(rule: Rule, states: Table, names: _Names) -> BooleanColumn:
    match rule:
        case AtLeast("score", points):
            return states.fit + states.engagement >= points
        case AtLeast(measure, points):
            return states[measure] >= points
        case HasIntent(None):
            return states.intents > 0
        case HasIntent(str(name)):
            return states[names.intents[name]] == 1
        case HasAttribute(where):
            return states[names.checks[Where(fold(where.of), where.condition)]] == 1
        case All(parts):
            return _every([_holds(part, states, names) for part in parts])
        case Any(parts):
            return _some([_holds(part, states, names) for part in parts])


def _every(parts: Sequence[BooleanColumn]) -> BooleanColumn:
    return reduce(lambda a, b: a & b, parts)


def _some(parts: Sequence[BooleanColumn]) -> BooleanColumn:
    return reduce(lambda a, b: a | b, parts)
