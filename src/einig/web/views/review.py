"""Review: returned leads that wait for a second, blind look; feedback that waits for an answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from einig.flow import feedback, handoff
from einig.flow.permissions import require
from einig.flow.why import why
from einig.store.models import Feedback, SecondLook
from einig.web.clock import now, who
from einig.web.timeline import timeline


def index(request: HttpRequest) -> HttpResponse:
    """Show the next lead to look at again, what waits for an answer, and the reasons so far."""
    me = who(request)
    require(me, "take_second_look")
    waiting = SecondLook.objects.filter(at=None).exclude(feedback__by=me)
    look = (
        waiting.select_related("feedback__lead__company", "feedback__handoff")
        .order_by("id")
        .first()
    )
    given = SecondLook.objects.filter(at__isnull=False)
    total = given.count()
    differ = given.filter(was_ready=True).count()
    reasons = (
        Feedback.objects.filter(verdict=Feedback.Verdict.RETURNED)
        .values("reason")
        .annotate(
            n=Count("id"),
            looked=Count("second_look", filter=Q(second_look__at__isnull=False)),
            ready=Count("second_look", filter=Q(second_look__was_ready=True)),
        )
        .order_by("-n")
    )
    context: dict[str, Any] = {
        "count": waiting.count(),
        "look": look,
        "total": total,
        "differ": differ,
        "share": round(100 * differ / total) if total else None,
        "reasons": reasons,
        "overruled": feedback.overruled()[:20],
        "unanswered": Feedback.objects.filter(
            answered_at=None, verdict__in=[Feedback.Verdict.RETURNED, Feedback.Verdict.COMPLAINT]
        )
        .select_related("lead", "by")
        .order_by("at")[:20],
    }
    if look is not None:
        lead, opened = look.feedback.lead, look.feedback.handoff
        judged = opened.opened_at if opened else look.feedback.at
        entries = [e for e in timeline(lead) if e.kind == "activity" and e.at <= judged]
        context |= {"lead": lead, "why": why(lead, at=judged), "timeline": entries, "points": True}
    return render(request, "web/review.html", context)


@require_POST
def judge(request: HttpRequest, look_id: int) -> HttpResponse:
    """Give the second look."""
    look = get_object_or_404(SecondLook.objects.select_related("feedback__lead"), id=look_id)
    said = request.POST.get("was_ready")
    if said not in {"yes", "no"}:
        messages.error(request, _("Say yes or no."))
        return redirect("review")
    try:
        feedback.judge_again(
            look,
            by=who(request),
            at=now(),
            was_ready=said == "yes",
            note=request.POST.get("note", ""),
        )
    except handoff.Closed:
        messages.error(request, _("Somebody else has looked at this lead meanwhile."))
    else:
        told = look.feedback
        messages.success(
            request, _("Thank you. Sales had returned it: %(reason)s.") % {"reason": told.reason}
        )
    return redirect("review")


@require_POST
def again(request: HttpRequest, look_id: int) -> HttpResponse:
    """Hand a lead over again that should not have come back."""
    look = get_object_or_404(SecondLook.objects.select_related("feedback"), id=look_id)
    try:
        opened = feedback.hand_off_again(look, by=who(request), at=now())
    except handoff.Closed:
        messages.error(request, _("This lead is with sales already."))
    else:
        messages.success(
            request, _("%(lead)s is with %(name)s now.") % {"lead": opened.lead, "name": opened.to}
        )
    return redirect("review")
