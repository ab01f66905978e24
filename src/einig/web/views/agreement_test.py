"""The agreement test: started, waited for, and what it says."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from einig.flow import agreement_draft, agreement_result, agreement_test
from einig.flow.agreement_leads import FEWEST, WANTED
from einig.flow.permissions import may, require
from einig.store.models import AgreementTest, Juror, Lead
from einig.web.agreement_words import criterion, named
from einig.web.asking import AskForm
from einig.web.clock import now, who


def index(request: HttpRequest) -> HttpResponse:
    """Show how far both sides agreed over time, and start another test."""
    me = who(request)
    require(me, "see_agreement")
    form = AskForm(request.POST or None)
    if request.method == "POST":
        require(me, "start_agreement_test")
        if form.is_valid() and (test := _started(request, form)) is not None:
            return redirect("agreement_test", test.id)
    tests = AgreementTest.objects.exclude(closed_at=None).order_by("id")
    told = [_point(test) for test in tests if test.result and test.result["leads"]]
    context = {
        "form": form if may(me, "start_agreement_test") else None,
        "running": agreement_test.running(),
        "tests": told,
        "last": told[-1] if told else None,
        "leads": min(Lead.objects.whole().count(), WANTED),
        "fewest": FEWEST,
        "enough": Lead.objects.whole().count() >= FEWEST,
        "wanted": WANTED,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "web/agreement_tests.html", context, status=status)


def _started(request: HttpRequest, form: AskForm) -> AgreementTest | None:
    try:
        test = agreement_test.start(by=who(request), at=now(), **form.asked())
    except agreement_test.OneSided:
        messages.error(request, _("Ask at least one person of each side."))
    except agreement_test.StillOpen:
        messages.error(request, _("A test is open already; it has to end first."))
    except agreement_test.TooFewLeads as few:
        said = _("There are %(found)s leads of which anything is known; %(n)s are needed.")
        messages.error(request, said % {"found": few.found, "n": FEWEST})
    else:
        messages.success(request, _("Everybody gets a mail with a link of their own."))
        return test
    return None


def one(request: HttpRequest, number: int) -> HttpResponse:
    """Show what a test says; while it is open, only who has handed in."""
    me = who(request)
    require(me, "see_agreement")
    test = get_object_or_404(AgreementTest.objects.select_related("draft"), id=number)
    at = now()
    jurors = list(test.jurors.select_related("user").order_by("side", "id"))
    told = [(juror, agreement_test.state(juror, at=at)) for juror in jurors]
    asked = [juror for juror, state in told if state in {"handed in", "begun", "asked"}]
    context: dict[str, Any] = {
        "test": test,
        "result": test.result,
        "jurors": told,
        "handed_in": sum(juror.finished_at is not None for juror in asked),
        "asked": len(asked),
        "starts": may(me, "start_agreement_test"),
        "mine": next((j for j in asked if j.user_id == me.id and j.finished_at is None), None),
    }
    if test.closed_at is not None:
        context |= _result(test)
    return render(request, "web/agreement_test.html", context)


def mine(request: HttpRequest, number: int) -> HttpResponse:
    """Go on judging without looking for the mail."""
    juror = Juror.objects.filter(test_id=number, user=who(request)).first()
    if juror is None:
        raise Http404
    return redirect("juror", agreement_test.token_of(juror))


@require_POST
def remind(request: HttpRequest, number: int) -> HttpResponse:
    """Write once more to those who have not handed in."""
    test = get_object_or_404(AgreementTest, id=number)
    told = agreement_test.remind(test, by=who(request), at=now())
    said = ngettext("%(n)s person is reminded.", "%(n)s people are reminded.", told) % {"n": told}
    messages.success(request, said if told else _("Everybody was reminded today already."))
    return redirect("agreement_test", number)


@require_POST
def close(request: HttpRequest, number: int) -> HttpResponse:
    """End a test with what was judged so far."""
    test = get_object_or_404(AgreementTest, id=number)
    agreement_test.close(test, by=who(request), at=now())
    return redirect("agreement_test", number)


@require_POST
def revoke(request: HttpRequest, juror_id: int) -> HttpResponse:
    """Take somebody's link back."""
    juror = get_object_or_404(Juror, id=juror_id)
    try:
        agreement_test.revoke(juror, by=who(request), at=now())
    except agreement_test.Over:
        messages.error(request, _("This is not possible any more; nothing was changed."))
    else:
        messages.success(request, _("The link of %(name)s works no more.") % {"name": juror.name})
    return redirect("agreement_test", juror.test_id)


@require_POST
def draft(request: HttpRequest, number: int) -> HttpResponse:
    """Make a first draft from a test."""
    test = get_object_or_404(AgreementTest, id=number)
    try:
        version = agreement_draft.make(test, by=who(request), at=now())
    except agreement_draft.NotYet:
        messages.error(request, _("The test is still open; close it first."))
        return redirect("agreement_test", number)
    test.refresh_from_db()
    if test.result and "drafted" in test.result:
        messages.success(request, agreement_draft.sentence(test.result["drafted"]))
    return redirect("version", version.number)


def _result(test: AgreementTest) -> dict[str, Any]:
    disputes = [
        {
            "sample": of.sample,
            "won": of.won,
            "known": of.won is not None,
            "facts": [value for _, value in of.sample.shown["facts"]][:5],
            "said": [(said, named(said.criteria, of.sample)) for said in of.said],
        }
        for of in agreement_result.disputes(test)
    ]
    contested = [(of, criterion(of.key)) for of in agreement_result.contested(test)]
    drafted = (test.result or {}).get("drafted")
    return {
        "disputes": disputes,
        "contested": contested,
        "point": _point(test),
        "drafted": agreement_draft.sentence(drafted) if drafted and test.draft else "",
    }


def _point(test: AgreementTest) -> dict[str, Any]:
    """Return a test as a point with its interval, in parts of 100 for a drawing."""
    of = test.result or {}
    if not of.get("leads"):
        return {}
    share, low, high = of["agreed"] / of["leads"], of["low"], of["high"]
    return {
        "test": test,
        "agreed": of["agreed"],
        "leads": of["leads"],
        "percent": round(100 * share),
        "x": round(100 * share, 1),
        "low": round(100 * low, 1),
        "width": round(100 * (high - low), 1),
        "from": round(100 * low),
        "to": round(100 * high),
    }
