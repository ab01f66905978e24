"""Writing a draft: as a form or as YAML, the same document both ways, and nobody is overwritten."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from einig.engine.agreement import loads
from einig.engine.agreement.editing import CannotEdit, plain
from einig.engine.agreement.merging import Conflict, merge
from einig.engine.agreement.model import Agreement
from einig.engine.agreement.rules import check
from einig.engine.document import Issue, Refused
from einig.flow import agreements, beginnings, threads, trials
from einig.flow.ideal_lead import WHO_IT_IS
from einig.flow.permissions import require
from einig.flow.suggestions import NOTHING, Suggestions, suggestions
from einig.store.models import Revision, Version
from einig.web.clock import now, who
from einig.web.discussed import counts
from einig.web.draft_fields import Section, sections
from einig.web.draft_marks import astray, fields, marked
from einig.web.draft_sent import Sent, put_in, sent
from einig.web.templatetags.einig import quoted
from einig.web.typed import id_of

_WAYS = ("form", "yaml")


@dataclass(slots=True)
class Writing:
    """A draft that is being written: its text now, and what is wrong with it."""

    version: Version | None
    text: str
    way: str
    revision: int
    begun_from: str = ""
    sent: Sent = field(default_factory=Sent)
    issues: list[Issue] = field(default_factory=list)
    conflicts: tuple[Conflict, ...] = ()
    agreement: Agreement | None = None

    @property
    def errors(self) -> list[Issue]:
        """Return what has to be mended before it can be kept."""
        return [issue for issue in self.issues if issue.level == "error"]


def start(request: HttpRequest) -> HttpResponse:
    """Show from what a draft can be started."""
    require(who(request), "draft_agreement")
    return render(request, "web/start.html", {"beginnings": beginnings.all_of_them(now())})


def write(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """Show a draft to be written, and keep it."""
    require(who(request), "draft_agreement")
    version = get_object_or_404(Version, number=number) if number else None
    if request.method != "POST":
        return _shown(request, _opened(request, version))
    writing = _typed(request, version)
    do = request.POST.get("do", "keep")
    unreadable = _refused(writing)
    if do in _WAYS and not writing.sent.errors:
        writing.way = do
    if do != "keep" or writing.sent.errors or unreadable:
        return _shown(request, writing)
    return _kept(request, writing)


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Say what is wrong with a draft while it is typed, and have it tried on past data."""
    require(who(request), "draft_agreement")
    writing = _typed(request, None)
    _refused(writing)
    parts = _parts(writing, NOTHING)
    context = {
        "writing": writing,
        "fields": list(fields(parts)),
        "astray": astray(parts, writing.sent),
        "vals": json.dumps({"text": writing.text}),
    }
    return render(request, "web/parts/draft_told.html", context)


@require_POST
def undo(request: HttpRequest, number: int) -> HttpResponse:
    """Go back to what a draft was."""
    me = who(request)
    version = get_object_or_404(Version, number=number)
    before = get_object_or_404(Revision, version=version, number=id_of(request, "revision"))
    seen = _number(request.POST.get("seen", ""))
    try:
        agreements.edit(version, before.text, by=me, at=now(), revision=seen)
    except agreements.Overtaken:
        messages.error(request, _("Somebody changed this draft meanwhile; nothing was changed."))
    except (agreements.NotNow, Refused):
        messages.error(request, _("This is not possible any more; nothing was changed."))
    else:
        messages.success(request, _("The draft is what it was; what you left is kept as well."))
    return redirect("version_edit", number)


def _opened(request: HttpRequest, version: Version | None) -> Writing:
    """Return what is there to be written on."""
    way = request.GET.get("as", "form")
    if version is not None:
        text, begun_from = agreements.text(version), f"version:{version.number}"
    else:
        begun_from = request.GET.get("from", "in_force")
        text = beginnings.text_of(begun_from, at=now())
    revision = version.revision if version is not None else 0
    writing = Writing(version, text, way if way in _WAYS else "form", revision, begun_from)
    _refused(writing)
    return writing


def _typed(request: HttpRequest, version: Version | None) -> Writing:
    """Return a draft with everything that was typed in it."""
    post = request.POST
    writing = Writing(
        version,
        post.get("text", "").replace("\r\n", "\n"),
        "form" if post.get("as") == "form" else "yaml",
        _number(post.get("revision", "")),
        post.get("begun_from", "")[:40],
    )
    if writing.way == "form" and len(writing.text) <= agreements.LARGEST:
        try:
            writing.sent = sent(post, plain(writing.text))
        except Refused:
            return writing
        writing.text = put_in(writing.text, writing.sent)
    return writing


def _number(typed: str) -> int:
    """Return the number of a revision; 0 where none was sent."""
    return int(typed) if typed.isdecimal() and len(typed) < 9 else 0


def _refused(writing: Writing) -> bool:
    """Look for what is wrong; return whether there is anything that keeps it from being kept."""
    try:
        agreements.read(writing.text)
        document = loads(writing.text)
    except Refused as refused:
        writing.issues = list(refused.issues)
        return True
    writing.agreement = document.agreement
    writing.issues = check(document)
    return False


def _kept(request: HttpRequest, writing: Writing) -> HttpResponse:
    """Keep a draft; what somebody else changed meanwhile is put together with it."""
    me, at, version = who(request), now(), writing.version
    if version is None or not agreements.can_edit(version):
        if version is not None and version.withdrawn_at is not None:
            messages.error(request, _("This draft was withdrawn meanwhile; yours is a new one."))
        base = version or (agreements.current(at) if writing.begun_from == "in_force" else None)
        made = agreements.draft(
            writing.text, by=me, at=at, begun_from=writing.begun_from, base=base
        )
        return redirect("version", made.number)
    try:
        agreements.edit(version, writing.text, by=me, at=at, revision=writing.revision or None)
    except agreements.Overtaken:
        return _together(request, writing, version)
    except agreements.NotNow:
        messages.error(request, _("This version was signed meanwhile; yours is a new draft."))
        made = agreements.draft(
            writing.text, by=me, at=at, begun_from=f"version:{version.number}", base=version
        )
        return redirect("version", made.number)
    messages.success(request, _("Kept."))
    return redirect("version", version.number)


def _together(request: HttpRequest, writing: Writing, version: Version) -> HttpResponse:
    """Put what two people wrote together, and ask where both changed the same."""
    version.refresh_from_db()
    began = Revision.objects.filter(version=version, number=writing.revision).first()
    try:
        merged = merge(began.text, writing.text, version.text) if began is not None else None
    except (CannotEdit, Refused):
        merged = None
    if merged is None:
        messages.error(
            request, _("Somebody changed this draft meanwhile; here is theirs, yours is below.")
        )
        writing.way, writing.revision = "yaml", version.revision
        return _shown(request, writing, theirs=version.text)
    by = version.drafted_by.name if version.drafted_by else _("Somebody")
    writing.text, writing.conflicts = merged.text, merged.conflicts
    writing.revision = version.revision
    if merged.unsaid:
        told = {"comments": ", ".join(map(quoted, merged.unsaid))}
        messages.warning(request, _("Comments of yours found no place in it: %(comments)s") % told)
    if _refused(writing) or writing.conflicts:
        messages.error(
            request,
            _("%(name)s changed this draft meanwhile. Choose where both of you changed the same.")
            % {"name": by},
        )
        return _shown(request, writing)
    messages.success(
        request,
        _("%(name)s changed this draft meanwhile; both changes are in it.") % {"name": by},
    )
    return _kept(request, writing)


def _shown(request: HttpRequest, writing: Writing, *, theirs: str = "") -> HttpResponse:
    """Show a draft to be written on."""
    told = _suggested(writing)
    version = writing.version
    parts = _parts(writing, told) if writing.way == "form" else []
    if not parts:  # what cannot be read, or is too long, can only be mended as YAML
        writing.way = "yaml"
    context = {
        "writing": writing,
        "version": version,
        "can_edit": version is not None and agreements.can_edit(version),
        "parts": parts,
        "astray": astray(parts, writing.sent),
        "told": told,
        "theirs": theirs,
        "said": counts(threads.of(version)) if version is not None else {},
        "vals": json.dumps({"text": writing.text}),
        "revisions": version.revisions.select_related("by").order_by("-number")[:20]
        if version is not None
        else [],
    }
    wrong = request.method == "POST" and bool(writing.errors or writing.sent.errors)
    status = 409 if writing.conflicts or theirs else 422 if wrong else 200
    return render(request, "web/draft.html", context, status=status)


def _parts(writing: Writing, told: Suggestions) -> list[Section]:
    if len(writing.text) > agreements.LARGEST:
        return []
    try:
        document = plain(writing.text)
    except Refused:
        return []
    return marked(sections(document, told.notes), writing.issues, writing.sent)


def _suggested(writing: Writing) -> Suggestions:
    """Return what the history suggests, as soon as it was read."""
    try:
        past = trials.ready(at=now()).past
    except trials.StillCounting:
        return NOTHING
    return suggestions(past, writing.agreement, without=WHO_IT_IS)
