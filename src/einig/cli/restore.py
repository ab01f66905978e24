"""`einig restore`: a store from a backup."""

from __future__ import annotations

import time
from pathlib import Path

import click

from einig.cli.live import set_up
from einig.cli.output import say
from einig.engine.document import refuse


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--erased",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The list of who was erased, from beside the store that was lost.",
)
def command(file: Path, erased: Path | None) -> None:
    """Fill an empty store from FILE, and bring it to its newest form.

    Whoever was erased since the backup was made is erased again: the list stands in EINIG_HOME, as
    erased.jsonl, or where --erased says.

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
    _erase_again(erased)


def _erase_again(given: Path | None) -> None:
    from einig.flow import erasure, suppression

    beside = given or suppression.file()
    if not beside.exists():
        say("There is no list of who was erased since; name it with --erased if there was one.")
        return
    suppression.read_beside(beside)
    gone = erasure.erase_again(at=time.time_ns() // 1000)
    say(f"Erased again, since they were erased after this backup: {gone}.")
