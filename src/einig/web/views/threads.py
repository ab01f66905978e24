"""Discussing a criterion: on a page of its own, and beside the clauses of a contract."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from einig.engine.agreement import loads
from einig.engine.agreement.paths import under
from einig.flow import agreements, threads, words
from einig.flow.permissions import require
from einig.store.models import Remark, Thread, Version
from einig.web.clock import now, who
from einig.web.discussed import talk


def about(request: HttpRequest, number: int) -> HttpResponse:
    """Show what is discussed about a criterion, or about a part of the agreement."""
    me = who(request)
    require(me, "see_agreement")
    version = get_object_or_404(Version, number=number)
    return _shown(request, version, request.GET.get("criterion", ""))


@require_POST
def say(request: HttpRequest, number: int) -> HttpResponse:
    """Write a remark."""
    me = who(request)
    version = get_object_or_404(Version, number=number)
    criterion, text, ask = (request.POST.get(name, "") for name in ("criterion", "text", "ask"))
    try:
        remark = threads.say(version, criterion, text, by=me, at=now(), ask=ask)
    except threads.Unsayable as no:
        wrong = {
            "empty": _("Write something first."),
            "long": _("This is too long: a remark has at most %(n)s characters.")
            % {"n": threads.LONGEST},
            "nothing": _("This version has no such criterion any more; nothing was written."),
        }[no.why]
    except threads.Nobody as nobody:
        wrong = _("Nobody called %(name)s has an account here; nothing was written.") % {
            "name": nobody.name
        }
    else:
        return _back(request, version, remark.thread)
    return _shown(request, version, criterion, wrong=wrong)


@require_POST
def withdraw(request: HttpRequest, remark_id: int) -> HttpResponse:
    """Take one's own remark back."""
    remark = get_object_or_404(Remark.objects.select_related("thread__version"), id=remark_id)
    threads.withdraw(remark, by=who(request), at=now())
    return _back(request, _version(request, remark.thread), remark.thread)


@require_POST
def resolve(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Say that a thread is settled."""
    thread = get_object_or_404(Thread.objects.select_related("version"), id=thread_id)
    threads.resolve(thread, by=who(request), at=now())
    return _back(request, _version(request, thread), thread)


@require_POST
def reopen(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Go on with a thread that was settled."""
    thread = get_object_or_404(Thread.objects.select_related("version"), id=thread_id)
    try:
        threads.reopen(thread, by=who(request), at=now())
    except threads.AnotherIsOpen:
        messages.error(request, _("A newer thread on this criterion is open; go on there."))
    return _back(request, _version(request, thread), thread)


def _shown(
    request: HttpRequest, version: Version, criterion: str, *, wrong: str = ""
) -> HttpResponse:
    me, found = who(request), threads.of(version)
    agreement = loads(agreements.text(version)).agreement
    criteria = (
        under(criterion, agreement)
        or [thread.criterion for thread in found if thread.criterion == criterion][:1]
    )
    if not criteria:
        raise Http404
    shown = talk(criteria, found, criterion)
    asked = {
        mention.remark_id
        for mention in threads.asked(me)
        if mention.remark.thread.criterion in criteria
    }
    if not wrong:
        threads.look(me, [*shown.open, *shown.resolved], at=now())
    context = {
        "version": version,
        "state": agreements.state(version, now()),
        "title": words.criterion(criterion),
        "talk": shown,
        "people": [(threads.called(user), user) for user in threads.people() if user != me],
        "asked_in": asked,
        "wrong": wrong,
        "typed": request.POST.get("text", "") if wrong else "",
        "ask": request.POST.get("ask", "") if wrong else "",
        "longest": threads.LONGEST,
    }
    return render(request, "web/about.html", context, status=422 if wrong else 200)


def _version(request: HttpRequest, thread: Thread) -> Version:
    """Return the version on whose page somebody is: a thread is seen in later drafts as well."""
    number = request.POST.get("version", "")
    if number.isdecimal() and len(number) < 9:
        return get_object_or_404(Version, number=int(number))
    return thread.version


def _back(request: HttpRequest, version: Version, thread: Thread) -> HttpResponse:
    """Go back to where somebody was reading: the contract, or the page of the criterion."""
    place = f"#thread-{thread.id}"
    if request.POST.get("on") == "contract":
        query = urlencode({"about": thread.criterion})
        return redirect(f"{reverse('version', args=[version.number])}?{query}{place}")
    query = urlencode({"criterion": request.POST.get("part") or thread.criterion})
    return redirect(f"{reverse('about', args=[version.number])}?{query}{place}")
