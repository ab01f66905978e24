"""Contacts who are no leads: found for whoever asks what is known of them, or wants to be gone."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from einig.engine.instants import DAY
from einig.flow import access, contacts, erasure, retention
from einig.flow.organisation import organisation
from einig.flow.permissions import require
from einig.store.models import Identity
from einig.web import known
from einig.web.clock import now, who

_SHOWN = 50


def index(request: HttpRequest) -> HttpResponse:
    """Find contacts by a name, an address or a number; the newest where nothing is said."""
    require(who(request), "protect_data")
    said, only_old = request.GET.get("q", "")[:200], request.GET.get("old") == "yes"
    found = contacts.found(said)
    if only_old:
        (rule,) = (of for of in retention.rules() if of.kind == "contacts")
        found = found.filter(id__in=contacts.old(now() - rule.days * DAY).values("id"))
    context = {
        "said": said,
        "only_old": only_old,
        "many": found.count(),
        "contacts": contacts.describe_all(list(found[:_SHOWN])),
    }
    return render(request, "web/contacts.html", context)


def data(request: HttpRequest, number: int) -> HttpResponse:
    """Show everything that is known of a contact, to be printed or read by a machine."""
    me, of, at = who(request), _contact(number), now()
    told = access.give_contact(of, by=me, at=at)
    if request.GET.get("format") == "json":
        return known.file(told, f"contact-{of.id}.json")
    context = {
        "contact": contacts.describe(of),
        "at": at,
        "us": organisation(),
        "tables": list(known.tables(told)),
    }
    return render(request, "web/contact_data.html", context)


def erase(request: HttpRequest, number: int) -> HttpResponse:
    """Say what an erasure will do, and do it."""
    me, of = who(request), _contact(number)
    require(me, "protect_data")
    if request.method == "POST":
        erasure.erase_contact(of, by=me, at=now())
        messages.success(request, _("Erased. Nothing of this person is left here."))
        return redirect("contacts")
    context = {
        "contact": contacts.describe(of),
        "attributes": of.facts.count(),
        "activities": of.events.count(),
    }
    return render(request, "web/contact_erase.html", context)


def _contact(number: int) -> Identity:
    return get_object_or_404(contacts.every(), id=number)
