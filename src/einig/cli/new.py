"""`einig new`: a first agreement from a template."""

from __future__ import annotations

import errno
from importlib.resources import files
from pathlib import Path

import click

from einig.engine.document import refuse

_TEMPLATES = (
    "strict", "score_or_action", "b2b_software", "mechanical_engineering", "agency", "education",
)  # fmt: skip


@click.command("new")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--template",
    type=click.Choice(_TEMPLATES),
    default="score_or_action",
    show_default=True,
    help="Two shapes of the rule (strict: the ideal lead and a sales-specific action; or enough "
    "points, or an action), and four lines of business.",
)
def command(file: Path, template: str) -> None:
    """Write a first agreement to FILE; an existing file is never overwritten.

    \b
    einig new agreement.yaml --template strict
    """
    text = (
        files("einig.engine.agreement").joinpath("templates", f"{template}.yaml").read_text("utf-8")
    )
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError:
        raise refuse("This file exists.", "Choose another name.", file=str(file)) from None
    except OSError as error:
        if error.errno == errno.ENOSPC:
            file.unlink(missing_ok=True)
        raise refuse(
            f"It cannot be written: {error.strerror}.", "Check the folder.", file=str(file)
        ) from None
    click.echo(f"{file} is written. Edit it, then run: einig check {file}")
