"""`einig pull`: drafts and signed versions from the server into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from einig.cli.checkout import Checkout, Known
from einig.cli.output import say
from einig.cli.server import Server, server_option

_UNDECIDED = 3


@click.command("pull")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="agreements")
@server_option
@click.pass_context
def command(ctx: click.Context, folder: Path, server: str) -> None:
    """Write every version that the server has into FOLDER [default: agreements], a file each.

    A file that was changed here is never overwritten. If the server's changed too, the server's
    stands beside it as NAME.server.yaml: put both together, then push.

    \b
    EINIG_KEY=einig_own_… einig pull
    einig pull agreements --server https://einig.example.com
    """
    asked = Server(server)
    kept = Checkout(folder, asked.address)
    versions = asked.every_version()
    there = {version["number"] for version in versions}
    conflicts = [name for version in versions if (name := _take(kept, version))]
    for name, known in list(kept.files.items()):
        if known.number not in there:
            _let_go(kept, name)
    kept.save()
    if conflicts:
        say(f"Changed on both sides: {', '.join(conflicts)}. Put them together, then push.")
        ctx.exit(_UNDECIDED)
    say(f"{folder} holds {len(versions)} versions as the server has them.")


def _take(kept: Checkout, version: dict[str, Any]) -> str:
    """Write a version into the folder; return its name if that needs somebody's decision."""
    known = Known(version["number"], version["revision"], version["state"], version["text_hash"])
    name, text = _name(version), version["text"]
    before = kept.name_of(known.number)
    if before is not None and before != name:
        name = _renamed(kept, before, name)
    if name not in kept.files:
        if (mine := kept.read(name)) is not None and mine != text:
            return _beside(kept, name, known, text)  # somebody's own file of that name
    elif kept.changed(name):
        if known.text_hash == kept.files[name].text_hash:
            say(f"{name} was changed here; einig push sends it.")
            return ""
        if kept.read(name) != text:
            return _beside(kept, name, known, text)
    if kept.read(name) != text:
        kept.write(name, text)
        say(f"{name}: {known.state}")
    kept.files[name] = known
    return ""


def _beside(kept: Checkout, name: str, known: Known, text: str) -> str:
    kept.write(f"{Path(name).stem}.server.yaml", text)
    kept.files[name] = known
    return name


def _renamed(kept: Checkout, before: str, name: str) -> str:
    """Give a file the name of its new state, unless somebody chose its name."""
    if before != f"draft-{kept.files[before].number}.yaml" or (kept.folder / name).exists():
        return before
    kept.files[name] = kept.files.pop(before)
    if (kept.folder / before).exists():
        (kept.folder / before).rename(kept.folder / name)
    return name


def _let_go(kept: Checkout, name: str) -> None:
    """Remove what was withdrawn on the server, unless it was changed here."""
    if kept.changed(name):
        say(f"{name} was withdrawn on the server and changed here; it stays, as a new file.")
    elif kept.remove(name):
        say(f"{name}: withdrawn")
    del kept.files[name]


def _name(version: dict[str, Any]) -> str:
    kind = "draft" if version["state"] == "draft" else "version"
    return f"{kind}-{version['number']}.yaml"
