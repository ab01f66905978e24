"""Calls: whoever answered the phone notes in a few seconds who it was and what they wanted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from einig.engine.instants import iso
from einig.flow import calls, capture, journey
from einig.flow.permissions import require
from einig.store.models import Lead
from einig.store.models.sources import Kind
from einig.web import slip
from einig.web.clock import now, who
from einig.web.forms import CallForm

_NOBODY = "withheld number"  # how somebody is kept who can be reached by nothing


def call(request: HttpRequest) -> HttpResponse:
    """Note a call, one that rang just now or any other."""
    require(who(request), "capture_lead")
    at = now()
    chosen = calls.one(request.POST.get("call") or request.GET.get("call", ""), at=at)
    first = _first(chosen)
    form = CallForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        lead = _noted(request, form.cleaned_data, chosen, at=at)
        messages.success(request, _("Thank you. The call is noted."))
        return redirect("lead", lead.lead_id) if lead else redirect("call")
    context = {"form": form, "calls": calls.lately(at=at), "chosen": chosen}
    return render(request, "web/call.html", context)


def lately(request: HttpRequest) -> HttpResponse:
    """Show who rang lately; the page asks again by itself."""
    require(who(request), "capture_lead")
    return render(request, "web/parts/calls.html", {"calls": calls.lately(at=now())})


def _first(chosen: calls.Call | None) -> dict[str, Any]:
    """Return what is known of whoever rings."""
    if chosen is None:
        return {}
    known: dict[str, Any] = {"phone": chosen.number, "withheld": not chosen.number}
    if chosen.lead is not None:
        company = chosen.lead.company.name if chosen.lead.company else ""
        known |= {"name": chosen.lead.name, "company": company}
    return known


def _noted(
    request: HttpRequest, said: dict[str, Any], chosen: calls.Call | None, *, at: int
) -> Lead | None:
    """Keep what was typed, take it in at once, and return the lead that it is about."""
    names = ("name", "company", "email", "phone")
    attributes = {name: str(said[name]) for name in names if said.get(name)}
    if not said.get("email") and not said.get("phone"):
        attributes["social"] = f"{_NOBODY}, {iso(at)}"  # or all of them were one person
    properties = {"message": said["wants"]} if said.get("wants") else {}
    withheld = chosen.visitor if chosen is not None and not chosen.number else None
    told = capture.somebody(
        attributes=attributes,
        activity="demo_requested" if said["wants_demo"] else "call_received",
        properties=properties | ({"call": chosen.id} if chosen is not None else {}),
        message_id=slip.name(request),
        visitor=withheld,
        at=at,
    )
    capture.receive(told, source=capture.source_of(Kind.PHONE), at=at)
    journey.catch_up()
    return Lead.objects.filter(identities__key=f"anon:{told[0]['anonymousId']}").first()
