"""An agreement in sentences, as both sides sign it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from einig.engine.agreement.model import (
    Agreement,
    All,
    AllOf,
    Any,
    AtLeast,
    Between,
    Condition,
    Contains,
    Engagement,
    FitTable,
    HasAttribute,
    HasIntent,
    Intent,
    Known,
    NoneOf,
    OneOf,
    Rule,
    Silence,
    StartsWith,
    Where,
)
from einig.engine.instants import DAY, FOREVER
from einig.flow import words
from einig.web.templatetags.einig import number


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a clause. `was` is what it said before, if that was something else."""

    name: str
    value: str
    was: str | None = None
    is_new: bool = False
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered sentence, with the lines that belong to it.

    `key` is what it is about. `was` is what the sentence said before, if that was something else.
    """

    key: str
    text: str
    rows: tuple[Row, ...] = ()
    was: str | None = None
    is_new: bool = False
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the contract: who is bound by it, and its clauses."""

    title: str
    side: str
    clauses: tuple[Clause, ...]


def contract(of: Agreement, before: Agreement | None = None) -> list[Part]:
    """Return the parts of an agreement; what changed against another is marked in the text."""
    parts = _parts(of)
    if before is None:
        return parts
    return [
        replace(new, clauses=tuple(_marked(new.clauses, old.clauses)))
        for new, old in zip(parts, _parts(before), strict=True)
    ]


def _marked(new: Sequence[Clause], old: Sequence[Clause]) -> Iterator[Clause]:
    kept = {clause.key: clause for clause in old}
    for clause in new:
        before = kept.pop(clause.key, None)
        if before is None:
            yield replace(clause, is_new=True)
            continue
        was = before.text if before.text != clause.text else None
        yield replace(clause, was=was, rows=tuple(_marked_rows(clause.rows, before.rows)))
    for gone in kept.values():
        yield replace(gone, is_gone=True)


def _marked_rows(new: Sequence[Row], old: Sequence[Row]) -> Iterator[Row]:
    kept = {row.name: row.value for row in old}
    for row in new:
        before = kept.pop(row.name, None)
        changed = before if before != row.value else None
        yield replace(row, was=changed, is_new=before is None)
    for name, value in kept.items():
        yield Row(name, value, is_gone=True)


def _parts(of: Agreement) -> list[Part]:
    return [
        Part(_("What a sales-ready lead is"), "agreed", tuple(_definition(of))),
        Part(_("What sales promises"), "sales", tuple(_sales(of))),
        Part(_("What marketing promises"), "marketing", tuple(_marketing(of))),
    ]


def _definition(of: Agreement) -> list[Clause]:
    said = [_who(of)]
    said.append(
        Clause("ready", _("It is sales-ready if %(rule)s.") % {"rule": rule(of.sales_ready)})
    )
    said += [_fit(table) for table in of.fit]
    if of.behaviour:
        rows = tuple(Row(*_behaviour(criterion)) for criterion in of.behaviour)
        said.append(
            Clause("engagement", _("Engagement is what it does, in points that run out:"), rows)
        )
    if of.intent:
        rows = tuple(Row(_name(i.name), _signal(i)) for i in of.intent)
        said.append(
            Clause(
                "intent", _("A buying signal is what only somebody does who wants to buy:"), rows
            )
        )
    if of.outside_fit is not None:
        side = _("marketing") if of.outside_fit.answered_by == "marketing" else _("sales")
        told = {"side": side, "time": words.working_time(of.outside_fit.within)}
        text = _(
            "A buying signal from outside the ideal lead is answered by %(side)s within %(time)s."
        )
        said.append(Clause("outside", text % told))
    return said


def _who(of: Agreement) -> Clause:
    by = [words.attribute(name) for name in of.lead.reachable_by]
    text = _("A lead is whoever shows interest")
    if by:
        text = _("A lead is whoever shows interest and can be reached by %(ways)s") % {
            "ways": _or(by)
        }
    never = [" · ".join(_where(w) for w in entry) for entry in of.lead.never]
    rows = tuple(Row(entry, _("never")) for entry in never)
    return Clause("who", text + ".", rows)


def _fit(table: FitTable) -> Clause:
    rows = [(row.text, _points(row.points)) for row in table.texts]
    rows += [(row.label, _points(row.points)) for row in table.ranges]
    if table.otherwise:
        rows.append((_("anything else"), _points(table.otherwise)))
    if table.unknown:
        rows.append((_("unknown"), _points(table.unknown)))
    name = words.attribute(table.attribute)
    text = _("Fit by %(attribute)s:") % {"attribute": name}
    return Clause(f"fit {name}", text, tuple(Row(*row) for row in rows))


def _behaviour(criterion: Engagement | Silence) -> tuple[str, str]:
    if isinstance(criterion, Silence):
        told = {"points": _points(criterion.points), "time": _days(criterion.nothing_for)}
        return _name(criterion.name), _("%(points)s after nothing for %(time)s") % told
    steps = ", ".join(
        _("%(points)s for %(time)s") % {"points": _points(s.points), "time": _days(s.ends)}
        if s.ends < FOREVER
        else _("%(points)s for good") % {"points": _points(s.points)}
        for s in criterion.steps
    )
    if criterion.at_most is not None:
        steps += ", " + _("at most %(points)s") % {"points": _points(criterion.at_most)}
    return _name(criterion.name), _conditions(criterion, steps)


def _signal(intent: Intent) -> str:
    told = {"n": intent.times, "time": _days(intent.within)}
    text = ngettext("once within %(time)s", "%(n)s times within %(time)s", intent.times) % told
    return _conditions(intent, text if intent.within < FOREVER else _("at any time"))


def _conditions(of: Engagement | Intent, text: str) -> str:
    parts = [text, *(_where(w) for w in of.where)]
    if of.per == "company":
        parts.append(_("everybody of the company together"))
    if of.after_inquiry:
        parts.append(_("after the first inquiry"))
    return "; ".join(parts)


def rule(of: Rule) -> str:
    """Return a rule as the end of a sentence that begins with "if"."""
    match of:
        case AtLeast("fit", points):
            return _("it fits the ideal lead with at least %(points)s") % {
                "points": _points(points)
            }
        case AtLeast("engagement", points):
            return _("it is engaged with at least %(points)s") % {"points": _points(points)}
        case AtLeast(_measure, points):
            return _("fit and engagement come to at least %(points)s") % {"points": _points(points)}
        case HasIntent(None):
            return _("it shows a buying signal")
        case HasIntent(name):
            return _("it shows the buying signal “%(name)s”") % {"name": _name(name or "")}
        case HasAttribute(where):
            return _where(where)
        case All(parts):
            return _(" and ").join(_part(part) for part in parts)
        case Any(parts):
            return _(" or ").join(_part(part) for part in parts)


def _part(of: Rule) -> str:
    return f"({rule(of)})" if isinstance(of, (All, Any)) else rule(of)


def _sales(of: Agreement) -> list[Clause]:
    said, promise = [], of.sales
    if promise.respond_within is not None:
        text = _("A lead that was handed over is contacted within %(time)s.")
        said.append(Clause("respond", text % {"time": words.working_time(promise.respond_within)}))
    if promise.attempts is not None:
        n = promise.attempts.at_least
        text = ngettext(
            "Nobody is given up before %(n)s attempt", "Nobody is given up before %(n)s attempts", n
        ) % {"n": n}
        if promise.attempts.channels > 1:
            text += " " + _("by %(n)s ways") % {"n": promise.attempts.channels}
        if promise.attempts.within is not None:
            text += " " + _("within %(time)s") % {
                "time": words.working_time(promise.attempts.within)
            }
        said.append(Clause("attempts", text + "."))
    rows = tuple(Row(reason, "") for reason in promise.return_reasons)
    text = _("A lead is returned with a reason, and gets a second look.")
    if of.verify < 1:
        text = _("A lead is returned with a reason; %(n)s of 100 get a second look.")
    said.append(Clause("reasons", text % {"n": _hundred(of.verify)}, rows))
    if of.explore:
        text = _("Of 100 leads below the line, %(n)s go to sales too, to learn what is missed.")
        said.append(Clause("explore", text % {"n": _hundred(of.explore)}))
    return said


def _hundred(share: float) -> str:
    return number(100 * share, digits=0 if (100 * share).is_integer() else 1)


def _marketing(of: Agreement) -> list[Clause]:
    said, promise = [], of.marketing
    if promise.sales_ready_a_month is not None:
        text = _("%(n)s sales-ready leads a month.")
        said.append(Clause("month", text % {"n": promise.sales_ready_a_month}))
    if promise.required:
        fields = ", ".join(words.attribute(name) for name in promise.required)
        said.append(Clause("required", _("Every lead comes with %(fields)s.") % {"fields": fields}))
    if promise.answer_feedback_within is not None:
        text = _("Feedback is answered within %(time)s.")
        within = words.working_time(promise.answer_feedback_within)
        said.append(Clause("answer", text % {"time": within}))
    return said or [Clause("nothing", _("Nothing is agreed yet."))]


def _where(of: Where) -> str:
    return f"{words.attribute(of.of)} {_condition(of.condition)}"


def _condition(of: Condition) -> str:
    match of:
        case OneOf(texts):
            return _("is %(values)s") % {"values": _or([f"“{text}”" for text in texts])}
        case NoneOf(texts):
            return _("is not %(values)s") % {"values": _or([f"“{text}”" for text in texts])}
        case Contains(text):
            return _("contains “%(text)s”") % {"text": text}
        case StartsWith(text):
            return _("begins with “%(text)s”") % {"text": text}
        case Between(low, high):
            return _between(low, high)
        case Known(known):
            return _("is known") if known else _("is unknown")
        case AllOf(conditions):
            return _(" and ").join(_condition(each) for each in conditions)


def _between(low: float, high: float) -> str:
    if low == -math.inf:
        return _("is below %(high)s") % {"high": f"{high:g}"}
    if high == math.inf:
        return _("is at least %(low)s") % {"low": f"{low:g}"}
    return _("is from %(low)s to below %(high)s") % {"low": f"{low:g}", "high": f"{high:g}"}


def _name(name: str) -> str:
    said = words.activity(name)
    return said[:1].upper() + said[1:]


def _or(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + _(" or ") + names[-1]


def _points(points: int) -> str:
    return ngettext("%(n)s point", "%(n)s points", points) % {"n": points}


def _days(length: int) -> str:
    n = length // DAY
    return ngettext("%(n)s day", "%(n)s days", n) % {"n": n}
