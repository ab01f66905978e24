"""Every version: who signed it when, what it changed in words, what it promised and what it did."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from einig.engine.agreement import loads
from einig.engine.agreement.model import Agreement
from einig.flow import agreements, versions
from einig.flow.permissions import require
from einig.store.models import Signature, Version
from einig.web.clock import now, who
from einig.web.differences import sentences


def index(request: HttpRequest) -> HttpResponse:
    """Show every version that was put before both sides, the newest first."""
    require(who(request), "see_agreement")
    at = now()
    valid = Prefetch("signatures", Signature.objects.filter(voided_at=None).order_by("at"))
    every = list(Version.objects.exclude(proposed_at=None).prefetch_related(valid))
    begun = sorted((v for v in every if v.in_force_from is not None), key=_since)
    came, current = versions.came(every, at=at), agreements.current(at)
    read = {version.id: loads(version.text).agreement for version in every}
    rows = [_row(version, begun, read, at) for version in every]
    for row in rows:
        version: Version = row["version"]
        row["is_current"] = current is not None and version.id == current.id
        if (found := came.get(version.number)) is not None:
            row["came"], row["promised"] = found, versions.promised(version)
            row["kept"] = versions.kept(row["promised"], found) if row["promised"] else ""
    rows.sort(key=lambda row: -row["version"].number)
    return render(request, "web/versions.html", {"rows": rows, "numbers": _numbers()})


def compare(request: HttpRequest) -> HttpResponse:
    """Go to a version, with what changed against another one."""
    require(who(request), "see_agreement")
    asked = [request.GET.get(name, "") for name in ("of", "with")]
    if not all(number.isdecimal() and len(number) < 9 for number in asked):
        return redirect("versions")
    number, other = map(int, asked)
    return redirect(f"{reverse('version', args=[number])}?{urlencode({'with': other})}")


def _row(
    version: Version, begun: list[Version], read: dict[int, Agreement], at: int
) -> dict[str, Any]:
    """Return a version, how long it was in force, and what it changed in the one before."""
    since = version.in_force_from
    earlier = [v for v in begun if v.id != version.id and (since is None or _since(v) < since)]
    later = [v for v in begun if since is not None and _since(v) > since]
    before = earlier[-1] if earlier else None
    return {
        "version": version,
        "before": before,
        "changes": sentences(read[before.id], read[version.id]) if before else [],
        "until": _since(later[0]) if later and _since(later[0]) <= at else None,
        "coming": since is not None and since > at,
    }


def _numbers() -> list[int]:
    return list(Version.objects.order_by("-number").values_list("number", flat=True))


def _since(of: Version) -> int:
    return of.in_force_from or 0
