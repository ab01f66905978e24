"""Setting up Django for the commands that work on the store."""

from __future__ import annotations

import os

from einig.engine.document import refuse


def set_up(*, upgrade: bool = True) -> None:
    """Make the store ready: its folder, and the newest form of its tables.

    Tables are changed by their owner, if one is configured; processes that are started from here
    do not hear of it.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "einig.config.settings")
    import django
    from django.conf import settings

    django.setup()
    os.environ.pop("EINIG_DATABASE_OWNER", None)
    settings.HOME.mkdir(parents=True, exist_ok=True)
    if upgrade:
        _upgrade()


def _upgrade() -> None:
    from django.core.management import call_command
    from django.db.utils import ProgrammingError

    from einig.store import roles

    try:
        with roles.as_owner() as role:
            call_command("migrate", verbosity=0, interactive=False)
            if role:
                roles.grant(role)
    except ProgrammingError as error:
        if "permission denied" not in str(error) and "must be owner" not in str(error):
            raise
        raise refuse(
            "The store has to be brought to its newest form, and this role may not do that.",
            "Start once with EINIG_DATABASE_OWNER, the address of the role that owns the tables.",
            file="EINIG_DATABASE",
        ) from None
