"""The store as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class Store(AppConfig):
    """The one app of models."""

    name = "einig.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
