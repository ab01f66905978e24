"""`einig verify`: whether what is in force is what both sides signed."""

from __future__ import annotations

from dataclasses import asdict

import click

from einig.cli.live import set_up
from einig.cli.output import count, out, print_json, say
from einig.engine.document import refuse

REFUSED = 2


@click.command()
@click.option(
    "--expect", default="", metavar="HASH", help="A hash that the chain ended with before."
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="How to print it.",
)  # fmt: skip
@click.pass_context
def command(ctx: click.Context, expect: str, form: str) -> None:
    """Find out whether what is in force is what both sides signed.

    Reads the chain of seals, every text that was signed, every signature and every version in
    force, and prints each thing that does not hold (exit code 2). Nothing is changed.

    Whoever owns the database can make the whole chain anew. Keep its last hash elsewhere, and give
    it with --expect: then that is found out, too.

    \b
    einig verify
    einig verify --expect 5b0c…
    """
    set_up(upgrade=False)
    from django.db import DatabaseError

    from einig.flow.verifying import verify

    try:
        found = verify(expect=expect.strip().lower())
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        remedy = "Is it a store in its newest form? `einig serve` brings it there."
        raise refuse(
            f"The store cannot be read: {reason}.", remedy, file="EINIG_DATABASE"
        ) from None
    if form == "json":
        print_json({"ok": not found.broken} | asdict(found))
    else:
        for broken in found.broken:
            out().print(f"broken: {broken}")
        for remark in found.remarks:
            say(f"warning: {remark}")
        out().print(
            f"{count(found.seals)} seals, {count(found.texts)} signed texts, "
            f"{count(found.signatures)} signatures, {count(found.in_force)} versions in force: "
            + ("everything is as it was signed." if not found.broken else "not as it was signed.")
        )
        if found.last:
            out().print(f"The chain ends with {found.last}")
    ctx.exit(REFUSED if found.broken else 0)
