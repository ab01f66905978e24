"""An agreement in sentences, as both sides sign it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from einig.engine.agreement.model import Agreement, Attempts, FitTable
from einig.engine.backtest.moved import OTHERWISE, UNKNOWN, Key
from einig.flow import words
from einig.web.clause_words import (
    behaviour,
    either,
    in_hundred,
    in_points,
    rule,
    signal,
    title,
    where,
)
from einig.web.templatetags.einig import number


def place(about: Key | None) -> str:
    """Return where on the page the figures of a criterion stand; empty where it has none."""
    return "" if about is None else f"m{sha256(chr(0).join(about).encode()).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a clause. `was` is what it said before, if that was something else.

    `about` is the criterion of which figures stand beside it.
    """

    name: str
    value: str
    about: Key | None = None
    was: str | None = None
    is_new: bool = False
    is_gone: bool = False

    @property
    def place(self) -> str:
        """Return where its figures stand."""
        return place(self.about)


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered sentence, with the lines that belong to it.

    `key` is what it is about. `was` is what the sentence said before, if that was something else.
    `about` is the criterion of which figures stand beside it.
    """

    key: str
    text: str
    rows: tuple[Row, ...] = ()
    about: Key | None = None
    was: str | None = None
    is_new: bool = False
    is_gone: bool = False

    @property
    def place(self) -> str:
        """Return where its figures stand."""
        return place(self.about)


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
        rows = tuple(replace(row, about=None) for row in gone.rows)
        yield replace(gone, rows=rows, about=None, is_gone=True)


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
    ready = _("It is sales-ready if %(rule)s.") % {"rule": rule(of.sales_ready)}
    said = [_who(of), Clause("ready", ready, about=("sales_ready", ""))]
    said += [_fit(table) for table in of.fit]
    if of.behaviour:
        rows = tuple(Row(*behaviour(c), about=(f"engagement.{c.name}", "")) for c in of.behaviour)
        text = _("Engagement is what it does, in points that run out:")
        said.append(Clause("engagement", text, rows))
    if of.intent:
        rows = tuple(Row(title(i.name), signal(i), (f"intent.{i.name}", "")) for i in of.intent)
        text = _("A buying signal is what only somebody does who wants to buy:")
        said.append(Clause("intent", text, rows))
    if of.outside_fit is not None:
        side = _("marketing") if of.outside_fit.answered_by == "marketing" else _("sales")
        told = {"side": side, "time": words.working_time(of.outside_fit.within)}
        text = _(
            "A buying signal from outside the ideal lead is answered by %(side)s within %(time)s."
        )
        said.append(Clause("outside", text % told, about=("outside_fit", "")))
    return said


def _who(of: Agreement) -> Clause:
    by = [words.attribute(name) for name in of.lead.reachable_by]
    text = _("A lead is whoever shows interest")
    if by:
        text = _("A lead is whoever shows interest and can be reached by %(ways)s") % {
            "ways": either(by)
        }
    text += "."
    if of.lead.inquiries:
        asked = either(words.activity(name) for name in of.lead.inquiries)
        text += " " + _("Its first inquiry is when it first %(did)s.") % {"did": asked}
    never = [" · ".join(where(w) for w in entry) for entry in of.lead.never]
    return Clause("who", text, tuple(Row(entry, _("never")) for entry in never))


def _fit(table: FitTable) -> Clause:
    path, name = f"fit.{table.attribute}", words.attribute(table.attribute)
    rows = [(row.text, row.points, row.text) for row in table.texts]
    rows += [(row.label, row.points, row.label) for row in table.ranges]
    if table.otherwise:
        rows.append((_("anything else"), table.otherwise, OTHERWISE))
    if table.unknown:
        rows.append((_("unknown"), table.unknown, UNKNOWN))
    lines = tuple(Row(said, in_points(points), (path, row)) for said, points, row in rows)
    text = _("Fit by %(attribute)s:") % {"attribute": name}
    return Clause(f"fit {name}", text, lines, (path, ""))


def _sales(of: Agreement) -> list[Clause]:
    said, promise = [], of.sales
    if promise.respond_within is not None:
        text = _("A lead that was handed over is contacted within %(time)s.")
        text %= {"time": words.working_time(promise.respond_within)}
        said.append(Clause("respond", text, about=("sales.respond_within", "")))
    if promise.attempts is not None:
        text = _tries(promise.attempts)
        said.append(Clause("attempts", text, about=("sales.attempts", "")))
    path = "sales.return_reasons"
    rows = tuple(Row(reason, "", (path, reason)) for reason in promise.return_reasons)
    text = _("A lead is returned with a reason, and gets a second look.")
    if of.verify < 1:
        text = _("A lead is returned with a reason; %(n)s of 100 get a second look.")
    said.append(Clause("reasons", text % {"n": in_hundred(of.verify)}, rows, (path, "")))
    if of.explore:
        text = _("Of 100 leads below the line, %(n)s go to sales too, to learn what is missed.")
        said.append(Clause("explore", text % {"n": in_hundred(of.explore)}))
    return said


def _tries(of: Attempts) -> str:
    text = ngettext(
        "Nobody is given up before %(n)s attempt",
        "Nobody is given up before %(n)s attempts",
        of.at_least,
    ) % {"n": of.at_least}
    if of.channels > 1:
        text += " " + _("by %(n)s ways") % {"n": of.channels}
    if of.within is not None:
        text += " " + _("within %(time)s") % {"time": words.working_time(of.within)}
    text += "."
    if of.minutes is not None:
        minutes = ngettext(
            "%(n)s minute is counted for each.", "%(n)s minutes are counted for each.", of.minutes
        )
        text += " " + minutes % {"n": of.minutes}
    return text


def _marketing(of: Agreement) -> list[Clause]:
    said, promise = [], of.marketing
    if promise.sales_ready_a_month is not None:
        text = _("%(n)s sales-ready leads a month.") % {"n": number(promise.sales_ready_a_month)}
        said.append(Clause("month", text, about=("marketing.sales_ready_a_month", "")))
    if promise.required:
        fields = ", ".join(words.attribute(name) for name in promise.required)
        text = _("Every lead comes with %(fields)s.") % {"fields": fields}
        said.append(Clause("required", text, about=("marketing.required", "")))
    if promise.answer_feedback_within is not None:
        text = _("Feedback is answered within %(time)s.")
        text %= {"time": words.working_time(promise.answer_feedback_within)}
        said.append(Clause("answer", text, about=("marketing.answer_feedback_within", "")))
    return said or [Clause("nothing", _("Nothing is agreed yet."))]
