"""A form's slip: whose form it is, and which one, so that nobody sends another's or one twice.

Every form carries its slip beside the CSRF token, signed: nobody can make one for somebody else.
What was sent with a slip is done once, however often it is clicked, and answered the same each
time. What shows something instead of leading on (a mistake to mend, a key that is shown once) is
done again, by names that come from the slip and therefore stay the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_urlsafe
from urllib.parse import urlsplit

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from einig.engine.instants import SECOND
from einig.flow import once
from einig.web.clock import now
from einig.web.typed import UNREAD

Answer = Callable[[HttpRequest], HttpResponse]
FIELD = "slip"
OF_FORMS = frozenset({FIELD, "csrfmiddlewaretoken"})  # fields that nobody typed
_SALT, _AGE = "einig.slip", 60 * 24 * 3600
_A_CLICK = 60 * SECOND  # for how long the same once more is a click, and not a wish


@dataclass(frozen=True, slots=True)
class Slip:
    """Whose form (0: of nobody who is signed in), and its number."""

    user: int
    number: str


def made_for(request: HttpRequest) -> str:
    """Return a new slip for a form on a page of this person."""
    return signing.dumps([_user(request), token_urlsafe(9)], salt=_SALT)


def of(request: HttpRequest) -> Slip | None:
    """Return the slip that came with a form; None if there is none of ours."""
    try:
        user, number = signing.loads(request.POST.get(FIELD, ""), salt=_SALT, max_age=_AGE)
    except (signing.BadSignature, ValueError):
        return None
    return Slip(user, number)


def seconds(request: HttpRequest) -> int | None:
    """Return for how many seconds a form was open; None if no slip of ours came with it."""
    if of(request) is None:
        return None
    stamp = request.POST[FIELD].split(":")[-2]
    return int(now() // SECOND) - signing.b62_decode(stamp)


def name(request: HttpRequest) -> str | None:
    """Return a secret name for what is sent, the same each time; None if there is no slip."""
    given = of(request)
    return salted_hmac(_SALT, _key(request, given)).hexdigest() if given else None


def sent_once(answer: Answer) -> Answer:
    """Do what a form asks for once, and answer each further click as the first one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        is_form = request.method == "POST" and not request.path.startswith(UNREAD)
        given = of(request) if is_form else None
        # whoever signs in twice has done no more than once
        if given is None or request.path == reverse("sign_in"):
            return answer(request)
        key = _key(request, given)
        try:
            while not once.begin(key, at=now()):
                if (told := once.answer_of(key)) is not None:
                    return _again(request, told)
        except once.StillAtIt:
            messages.error(request, _("This is still being done; look again in a moment."))
            return HttpResponseRedirect(urlsplit(request.headers.get("Referer", "")).path or "/")
        response = answer(request)
        if 300 <= response.status_code < 400:
            once.end(key, at=now(), to=response.headers["Location"], said=_said(request))
        else:
            once.forget(key)
        return response

    return middleware


def _again(request: HttpRequest, told: once.Told) -> HttpResponse:
    if now() - told.at < _A_CLICK:
        for level, text in told.said:
            messages.add_message(request, level, text)
    else:
        messages.info(request, _("This was sent and done before; it was not done again."))
    return HttpResponseRedirect(told.to)


def _said(request: HttpRequest) -> list[tuple[int, str]]:
    """Return the messages for the next page, which still shows them."""
    storage = messages.get_messages(request)
    said = [(message.level, str(message.message)) for message in storage]
    storage.used = False  # type: ignore[union-attr]  # it is no list, whatever its type says
    return said


def _key(request: HttpRequest, given: Slip) -> str:
    fields = sorted((n, of) for n, of in request.POST.lists() if n not in OF_FORMS)
    text = repr((given.user, given.number, request.path, fields))
    return hashlib.sha256(text.encode()).hexdigest()


def _user(request: HttpRequest) -> int:
    return int(request.user.pk or 0) if hasattr(request, "user") else 0
