"""The inbox: which lead is next, and why now."""

from __future__ import annotations

from django.db.models import Case, Count, F, Prefetch, Q, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from einig.flow import contact, contacting, notice, scoring
from einig.flow.permissions import require
from einig.flow.why import why
from einig.store.models import Attempt, ContactDetail, Handoff, Lead, Notice, User
from einig.web.clock import now, who
from einig.web.contact_words import permitted
from einig.web.labels import CLOSINGS, RESULTS, RULES
from einig.web.timeline import timeline

SHOWN = 100


def inbox(request: HttpRequest, lead_id: str | None = None) -> HttpResponse:
    """Show what waits for me, most urgent first, and one lead beside it."""
    me, at = who(request), now()
    require(me, "work_handoff")
    waiting = list(mine(me, at=at)[:SHOWN])
    chosen = next((h for h in waiting if h.lead.lead_id == lead_id), None)
    if lead_id is None and waiting:
        chosen = waiting[0]
    news = _news(me)
    context = {
        "waiting": waiting,
        "count": len(waiting),
        "late": sum(1 for h in waiting if _due(h) is not None and (_due(h) or 0) < at),
        "next": min(filter(None, map(_due, waiting)), default=None),
        "handoff": chosen,
        "following": _following(chosen, waiting),
        "opened": lead_id is not None,
        "gone": lead_id is not None and chosen is None,
        "news": news,
    }
    if request.headers.get("HX-Target") == "queue":  # htmx asks for the list alone
        return render(request, "web/parts/queue.html", context)
    if chosen is not None:
        if lead_id is not None:
            notice.seen(me, chosen.lead, at=at)
        context |= of_handoff(chosen, at=at)
        context["why"] = why(chosen.lead, at=chosen.opened_at)
        context["timeline"] = timeline(chosen.lead, most=30)
    return render(request, "web/inbox.html", context)


def mine(me: User, *, at: int) -> QuerySet[Handoff]:
    """Return the open hand-offs of somebody, most urgent first; what is put off comes last."""
    called = Count("attempts")
    later = Case(When(later_at__gt=at, then=F("later_at")), default=None)
    return (
        Handoff.objects.filter(closed_at=None, to=me)
        .select_related("lead__company", "version")
        .annotate(tries=called, later=later)
        .order_by(
            F("later").asc(nulls_first=True),
            F("first_attempt_at").asc(nulls_first=True),
            "due_at",
            "id",
        )
    )


def of_handoff(chosen: Handoff, *, at: int) -> dict[str, object]:
    """Return what is shown of one hand-off, and what can be done."""
    lead = chosen.lead
    version = scoring.in_force(at, scoring.timeline())
    agreed = version.agreement.sales if version else None
    attempts = list(chosen.attempts.select_related("by").order_by("-at"))
    details = list(contact.of(lead).order_by("id"))
    allowed = [permitted(of) for of in contacting.permissions(lead, at=at)]
    return {
        "lead": lead,
        "attempts": attempts,
        "needed": agreed.attempts.at_least if agreed and agreed.attempts else None,
        "reasons": agreed.return_reasons if agreed else (),
        "phone": next((d for d in details if d.kind == ContactDetail.Kind.PHONE), None),
        "details": details,
        "permitted": allowed,
        "may_call": any(of["allowed"] for of in allowed if of["channel"] == "phone"),
        "may_mail": any(of["allowed"] for of in allowed if of["channel"] == "mail"),
        "channels": [(of["channel"], of["label"]) for of in allowed if of["allowed"]],
        "results": RESULTS,
        "rule": RULES.get(chosen.routing.get("rule", "")),
        "closing": CLOSINGS.get(chosen.closing),
        "ended": any(a.result in ENDING for a in attempts),
        "answer": chosen.kind == Handoff.Kind.ANSWER,
    }


ENDING = {Attempt.Result.NO, Attempt.Result.WRONG_NUMBER, Attempt.Result.HAS_LEFT}


def _following(chosen: Handoff | None, waiting: list[Handoff]) -> Handoff | None:
    """Return the lead after the chosen one; after the last one, the first."""
    if chosen is None or len(waiting) < 2:
        return None
    return waiting[(waiting.index(chosen) + 1) % len(waiting)]


def _due(handoff: Handoff) -> int | None:
    return None if handoff.first_attempt_at else handoff.due_at


def _news(me: User) -> list[Lead]:
    """Return leads that did something since I last looked, newest first; I had them, or have."""
    fresh = Notice.objects.filter(to=me, seen_at=None).exclude(what="handoff").order_by("-at")
    leads = Lead.objects.filter(notices__in=fresh).distinct()
    told = Prefetch("notices", queryset=fresh, to_attr="fresh")
    return list(leads.filter(~Q(lead_id="")).prefetch_related(told)[:10])
