"""The fair: a page for our own people at the stand, with a network or without."""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from einig.engine.instants import iso
from einig.flow import card_codes, fairs, journey, purposes
from einig.flow.permissions import require
from einig.store.models import Source
from einig.store.models.sources import Kind
from einig.web import slip
from einig.web.clock import now, who
from einig.web.labels import FAIR_FIELDS, FAIR_WANTS


@never_cache
def fair(request: HttpRequest, source_id: int) -> HttpResponse:
    """Show the page of a fair; without JavaScript it is a form like any other."""
    me, source = who(request), _fair(source_id)
    require(me, "capture_lead")
    problem = ""
    if request.method == "POST":
        try:
            fairs.note(source, _typed(request), by=me, at=now())
        except fairs.Unusable as unusable:
            problem = str(unusable)
        else:
            journey.catch_up()
            messages.success(request, _("Noted."))
            return redirect("fair", source.id)
    language = translation.get_language() or "de"
    context = {
        "source": source,
        "fields": [(*of, request.POST.get(of[0], "")) for of in FAIR_FIELDS],
        "wants": FAIR_WANTS,
        "asks": [(of, of.text(language)) for of in purposes.asked_for() if of.code in _ASKS],
        "language": language,
        "message": request.POST.get("message", ""),
        "problem": problem,
    }
    return render(request, "web/fair.html", context, status=422 if problem else 200)


_ASKS = ("mail", "phone")


@require_POST
def batch(request: HttpRequest, source_id: int) -> JsonResponse:
    """Take what was noted while there was no network; what comes twice is taken once."""
    me, source = who(request), _fair(source_id)
    require(me, "capture_lead")
    try:
        entries = json.loads(request.body)["entries"]
        given = {str(one["id"]): one for one in entries[: fairs.MOST]}
    except (ValueError, KeyError, TypeError, RecursionError):
        return JsonResponse({"message": "entries, a list, is missing"}, status=422)
    taken, refused, at = [], {}, now()
    for id_, entry in given.items():
        try:
            fairs.note(source, entry, by=me, at=at)
            taken.append(id_)
        except fairs.Unusable as unusable:
            refused[id_] = str(unusable)
    journey.catch_up()
    return JsonResponse({"taken": taken, "refused": refused})


@require_POST
def card_code(request: HttpRequest) -> JsonResponse:
    """Say what the QR code in a photo says."""
    width = request.GET.get("width", "")
    try:
        number = int(width) if width.isdecimal() and len(width) < _DIGITS else 0
        text = card_codes.read(request.body, width=number, by=who(request))
    except card_codes.NoPhoto:
        most = card_codes.MOST
        said = f"a photo is one byte for each point, in rows of ?width=, at most {most} by {most}"
        return JsonResponse({"message": said}, status=422)
    return JsonResponse({"text": text})


_DIGITS = 6


def _typed(request: HttpRequest) -> dict[str, Any]:
    """Return what was typed as the page would note it."""
    given: dict[str, Any] = dict(request.POST.items())
    agreed = [
        {
            "purpose": name.removeprefix("agree-"),
            "version": int(of) if str(of).isdecimal() and len(str(of)) < 6 else 0,
            "language": given.get("language"),
        }
        for name, of in given.items()
        if name.startswith("agree-")
    ]
    return given | {
        "id": (slip.name(request) or secrets.token_hex(16))[:40],
        "at": iso(now()),
        "agreed": agreed,
    }


def _fair(source_id: int) -> Source:
    return get_object_or_404(Source, id=source_id, kind=Kind.FAIR, active=True)
