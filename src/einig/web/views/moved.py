"""What each clause moved and what was kept of it, beside the contract; and the leads behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from einig.engine.agreement import loads
from einig.engine.agreement.model import Agreement
from einig.engine.backtest.changes import outcome_of
from einig.engine.backtest.moved import Moves, leaves
from einig.engine.instants import iso
from einig.flow import agreements, kept, trials, words
from einig.flow.kept import Case, Record
from einig.flow.permissions import may, require
from einig.store.models import Lead, User, Version
from einig.web import moved
from einig.web.clause_words import rule
from einig.web.clock import now, who
from einig.web.contract import contract
from einig.web.export import csv_of, wanted
from einig.web.templatetags.einig import capital, quoted

_PAGE = 25


@dataclass(frozen=True, slots=True)
class Read:
    """What is known of the last weeks: by replay, and of a version in force what was kept."""

    ready: trials.Ready
    moves: Moves
    record: Record | None


def beside(request: HttpRequest, number: int) -> HttpResponse:
    """Show the figures of each clause in the contract that is open; without a script, anew."""
    me = who(request)
    require(me, "see_agreement")
    if request.headers.get("HX-Request") != "true":
        return redirect(f"{reverse('version', args=[number])}?figures=yes")
    version = get_object_or_404(Version, number=number)
    return render(request, "web/parts/moved.html", figures(version, me) | {"version": version})


def figures(version: Version, me: User) -> dict[str, Any]:
    """Return the figures by their places, or that they are being counted."""
    agreement = loads(version.text).agreement
    try:
        read = _read(version, agreement)
    except trials.StillCounting:
        return {"counting": True, "figures": {}}
    link = moved.link_to(version.number)
    found = moved.moved(read.moves, agreement, link)
    if read.record is not None:
        found |= moved.kept(read.record, agreement, link if may(me, "see_follow_up") else None)
    clauses = [clause for part in contract(agreement) for clause in part.clauses]
    shown = {clause.place for clause in clauses}  # what has no place there is shown nowhere
    shown |= {row.place for clause in clauses for row in clause.rows}
    return {
        "moves": read.moves,
        "handed": len(read.moves.handed),
        "figures": {place: of for place, of in found.items() if place in shown},
        "kept_since": read.record.since if read.record is not None else None,
    }


def leads(request: HttpRequest, number: int) -> HttpResponse | StreamingHttpResponse:
    """Show the leads of which a figure beside a clause is made."""
    me = who(request)
    require(me, "see_leads")
    version = get_object_or_404(Version, number=number)
    agreement = loads(version.text).agreement
    try:
        read = _read(version, agreement)
    except trials.StillCounting:
        return render(request, "web/moved_counting.html", {"version": version})
    criterion, row, which = (request.GET.get(name, "") for name in ("criterion", "row", "which"))
    if read.record is not None and (criterion, row) in read.record.of:
        require(me, "see_follow_up")
        cases = _kept(read.record, (criterion, row), which)
    elif (criterion, row) in read.moves.by or (criterion, row) == ("sales_ready", ""):
        cases = _moved(read, (criterion, row), which)
    else:
        raise Http404
    if wanted(request):
        return _csv(read, cases, f"{criterion}-{which}")
    page = Paginator(cases, _PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "version": version,
        "title": _title(agreement, criterion, row, which),
        "page_obj": page,
        "rows": _rows(read, page.object_list),
        "query": query.urlencode(),
        "count": len(cases),
    }
    return render(request, "web/trial_leads.html", context)


def _read(version: Version, agreement: Agreement) -> Read:
    """Read and count. Raises StillCounting."""
    at = now()
    ready = trials.ready(at=at)
    moves = trials.moved(ready, agreement)
    record = None
    if agreements.state(version, at) == "in_force":
        # before, an earlier version was promised
        since = max(at - trials.MOVED, version.in_force_from or 0)
        record = kept.record(agreement, ready.past, since=since, at=at)
    return Read(ready, moves, record)


def _kept(record: Record, key: tuple[str, str], which: str) -> list[Case]:
    """Return the leads for which a promise was kept or not, the newest first."""
    of = record.of[key]
    named = {"broken": of.broken, "waiting": of.waiting, "overruled": record.overruled}
    return list(reversed(named.get(which, of.kept)))


def _moved(read: Read, key: tuple[str, str], which: str) -> list[Case]:
    """Return the leads that a criterion moved, those that bought first."""
    moves, past = read.moves, read.ready.past
    of = moves.by.get(key)
    numbers = moves.handed if of is None else {"only": of.only, "more": of.more}.get(which, of.had)
    at = moves.first_ready_at[numbers]
    if of is not None and which == "more":
        at = of.more_at
    if which == "bought":
        won = past.outcomes.won[numbers]
        numbers, at = numbers[won], at[won]
    ids = past.history.leads["lead_id"].take(numbers).to_pylist()
    order = np.lexsort((numbers, -past.outcomes.revenue[numbers], ~past.outcomes.won[numbers]))
    return [(ids[n], int(at[n])) for n in order.tolist()]


def _title(agreement: Agreement, criterion: str, row: str, which: str) -> str:
    if criterion == "sales_ready":
        name = rule(leaves(agreement.sales_ready)[int(row)]) if row.isdecimal() else ""
    else:
        part, _dot, of = criterion.partition(".")
        title = words.attribute(of) if part == "fit" else words.criterion(criterion)
        name = capital(title) + (f" {quoted(row)}" if row else "")
    said = {
        "had": _("handed over"),
        "only": _("handed over only by it"),
        "more": _("handed over without it"),
        "bought": _("handed over and bought"),
        "broken": _("not kept"),
        "waiting": _("not due yet"),
        "overruled": _("sales-ready all the same"),
    }.get(which, _("kept"))
    return f"{name}, {said}" if name else said


def _rows(read: Read, cases: Iterable[Case]) -> list[dict[str, Any]]:
    cases = list(cases)
    named = {of.lead_id: of for of in Lead.objects.filter(lead_id__in=[id_ for id_, _at in cases])}
    past = read.ready.past
    numbers = {id_: n for n, id_ in enumerate(past.history.leads["lead_id"].to_pylist())}
    return [
        {
            "lead": named.get(id_),
            "lead_id": id_,
            "at": at,
            "outcome": outcome_of(past, numbers[id_]) if id_ in numbers else "open",
            "revenue": float(past.outcomes.revenue[numbers[id_]]) if id_ in numbers else 0.0,
        }
        for id_, at in cases
    ]


def _csv(read: Read, cases: list[Case], name: str) -> StreamingHttpResponse:
    rows = (
        [row["lead_id"], str(row["lead"] or ""), iso(row["at"]), row["outcome"], row["revenue"]]
        for row in _rows(read, cases)
    )
    return csv_of(name, ["lead", "name", "at", "outcome", "revenue"], rows)
