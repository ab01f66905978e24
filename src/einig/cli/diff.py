"""`einig diff`: how two agreements differ, in words."""

from __future__ import annotations

from pathlib import Path

import click

from einig.cli.inputs import agreement_argument, format_option, load_agreement
from einig.cli.output import print_json
from einig.engine.agreement.content import content_hash
from einig.engine.agreement.diff import diff

_TOLD = ("criterion", "sentence", "kind")


@click.command("diff")
@agreement_argument("a")
@agreement_argument("b")
@format_option
def command(a: Path, b: Path, form: str) -> None:
    """Say in words what B changes in A. Formatting and comments are no change.

    \b
    einig diff in-force.yaml draft.yaml
    """
    before, after = load_agreement(a).agreement, load_agreement(b).agreement
    changes = diff(before, after)
    if form == "json":
        hashes = {"a": content_hash(before), "b": content_hash(after)}
        told = [{name: getattr(change, name) for name in _TOLD} for change in changes]
        print_json({**hashes, "changes": told})
        return
    for change in changes:
        click.echo(change.sentence)
    if not changes:
        click.echo("Both say the same.")
