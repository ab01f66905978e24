"""What everybody can reach: confirming, unsubscribing, and whether the system is well."""

from __future__ import annotations

import functools
from pathlib import Path

from django.contrib.staticfiles import finders
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from einig.flow import consent, mails
from einig.store.models import Received, Task
from einig.web.clock import now


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
    # as the form spoke in which it was given
    with translation.override(found.language or translation.get_language()):
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


def script(request: HttpRequest, name: str) -> HttpResponse:
    """Hand out a script that websites include; it is kept for an hour."""
    answer = HttpResponse(_script(name), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "public, max-age=3600"
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@functools.cache
def _script(name: str) -> str:
    found = finders.find(f"web/{name}")
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
