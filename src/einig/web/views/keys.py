"""A person's own keys, by which their tools speak for them."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from einig.flow import keys
from einig.store.models import PersonalKey
from einig.web import slip
from einig.web.clock import now, who
from einig.web.people_forms import KeyForm
from einig.web.typed import id_of


@never_cache  # a key is shown once
def index(request: HttpRequest) -> HttpResponse:
    """Show a person's keys, make one, or revoke one."""
    me = who(request)
    do = request.POST.get("do", "")
    form = KeyForm(request.POST if do == "make" else None)
    token = ""
    if form.is_valid():
        name = form.cleaned_data["name"]
        try:
            token = keys.make(by=me, at=now(), name=name, token=slip.name(request))
        except keys.Revoked:
            messages.error(request, _("This key was revoked meanwhile; make a new one."))
        form = KeyForm()
    elif do == "revoke":
        key = get_object_or_404(PersonalKey, id=id_of(request, "key"), user=me)
        keys.revoke(key, by=me, at=now())
        messages.success(request, _("Revoked: it opens nothing any more."))
        return redirect("keys")
    context = {
        "form": form,
        "token": token,
        "keys": PersonalKey.objects.filter(user=me, revoked_at=None).order_by("-made_at"),
        "server": settings.URL,
    }
    return render(request, "web/keys.html", context)
