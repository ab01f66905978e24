"""Addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from einig.api.hooks import hook
from einig.api.inbound import inbound
from einig.api.rest import api as rest

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", rest.urls),
    path("hooks/<key>", hook, name="hook"),
    path("in/<kind>/<key>", inbound, name="inbound"),
    path("", include("einig.web.urls")),
]
