"""What everybody can reach: the hosted form, unsubscribing, and whether the system is well."""

from __future__ import annotations

import functools
from pathlib import Path

from django.contrib.staticfiles import finders
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt

from einig.flow import capture, consent, mails
from einig.store.models import Received, Source, Task
from einig.store.models.sources import Kind
from einig.web import slip
from einig.web.clock import now
from einig.web.forms import LeadForm


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
    return render(request, "web/form.html", {"form": given, "source": source}, status=status)


def _keep(request: HttpRequest, said: dict[str, str], source: Source) -> None:
    names = ("name", "company", "email", "phone")
    attributes = {name: str(said[name]) for name in names if said.get(name)}
    if request.POST.get("mails"):
        attributes["wants_mails"] = "yes"
    properties = {"message": said["wants"]} if said.get("wants") else {}
    at = now()
    told = capture.somebody(
        attributes=attributes,
        activity="form_submitted",
        properties=properties,
        message_id=slip.name(request),  # sent by a second click, it is the same message
        at=at,
        signs=_signs(request),
    )
    capture.receive(told, source=source, at=at)


def _signs(request: HttpRequest) -> dict[str, str]:
    """Return what the form noticed: no person sees its honeypot, or is as fast as a program."""
    seconds = slip.seconds(request)
    signs = {"honeypot": "yes"} if request.POST.get("website") else {}
    return signs | ({"seconds": str(seconds)} if seconds is not None else {})


@csrf_exempt  # mail programs send this themselves (RFC 8058)
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop all mails to whoever has this link."""
    lead = mails.unsubscribing(token)
    if lead is None:
        return render(request, "web/form_gone.html", status=404)
    if request.method == "POST":
        consent.withdraw(lead, "mail", at=now())
    return render(request, "web/unsubscribe.html", {"done": request.method == "POST"})


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
