"""Follow-up and nurture: who waits, how leads are answered, and who is not ready yet."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from einig.engine.instants import DAY, iso
from einig.flow import follow_up, scoring
from einig.flow.organisation import organisation
from einig.flow.permissions import may, require
from einig.store.models import Handoff, NurtureEntry, Stage, User
from einig.web.bars import Bar, bars
from einig.web.clock import now, who
from einig.web.export import csv_of, wanted

SINCE = 90 * DAY
RESPONSES = [
    _("up to 5 minutes"),
    _("up to 1 hour"),
    _("up to 4 hours"),
    _("up to 1 day"),
    _("up to 3 days"),
    _("later"),
]


def index(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Show whether the response time and the attempts are kept, and who is overloaded."""
    me, at = who(request), now()
    require(me, "see_follow_up")
    late = follow_up.overdue(at)
    if wanted(request):
        head = ["lead", "name", "company", "with", "handed_over_at", "due_at"]
        return csv_of("overdue", head, map(_overdue, late))
    per_person = organisation().figures_per_person
    version = scoring.in_force(at, scoring.timeline())
    spread = follow_up.spread(since=at - SINCE, per_person=per_person)
    context = {
        "figures": follow_up.figures(since=at - SINCE, at=at, per_person=per_person),
        "per_person": per_person,
        "responses": _responses(spread) if spread else None,
        "attempts": _attempts(spread) if spread else None,
        "late": late[:100],
        "count": late.count(),
        "people": User.objects.sellers().order_by("name"),
        "can_reassign": may(me, "reassign_handoff"),
        "agreed": version.agreement.sales if version else None,
        "smallest": follow_up.FIGURES_FROM,
    }
    return render(request, "web/follow_up.html", context)


def _overdue(of: Handoff) -> list[object]:
    times = [iso(at) if at is not None else "" for at in (of.opened_at, of.due_at)]
    return [of.lead.lead_id, of.lead.name, str(of.lead.company or ""), str(of.to or ""), *times]


def _responses(spread: follow_up.Spread) -> list[Bar]:
    counted = [*zip(RESPONSES, spread.responses, strict=True), (_("not yet"), spread.waiting)]
    return bars([(label, n, "sales") for label, n in counted])


def _attempts(spread: follow_up.Spread) -> list[Bar]:
    more = len(spread.attempts) - 1
    labels = [*map(str, range(more)), _("%(n)s or more") % {"n": more}]
    return bars([(label, n, "sales") for label, n in zip(labels, spread.attempts, strict=True)])


def nurture(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Show who is in nurture and why, whom to call, and what those became who left."""
    require(who(request), "work_nurture")
    at = now()
    inside = NurtureEntry.objects.filter(left_at=None).select_related("lead__company")
    if wanted(request):
        return _nurture_csv()
    left = NurtureEntry.objects.filter(left_at__isnull=False)
    context = {
        "count": inside.count(),
        "calls": inside.filter(human_done_at=None, human_due_at__lte=at).order_by("human_due_at")[
            :50
        ],
        "page_obj": Paginator(inside.order_by("-entered_at"), 50).get_page(request.GET.get("page")),
        "back": left.filter(left_for="handoff").count(),
        "won": left.filter(left_for="handoff", lead__stage=Stage.CUSTOMER).count(),
    }
    return render(request, "web/nurture.html", context)


def _nurture_csv() -> StreamingHttpResponse:
    """Export everybody who is, or was, in nurture."""
    head = ["lead", "name", "company", "why", "entered_at", "mailed_at", "left_at", "left_for"]
    entries = NurtureEntry.objects.select_related("lead__company").order_by("-entered_at")

    def cells(of: NurtureEntry) -> list[Any]:
        times = [iso(at) if at is not None else "" for at in (of.mailed_at, of.left_at)]
        named = [of.lead.lead_id, of.lead.name, str(of.lead.company or ""), of.reason]
        return [*named, iso(of.entered_at), *times, of.left_for]

    return csv_of("nurture", head, map(cells, entries.iterator(500)))
