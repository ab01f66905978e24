"""The store as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class Store(AppConfig):
    """The one app of models."""

    name = "einig.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let what protects the tables stand wherever they stand."""
        from einig.store import guards  # noqa: PLC0415  # models can be loaded only now

        pre_migrate.connect(guards.lower, sender=self)
        post_migrate.connect(guards.raise_again, sender=self)
