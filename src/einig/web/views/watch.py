"""Whether a version keeps what was promised: then and now, and what became of each finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from einig.engine.backtest.intervals import Proportion
from einig.engine.document import Refused
from einig.engine.instants import DAY
from einig.flow import findings
from einig.store.models import Finding, Version
from einig.web.clock import now, who
from einig.web.issue_words import told


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure then and now, and how often its test notices what it is for."""

    kind: str
    then: Proportion | float | None
    now: Proportion | float | None
    power: str


def watched(version: Version) -> dict[str, Any] | None:
    """Return what was promised of a version, what came of it, and what was found."""
    promised = version.promised or {}
    then, seen = promised.get("watch"), promised.get("seen")
    if not then:
        return None
    found = version.findings.select_related("draft", "settled_by").order_by("settled_at", "-at")
    return {
        "since": then["since"],
        "until": then["until"],
        "days": then["within"] // DAY,
        "at": seen["at"] if seen else None,
        "precision": _precision(then, seen or {}),
        "volume": _volume(then, seen or {}),
        "makeup": _power(Finding.Kind.MAKEUP, seen or {}, "makeup_power"),
        "findings": [
            {
                "of": of,
                "said": findings.sentences(of),
                "test": f"{findings.test(of)} {findings.power(of)}",
                "note": of.detail.get("note", ""),
            }
            for of in found
        ],
    }


def _precision(then: Mapping[str, Any], seen: Mapping[str, Any]) -> Figure:
    counted = seen.get("precision")
    return Figure(
        "precision",
        Proportion(*then["precision"]),
        Proportion(*counted) if counted else None,
        _power(Finding.Kind.PRECISION, seen, "precision_power")
        or (_("Too little was promised to test it.") if seen else ""),
    )


def _volume(then: Mapping[str, Any], seen: Mapping[str, Any]) -> Figure:
    weeks, (length, total) = then["weekly"], seen.get("weekly") or (0, 0)
    return Figure(
        "volume",
        sum(weeks) / len(weeks) if weeks else None,
        total / length if length else None,
        _power(Finding.Kind.VOLUME, seen, "volume_power"),
    )


def _power(kind: str, seen: Mapping[str, Any], name: str) -> str:
    return findings.power_of(kind, seen[name]) if name in seen else ""


@require_POST
def settle(request: HttpRequest, finding_id: int) -> HttpResponse:
    """Say that a finding is dealt with, and how."""
    found = get_object_or_404(Finding.objects.select_related("version"), id=finding_id)
    note = request.POST.get("note", "").strip()[:500]
    try:
        findings.settle(found, by=who(request), at=now(), note=note)
    except findings.Settled:
        messages.error(request, _("Somebody was quicker: this is settled."))
    else:
        messages.success(request, _("Settled."))
    return redirect("version", found.version.number)


@require_POST
def draft(request: HttpRequest, finding_id: int) -> HttpResponse:
    """Start a draft from a finding."""
    found = get_object_or_404(Finding.objects.select_related("version"), id=finding_id)
    try:
        made = findings.make_draft(found, by=who(request), at=now())
    except Refused as refused:
        why = " ".join(map(told, refused.issues))
        messages.error(request, _("This cannot be made a draft: %(why)s") % {"why": why})
        return redirect("version", found.version.number)
    messages.success(request, _("This is a draft now. Change it, test it, and propose it."))
    return redirect("version", made.number)
