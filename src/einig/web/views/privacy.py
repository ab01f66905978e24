"""Data protection: purposes, for how long what is kept, and the documents about it."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from einig.flow import purposes, register, retention, suppression
from einig.flow.organisation import organisation
from einig.flow.permissions import require
from einig.store.models import Suppression
from einig.web.clock import now, who
from einig.web.contact_words import BASES
from einig.web.privacy_forms import PurposeForm

FIELDS = {
    "name": gettext_lazy("the company's name"),
    "particulars": gettext_lazy("the particulars (imprint)"),
    "privacy_url": gettext_lazy("the address of the privacy notice"),
}


def index(request: HttpRequest) -> HttpResponse:
    """Show what is configured, what is missing, and what is too old."""
    require(who(request), "protect_data")
    at, language = now(), get_language() or "de"
    shown = [
        {
            "code": of.code,
            "name": of.name(language),
            "basis": BASES.get(of.basis, of.basis),
            "text": of.text(language),
            "version": of.version,
            "retired": of.retired,
        }
        for of in purposes.every()
    ]
    rules = [
        (rule, register.KINDS[rule.kind], retention.preview(rule, at=at))
        for rule in retention.rules()
    ]
    context = {
        "missing": [str(FIELDS[name]) for name in register.missing()],
        "purposes": shown,
        "rules": rules,
        "documents": [(name, of().title) for name, of in register.DOCUMENTS.items()],
        "erased": Suppression.objects.filter(kind="lead").count(),
        "kept_out": Suppression.objects.aggregate(n=Sum("kept_out"))["n"] or 0,
        "other_keys": suppression.other_keys(),
    }
    return render(request, "web/privacy.html", context)


def purpose(request: HttpRequest, code: str) -> HttpResponse:
    """Word a purpose anew, or add one."""
    me = who(request)
    require(me, "protect_data")
    worded = None if code == "new" else purposes.current(code)
    if worded is None and code != "new":
        raise Http404
    form = PurposeForm(request.POST or None, worded=worded)
    if request.method == "POST" and form.is_valid():
        purposes.reword(form.wording(), by=me, at=now())
        messages.success(request, _("Saved."))
        return redirect("privacy")
    name = worded.name(get_language() or "de") if worded is not None else ""
    return render(request, "web/purpose.html", {"form": form, "worded": worded, "name": name})


@require_POST
def keep(request: HttpRequest, kind: str) -> HttpResponse:
    """Say for how long something is kept."""
    me, days = who(request), request.POST.get("days", "")
    require(me, "protect_data")
    active = request.POST.get("active") == "yes"
    try:
        retention.change(kind, days=int(days), active=active, by=me, at=now())
        messages.success(request, _("Saved."))
    except ValueError:
        messages.error(request, _("Write a number of days, from 1 to 36500."))
    return redirect("privacy")


def leads(request: HttpRequest) -> HttpResponse:
    """Show whom the rule for leads would erase."""
    require(who(request), "protect_data")
    at = now()
    rule = next(of for of in retention.rules() if of.kind == "leads")
    context = {
        "rule": rule,
        "leads": retention.leads(rule, at=at),
        "many": retention.preview(rule, at=at),
    }
    return render(request, "web/privacy_leads.html", context)


def document(request: HttpRequest, name: str) -> HttpResponse:
    """Show a document that is generated from what is configured, or give it as Markdown."""
    require(who(request), "protect_data")
    if name not in register.DOCUMENTS:
        raise Http404
    made = register.DOCUMENTS[name]()
    if request.GET.get("format") == "md":
        answer = HttpResponse(register.markdown(made), content_type="text/markdown; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{made.name}.md"'
        return answer
    context = {"document": made, "at": now(), "us": organisation()}
    return render(request, "web/privacy_document.html", context)
