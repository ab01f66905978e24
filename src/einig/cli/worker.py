"""`einig worker`: work on what came in, what runs out and what is due."""

from __future__ import annotations

import click

from einig.cli.live import set_up


@click.command()
@click.option("--parent", type=int, hidden=True, help="End when this process is gone.")
def command(parent: int | None) -> None:
    """Work on what came in, what runs out and what is due, until it is stopped.

    `einig serve` runs one by itself; more of them share the work.
    """
    set_up(upgrade=parent is None)
    from django.conf import settings
    from django.utils.module_loading import import_string

    import_string(settings.WORKER)(parent=parent).run()
