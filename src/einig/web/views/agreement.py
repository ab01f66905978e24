"""The agreement: read like a contract, compared, drafted, tested on the past, signed."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from einig.engine.agreement import loads
from einig.engine.document import Refused
from einig.flow import agreements, reports
from einig.flow.permissions import may, require
from einig.store.models import Version
from einig.web.clock import now, who
from einig.web.contract import contract
from einig.web.forms import DraftForm
from einig.web.views.enacting import effect_of


def current(request: HttpRequest) -> HttpResponse:
    """Show the version in force, or how to get to a first one."""
    version = agreements.current(now()) or Version.objects.order_by("-number").first()
    if version is None:
        return render(request, "web/agreement_none.html")
    return one(request, version.number)


def one(request: HttpRequest, number: int) -> HttpResponse:
    """Show a version as a contract, with who signed it."""
    me, at = who(request), now()
    require(me, "see_agreement")
    version = get_object_or_404(Version, number=number)
    before, state = _before(version), _state(version, at)
    agreement = loads(version.text).agreement
    # what is to be decided shows its changes at once; what is in force reads as it is
    marked = request.GET.get("marks", "yes" if state in {"draft", "proposed"} else "no") == "yes"
    old = loads(before.text).agreement if before and marked else None
    context = {
        "version": version,
        "parts": contract(agreement, old),
        "marked": marked,
        "name": agreement.name,
        "signatures": {s.side: s for s in version.signatures.filter(voided_at=None)},
        "versions": Version.objects.order_by("-number"),
        "in_force": agreements.current(at),
        "state": state,
        "before": before,
        "can_sign": may(me, "sign_agreement")
        and version.proposed_at is not None
        and version.in_force_from is None
        and version.withdrawn_at is None
        and not version.signatures.filter(side=me.side, voided_at=None).exists(),
        "tested": _tested(version, before) if request.GET.get("test") else None,
        **effect_of(version, me=me, at=at),
    }
    return render(request, "web/agreement.html", context)


def draft(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """Write a draft: a new one, or on."""
    me = who(request)
    require(me, "draft_agreement")
    version = get_object_or_404(Version, number=number) if number else None
    form = DraftForm(request.POST or None, initial={"text": _begin(version)})
    issues: list[Any] = []
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            if version is not None and version.proposed_at is None:
                agreements.edit(version, text, by=me, at=now())
            else:
                version = agreements.draft(text, by=me, at=now())
        except Refused as refused:
            issues = list(refused.issues)
        except agreements.NotNow:
            messages.error(request, _("This version was proposed meanwhile; yours is a new draft."))
            version = agreements.draft(text, by=me, at=now())
        else:
            return redirect("version", version.number)
    context = {"form": form, "version": version, "issues": issues}
    return render(request, "web/draft.html", context, status=422 if issues else 200)


@require_POST
def propose(request: HttpRequest, number: int) -> HttpResponse:
    """Put a draft before both sides."""
    return _step(request, number, agreements.propose, _("Proposed; both sides can sign now."))


@require_POST
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take a draft or proposal back."""
    return _step(request, number, agreements.withdraw, _("Withdrawn."))


@require_POST
def sign(request: HttpRequest, number: int) -> HttpResponse:
    """Sign for one's side."""
    version = get_object_or_404(Version, number=number)
    try:
        both = agreements.sign(version, by=who(request), at=now())
    except agreements.NotNow:
        messages.error(request, _("This version cannot be signed now."))
    else:
        said = _("Signed by both: in force from now on.") if both else _("Signed for your side.")
        messages.success(request, said)
    return redirect("version", number)


def yaml(request: HttpRequest, number: int) -> HttpResponse:
    """Return a version as the file that it is."""
    require(who(request), "see_agreement")
    version = get_object_or_404(Version, number=number)
    response = HttpResponse(version.text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="agreement-{number}.yaml"'
    return response


def _step(request: HttpRequest, number: int, step: Any, said: str) -> HttpResponse:
    version = get_object_or_404(Version, number=number)
    try:
        step(version, by=who(request), at=now())
    except agreements.NotNow:
        messages.error(request, _("This is not possible any more; nothing was changed."))
    else:
        messages.success(request, said)
    return redirect("version", number)


def _begin(version: Version | None) -> str:
    if version is not None:
        return version.text
    last = agreements.current(now())
    return last.text if last else _template()


def _template() -> str:
    folder = files("einig.engine.agreement").joinpath("templates")
    return folder.joinpath("strict.yaml").read_text("utf-8")


def _state(version: Version, at: int) -> str:
    if version.withdrawn_at:
        return "withdrawn"
    if version.in_force_from is None:
        return "proposed" if version.proposed_at else "draft"
    if version.in_force_from > at:
        return "coming"
    newest = agreements.current(at)
    return "in_force" if newest is not None and newest.id == version.id else "past"


def _before(version: Version) -> Version | None:
    """Return the version that this one would replace, or replaced."""
    earlier = Version.objects.filter(in_force_from__isnull=False).exclude(id=version.id)
    if version.in_force_from is not None:
        earlier = earlier.filter(in_force_from__lt=version.in_force_from)
    return earlier.order_by("-in_force_from").first()


def _tested(version: Version, before: Version | None) -> dict[str, Any]:
    """Return what a version would have done on our own past, beside the one before."""
    tested = reports.replay(version)
    other = reports.replay(before) if before else None
    return {
        "measures": tested.measures,
        "other": other.measures if other else None,
        "assumed": tested.assumed_known,
        "hundred": _hundred(tested.measures.precision.share),
        "recall": _hundred(tested.measures.recall.share),
    }


def _hundred(share: float | None) -> int | None:
    return None if share is None else round(100 * share)
