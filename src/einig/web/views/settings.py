"""Settings: the organisation, its people and teams."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from einig.engine.instants import iso
from einig.flow import organisation, people
from einig.flow.permissions import may, require
from einig.store.models import AuditEntry, Team, User
from einig.web import slip
from einig.web.clock import now, who
from einig.web.export import csv_of, wanted
from einig.web.people_forms import ChangePersonForm, OrganisationForm, PersonForm, TeamForm


def index(request: HttpRequest) -> HttpResponse:
    """Show everything that can be set, to those who may set it."""
    me = who(request)
    require(me, "see_leads")
    form = OrganisationForm(request.POST or None, instance=organisation.organisation())
    if request.method == "POST":
        require(me, "edit_settings")
        if form.is_valid():
            organisation.change(form.save(commit=False), by=me, at=now())
            messages.success(request, _("Saved."))
            return redirect("settings")
    return render(
        request, "web/settings.html", {"form": form if may(me, "edit_settings") else None}
    )


def staff(request: HttpRequest) -> HttpResponse:
    """Show people and teams, and invite somebody."""
    me = who(request)
    require(me, "edit_people")
    form = PersonForm(request.POST or None)
    link = ""
    if request.method == "POST" and form.is_valid():
        token = people.invite(by=me, at=now(), token=slip.name(request), **form.cleaned_data)
        link = request.build_absolute_uri(f"/welcome/{token}")
        form = PersonForm()
    context = {
        "people": User.objects.select_related("team").order_by("-is_active", "name"),
        "teams": Team.objects.order_by("name"),
        "form": form,
        "link": link,
        "team_form": TeamForm(),
    }
    return render(request, "web/people.html", context)


def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """Change what somebody may do and can work."""
    me = who(request)
    require(me, "edit_people")
    user = get_object_or_404(User, id=user_id)
    kept = ("role", "team", "capacity", "opens", "closes")
    first = {name: getattr(user, name) for name in kept}
    form = ChangePersonForm(request.POST or None, initial=first)
    if request.method == "POST" and "active" in request.POST:
        if user != me:
            active = request.POST["active"] == "yes"
            people.deactivate(user, by=me, at=now(), active=active)
        return redirect("people")
    if request.method == "POST" and form.is_valid():
        people.change(user, by=me, at=now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("people")
    return render(request, "web/person.html", {"form": form, "person": user, "me": me})


@require_POST
def add_team(request: HttpRequest) -> HttpResponse:
    """Add a team."""
    require(who(request), "edit_people")
    form = TeamForm(request.POST)
    if form.is_valid():
        form.save()
    return redirect("people")


def audit_trail(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Show who did what."""
    require(who(request), "see_audit")
    entries = AuditEntry.objects.select_related("by").order_by("-id")
    if about := request.GET.get("about", ""):
        entries = entries.filter(about=about)
    if wanted(request):
        head = ["at", "who", "what", "about", "detail"]
        rows = (
            [iso(of.at), str(of.by or "Einig"), of.action, of.about, json.dumps(of.detail)]
            for of in entries.iterator(500)
        )
        return csv_of("audit", head, rows)
    shown = list(entries[:200])
    people = {f"person:{of.id}": of.name for of in User.objects.all()}
    named = [(entry, people.get(entry.about, entry.about)) for entry in shown]
    return render(request, "web/audit.html", {"entries": named, "about": about})
