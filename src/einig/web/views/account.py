"""Signing in, the first account, invitations, absence and language."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from einig.flow import people
from einig.flow.permissions import may
from einig.web.clock import now, who
from einig.web.forms import AbsenceForm, WelcomeForm


def home(request: HttpRequest) -> HttpResponse:
    """Go to where the work of this person is."""
    return redirect("inbox" if may(who(request), "work_handoff") else "settings")


def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Make the account that a link offers."""
    try:
        invitation = people.invitation(token, at=now())
    except people.NoSuchInvitation:
        return render(request, "web/welcome_gone.html", status=404)
    form = WelcomeForm(request.POST or None, invitation=invitation)
    if request.method == "POST" and form.is_valid():
        user = people.accept(token, at=now(), language=request.LANGUAGE_CODE, **form.account())
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        return redirect("home")
    return render(request, "web/welcome.html", {"form": form, "invitation": invitation})


def absence(request: HttpRequest) -> HttpResponse:
    """Say when one is away, and who covers."""
    me = who(request)
    form = AbsenceForm(request.POST or None, person=me)
    if request.method == "POST" and form.is_valid():
        people.be_absent(me, by=me, at=now(), **form.absence())
        messages.success(request, _("Your absence is noted; leads go to others meanwhile."))
        return redirect("absence")
    coming = me.absences.filter(ends__gt=now()).select_related("cover").order_by("begins")
    return render(request, "web/absence.html", {"form": form, "coming": coming})


@require_POST
def remove_absence(request: HttpRequest, absence: int) -> HttpResponse:
    """Take an absence back."""
    who(request).absences.filter(id=absence).delete()
    return redirect("absence")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on."""
    chosen = request.POST.get("language", "")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = HttpResponseRedirect(back)
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie("language", chosen, max_age=365 * 24 * 3600, samesite="Lax")
        if request.user.is_authenticated:
            user = who(request)
            user.language = chosen
            user.save(update_fields=["language"])
    return response
