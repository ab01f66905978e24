"""What people type or send: without control characters, and numbers where numbers belong."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, QueryDict

from einig.engine.values import legible

Answer = Callable[[HttpRequest], HttpResponse]
UNREAD = ("/api/", "/hooks/")  # what comes there is no form


def readable(answer: Answer) -> Answer:
    """Let nothing in that a database refuses or that turns a page's text around."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.isprintable():
            return HttpResponseNotFound("there is no such address", content_type="text/plain")
        request.GET = _cleaned(request.GET)  # type: ignore[assignment]  # not changed either
        # whoever reads a body as it is must find it unread
        if request.method == "POST" and not request.path.startswith(UNREAD):
            request.POST = _cleaned(request.POST)  # type: ignore[assignment]  # not changed either
        return answer(request)

    return middleware


def id_of(request: HttpRequest, name: str) -> int:
    """Return the number of a row that a form names; 0, which nothing has, if it is none."""
    given = request.POST.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 19 else 0


def _cleaned(given: QueryDict) -> QueryDict:
    """Return fields without control characters; passwords stay as they are typed."""
    odd = [name for name, values in given.lists() if not all(map(_is_clean, (name, *values)))]
    if not odd:
        return given
    cleaned = QueryDict(mutable=True, encoding=given.encoding)
    for name, values in given.lists():
        kept = values if "password" in name else [legible(value) for value in values]
        cleaned.setlist(legible(name), kept)
    cleaned._mutable = False
    return cleaned


def _is_clean(text: str) -> bool:
    return text.isprintable() or legible(text) == text
