"""The ideal lead: what leads that closed have in common, how sure that is, and a draft of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from einig.flow import ideal_lead
from einig.flow.permissions import may, require
from einig.store.models import Study
from einig.web.clock import now, who
from einig.web.export import csv_of, wanted
from einig.web.forms import StudyForm
from einig.web.views.ideal_lead_found import found_of


def index(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Show what was found last, what is being looked for, and how to ask again."""
    me = who(request)
    require(me, "see_agreement")
    study, running = ideal_lead.latest(), ideal_lead.running()
    asked = study.question if study is not None else {}
    form = StudyForm(request.POST or None, initial=StudyForm.said(asked))
    if request.method == "POST":
        require(me, "study_leads")
        if form.is_valid():
            kept = {name: asked.get(name, []) for name in ("keep", "drop")}
            return _ask(request, form.asked() | kept)
    if study is not None and wanted(request):
        return _csv(study)
    if request.headers.get("HX-Target") == "looking":  # htmx asks how far it is
        if running is None:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return render(request, "web/parts/looking.html", {"running": running})
    context = {
        "study": study,
        "running": running,
        "failed": ideal_lead.failed(),
        "form": form if may(me, "study_leads") else None,
        "can_draft": may(me, "draft_agreement"),
        **(found_of(study) if study is not None else {}),
    }
    return render(request, "web/ideal_lead.html", context)


@require_POST
def draft(request: HttpRequest, study_id: int) -> HttpResponse:
    """Make what was found a draft."""
    study, at = get_object_or_404(Study, id=study_id), now()
    try:
        made = ideal_lead.make_draft(study, by=who(request), at=at)
    except ideal_lead.NothingToDraft:
        messages.error(request, _("There is nothing in this that could be agreed on."))
        return redirect("ideal_lead")
    messages.success(request, _("This is a draft now. Change it, test it, and propose it."))
    newer = ideal_lead.overtaken_by(study, at=at)
    if newer is not None:
        said = _("Version %(n)s came into force since: the points were written into that one.")
        messages.success(request, said % {"n": newer.number})
    return redirect("version", made.number)


@require_POST
def column(request: HttpRequest, study_id: int) -> HttpResponse:
    """Use a column all the same, or no longer, and look again."""
    study, me = get_object_or_404(Study, id=study_id), who(request)
    require(me, "study_leads")
    name, use = request.POST.get("column", "")[:200], request.POST.get("use") == "yes"
    asked = study.question
    keep = [of for of in asked["keep"] if of != name] + ([name] if use else [])
    drop = [of for of in asked["drop"] if of != name] + ([] if use else [name])
    if not name:
        return redirect("ideal_lead")
    return _ask(request, asked | {"keep": keep, "drop": drop})


def _ask(request: HttpRequest, question: dict[str, Any]) -> HttpResponse:
    try:
        ideal_lead.ask(by=who(request), at=now(), **question)
    except ideal_lead.AlreadyLooking:
        messages.error(request, _("Another look is running. Ask again when it is done."))
    else:
        messages.success(request, _("We are looking. You can leave this page and come back."))
    return redirect("ideal_lead")


def _csv(study: Study) -> StreamingHttpResponse:
    ideal = (study.result or {})["ideal"]
    head = ["attribute", "value", "leads", "share", "conversion", "conversion_low"]
    head += ["conversion_high", "lift", "lift_low", "lift_high", "revenue_per_lead", "discovery"]
    rows = (
        [
            of["column"], of["label"], of["count"], of["share"], of["conversion"]["value"],
            of["conversion"]["low"], of["conversion"]["high"], of["lift"]["value"],
            of["lift"]["low"], of["lift"]["high"], of["revenue_per_lead"], of["discovery"],
        ]
        for of in (ideal["traits"] if ideal else ())
    )  # fmt: skip
    return csv_of("ideal-lead", head, rows)
