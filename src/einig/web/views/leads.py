"""Leads: everyone, and everything about one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from einig.connectors.files.exports import EXPORTS
from einig.engine.instants import DAY, iso
from einig.engine.scoring import missing_words
from einig.flow import (
    capture,
    contact,
    fairs,
    feedback,
    import_exports,
    journey,
    leads,
    notice,
    one_person,
    outcomes,
)
from einig.flow.permissions import require
from einig.flow.why import why
from einig.store.models import Feedback, Handoff, Lead, Outcome, Source, Stage
from einig.store.models.sources import Kind
from einig.web import lead_lists
from einig.web.clock import now, who
from einig.web.export import csv_of, wanted
from einig.web.forms import FeedbackForm, LeadForm, OutcomeForm
from einig.web.labels import STAGES
from einig.web.sheet import xlsx_of
from einig.web.timeline import timeline
from einig.web.views import lead_privacy, same_person
from einig.web.views.inbox import of_handoff


def index(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Show everyone, or those of a view, a source or a search."""
    require(who(request), "see_leads")
    view, order = request.GET.get("view", ""), request.GET.get("sort", "newest")
    found = lead_lists.found(request)
    if (kind := request.GET.get("export", "")) in EXPORTS:
        return _export(found, kind, is_sheet=request.GET.get("format") == "xlsx")
    if wanted(request):
        return _csv(found)
    page = Paginator(found.select_related("company", "owner", "source"), 50).get_page(
        request.GET.get("page")
    )
    context = {
        "page_obj": page,
        "views": [(code, label) for code, (label, _of) in lead_lists.VIEWS.items()],
        "view": view if view in lead_lists.VIEWS else "",
        "sort": order,
        "search": request.GET.get("q", ""),
        "query": _query(request),
        "sources": Source.objects.order_by("name"),
        "chosen": request.GET.get("source", ""),
        "exports": EXPORTS.values(),
    }
    return render(request, "web/leads.html", context)


def one(request: HttpRequest, lead_id: str) -> HttpResponse:
    """Show everything about one lead, at any moment of its past."""
    me, at = who(request), now()
    require(me, "see_leads")
    lead = get_object_or_404(
        Lead.objects.select_related("company", "source", "campaign", "owner", "part_of"),
        lead_id=lead_id,
    )
    notice.seen(me, lead, at=at)
    if lead.part_of is not None:
        return same_person.gone(request, lead)
    moment = _moment(request, lead, at)
    found = why(lead, at=moment)
    open_one = lead.handoffs.filter(closed_at=None).select_related("version", "to").first()
    mine = one_person.everything(lead)
    said = Feedback.objects.filter(lead__in=mine)
    context: dict[str, Any] = of_handoff(open_one, at=at) if open_one else {}
    context |= {
        "lead": lead,
        "handoff": open_one,
        "why": found,
        "missing": missing_words(found.page.missing) if found and found.page.missing else "",
        "moment": moment,
        "at": at,
        "is_past": moment < at,
        "days": max(1, (at - lead.created_at) // DAY),
        "ago": (at - moment) // DAY,
        "points": points_open(me.side, lead),
        "timeline": timeline(lead, revealed=points_open(me.side, lead)),
        "details": context.get("details", contact.of(lead).order_by("id")),
        "outcomes": Outcome.objects.filter(lead__in=mine).order_by("-at"),
        "win": OutcomeForm(),
        "say": FeedbackForm(),
        "stage": STAGES[Stage(lead.stage)],
        "mine": bool(open_one and open_one.to_id == me.id),
        "unanswered": said.filter(answered_at=None).exclude(verdict="accepted"),
    }
    context |= lead_privacy.shown(lead, at=at) | same_person.shown(lead)
    return render(request, "web/lead.html", context)


def points_open(side: str | None, lead: Lead) -> bool:
    """Return whether points are shown: to sales only after it has judged the lead itself."""
    if side != "sales":
        return True
    return (
        Feedback.objects.filter(lead=lead).exists()
        or Handoff.objects.filter(lead=lead).exclude(closing="").exists()
    )


def new(request: HttpRequest) -> HttpResponse:
    """Add a lead by hand."""
    require(who(request), "capture_lead")
    form = LeadForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        lead = _captured(request, said, Kind.HAND, activity=None)
        if lead is not None:
            return redirect("lead", lead.lead_id)
        messages.success(request, _("The lead is kept and appears in a moment."))
        return redirect("leads")
    context = {"form": form, "fairs": fairs.open_fairs()}
    return render(request, "web/lead_new.html", context)


@require_POST
def say(request: HttpRequest, lead_id: str) -> HttpResponse:
    """Say how good a lead was."""
    lead = _lead(lead_id)
    form = FeedbackForm(request.POST)
    if form.is_valid():
        feedback.say(lead, by=who(request), at=now(), **form.cleaned_data)
        messages.success(request, _("Thank you; marketing reads it."))
    else:
        messages.error(request, _("Say in a sentence how good the lead was."))
    return redirect("lead", lead_id)


@require_POST
def answer(request: HttpRequest, lead_id: str, feedback_id: int) -> HttpResponse:
    """Answer what sales said."""
    mine = one_person.everything(_lead(lead_id))
    told = get_object_or_404(Feedback, id=feedback_id, lead__in=mine)
    text = request.POST.get("text", "").strip()
    if text:
        feedback.answer(told, by=who(request), at=now(), text=text[:2000])
        messages.success(request, _("Your answer is on its way to sales."))
    return redirect(request.POST.get("next") or "review")


@require_POST
def advance(request: HttpRequest, lead_id: str) -> HttpResponse:
    """Move a lead on."""
    lead = _lead(lead_id)
    to = request.POST.get("stage", "")
    if to in {Stage.SALES_QUALIFIED, Stage.OPPORTUNITY}:
        outcomes.advance(lead, to=to, by=who(request), at=now())
    return redirect("lead", lead_id)


@require_POST
def win(request: HttpRequest, lead_id: str) -> HttpResponse:
    """The lead bought."""
    lead = _lead(lead_id)
    form = OutcomeForm(request.POST)
    if form.is_valid():
        revenue: Decimal = form.cleaned_data["revenue"]
        outcomes.win(lead, by=who(request), at=now(), revenue=revenue)
        messages.success(request, _("Congratulations!"))
    else:
        messages.error(request, _("Write the revenue as a number, like 12500."))
    return redirect("lead", lead_id)


@require_POST
def lose(request: HttpRequest, lead_id: str) -> HttpResponse:
    """The lead did not buy."""
    lead = _lead(lead_id)
    reason = request.POST.get("reason", "").strip()
    if reason:
        outcomes.lose(lead, by=who(request), at=now(), reason=reason)
        messages.success(request, _("Noted. The lead stays in nurture."))
    else:
        messages.error(request, _("Say in a few words why."))
    return redirect("lead", lead_id)


@require_POST
def edit(request: HttpRequest, lead_id: str) -> HttpResponse:
    """Say something about a lead: an attribute from now on."""
    lead = _lead(lead_id)
    name, value = (request.POST.get(field, "").strip() for field in ("attribute", "value"))
    if name:
        leads.state(lead, {name[:200]: value[:2000]}, by=who(request), at=now())
        messages.success(request, _("Changed, and judged anew."))
    return redirect("lead", lead_id)


def _lead(lead_id: str) -> Lead:
    """Return a lead, or that which it is part of by now."""
    found = Lead.objects.select_related("company", "owner", "part_of__company", "part_of__owner")
    return one_person.now(get_object_or_404(found, lead_id=lead_id))


def _captured(
    request: HttpRequest, said: dict[str, Any], kind: str, *, activity: str | None
) -> Lead | None:
    """Keep what was typed, take it in at once, and return the lead that it is about."""
    at = now()
    attributes = {
        name: str(said[name]) for name in ("name", "company", "email", "phone") if said.get(name)
    }
    told = capture.somebody(
        attributes=attributes,
        activity=activity or ("form_submitted" if said.get("wants") else None),
        properties={"message": said["wants"]} if said.get("wants") else {},
        at=at,
    )
    capture.receive(told, source=capture.source_of(kind), at=at)
    journey.catch_up()
    found = Lead.objects.filter(identities__key=f"anon:{told[0]['anonymousId']}").first()
    return None if found is None else one_person.now(found)


def _query(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


def _moment(request: HttpRequest, lead: Lead, at: int) -> int:
    """Return the instant that is asked for: so many days ago, but not before the lead existed."""
    ago = request.GET.get("ago", "0")
    days = int(ago) if ago.isdecimal() and len(ago) < 5 else 0
    return max(lead.created_at, at - days * DAY)


def _export(found: QuerySet[Lead], kind: str, *, is_sheet: bool) -> StreamingHttpResponse:
    """Return leads in the columns of a known export, so that they can be brought elsewhere."""
    head, rows = import_exports.columns_of(kind).names, import_exports.rows(found, kind)
    name = f"leads-{kind.replace('_', '-')}"
    return xlsx_of(name, head, rows) if is_sheet else csv_of(name, head, rows)


def _csv(found: QuerySet[Lead]) -> StreamingHttpResponse:
    head = ["lead", "name", "company", "stage", "source", "created_at", "fit", "engagement"]
    leads = found.select_related("company", "source", "owner").iterator(500)
    rows = (
        [
            lead.lead_id, lead.name, str(lead.company or ""), lead.stage, str(lead.source or ""),
            iso(lead.created_at), lead.fit, lead.engagement, lead.intent, lead.sales_ready,
            str(lead.owner or ""),
        ]
        for lead in leads
    )  # fmt: skip
    return csv_of("leads", [*head, "intent", "sales_ready", "owner"], rows)
