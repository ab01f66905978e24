"""What a version does when it comes into force: expected before, counted while it judges, found."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from einig.flow import enacting
from einig.flow.permissions import may, require
from einig.store.models import Enactment, Lead, User, Version
from einig.web.clock import now, who

# what is counted, before and after it is in force
GROUPS: dict[str, tuple[Any, Any]] = {
    "becomes": (_("become sales-ready"), _("became sales-ready")),
    "ceases": (_("are not sales-ready any more"), _("are not sales-ready any more")),
    "kept": (_("of these are with sales, and stay there"), _("of these stay with sales")),
    "handoffs": (_("are handed over"), _("were handed over")),
}


def effect(request: HttpRequest, number: int) -> HttpResponse:
    """Show how far it is; a page that shows it asks for this."""
    me = who(request)
    require(me, "see_agreement")
    context = effect_of(get_object_or_404(Version, number=number), me=me, at=now())
    return render(request, "web/parts/effect.html", context)


@require_POST
def foresee(request: HttpRequest, number: int) -> HttpResponse:
    """Work out anew what a version would do."""
    require(who(request), "draft_agreement")
    version = get_object_or_404(Version, number=number, in_force_from=None)
    if not enacting.foreseeing(version, at=now()):  # whoever clicks again waits for the same
        enacting.foresee(version, at=now())
    return redirect("version", number)


def leads(request: HttpRequest, number: int, which: str) -> HttpResponse:
    """List the leads behind a number."""
    require(who(request), "see_agreement")
    version = get_object_or_404(Version.objects.select_related("enactment"), number=number)
    if which not in GROUPS:
        raise Http404
    enactment = _enactment(version)
    is_found = enactment is not None and enactment.finished_at is not None
    behind = (
        _found(enactment, which) if enactment is not None and is_found else _listed(version, which)
    )
    context = {
        "version": version,
        "said": GROUPS[which][is_found],
        "page_obj": Paginator(behind, 50).get_page(request.GET.get("page")),
    }
    return render(request, "web/version_leads.html", context)


def effect_of(version: Version, *, me: User, at: int) -> dict[str, Any]:
    """Return what the page of a version shows of its coming into force."""
    enactment = _enactment(version)
    found = enactment.found if enactment is not None else None
    told = found or version.expected
    return {
        "version": version,
        "enactment": enactment,
        "judging": enactment is not None and enactment.since <= at and not enactment.finished_at,
        "foreseeing": enactment is None and enacting.foreseeing(version, at=at),
        "is_found": found is not None,
        "told": told,
        "outdated": found is None and told and told.get("content_hash") != version.content_hash,
        "groups": [(name, said[found is not None], told[name]) for name, said in GROUPS.items()]
        if told
        else [],
        "may_foresee": enactment is None and may(me, "draft_agreement"),
    }


def _enactment(version: Version) -> Enactment | None:
    return Enactment.objects.filter(version=version).first()


def _found(of: Enactment, which: str) -> QuerySet[Lead]:
    if which == "becomes":
        behind = enacting.became_ready(of)
    elif which == "ceases":
        behind = enacting.no_longer_ready(of)
    elif which == "kept":
        behind = Lead.objects.filter(id__in=enacting.kept_by_sales(of).values("lead"))
    else:
        behind = Lead.objects.filter(id__in=enacting.opened_by(of).values("lead"))
    return behind.select_related("company").order_by("-created_at", "id")


def _listed(version: Version, which: str) -> QuerySet[Lead]:
    ids = (version.expected or {}).get("listed", {}).get(which, [])
    behind = Lead.objects.filter(lead_id__in=ids)
    return behind.select_related("company").order_by("-created_at", "id")
