"""`einig backup`: everything the store holds, in one file."""

from __future__ import annotations

from pathlib import Path

import click

from einig.cli.live import set_up
from einig.cli.output import say
from einig.engine.document import refuse


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def command(file: Path) -> None:
    """Write everything the store holds to FILE, while Einig goes on working.

    With SQLite the file is a database that can be opened; with PostgreSQL it is an archive of
    pg_dump, which has to be installed. An existing file is never overwritten.
    """
    if file.exists():
        raise refuse("This file exists.", "Choose another name.", file=str(file))
    set_up(upgrade=False)
    from einig.store.backup import CannotBackUp, write

    try:
        write(file)
    except CannotBackUp as reason:
        raise refuse(f"It cannot be backed up: {reason}.", "Nothing was written.") from None
    size = file.stat().st_size / 1e6
    say(f"{file} holds everything, {size:.1f} MB. Keep it as safe as the store.")
