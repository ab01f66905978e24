"""The trial beside an agreement: what it would have done on our own past, for every draft."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from einig.engine.agreement import loads
from einig.engine.agreement.model import Agreement
from einig.engine.backtest.changes import outcome_of
from einig.engine.backtest.curve import thresholds, with_threshold
from einig.engine.backtest.trial import NoTrial, Trial
from einig.engine.document import Refused
from einig.engine.instants import iso
from einig.flow import agreements, trials
from einig.flow.permissions import require
from einig.store.models import Lead, Version
from einig.web.clock import now, who
from einig.web.export import csv_of, wanted
from einig.web.panel import Asked, changed_sides, leads_of, panel, why_refused

_PAGE = 25


def version(request: HttpRequest, number: int) -> HttpResponse:
    """Show what a version would have done: beside it, or on a page of its own."""
    require(who(request), "see_agreement")
    of = get_object_or_404(Version, number=number)
    asked = _asked(request, of)
    return _answer(request, loads(agreements.text(of)).agreement, asked)


@require_POST
def unsaved(request: HttpRequest) -> HttpResponse:
    """Show what a text would have done that nobody has kept yet."""
    require(who(request), "see_agreement")
    text, asked = request.POST.get("text", ""), _asked(request, None)
    try:
        agreement = agreements.read(text)
    except Refused as refused:
        issues = {"issues": refused.issues, "asked": asked}
        return render(request, "web/parts/trial.html", issues)
    return _answer(request, agreement, asked, text=text)


def leads(request: HttpRequest, number: int) -> HttpResponse | StreamingHttpResponse:
    """Show the leads that a figure is made of; those that change sides with both reasons."""
    require(who(request), "see_leads")
    of = get_object_or_404(Version, number=number)
    asked = _asked(request, of)
    try:
        tried = _tried(loads(agreements.text(of)).agreement, asked)
    except (trials.StillCounting, NoTrial):
        return _answer(request, loads(agreements.text(of)).agreement, asked)
    which = request.GET.get("which", "")
    title, numbers, by = leads_of(tried, which, request.GET)
    if wanted(request):
        return _csv(tried, numbers, by, which)
    page = Paginator(numbers, _PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "version": of,
        "title": title,
        "asked": asked,
        "page_obj": page,
        "rows": changed_sides(tried, list(page.object_list), which),
        "two_reasons": which in {"added", "dropped"},
        "query": query.urlencode(),
        "count": len(numbers),
    }
    return render(request, "web/trial_leads.html", context)


def _answer(
    request: HttpRequest, agreement: Agreement, asked: Asked, *, text: str = ""
) -> HttpResponse:
    beside = request.headers.get("HX-Request") == "true"
    context: dict[str, Any] = {"asked": asked, "beside": beside}
    if asked.number is None:  # the page's own text may be another one by now
        context["vals"] = json.dumps({"text": text, "against": request.POST.get("against", "")})
    try:
        tried = _tried(agreement, asked)
    except trials.StillCounting:
        context["counting"] = True
    except NoTrial as no:
        context["refused"] = why_refused(no.refusal)
    else:
        context |= panel(tried, asked) | {"until": trials.ready(at=now()).as_of}
    template = "web/parts/trial.html" if beside or asked.number is None else "web/trial.html"
    return render(request, template, context)


def _tried(agreement: Agreement, asked: Asked) -> Trial:
    """Try an agreement as it was asked for. Raises StillCounting or NoTrial."""
    given = thresholds(agreement.sales_ready)
    number = asked.threshold if asked.threshold < len(given) else 0
    if asked.points is not None and given:
        agreement = with_threshold(agreement, number, asked.points)
    against = loads(agreements.text(asked.against)).agreement if asked.against else None
    return trials.try_out(
        trials.ready(at=now()),
        agreement,
        against=against,
        threshold=number,
        capacity=trials.capacity(),
    )


def _asked(request: HttpRequest, of: Version | None) -> Asked:
    given = request.POST if request.method == "POST" else request.GET
    against = _against(given.get("against", "") or request.GET.get("against", ""), of)
    points = given.get("points", "")
    threshold = request.GET.get("threshold", "0")
    asked = Asked(of.number if of else None, against)
    if threshold.isdecimal() and len(threshold) < 4:
        asked = replace(asked, threshold=int(threshold))
    if points.removeprefix("-").isdecimal() and len(points) < 9:
        asked = replace(asked, points=int(points))
    return asked


def _against(number: str, of: Version | None) -> Version | None:
    """Return the version to hold something against: the one asked for, or the one in force."""
    if number.isdecimal() and len(number) < 9:
        found = Version.objects.filter(number=int(number)).first()
        if found is not None:
            return found
    current = agreements.current(now())
    if of is None or current is None or current.id != of.id:
        return current
    earlier = Version.objects.filter(in_force_from__lt=of.in_force_from)
    return earlier.order_by("-in_force_from").first()


def _csv(tried: Trial, numbers: list[int], by: Any, which: str) -> StreamingHttpResponse:
    ids, first = tried.past.history.leads["lead_id"], by.backtest.decisions.first_ready_at
    names = {lead.lead_id: str(lead) for lead in Lead.objects.all().iterator()}
    head = ["lead", "name", "first_ready_at", "outcome", "revenue"]
    rows = (
        [
            id_ := ids[n].as_py(),
            names.get(id_, ""),
            iso(int(first[n])),
            outcome_of(tried.past, n),
            float(tried.past.outcomes.revenue[n]),
        ]
        for n in numbers
    )
    return csv_of(f"trial-{which or 'leads'}", head, rows)
