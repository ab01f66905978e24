"""The report: the same month counted three ways, each number open to its leads; the glossary."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from einig.engine.instants import iso
from einig.flow import agreements, reports
from einig.flow.permissions import require
from einig.web.bars import bars
from einig.web.clock import now, who
from einig.web.export import csv_of, wanted

WAYS = {
    "marketing": _("Marketing: everyone who can be followed up"),
    "sales": _("Sales: those ready to buy"),
    "agreed": _("The agreement: sales-ready"),
}
LOSSES = {
    "never_followed_up": _("handed over and never followed up"),
    "late": _("followed up too late"),
    "returned_wrongly": _("returned although the second look found them ready"),
    "missed": _("bought without ever having been handed over"),
}


def index(request: HttpRequest) -> HttpResponse:
    """Show the same month counted three ways, and what the differences cost."""
    require(who(request), "see_report")
    at = now()
    month = _month(request.GET.get("month"), at)
    counts = {way: reports.counted(way, month).count() for way in reports.WAYS}
    lost = reports.losses(month, at=at)
    context = {
        "month": month,
        "before": month.before,
        "after": month.next if month.next.begins <= at else None,
        "bars": bars(
            [(WAYS[way], n, way) for way, n in counts.items()],
            [reverse("report_way", args=[month.code, way]) for way in counts],
        ),
        "differences": [
            {"one": a, "other": b, "count": reports.difference(a, b, month).count()}
            for a, b in (("marketing", "agreed"), ("agreed", "sales"), ("sales", "agreed"))
        ],
        "losses": [{"label": LOSSES[of.code], "of": of} for of in lost],
        "total": sum(of.value for of in lost),
        "counts": counts,
    }
    return render(request, "web/report.html", context)


def leads(
    request: HttpRequest, code: str, one: str, other: str = ""
) -> HttpResponse | StreamingHttpResponse:
    """Show the leads behind a number of the report."""
    require(who(request), "see_report")
    month = _month(code, now())
    if one not in WAYS or (other and other not in WAYS):
        raise Http404
    behind = reports.difference(one, other, month) if other else reports.counted(one, month)
    found = behind.select_related("company", "owner", "source").order_by("-created_at")
    if wanted(request):
        head = ["lead", "name", "company", "stage", "created_at"]
        rows = (
            [of.lead_id, of.name, str(of.company or ""), of.stage, iso(of.created_at)]
            for of in found
        )
        return csv_of(f"{month.code}-{one}", head, rows)
    context: dict[str, Any] = {
        "month": month,
        "one": WAYS[one],
        "other": WAYS.get(other),
        "page_obj": Paginator(found, 50).get_page(request.GET.get("page")),
    }
    return render(request, "web/report_leads.html", context)


def glossary(request: HttpRequest) -> HttpResponse:
    """Explain the words, as this organisation uses them."""
    return render(request, "web/glossary.html", {"version": agreements.current(now())})


def _month(code: str | None, at: int) -> reports.Month:
    year, _sep, month = (code or "")[:9].partition("-")
    is_month = year.isdecimal() and month.isdecimal() and 1 <= int(month) <= 12
    if is_month and 1971 <= int(year) <= 2200:
        return reports.Month(int(year), int(month))
    return reports.month_of(at)
