"""What a person does with a lead that was handed to them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from einig.flow import feedback, handoff, nurture
from einig.flow.permissions import NotAllowed
from einig.store.models import Handoff, NurtureEntry, Role, User
from einig.web.clock import now, who
from einig.web.forms import AttemptForm
from einig.web.typed import id_of


class WithSomebodyElse(NotAllowed):
    """Another person has this lead; `said` is what to tell whoever asked for it."""

    def __init__(self, of: Handoff) -> None:
        super().__init__("work_handoff")
        self.said = _quicker(of)


def _mine(request: HttpRequest, id_: int) -> Handoff:
    """Return a hand-off that this person may work: their own, one of nobody, or as their lead."""
    found = get_object_or_404(Handoff.objects.select_related("lead__company", "to"), id=id_)
    me = who(request)
    leads = {Role.SALES_LEAD, Role.MARKETING_LEAD, Role.ADMIN}
    if found.to_id not in {me.id, None} and me.role not in leads:
        raise WithSomebodyElse(found)
    return found


def _back(request: HttpRequest, of: Handoff, *, done: bool = False) -> HttpResponse:
    if request.POST.get("from") == "lead":
        return redirect("lead", of.lead.lead_id)
    return redirect("inbox") if done else redirect("inbox_lead", of.lead.lead_id)


def _gone(request: HttpRequest, of: Handoff) -> HttpResponse:
    of.refresh_from_db()
    messages.error(request, _quicker(of))
    return redirect("lead", of.lead.lead_id)


def _quicker(of: Handoff) -> str:
    said = _("Somebody was quicker: %(lead)s is with %(name)s, or closed. Nothing was changed.")
    return said % {"lead": of.lead, "name": of.to.name if of.to else ""}


@require_POST
def accept(request: HttpRequest, handoff_id: int) -> HttpResponse:
    """Take the lead."""
    of = _mine(request, handoff_id)
    try:
        handoff.accept(of, by=who(request), at=now())
    except handoff.Closed:
        return _gone(request, of)
    messages.success(request, _("%(lead)s is yours.") % {"lead": of.lead})
    return _back(request, of)


@require_POST
def attempt(request: HttpRequest, handoff_id: int) -> HttpResponse:
    """Log an attempt, in one tap."""
    of = _mine(request, handoff_id)
    form = AttemptForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say how the attempt went."))
        return _back(request, of)
    said = form.cleaned_data
    try:
        handoff.log_attempt(
            of,
            by=who(request),
            at=now(),
            channel=said["channel"] or "phone",
            result=said["result"],
            note=said["note"],
        )
    except handoff.Closed:
        return _gone(request, of)
    made = of.attempts.count()
    messages.success(
        request, ngettext("%(n)s attempt noted.", "%(n)s attempts noted.", made) % {"n": made}
    )
    return _back(request, of)


@require_POST
def give_back(request: HttpRequest, handoff_id: int) -> HttpResponse:
    """Return the lead with an agreed reason."""
    of = _mine(request, handoff_id)
    reason, text = request.POST.get("reason", ""), request.POST.get("text", "")
    try:
        feedback.give_back(of, by=who(request), at=now(), reason=reason, text=text)
    except feedback.NoReason:
        messages.error(request, _("Choose one of the agreed reasons."))
        return _back(request, of)
    except handoff.Closed:
        return _gone(request, of)
    messages.success(
        request, _("%(lead)s is returned; somebody else looks at it again.") % {"lead": of.lead}
    )
    return _back(request, of, done=True)


@require_POST
def give_up(request: HttpRequest, handoff_id: int) -> HttpResponse:
    """End the attempts at somebody who was not reached."""
    of = _mine(request, handoff_id)
    try:
        feedback.give_up(of, by=who(request), at=now())
    except handoff.TooFewAttempts as few:
        left = few.needed - few.made
        messages.error(
            request,
            ngettext(
                "%(n)s more attempt is agreed before a lead counts as not reached.",
                "%(n)s more attempts are agreed before a lead counts as not reached.",
                left,
            )
            % {"n": left},
        )
        return _back(request, of)
    except handoff.Closed:
        return _gone(request, of)
    messages.success(request, _("%(lead)s goes into nurture.") % {"lead": of.lead})
    return _back(request, of, done=True)


@require_POST
def answered(request: HttpRequest, handoff_id: int) -> HttpResponse:
    """Say that a buying signal from outside the ideal lead was answered by a human."""
    of = _mine(request, handoff_id)
    try:
        handoff.answered(of, by=who(request), at=now())
    except handoff.Closed:
        return _gone(request, of)
    messages.success(request, _("Noted: %(lead)s was answered.") % {"lead": of.lead})
    return _back(request, of, done=True)


@require_POST
def reassign(request: HttpRequest, handoff_id: int) -> HttpResponse:
    """Give a hand-off to somebody else."""
    of = _mine(request, handoff_id)
    to = get_object_or_404(User, id=id_of(request, "to"), is_active=True)
    try:
        handoff.reassign(of, to=to, by=who(request), at=now())
    except handoff.Closed:
        return _gone(request, of)
    messages.success(request, _("%(lead)s is with %(name)s now.") % {"lead": of.lead, "name": to})
    return redirect(request.POST.get("next") or "follow_up")


@require_POST
def nurture_called(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Say that the one call of nurture was made."""
    entry = get_object_or_404(NurtureEntry, id=entry_id, left_at=None)
    nurture.call_done(entry, by=who(request), at=now())
    messages.success(request, _("The call is noted."))
    return redirect("nurture")
