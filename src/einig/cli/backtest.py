"""`einig backtest`: what an agreement would have done on one's own history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
from einig.cli.on_store import Given, on_store
from einig.cli.output import print_json, say
from einig.cli.report import print_report, refused
from einig.engine.agreement.document import Document
from einig.engine.backtest.replay import Backtest, Comparison, backtest, compare
from einig.engine.backtest.told import comparison, report, trial_told
from einig.engine.backtest.trial import NoTrial, Trial, trial
from einig.engine.document import refuse
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
@history_options(required=False)
@click.option(
    "--store", is_flag=True, help="Replay what Einig itself knows [default: without --history]."
)
@click.option(
    "--as-of",
    metavar="WHEN",
    help="What the store knew then [default: now], 2026-11-24T08:00+01:00.",
)
@click.option(
    "--capacity",
    type=click.IntRange(1),
    metavar="N",
    help="Hand-offs a week that sales can work [default, on the store: the sellers' capacity].",
)
@click.option(
    "--names", default=20, show_default=True, help="How many leads that change sides to name."
)
@click.option(
    "--threshold",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help="Over which threshold of sales_ready, as they are written, the curve is drawn.",
)
@engine_option
@format_option
@click.pass_context
def command(
    ctx: click.Context,
    agreement: Path,
    against: Path | None,
    history: Path | None,
    data: Path | None,
    store: bool,
    as_of: str | None,
    capacity: int | None,
    names: int,
    threshold: int,
    engine: Engine,
    form: str,
) -> None:
    """Replay an agreement on a history: who would have gone to sales, and was that right?

    Every decision uses only what was known at its moment. Leads of unknown outcome are counted
    on their own. With --against, both are replayed, and the leads that change sides are named.
    Without --history it replays what Einig itself knows, and says what the page of the draft says.

    \b
    einig backtest agreement.yaml --history history.yaml --capacity 20
    einig backtest draft.yaml --against in-force.yaml --history history.yaml
    einig backtest draft.yaml --against in-force.yaml
    """
    documents = [load_agreement(path) for path in (agreement, against) if path is not None]
    if history is None:
        given = on_store(as_of, capacity)
    elif store or as_of is not None:
        raise refuse("A history and the store are two things.", "Leave out --history, or the rest.")
    else:
        given = Given(load_history(history, data), capacity, None)
    about = given.history.about
    accept([issue for document in documents for issue in check_against(document, given.history)])
    if engine != "kernel":
        replays = [
            backtest(given.history, d.agreement, capacity=given.capacity, engine=engine)
            for d in documents
        ]
        other = compare(replays[1], replays[0]) if len(replays) == 2 else None
        _print(form, replays[0], other, names, _plain(replays[0], other, names, engine))
    else:
        tried = _tried(given, documents, threshold - 1)
        first = tried.draft.backtest
        other = None if tried.against is None else compare(tried.against.backtest, first)
        _print(form, first, other, names, trial_told(tried, names=names) | given.told)
        if tried.refusal is not None and form != "json":
            say(refused(tried.refusal))
    ctx.exit(SET_ASIDE if about.set_aside else 0)


def _tried(given: Given, documents: list[Document], threshold: int) -> Trial:
    """Try what is to be tried. Raises Refused if nobody or everybody would be handed over."""
    draft, *rest = documents
    try:
        return trial(
            given.past,
            draft.agreement,
            against=rest[0].agreement if rest else None,
            capacity=given.capacity,
            threshold=threshold,
            by=given.by,
        )
    except NoTrial as no:
        remedy = "Change sales_ready or the points."
        raise refuse(refused(no.refusal), remedy, file=draft.file) from None


def _plain(of: Backtest, other: Comparison | None, names: int, engine: Engine) -> dict[str, Any]:
    told = report(of, engine=engine)
    return told if other is None else told | comparison(other, names=names, engine=engine)


def _print(
    form: str, of: Backtest, other: Comparison | None, names: int, told: dict[str, Any]
) -> None:
    if form == "json":
        print_json(told)
    else:
        print_report(of, other, names=names)
