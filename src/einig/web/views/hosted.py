"""Hosted forms as everybody sees them: on a page of their own, or in a page of somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt

from einig.flow import documents, form_answers, hosted_forms, purposes, rates
from einig.flow.form_answers import Answers
from einig.flow.form_design import Design
from einig.flow.hosted_forms import Visit
from einig.store.models import Source
from einig.store.models.sources import Kind
from einig.web import asked, slip
from einig.web.clock import now
from einig.web.middleware import POLICY

_UTM = {"utm_source": "source", "utm_medium": "medium", "utm_campaign": "name"}
_UTM |= {"utm_term": "term", "utm_content": "content"}
_LONGEST = 200  # characters of where somebody came from


@dataclass(frozen=True, slots=True)
class _Told:
    """What a request for a form says beside the answers: fields of a page, or of its address."""

    request: HttpRequest

    def __getitem__(self, name: str) -> str:
        return str(self.request.POST.get(name) or self.request.GET.get(name, ""))[:_LONGEST]


@csrf_exempt  # it stands in other people's pages, where there is no session of ours
@xframe_options_exempt  # the policy says in whose
def form(request: HttpRequest, key: str) -> HttpResponse:
    """Show a hosted form, and keep what somebody writes there."""
    source = get_object_or_404(Source, key=key, kind=Kind.FORM, active=True)
    design = hosted_forms.current(source)
    spoken = design.spoken(_language(request))
    with translation.override(spoken):
        answer = _answer(request, source, design, spoken)
    frames = " ".join(("'self'", *design.origins)) if design.origins else "*"
    answer["Content-Security-Policy"] = POLICY.format(frames=frames)
    answer["Content-Language"] = spoken[:2]
    return answer


def _answer(request: HttpRequest, source: Source, design: Design, spoken: str) -> HttpResponse:
    if request.method != "POST":
        return _shown(request, source, design, spoken)
    if not _may_send(request, design):
        told = _("This website may not send this form. Open the form itself, and send it there.")
        answers = Answers(problems={form_answers.UNREACHED: told})
        return _shown(request, source, design, spoken, answers, status=403)
    at = now()
    answers = form_answers.check(design, request.POST)
    if answers.problems:
        return _shown(request, source, design, spoken, answers, status=422)
    if wait := rates.wait(source, at=at):
        told = _("Many people write to us just now. Press the button once more in a minute.")
        answers = Answers(problems={form_answers.UNREACHED: told})
        answer = _shown(request, source, design, spoken, answers, status=429)
        answer["Retry-After"] = str(wait)
        return answer
    said = hosted_forms.agreed(design, _ticked(request), spoken=spoken)
    ticket = hosted_forms.take(source, design, answers, said=said, visit=_visit(request), at=at)
    context = {
        "thanks": design.text("thanks", spoken),
        "framed": _framed(request, source, design),
        "mailed": design.by_mail and documents.given(design.document),
        "document": ticket and ticket.document,
        "token": ticket and documents.token(ticket, at=at),
    }
    return render(request, "web/form_thanks.html", context)


def _shown(
    request: HttpRequest,
    source: Source,
    design: Design,
    spoken: str,
    answers: Answers | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": asked.shown(design, spoken, request.POST, answers or Answers()),
        "framed": _framed(request, source, design),
    }
    return render(request, "web/form.html", context, status=status)


def _framed(request: HttpRequest, source: Source, design: Design) -> Mapping[str, str]:
    """Return which page the form stands in, if it is one that may be told how high the form is."""
    parent = request.GET.get("frame", "")
    parts = urlsplit(parent)
    is_origin = parts.scheme in {"http", "https"} and parent == f"{parts.scheme}://{parts.netloc}"
    may = is_origin and (not design.origins or parent in design.origins)
    return {"parent": parent, "key": source.key} if may else {}


def _may_send(request: HttpRequest, design: Design) -> bool:
    """Return whether a form comes from a page in which it may stand, as far as a browser says."""
    origin = request.headers.get("Origin")
    if origin is None or not design.origins:
        return True
    return origin in design.origins or _host(origin) == request.get_host()


def _ticked(request: HttpRequest) -> dict[str, str]:
    names = [name for name in request.POST if name.startswith("agree-")]
    return {name.removeprefix("agree-"): str(request.POST[name]) for name in names}


def _visit(request: HttpRequest) -> Visit:
    """Return who sends a form: no person sees its honeypot, or is as fast as a program."""
    told, seconds = _Told(request), slip.seconds(request)
    signs = {"honeypot": "yes"} if request.POST.get("website") else {}
    signs |= {"seconds": str(seconds)} if seconds is not None else {}
    campaign = {of: said for name, of in _UTM.items() if (said := told[name])}
    page = told["page"]
    referrer = _host(told["referrer"])
    if "source" not in campaign and referrer and referrer != page.partition("/")[0]:
        campaign["source"] = referrer
    # sent by a second click, it is the same message
    return Visit(slip.name(request), signs, campaign, page)


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


def _language(request: HttpRequest) -> str:
    """Return the language that the page around it asks for, or else the reader's."""
    wanted = _Told(request)["language"][:2]
    spoken = wanted or str(getattr(request, "LANGUAGE_CODE", "de"))
    return spoken if spoken in purposes.LANGUAGES else "de"
