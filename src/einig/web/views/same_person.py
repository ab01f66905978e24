"""The same person: who probably is, two leads side by side, merging them and parting them again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from einig.flow import likeness, merging, one_person, words
from einig.flow.permissions import require
from einig.store.models import Lead, Merger
from einig.web.clock import now, who
from einig.web.labels import EVIDENCE
from einig.web.templatetags.einig import capital

_OFFERED = 10  # leads that a search offers
_KNOWN = ("name", "title", "company", *likeness.WAYS)


def shown(lead: Lead) -> dict[str, Any]:
    """Return what the page of a lead says of who it is one person with, or probably is."""
    parts = Merger.objects.filter(into=lead, undone_at=None).select_related("lead", "by")
    return {
        "parts": parts.order_by("at") if lead.has_parts else (),
        "alike": [
            {"lead": of.lead, "evidence": told(of.evidence)} for of in likeness.probably(lead)
        ],
    }


def gone(request: HttpRequest, lead: Lead) -> HttpResponse:
    """Say where a lead went that is part of another now."""
    held = lead.mergers.filter(undone_at=None).select_related("into", "by").first()
    context = {
        "lead": lead,
        "merger": held,
        "whole": one_person.now(lead),
        "evidence": told(held.evidence.get("alike", ())) if held else "",
    }
    return render(request, "web/lead_merged.html", context)


def compare(request: HttpRequest, lead_id: str) -> HttpResponse:
    """Show two leads side by side, and merge them if that is said."""
    me, at = who(request), now()
    require(me, "merge_leads")
    lead = _lead(lead_id)
    text = request.POST.get("with") or request.GET.get("with", "")
    offered = _found(text.strip(), lead)
    other = offered[0] if len(offered) == 1 else None
    if other is None:
        context = {"lead": lead, "text": text, "offered": offered}
        return render(request, "web/same_person_with.html", context)
    rows, alike = likeness.compare(lead, other)
    if request.method == "POST":
        why = request.POST.get("why", "").strip()
        merger = merging.merge(lead, other, by=me, at=at, why=why, evidence={"alike": alike})
        messages.success(request, _("They are one person from now on. You can undo that."))
        return redirect("lead", merger.into.lead_id)
    stays, goes = merging.who_stays(lead, other)
    context = {
        "lead": lead,
        "other": other,
        "rows": [(_called(row.what), row) for row in rows],
        "evidence": told(alike),
        "stays": stays,
        "goes": goes,
        "closes": goes.handoffs.filter(closed_at=None).select_related("to").first(),
    }
    return render(request, "web/same_person.html", context)


@require_POST
def undo(request: HttpRequest, lead_id: str, merger_id: int) -> HttpResponse:
    """Part two leads again."""
    merger = get_object_or_404(Merger, id=merger_id, lead__lead_id=lead_id)
    try:
        merging.part(merger, by=who(request), at=now())
        messages.success(request, _("They are two leads again, each with what is its own."))
    except merging.Parted:
        messages.info(request, _("Somebody has undone that already."))
    return redirect("lead", lead_id)


def told(evidence: Sequence[str]) -> str:
    """Return evidence in words."""
    return ", ".join(str(EVIDENCE[code]) for code in evidence if code in EVIDENCE)


def _called(what: str) -> str:
    return str(EVIDENCE[what]) if what in _KNOWN else capital(words.attribute(what))


def _lead(lead_id: str) -> Lead:
    found = Lead.objects.select_related("company", "part_of__company")
    return one_person.now(get_object_or_404(found, lead_id=lead_id))


def _found(text: str, lead: Lead) -> list[Lead]:
    """Return whom somebody means: by number, address or phone, or else by name."""
    if not text:
        return []
    every = Lead.objects.select_related("company", "part_of__company").order_by("-id")
    exact = Q(lead_id=text.upper()) | Q(contact_details__normal=text.casefold())
    for meant in (exact, Q(name__icontains=text)):
        leads = every.filter(meant).distinct()[: _OFFERED + 1]
        wholes = {of.id: of for of in map(one_person.now, leads) if of != lead}
        if wholes:
            return list(wholes.values())[:_OFFERED]
    return []
