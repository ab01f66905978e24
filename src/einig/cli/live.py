"""Setting up Django for the commands that work on the store."""

from __future__ import annotations

import os


def set_up(*, upgrade: bool = True) -> None:
    """Make the store ready: its folder, and the newest form of its tables."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "einig.config.settings")
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    settings.HOME.mkdir(parents=True, exist_ok=True)
    if upgrade:
        call_command("migrate", verbosity=0, interactive=False)
