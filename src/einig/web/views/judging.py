"""Judging in an agreement test: a lead a screen, by a link, without an account and on a phone.

The address is the secret: whoever has it may judge, so it is never sent on (no referrer), never
indexed and never kept by a browser. It stands in for a CSRF token, too.
"""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from einig.flow import agreement_test
from einig.store.models import Juror, Sample
from einig.web.agreement_words import Criterion, criteria
from einig.web.clock import now
from einig.web.guesses import missed

_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)
_SECRET = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@csrf_exempt  # who knows the address may judge; with "no referrer" browsers name no origin
def judging(request: HttpRequest, token: str) -> HttpResponse:
    """Show the next lead to judge, keep what is said of one, and let somebody hand in."""
    response = _answer(request, token)
    for name, value in _SECRET.items():
        response[name] = value
    return response


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    at = now()
    try:
        if not _TOKEN.fullmatch(token):
            raise agreement_test.NoSuchLink
        juror = agreement_test.juror(token, at=at)
    except agreement_test.NoSuchLink:
        tired = missed(str(request.META.get("REMOTE_ADDR", "")), at=at)
        status = 429 if tired else 404
        return render(request, "web/agreement_test_gone.html", {"tired": tired}, status=status)
    if request.method == "POST":
        return _keep(request, juror, token, at)
    if juror.finished_at is not None or juror.test.closed_at is not None:
        return _thanks(request, juror)
    samples = list(juror.test.leads.order_by("position"))
    said = {one.lead_id: one for one in juror.judgements.all()}
    place = _place(request, samples, said)
    if place is None:
        if len(said) < len(samples):
            return _intro(request, juror, len(samples))
        return _all(request, samples, said)
    agreement_test.begin(juror, at=at)
    sample = samples[place - 1]
    before = said.get(sample.id)
    context = {
        "place": place,
        "count": len(samples),
        "done": len(said),
        "sample": sample,
        "before": before,
        "is_": _kind(sample, before.criteria if before else [], "fit"),
        "did": _kind(sample, before.criteria if before else [], "engagement"),
    }
    return render(request, "web/agreement_test_judge.html", context)


def _place(request: HttpRequest, samples: list[Sample], said: dict[int, Any]) -> int | None:
    """Return which lead to show: the one asked for, or the first that is not judged yet.

    None is the beginning, or the end: who comes back goes on where they stopped.
    """
    asked = request.GET.get("n", "")
    if asked.isdecimal() and len(asked) < 4 and 1 <= int(asked) <= len(samples):
        return int(asked)
    if not said and not asked:
        return None if "go" not in request.GET else 1
    left = (n for n, sample in enumerate(samples, 1) if sample.id not in said)
    return next(left, None)


def _keep(request: HttpRequest, juror: Juror, token: str, at: int) -> HttpResponse:
    back = reverse("juror", args=[token])
    try:
        if "hand_in" in request.POST:
            agreement_test.finish(juror, at=at)
            return redirect(back)
        wanted, ready = request.POST.get("lead", ""), request.POST.get("ready", "")
        number = int(wanted) if wanted.isdecimal() and len(wanted) < 19 else 0
        sample = juror.test.leads.filter(id=number).first()
        if sample is not None and ready in {"yes", "no"}:
            named = request.POST.getlist("criteria")[:50]
            agreement_test.judge(juror, sample, ready=ready == "yes", criteria=named, at=at)
    except (agreement_test.Over, agreement_test.NotAll):
        return redirect(back)  # the page says how things stand
    return redirect(f"{back}?go=on")


def _intro(request: HttpRequest, juror: Juror, count: int) -> HttpResponse:
    context = {"juror": juror, "count": count, "by": juror.test.asked_by}
    return render(request, "web/agreement_test_intro.html", context)


def _all(request: HttpRequest, samples: list[Sample], said: dict[int, Any]) -> HttpResponse:
    judged = [(n, said[sample.id].ready) for n, sample in enumerate(samples, 1)]
    ready = sum(is_ready for _, is_ready in judged)
    context = {"judged": judged, "ready": ready, "not_yet": len(judged) - ready}
    return render(request, "web/agreement_test_all.html", context)


def _thanks(request: HttpRequest, juror: Juror) -> HttpResponse:
    test = juror.test
    handed_in = test.jurors.filter(finished_at__isnull=False).count()
    context = {
        "juror": juror,
        "test": test,
        "handed_in": handed_in,
        "all": handed_in + agreement_test.waiting(test, at=now()).count(),
    }
    return render(request, "web/agreement_test_thanks.html", context)


def _kind(sample: Sample, chosen: list[str], kind: str) -> list[tuple[Criterion, bool]]:
    return [(of, of.key in chosen) for of in criteria(sample) if of.key.startswith(f"{kind}.")]
