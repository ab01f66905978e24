"""The form builder: what a form asks and says is designed, looked at, kept, and taken back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from einig.flow import documents, form_document, hosted_forms, purposes
from einig.flow.form_answers import Answers
from einig.flow.form_design import TEXTS, Design
from einig.flow.permissions import require
from einig.flow.words import ACTIVITIES
from einig.store.models import Source
from einig.store.models.sources import Kind
from einig.web import asked, form_sent
from einig.web.clock import now, who
from einig.web.labels import FIELD_KINDS, FORM_TEXTS

_NAMES = (
    "name", "first_name", "last_name", "email", "phone", "mobile", "company", "title", "industry",
    "employees", "country", "city", "postal_code", "street", "message",
)  # fmt: skip
_STEPS = ("add", "up-", "down-", "remove-")


def form(request: HttpRequest, source_id: int) -> HttpResponse:
    """Show how a form is designed, and keep what somebody makes of it."""
    me, source = who(request), _form(source_id)
    require(me, "edit_sources")
    design = hosted_forms.current(source)
    if request.method != "POST":
        return _page(request, source, form_document.written(design), design)
    do, at = request.POST.get("do", ""), now()
    if do == "undo":
        if hosted_forms.undo(source, by=me, at=at):
            messages.success(request, _("The form is as it was before the last change."))
        return redirect("source_form", source.id)
    if do == "reset":
        hosted_forms.reset(source, by=me, at=at)
        messages.success(request, _("The form is the plain one again."))
        return redirect("source_form", source.id)
    given = form_sent.document(request.POST, request.POST.getlist("asks"))
    if do.startswith(_STEPS):
        return _page(request, source, form_sent.stepped(given, do), _looked_at(given) or design)
    try:
        if do == "look":
            design = form_document.read(given)
            return _page(request, source, given, design)
        hosted_forms.keep(source, given, by=me, at=at)
    except form_document.Wrong as wrong:
        told = {of.place: of.message for of in wrong.problems}
        return _page(request, source, given, design, told, status=422)
    messages.success(request, _("Kept. The form looks like this from now on."))
    return redirect("source_form", source.id)


@require_POST
def look(request: HttpRequest, source_id: int) -> HttpResponse:
    """Show what a form would look like, as it stands on the page."""
    require(who(request), "edit_sources")
    source = _form(source_id)
    given = form_sent.document(request.POST, request.POST.getlist("asks"))
    design = _looked_at(given)
    if design is None:  # somebody is in the middle of a word: what is shown stays
        return HttpResponse(status=204)
    return render(request, "web/parts/form_look.html", {"source": source} | _shown(request, design))


def _page(
    request: HttpRequest,
    source: Source,
    document: form_sent.Document,
    design: Design,
    problems: dict[str, str] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    problems = problems or {}
    context = {
        "source": source,
        "address": document["address"],
        "activity": document["activity"],
        "activities": ACTIVITIES,
        "rows": form_sent.rows(document, problems),
        "kinds": FIELD_KINDS,
        "names": _NAMES,
        "texts": _texts(document, problems),
        "asks": [
            (of, of.name(translation.get_language() or "de"), of.code in document["asks"])
            for of in purposes.asked_for()
        ],
        "origins": "\n".join(document["origins"]),
        "document": document["document"],
        "by_mail": document["by_mail"],
        "documents": documents.offered(),
        "problems": problems,
        "designed": hosted_forms.is_designed(source),
    }
    return render(
        request, "web/form_builder.html", context | _shown(request, design), status=status
    )


def _texts(document: form_sent.Document, problems: dict[str, str]) -> list[dict[str, Any]]:
    """Return each text in each language: what was written, and what is said without it."""
    plain = Design((), address=document["address"])
    return [
        {
            "name": name,
            "label": FORM_TEXTS[name],
            "language": of,
            "value": document["texts"].get(name, {}).get(of, ""),
            "usual": plain.text(name, plain.spoken(of)),
            "problem": problems.get(f"texts.{name}.{of}", ""),
            "long": name in {"introduction", "thanks"},
        }
        for name in TEXTS
        for of in purposes.LANGUAGES
    ]


def _looked_at(given: form_sent.Document) -> Design | None:
    try:
        return form_document.read(given)
    except form_document.Wrong:
        return None


def _shown(request: HttpRequest, design: Design) -> dict[str, Any]:
    """Return a form as its readers see it, in the language that was chosen to look at it."""
    chosen = request.POST.get("look-in") or translation.get_language() or "de"
    language = chosen if chosen in purposes.LANGUAGES else "de"
    spoken = design.spoken(language)
    with translation.override(spoken):
        told = asked.shown(design, spoken, {}, Answers())
    return {"form": told, "spoken": spoken, "looked_in": language}


def _form(source_id: int) -> Source:
    return get_object_or_404(Source, id=source_id, kind=Kind.FORM)
