"""What everybody can reach: the hosted form, unsubscribing, and whether the system is well."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt

from einig.flow import capture, consent, mails, purposes
from einig.store.models import Received, Source, Task
from einig.store.models.sources import Kind
from einig.web import slip
from einig.web.clock import now
from einig.web.forms import LeadForm

FORM_ASKS = ("mail", "phone")  # what a hosted form asks consent for


@csrf_exempt  # it stands in other people's pages, where there is no session of ours
@xframe_options_exempt
def form(request: HttpRequest, key: str) -> HttpResponse:
    """Show a hosted form, and keep what somebody writes there."""
    source = get_object_or_404(Source, key=key, kind=Kind.FORM, active=True)
    given = LeadForm(request.POST or None)
    if request.method == "POST" and given.is_valid():
        _keep(request, given.cleaned_data, source)
        return render(request, "web/form_thanks.html", {"source": source})
    status = 422 if request.method == "POST" else 200
    language = _language(request)
    asks = [
        (of.code, of.version, of.text(language), request.POST.get(f"agree-{of.code}"))
        for of in purposes.asked_for()
        if of.code in FORM_ASKS
    ]
    context = {"form": given, "source": source, "asks": asks}
    return render(request, "web/form.html", context, status=status)


def _keep(request: HttpRequest, said: dict[str, str], source: Source) -> None:
    names = ("name", "company", "email", "phone")
    attributes = {name: str(said[name]) for name in names if said.get(name)}
    properties = {"message": said["wants"]} if said.get("wants") else {}
    at = now()
    told = capture.somebody(
        attributes=attributes,
        activity="form_submitted",
        properties=properties,
        message_id=slip.name(request),  # sent by a second click, it is the same message
        at=at,
        signs=_signs(request),
        purposes=dict(_agreed(request)),
    )
    capture.receive(told, source=source, at=at)


def _signs(request: HttpRequest) -> dict[str, str]:
    """Return what the form noticed: no person sees its honeypot, or is as fast as a program."""
    seconds = slip.seconds(request)
    signs = {"honeypot": "yes"} if request.POST.get("website") else {}
    return signs | ({"seconds": str(seconds)} if seconds is not None else {})


def _agreed(request: HttpRequest) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the purposes that were ticked, each with the words that stood beside it."""
    language = _language(request)
    for of in purposes.asked_for():
        if request.POST.get(f"agree-{of.code}") == str(of.version):
            said = {"text": of.text(language), "version": of.version, "language": language}
            yield of.code, said


def _language(request: HttpRequest) -> str:
    spoken = getattr(request, "LANGUAGE_CODE", "de")
    return spoken if spoken in purposes.LANGUAGES else "de"


@csrf_exempt  # it is reached from a mail, where there is no session of ours
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once more whether a consent was meant: what merely opens links confirms nothing."""
    at = now()
    found = consent.to_confirm(token, at=at)
    if found is None:
        return render(request, "web/confirm_gone.html", status=404)
    if request.method == "POST":
        consent.confirm(found, at=at, from_=str(request.META.get("REMOTE_ADDR", "")))
    context = {"consent": found, "done": found.opened_at is not None}
    return render(request, "web/confirm.html", context)


STOPS = ("mail", "phone", "profiling")


@csrf_exempt  # mail programs send this themselves (RFC 8058)
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop all mails to whoever has this link, or the calls, or that they are scored.

    A mail program asks for no page: one request stops the mails.
    """
    lead = mails.unsubscribing(token)
    if lead is None:
        return render(request, "web/form_gone.html", status=404)
    if request.method == "POST":
        stop = request.POST.get("stop", "mail")
        for purpose in STOPS if stop == "all" else [stop if stop in STOPS else "mail"]:
            consent.withdraw(lead, purpose, at=now())
    stopped = {purpose for purpose in STOPS if consent.objection(lead, purpose) is not None}
    context = {"done": request.method == "POST", "stopped": stopped}
    return render(request, "web/unsubscribe.html", context)


def tracker(request: HttpRequest) -> HttpResponse:
    """Hand out the script that websites include; it is kept for an hour."""
    answer = HttpResponse(_tracker(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "public, max-age=3600"
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@functools.cache
def _tracker() -> str:
    found = finders.find("web/tracker.js")
    return Path(str(found)).read_text(encoding="utf-8")


def health(request: HttpRequest) -> JsonResponse:
    """Say whether the system is well: the database answers, and nothing waits for long."""
    at = now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    oldest = (
        Received.objects.filter(reason="", dismissed_at=None)
        .order_by("id")
        .values_list("at")
        .first()
    )
    waits = (at - oldest[0]) / 1e6 if oldest else 0.0
    late = Task.objects.filter(done_at=None, due_at__lt=at - 300_000_000).count()
    well = waits < 60 and late == 0
    told = {"well": well, "oldest_waiting_seconds": round(waits, 3), "late_tasks": late}
    return JsonResponse(told, status=200 if well else 503)
