"""How two agreements differ, in words: one sentence for each thing that changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from einig.engine.agreement import words
from einig.engine.agreement.content import content
from einig.engine.agreement.model import (
    Agreement,
    Engagement,
    FitTable,
    Intent,
    RangeRow,
    Silence,
    TextRow,
)
from einig.engine.values import fold

Kind = Literal["added", "removed", "changed"]
Criterion = Engagement | Silence | Intent


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: the path of the criterion (`fit.employees`), and a sentence.

    `what` of it changed (`row`, `points`, `item`) from `before` to `after`, so that it can be said
    in another language, too. Where an aspect of a criterion changed, these are the whole criteria.
    """

    criterion: str
    sentence: str
    kind: Kind
    what: str = ""
    before: Any = None
    after: Any = None


def diff(before: Agreement, after: Agreement) -> list[Change]:
    """Return what `after` changes in `before`; nothing exactly if both have one content hash."""
    a, b = before, after
    return [
        *_values("", "name", a, b, str),
        *_lists("lead", "reachable_by", a.lead, b.lead, "reachable by"),
        *_sets("lead.never", "never a lead", a.lead.never, b.lead.never, words.wheres),
        *_lists("lead", "inquiries", a.lead, b.lead, "inquiry"),
        *_fit(a.fit, b.fit),
        *_criteria("engagement", a.behaviour, b.behaviour),
        *_criteria("intent", a.intent, b.intent),
        *_sales_ready(a, b),
        *_values("sales", "respond_within", a.sales, b.sales, words.working_time),
        *_attempts(a, b),
        *_lists("sales", "return_reasons", a.sales, b.sales, "return reason", as_written=True),
        *_values("marketing", "sales_ready_a_month", a.marketing, b.marketing, _number),
        *_lists("marketing", "required", a.marketing, b.marketing, "required"),
        *_values("marketing", "answer_feedback_within", a.marketing, b.marketing, _time),
        *_outside_fit(a, b),
        *_values("", "verify", a, b, words.share),
        *_values("", "explore", a, b, words.share),
    ]


def _same(a: object, b: object, *, as_written: bool = False) -> bool:
    return bool(content(a, as_written=as_written) == content(b, as_written=as_written))


def _becomes(path: str, name: str, said: tuple[str, str], what: str, of: tuple[Any, Any]) -> Change:
    return Change(path, f"{name}: {said[0]} becomes {said[1]}", "changed", what, *of)


def _values(path: str, name: str, a: Any, b: Any, say: Callable[[Any], str]) -> Iterator[Change]:
    """Compare one field of two objects."""
    before, after = getattr(a, name), getattr(b, name)
    if not _same(before, after, as_written=name == "name"):
        where = f"{path}.{name}" if path else name
        said = say(before), say(after)
        yield _becomes(where, name.replace("_", " "), said, name, (before, after))


def _number(of: int | None) -> str:
    return "none agreed" if of is None else str(of)


_time = words.working_time


def _lists(
    path: str, name: str, a: Any, b: Any, label: str, *, as_written: bool = False
) -> Iterator[Change]:
    """Compare one field that lists names."""
    yield from _sets(
        f"{path}.{name}", label, getattr(a, name), getattr(b, name), str, as_written=as_written
    )


def _sets(
    path: str,
    label: str,
    a: Iterable[Any],
    b: Iterable[Any],
    say: Callable[[Any], str],
    *,
    as_written: bool = False,
) -> Iterator[Change]:
    before = {repr(content(one, as_written=as_written)): one for one in a}
    after = {repr(content(one, as_written=as_written)): one for one in b}
    for key in [key for key in before if key not in after]:
        said = f"{label}: {say(before[key])} is dropped"
        yield Change(path, said, "removed", "item", before=before[key])
    for key in [key for key in after if key not in before]:
        said = f"{label}: {say(after[key])} is new"
        yield Change(path, said, "added", "item", after=after[key])


# --- fit --------------------------------------------------------------------------------------


def _fit(a: Sequence[FitTable], b: Sequence[FitTable]) -> Iterator[Change]:
    before = {fold(table.attribute): table for table in a}
    after = {fold(table.attribute): table for table in b}
    for name, table in before.items():
        if name in after:
            yield from _table(table, after[name])
        else:
            said = f"{table.attribute} counts no more"
            yield Change(f"fit.{table.attribute}", said, "removed", "table", before=table)
    for table in [table for name, table in after.items() if name not in before]:
        rows = table.rows
        given = [f"{words.row(row)}: {words.points(row.points)}" for row in rows]
        given += [f"{name}: {words.points(of)}" for name, of in _rest(table).items() if of]
        said = f"{table.attribute} is new ({'; '.join(given) or 'no points yet'})"
        yield Change(f"fit.{table.attribute}", said, "added", "table", after=table)


def _table(a: FitTable, b: FitTable) -> Iterator[Change]:
    path, name = f"fit.{b.attribute}", b.attribute
    before = {_key(row): row for row in a.rows}
    after = {_key(row): row for row in b.rows}
    for key, row in before.items():
        said = f"{name} {words.row(row)}"
        if key not in after:
            said += " has no points of its own any more"
            yield Change(path, said, "removed", "row", before=row)
        elif row.points != after[key].points:
            yield _points(path, said, (row.points, after[key].points), "row", (row, after[key]))
    for row in [row for key, row in after.items() if key not in before]:
        said = f"{name} {words.row(row)} is new: {words.points(row.points)}"
        yield Change(path, said, "added", "row", after=row)
    for rest, given in _rest(a).items():
        if given != _rest(b)[rest]:
            points = given, _rest(b)[rest]
            yield _points(path, f"{name} {rest}", points, rest, points)


def _key(row: TextRow | RangeRow) -> object:
    return fold(row.text) if isinstance(row, TextRow) else (row.low, row.high)


def _rest(table: FitTable) -> dict[str, int]:
    return {"otherwise": table.otherwise, "unknown": table.unknown}


def _points(
    path: str, name: str, points: tuple[int, int], what: str, of: tuple[Any, Any]
) -> Change:
    before, after = points
    verb = "becomes" if abs(before) == 1 else "become"
    return Change(path, f"{name}: {words.points(before)} {verb} {after}", "changed", what, *of)


# --- engagement and intent --------------------------------------------------------------------


def _criteria(section: str, a: Sequence[Criterion], b: Sequence[Criterion]) -> Iterator[Change]:
    before, after = {c.name: c for c in a}, {c.name: c for c in b}
    for name, criterion in before.items():
        path = f"{section}.{name}"
        if name not in after:
            said = f"{name} counts no more ({words.criterion(criterion)})"
            yield Change(path, said, "removed", "criterion", before=criterion)
        elif not _same(criterion, after[name]):
            yield from _criterion(path, criterion, after[name])
    for name in [name for name in after if name not in before]:
        said = f"{name} is new: {words.criterion(after[name])}"
        yield Change(f"{section}.{name}", said, "added", "criterion", after=after[name])


def _criterion(path: str, a: Criterion, b: Criterion) -> Iterator[Change]:
    if type(a) is not type(b):
        whole = words.criterion(a), words.criterion(b)
        yield _becomes(path, a.name, whole, "criterion", (a, b))
        return
    one_step = all(len(getattr(of, "steps", ())) == 1 for of in (a, b))
    before, after = _aspects(a, one_step), _aspects(b, one_step)
    for name, (value, said) in before.items():
        if not _same(value, after[name][0]):
            if name == "points":
                yield _points(path, a.name, (value, after[name][0]), name, (a, b))
            else:
                yield _becomes(path, a.name, (said, after[name][1]), name, (a, b))


def _aspects(of: Criterion, one_step: bool) -> dict[str, tuple[Any, str]]:
    """Return what a criterion consists of, each with how it is said."""
    if isinstance(of, Silence):
        silence = ((of.nothing_for, of.activities), words.silence(of))
        return {"silence": silence, "points": (of.points, "")}
    where = f"where {words.wheres(of.where)}" if of.where else "whatever its properties"
    shared = {
        "activity": (of.activity, f"activity {of.activity}"),
        "where": (of.where, where),
        "per": (of.per, f"by the {of.per}"),
        "after": (of.after_inquiry, "after the first inquiry" if of.after_inquiry else "any time"),
    }
    if isinstance(of, Intent):
        within = (of.within, f"within {words.window(of.within)}")
        return {"within": within, "times": (of.times, f"{of.times} times")} | shared
    limit = words.NO_LIMIT if of.at_most is None else f"at most {words.points(of.at_most)}"
    cap = {"at_most": (of.at_most, limit)}
    if not one_step:
        return {"steps": (of.steps, words.steps(of.steps))} | cap | shared
    (step,) = of.steps
    window = (step.ends, f"for {words.window(step.ends)}")
    return {"points": (step.points, ""), "for": window} | cap | shared


# --- sales-ready, and what binds both teams ---------------------------------------------------


def _sales_ready(a: Agreement, b: Agreement) -> Iterator[Change]:
    if not _same(a.sales_ready, b.sales_ready):
        of = a.sales_ready, b.sales_ready
        said = words.rule(of[0]), words.rule(of[1])
        yield _becomes("sales_ready", "sales-ready", said, "rule", of)


def _attempts(a: Agreement, b: Agreement) -> Iterator[Change]:
    before, after = a.sales.attempts, b.sales.attempts
    if not _same(before, after):
        said = _tries(before), _tries(after)
        yield _becomes("sales.attempts", "attempts", said, "attempts", (before, after))


def _tries(of: Any) -> str:
    if of is None:
        return "none agreed"
    within = f" within {words.working_time(of.within)}" if of.within else ""
    channels = f" on {of.channels} channels" if of.channels > 1 else ""
    minutes = f", {of.minutes} minutes each" if of.minutes else ""
    return f"at least {of.at_least}{within}{channels}{minutes}"


def _outside_fit(a: Agreement, b: Agreement) -> Iterator[Change]:
    if not _same(a.outside_fit, b.outside_fit):
        of = a.outside_fit, b.outside_fit
        said = _answer(of[0]), _answer(of[1])
        yield _becomes("outside_fit", "an action from outside the ideal", said, "outside_fit", of)


def _answer(of: Any) -> str:
    if of is None:
        return "no answer agreed"
    return f"answered by {of.answered_by} within {words.working_time(of.within)}"
