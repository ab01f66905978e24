"""What a person does with a lead that was handed to them."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from einig.engine.instants import DAY, HOUR
from einig.engine.worktime import next_opening
from einig.flow import contacting, feedback, handoff, nurture, organisation
from einig.flow.permissions import NotAllowed
from einig.store.models import Handoff, NurtureEntry, Role, User
from einig.web.clock import now, who
from einig.web.contact_words import why
from einig.web.forms import AttemptForm
from einig.web.templatetags.einig import exactly
from einig.web.typed import id_of

LATER = {"hour": 0, "day": 0, "week": 6}  # whole days to go before the next working morning


class WithSomebodyElse(NotAllowed):
    """Another person has this lead; `said` is what to tell whoever asked for it."""

    def __init__(self, of: Handoff) -> None:
        super().__init__("work_handoff")
        self.said = _quicker(of)


@require_POST
def accept(request: HttpRequest, handoff_id: int) -> HttpResponse:
    """Take the lead."""
    me, at = who(request), now()
    return _step(
        request,
        handoff_id,
        lambda of: handoff.accept(of, by=me, at=at),
        lambda of: _("%(lead)s is yours.") % {"lead": of.lead},
    )


@require_POST
def attempt(request: HttpRequest, handoff_id: int) -> HttpResponse:
    """Log an attempt, in one tap."""
    form, me, at = AttemptForm(request.POST), who(request), now()
    if not form.is_valid():
        return _refused(request, handoff_id, _("Say how the attempt went."))
    said = form.cleaned_data | {"channel": form.cleaned_data["channel"] or "phone"}

    def noted(of: Handoff) -> str:
        made = of.attempts.count()
        return ngettext("%(n)s attempt noted.", "%(n)s attempts noted.", made) % {"n": made}

    return _step(
        request, handoff_id, lambda of: handoff.log_attempt(of, by=me, at=at, **said), noted
    )


@require_POST
def put_off(request: HttpRequest, handoff_id: int) -> HttpResponse:
    """Put the lead off: for an hour, to the next working day, or by a week."""
    me, at, choice = who(request), now(), request.POST.get("until", "")
    if choice not in LATER:
        return _refused(request, handoff_id, _("Say until when."))
    hours = organisation.calendar(me)
    until = at + HOUR if choice == "hour" else next_opening(at + LATER[choice] * DAY, hours)
    return _step(
        request,
        handoff_id,
        lambda of: handoff.put_off(of, until=until, by=me, at=at),
        lambda of: (
            _("%(lead)s comes up again: %(time)s.") % {"lead": of.lead, "time": exactly(until)}
        ),
        done=True,
    )


@require_POST
def give_back(request: HttpRequest, handoff_id: int) -> HttpResponse:
    """Return the lead with an agreed reason."""
    me, at = who(request), now()
    reason, text = request.POST.get("reason", ""), request.POST.get("text", "")
    return _step(
        request,
        handoff_id,
        lambda of: feedback.give_back(of, by=me, at=at, reason=reason, text=text),
        lambda of: _("%(lead)s is returned; somebody else looks at it again.") % {"lead": of.lead},
        done=True,
    )


@require_POST
def give_up(request: HttpRequest, handoff_id: int) -> HttpResponse:
    """End the attempts at somebody who was not reached."""
    me, at = who(request), now()
    return _step(
        request,
        handoff_id,
        lambda of: feedback.give_up(of, by=me, at=at),
        lambda of: _("%(lead)s goes into nurture.") % {"lead": of.lead},
        done=True,
    )


@require_POST
def answered(request: HttpRequest, handoff_id: int) -> HttpResponse:
    """Say that a buying signal from outside the ideal lead was answered by a human."""
    me, at = who(request), now()
    return _step(
        request,
        handoff_id,
        lambda of: handoff.answered(of, by=me, at=at),
        lambda of: _("Noted: %(lead)s was answered.") % {"lead": of.lead},
        done=True,
    )


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
    try:
        nurture.call_done(entry, by=who(request), at=now())
        messages.success(request, _("The call is noted."))
    except contacting.NotPermitted as refused:
        messages.error(request, why(refused.permission))
    return redirect("nurture")


def _step(
    request: HttpRequest,
    id_: int,
    do: Callable[[Handoff], object],
    said: Callable[[Handoff], str],
    *,
    done: bool = False,
) -> HttpResponse:
    """Do one thing with a hand-off, and say that it is done, or why not."""
    of = _mine(request, id_)
    try:
        do(of)
    except handoff.Closed:
        return _gone(request, of)
    except contacting.NotPermitted as refused:
        return _refused(request, id_, why(refused.permission))
    except feedback.NoReason:
        return _refused(request, id_, _("Choose one of the agreed reasons."))
    except handoff.TooFewAttempts as few:
        left = few.needed - few.made
        more = ngettext(
            "%(n)s more attempt is agreed before a lead counts as not reached.",
            "%(n)s more attempts are agreed before a lead counts as not reached.",
            left,
        )
        return _refused(request, id_, more % {"n": left})
    messages.success(request, said(of))
    return _back(request, of, done=done)


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


def _refused(request: HttpRequest, id_: int, why: str) -> HttpResponse:
    messages.error(request, why)
    return _back(request, _mine(request, id_))


def _gone(request: HttpRequest, of: Handoff) -> HttpResponse:
    of.refresh_from_db()
    messages.error(request, _quicker(of))
    return redirect("lead", of.lead.lead_id)


def _quicker(of: Handoff) -> str:
    said = _("Somebody was quicker: %(lead)s is with %(name)s, or closed. Nothing was changed.")
    return said % {"lead": of.lead, "name": of.to.name if of.to else ""}
