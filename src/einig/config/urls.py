"""Addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from einig.api.hooks import hook
from einig.api.inbound import hubspot_form, inbound, web_to_lead
from einig.api.rest import api as rest

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", rest.urls),
    path("hooks/<key>", hook, name="hook"),
    path("in/<kind>/<key>", inbound, name="inbound"),
    path("submissions/v3/integration/submit/<portal>/<form>", hubspot_form, name="hubspot_form"),
    path("servlet/servlet.WebToLead", web_to_lead, name="web_to_lead"),
    path("", include("einig.web.urls")),
]
