"""`einig backtest`: what an agreement would have done on one's own history."""

from __future__ import annotations

from pathlib import Path

import click

from einig.cli.inputs import (
    accept,
    agreement_argument,
    engine_option,
    format_option,
    history_options,
    load_agreement,
    load_history,
)
from einig.cli.output import print_json
from einig.cli.report import comparison_json, print_report, report_json
from einig.engine.backtest.replay import backtest, compare
from einig.engine.scoring.judge import Engine
from einig.engine.scoring.testable import check_against

SET_ASIDE = 3


@click.command("backtest")
@agreement_argument()
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="OTHER",
    help="Another agreement to compare with, such as the one in force.",
)
@history_options()
@click.option(
    "--capacity", type=click.IntRange(1), metavar="N", help="Hand-offs a week that sales can work."
)
@click.option(
    "--names", default=20, show_default=True, help="How many leads that change sides to name."
)
@engine_option
@format_option
@click.pass_context
def command(
    ctx: click.Context,
    agreement: Path,
    against: Path | None,
    history: Path,
    data: Path | None,
    capacity: int | None,
    names: int,
    engine: Engine,
    form: str,
) -> None:
    """Replay an agreement on a history: who would have gone to sales, and was that right?

    Every decision uses only what was known at its moment. Leads of unknown outcome are counted
    on their own. With --against, both are replayed, and the leads that change sides are named.

    \b
    einig backtest agreement.yaml --history history.yaml --capacity 20
    einig backtest draft.yaml --against in-force.yaml --history history.yaml
    """
    documents = [load_agreement(path) for path in (agreement, against) if path is not None]
    read = load_history(history, data)
    issues = [issue for document in documents for issue in check_against(document, read)]
    accept(issues)
    replays = [backtest(read, d.agreement, capacity=capacity, engine=engine) for d in documents]
    comparison = compare(replays[1], replays[0]) if len(replays) == 2 else None
    if form == "json":
        printed = report_json(replays[0], engine=engine)
        if comparison is not None:
            printed |= comparison_json(comparison, names=names, engine=engine)
        print_json(printed)
    else:
        print_report(replays[0], comparison, names=names)
    ctx.exit(SET_ASIDE if read.about.set_aside else 0)
