"""`einig check`: is an agreement well written, and can a history test it?"""

from __future__ import annotations

from pathlib import Path

import click

from einig.cli.inputs import agreement_argument, format_option, history_options, load_history
from einig.cli.output import issue_json, print_issues, print_json, say
from einig.engine.agreement.content import content_hash
from einig.engine.agreement.document import load
from einig.engine.agreement.rules import check
from einig.engine.document import Refused

REFUSED, SET_ASIDE = 2, 3


@click.command("check")
@agreement_argument()
@history_options(required=False)
@format_option
@click.pass_context
def command(
    ctx: click.Context, agreement: Path, history: Path | None, data: Path | None, form: str
) -> None:
    """Read an agreement and say everything that is wrong with it.

    With --history it is also checked against a history: activities and attributes that never
    occur cannot be tested there, and an outcome may not be used.

    \b
    einig check agreement.yaml
    einig check agreement.yaml --history history.yaml
    """
    name, digest, aside = None, None, 0
    try:
        document = load(agreement)
        name, digest = document.agreement.name, content_hash(document.agreement)
        issues = check(document)
        if history is not None:
            from einig.engine.scoring.testable import check_against

            read = load_history(history, data)
            aside = read.about.set_aside
            issues += check_against(document, read)
    except Refused as refused:
        issues = list(refused.issues)
    refused_by = any(issue.level == "error" for issue in issues)
    if form == "json":
        found = {"name": name, "hash": digest, "issues": [issue_json(issue) for issue in issues]}
        print_json({"ok": not refused_by, **found})
    else:
        print_issues(issues)
        if not refused_by:
            click.echo(f"{name} is well written (version {digest[:12] if digest else ''}).")
        else:
            say("Refused.")
    ctx.exit(REFUSED if refused_by else SET_ASIDE if aside else 0)
