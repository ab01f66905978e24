"""What every page shows around its content."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from einig.flow import threads
from einig.flow.organisation import organisation
from einig.flow.permissions import may

NAVIGATION = [
    ("inbox", _("Inbox"), "work_handoff"),
    ("leads", _("Leads"), "see_leads"),
    ("agreement", _("Agreement"), "see_agreement"),
    ("ideal_lead", _("Ideal lead"), "see_agreement"),
    ("review", _("Review"), "take_second_look"),
    ("follow_up", _("Follow-up"), "see_follow_up"),
    ("nurture", _("Nurture"), "work_nurture"),
    ("sources", _("Sources"), "see_sources"),
    ("report", _("Report"), "see_report"),
    ("settings", _("Settings"), "see_leads"),
]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the navigation of whoever is signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": [], "us": organisation()}
    shown = [(name, label) for name, label, action in NAVIGATION if may(user, action)]
    match = getattr(request, "resolver_match", None)
    return {
        "navigation": shown,
        "page": (match.url_name or "") if match else "",
        "asked_of_me": threads.asked(user).count(),
    }
