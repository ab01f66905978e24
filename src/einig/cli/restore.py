"""`einig restore`: a store from a backup."""

from __future__ import annotations

from pathlib import Path

import click

from einig.cli.live import set_up
from einig.cli.output import say
from einig.engine.document import refuse


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def command(file: Path) -> None:
    """Fill an empty store from FILE, and bring it to its newest form.

    A store that holds anything is never overwritten: name an empty one with EINIG_HOME or
    EINIG_DATABASE.
    """
    set_up()
    from einig.store.backup import CannotBackUp, is_empty, read
    from einig.store.roles import as_owner

    if not is_empty():
        raise refuse("This store holds something already.", "Name an empty one with EINIG_HOME.")
    try:
        with as_owner():
            read(file)
    except CannotBackUp as reason:
        raise refuse(f"It cannot be restored: {reason}.", "The store is as it was.") from None
    set_up()
    say("Everything is back.")
