"""Signing in, the first account, invitations, absence and language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from einig.flow import people
from einig.flow.permissions import may
from einig.web import carried, slip
from einig.web.clock import now, who
from einig.web.people_forms import AbsenceForm, WelcomeForm


def home(request: HttpRequest) -> HttpResponse:
    """Go to where the work of this person is."""
    return redirect("inbox" if may(who(request), "work_handoff") else "settings")


class SignIn(LoginView):
    """Sign in, and go on with what was typed when the session had ended."""

    template_name = "web/sign_in.html"

    def dispatch(self, request: HttpRequest, *args: Any, **more: Any) -> HttpResponseBase:
        """Let nobody sign in who has done so meanwhile in another window."""
        if request.user.is_authenticated:
            return _go_on(request) or redirect(self.get_success_url())
        return super().dispatch(request, *args, **more)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """Keep what was typed if the password was wrong."""
        text = self.request.POST.get("carried", "")
        kept = carried.read(text)
        also = {"carried": text, "typed": kept.fields} if kept else {}
        return super().get_context_data(**more) | also

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Ask whether to send what was typed, if this is who typed it."""
        response = super().form_valid(form)
        return _go_on(self.request) or response


def not_sent(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Send nothing that may not be from a page of this person.

    A page from before they signed in has a token that is not valid any more; its slip says that it
    is theirs, and what they typed can be sent by another click.
    """
    given = slip.of(request)
    if request.user.is_authenticated and request.path == reverse("sign_in"):
        return _go_on(request) or redirect("home")
    if request.user.is_authenticated and given is not None and given.user == request.user.pk:
        kept = carried.Carried(given.user, request.get_full_path(), carried.typed(request))
        return render(request, "web/go_on.html", {"carried": kept}, status=403)
    return render(request, "web/not_sent.html", status=403)


def _go_on(request: HttpRequest) -> HttpResponse | None:
    """Show what was carried through signing in to whoever typed it."""
    kept = carried.read(request.POST.get("carried", ""))
    if kept is None:
        return None
    if kept.user != who(request).pk:
        messages.error(request, _("Somebody else had typed something here; it was not sent."))
        return redirect("home")
    return render(request, "web/go_on.html", {"carried": kept})


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
