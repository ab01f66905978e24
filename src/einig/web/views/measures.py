"""Follow-up, nurture, sources and the report: what is measured, each number open to its leads."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _

from einig.engine.instants import DAY
from einig.flow import agreements, capture, reports, sources
from einig.flow.organisation import organisation
from einig.flow.permissions import may, require
from einig.store.models import ApiKey, Handoff, NurtureEntry, Received, Source, Stage, User
from einig.web import slip
from einig.web.clock import now, who
from einig.web.forms import CampaignForm, MappingForm, SourceForm
from einig.web.typed import id_of

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


def follow_up(request: HttpRequest) -> HttpResponse:
    """Show whether the response time and the attempts are kept, and who is overloaded."""
    me, at = who(request), now()
    require(me, "see_follow_up")
    per_person = organisation().figures_per_person
    late = (
        Handoff.objects.filter(closed_at=None, first_attempt_at=None, due_at__lt=at)
        .select_related("lead__company", "to")
        .order_by("due_at")
    )
    figures = reports.follow_up(since=at - 90 * DAY, at=at, per_person=per_person)
    context = {
        "figures": figures,
        "per_person": per_person,
        "late": late[:100],
        "count": late.count(),
        "people": User.objects.sellers().order_by("name"),
        "can_reassign": may(me, "reassign_handoff"),
        "version": agreements.current(at),
        "smallest": reports.FIGURES_FROM,
    }
    return render(request, "web/follow_up.html", context)


def nurture(request: HttpRequest) -> HttpResponse:
    """Show who is in nurture and why, whom to call, and what those became who left."""
    require(who(request), "work_nurture")
    at = now()
    inside = NurtureEntry.objects.filter(left_at=None).select_related("lead__company")
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


def source_list(request: HttpRequest) -> HttpResponse:
    """Show which source brings leads that close."""
    me = who(request)
    require(me, "see_sources")
    form = SourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = sources.add(**form.cleaned_data, by=me, at=now())
        return redirect("source", made.id)
    found = reports.channels()
    context = {
        "channels": found,
        "best": found[0] if found and found[0].revenue else None,
        "form": form,
        "can_edit": may(me, "edit_sources"),
        "failed": Received.objects.exclude(reason="").filter(dismissed_at=None).count(),
    }
    return render(request, "web/sources.html", context)


def source(request: HttpRequest, source_id: int) -> HttpResponse:
    """Show how a source is connected, its campaigns and what they cost."""
    me = who(request)
    require(me, "see_sources")
    found = get_object_or_404(Source, id=source_id)
    do = request.POST.get("do", "")
    form = CampaignForm(request.POST if request.method == "POST" and not do else None)
    mapping = MappingForm(
        request.POST if do == "map" else None, initial={"mapping": found.mapping or EXAMPLE}
    )
    token = ""
    if form.is_valid():
        sources.spend(found, **form.cleaned_data, by=me, at=now())
        return redirect("source", source_id)
    if do == "key":
        token = sources.make_key(found, by=me, at=now(), name=slip.name(request))
    elif do == "revoke":
        key = get_object_or_404(ApiKey, id=id_of(request, "key"), source=found)
        sources.revoke_key(key, by=me, at=now())
    elif do == "map" and mapping.is_valid():
        sources.map_webhook(found, mapping.cleaned_data["mapping"], by=me, at=now())
        return redirect("source", source_id)
    context = {
        "source": found,
        "form": form,
        "mapping": mapping,
        "token": token,
        "keys": ApiKey.objects.filter(source=found, revoked_at=None).order_by("id"),
        "campaigns": found.campaigns.order_by("name"),
        "can_edit": may(me, "edit_sources"),
        "base": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "web/source.html", context)


EXAMPLE = {
    "id": "message.id",
    "activity": "chat_started",
    "attributes": {"email": "contact.email", "name": "contact.name"},
    "properties": {"message": "message.text"},
}


def received(request: HttpRequest) -> HttpResponse:
    """Show what came in and could not be used; mend it, or let it go."""
    me = who(request)
    require(me, "mend_received")
    if request.method == "POST":
        one = get_object_or_404(Received, id=id_of(request, "id"))
        if "body" in request.POST and request.POST.get("do") == "mend":
            capture.mend(one, request.POST["body"])
        elif request.POST.get("do") == "restore":
            capture.restore(one)
        else:
            capture.dismiss(one, at=now())
        return redirect("received")
    waiting = Received.objects.exclude(reason="").select_related("source").order_by("id")
    context = {
        "count": waiting.filter(dismissed_at=None).count(),
        "page_obj": Paginator(waiting.filter(dismissed_at=None), 20).get_page(
            request.GET.get("page")
        ),
        "dismissed": waiting.filter(dismissed_at__isnull=False).order_by("-dismissed_at")[:10],
    }
    return render(request, "web/received.html", context)


def report(request: HttpRequest) -> HttpResponse:
    """Show the same month counted three ways, and what the differences cost."""
    require(who(request), "see_report")
    at = now()
    month = _month(request.GET.get("month"), at)
    counts = {way: reports.counted(way, month).count() for way in reports.WAYS}
    highest = max([*counts.values(), 1])
    lost = reports.losses(month, at=at)
    context = {
        "month": month,
        "before": month.before,
        "after": month.next if month.next.begins <= at else None,
        "ways": [
            {"code": way, "label": WAYS[way], "count": n, "width": round(560 * n / highest)}
            for way, n in counts.items()
        ],
        "differences": [
            {"one": a, "other": b, "count": reports.difference(a, b, month).count()}
            for a, b in (("marketing", "agreed"), ("agreed", "sales"), ("sales", "agreed"))
        ],
        "losses": [{"label": LOSSES[of.code], "of": of} for of in lost],
        "total": sum(of.value for of in lost),
        "counts": counts,
    }
    return render(request, "web/report.html", context)


def report_leads(request: HttpRequest, code: str, one: str, other: str = "") -> HttpResponse:
    """Show the leads behind a number of the report."""
    require(who(request), "see_report")
    month = _month(code, now())
    if one not in WAYS or (other and other not in WAYS):
        raise Http404
    leads = reports.difference(one, other, month) if other else reports.counted(one, month)
    found = leads.select_related("company", "owner", "source").order_by("-created_at")
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
