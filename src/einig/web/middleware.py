"""What holds for every page: a strict content policy, the person's language, and signing in."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from einig.flow.permissions import NotAllowed
from einig.flow.seals import Broken
from einig.web import carried

log = logging.getLogger(__name__)
Answer = Callable[[HttpRequest], HttpResponse]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors {frames}"
)
OPEN_TO_ALL: tuple[str, ...] = (
    "/sign-in",
    "/sign-out",
    "/password",
    "/welcome",
    "/static",
    "/f/",
    "/t/",
    "/language",
)
OPEN_TO_ALL += ("/api", "/hooks", "/in/", "/submissions/", "/servlet/", "/health", "/tracker.js")
OPEN_TO_ALL += ("/embed.js", "/fair/worker.js")


def content_security(answer: Answer) -> Answer:
    """Allow nothing that does not come from here; hosted forms say in which pages they stand."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        response.setdefault("Content-Security-Policy", POLICY.format(frames="'none'"))
        return response

    return middleware


def language(answer: Answer) -> Answer:
    """Speak the language of the person, or of their browser."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = getattr(request, "user", None)
        chosen = request.COOKIES.get("language", "")
        if user is not None and user.is_authenticated:
            chosen = user.language
        if chosen not in dict(settings.LANGUAGES):
            chosen = translation.get_language_from_request(request)
        translation.activate(chosen)
        request.LANGUAGE_CODE = translation.get_language() or "de"
        response = answer(request)
        response.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response

    return middleware


def signed_in(answer: Answer) -> Answer:
    """Ask who it is first; and say no in words where a role does not allow something."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated and not request.path.startswith(OPEN_TO_ALL):
            return _ask_who(request)
        return answer(request)

    middleware.process_exception = _not_allowed  # type: ignore[attr-defined]  # Django's hook
    return middleware


def _ask_who(request: HttpRequest) -> HttpResponse:
    """Ask who it is; what was typed into a form comes back, since the session may just be over."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse(settings.LOGIN_URL)})
    if request.method != "POST":
        return redirect_to_login(request.get_full_path())
    context = {
        "form": AuthenticationForm(),
        "next": urlsplit(request.headers.get("Referer", "")).path or "/",
        "typed": carried.typed(request),
        "carried": carried.carry(request),
        "had_file": bool(request.FILES),
    }
    return render(request, "web/sign_in.html", context, status=401)


def _not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    if isinstance(exception, NotAllowed):
        context = {"said": getattr(exception, "said", "")}
        return render(request, "web/not_allowed.html", context, status=403)
    if isinstance(exception, Broken):
        log.error("%s", exception)
        return render(request, "web/broken.html", {"number": exception.number}, status=503)
    return None
