"""What a lead allows us: written down, withdrawn, looked at, corrected and erased."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from einig.flow import access, consent, contact, contacting, erasure, one_person, rectifying
from einig.flow.organisation import organisation
from einig.flow.permissions import require
from einig.store.models import Basis, Consent, Lead
from einig.web import known
from einig.web.clock import now, who
from einig.web.contact_words import BASES, PURPOSES, permitted
from einig.web.typed import id_of

STOPPED = ("mail", "phone", "profiling", "tracking")
GIVEN = {  # what somebody can write down: purpose and basis
    "phone-presumed": ("phone", Basis.PRESUMED),
    "phone-consent": ("phone", Basis.CONSENT),
    "mail-customer": ("mail", Basis.CUSTOMER),
    "mail-consent": ("mail", Basis.CONSENT),
    "profiling-consent": ("profiling", Basis.CONSENT),
}


def shown(lead: Lead, *, at: int) -> dict[str, Any]:
    """Return what a page shows of what a lead allows us."""
    consents = Consent.objects.filter(lead__in=one_person.everything(lead))
    consents = consents.select_related("by", "source").order_by("-given_at", "-id")
    told = [
        {
            "of": of,
            "purpose": PURPOSES.get(of.purpose, of.purpose),
            "basis": BASES.get(of.basis, of.basis),
            "waits": of.opened_at is None and of.withdrawn_at is None,
            "can_ask": of.asked < consent.MOST_ASKED,
        }
        for of in consents
    ]
    stopped = [
        (PURPOSES[purpose], found.at)
        for purpose in STOPPED
        if (found := consent.objection(lead, purpose)) is not None
    ]
    return {
        "permitted": [permitted(of) for of in contacting.permissions(lead, at=at)],
        "consents": told,
        "stopped": stopped,
        "stops": [(purpose, PURPOSES[purpose]) for purpose in STOPPED[:3]],
        "is_consumer": contacting.is_consumer(lead),
    }


@require_POST
def withdraw(request: HttpRequest, lead_id: str) -> HttpResponse:
    """Write down that a lead wants something no more."""
    me, lead = who(request), _lead(lead_id)
    purpose = request.POST.get("purpose", "")
    if purpose in STOPPED:
        consent.withdraw(lead, purpose, by=me, at=now())
        messages.success(request, _("Noted. It holds everywhere from now on."))
    return redirect("lead", lead_id)


@require_POST
def give(request: HttpRequest, lead_id: str) -> HttpResponse:
    """Write down what allows us something, with the reason or the proof."""
    me, lead, at = who(request), _lead(lead_id), now()
    require(me, "edit_lead")
    purpose, basis = GIVEN.get(request.POST.get("what", ""), ("", ""))
    proof = request.POST.get("proof", "").strip()[:2000]
    if purpose and proof:
        consent.give(lead, purpose, basis=basis, proof=proof, by=me, at=at)
        messages.success(request, _("Noted, with your name and the time."))
    else:
        messages.error(request, _("Say what allows it: the reason, or where the proof is kept."))
    return redirect("lead", lead_id)


@require_POST
def ask_again(request: HttpRequest, lead_id: str) -> HttpResponse:
    """Send the mail that asks to confirm a consent once more."""
    me = who(request)
    mine = one_person.everything(_lead(lead_id))
    given = get_object_or_404(Consent, id=id_of(request, "consent"), lead__in=mine)
    try:
        consent.ask_again(given, by=me, at=now())
        messages.success(request, _("The mail is on its way."))
    except consent.AskedEnough:
        messages.error(request, _("It was sent often enough; another one would be a nuisance."))
    return redirect("lead", lead_id)


@require_POST
def consumer(request: HttpRequest, lead_id: str) -> HttpResponse:
    """Say whether a lead is a consumer or a business."""
    lead, told = _lead(lead_id), request.POST.get("is")
    contacting.say_what(lead, is_consumer=told == "consumer", by=who(request), at=now())
    return redirect("lead", lead_id)


@require_POST
def rectify(request: HttpRequest, lead_id: str) -> HttpResponse:
    """Put right who a lead is, and how it is reached."""
    lead, said = _lead(lead_id), request.POST
    details = {
        of: said[f"detail-{of}"]
        for of in contact.of(lead).values_list("id", flat=True)
        if f"detail-{of}" in said
    }
    name, title = said.get("name", lead.name), said.get("title", lead.title)
    try:
        rectifying.rectify(lead, name=name, title=title, details=details, by=who(request), at=now())
        messages.success(request, _("Corrected; the wrong value is kept nowhere."))
    except rectifying.Unusable as wrong:
        said_so = _("“%(value)s” reaches nobody; nothing was changed.") % {"value": wrong}
        messages.error(request, said_so)
    return redirect("lead", lead_id)


def data(request: HttpRequest, lead_id: str) -> HttpResponse:
    """Show everything that is known of somebody, to be printed or read by a machine."""
    me, lead, at = who(request), _lead(lead_id), now()
    told = access.give(lead, by=me, at=at)
    if request.GET.get("format") == "json":
        return known.file(told, f"{lead.lead_id}.json")
    context = {"lead": lead, "at": at, "us": organisation(), "tables": list(known.tables(told))}
    return render(request, "web/lead_data.html", context)


def erase(request: HttpRequest, lead_id: str) -> HttpResponse:
    """Say what an erasure will do, and do it."""
    me, lead = who(request), _lead(lead_id)
    require(me, "protect_data")
    if request.method == "POST" and request.POST.get("sure") == lead.lead_id:
        erasure.erase(lead, by=me, at=now())
        messages.success(request, _("Erased. Nothing of this person is left here."))
        return redirect("privacy")
    if request.method == "POST":
        messages.error(request, _("Type the number of the lead to say that you are sure."))
    context = {"lead": lead, "effects": erasure.effects(lead)}
    return render(request, "web/lead_erase.html", context)


def _lead(lead_id: str) -> Lead:
    found = Lead.objects.select_related("company", "part_of__company")
    return one_person.now(get_object_or_404(found, lead_id=lead_id))
