"""`einig score`: what an agreement says of every lead at an instant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np

from einig.cli.inputs import (
    accept,
    agreement_argument,
    engine_option,
    format_option,
    history_options,
    load_agreement,
    load_history,
    moment_in,
)
from einig.cli.output import count, local, out, print_json, table
from einig.engine.history import History
from einig.engine.instants import iso
from einig.engine.scoring.decisions import Decisions
from einig.engine.scoring.judge import Engine, judge
from einig.engine.scoring.testable import check_against

SET_ASIDE = 3


@click.command("score")
@agreement_argument()
@history_options()
@click.option(
    "--at", metavar="TIME", help="The instant of the scores [default: the history's end]."
)
@click.option("--limit", default=20, show_default=True, help="How many leads the table shows.")
@engine_option
@format_option
@click.pass_context
def command(
    ctx: click.Context,
    agreement: Path,
    history: Path,
    data: Path | None,
    at: str | None,
    limit: int,
    engine: Engine,
    form: str,
) -> None:
    """Score every lead of a history as of an instant, with nothing that became known later.

    As JSON: a line a lead. As a table: the leads with the highest scores.

    \b
    einig score agreement.yaml --history history.yaml --at 2026-06-30
    """
    document = load_agreement(agreement)
    read = load_history(history, data)
    accept(check_against(document, read))
    until = moment_in(read, at)
    decided = judge(read, document.agreement, until=until, engine=engine)
    if form == "json":
        for row in _rows(read, decided, np.flatnonzero(decided.exists)):
            print_json(row)
    else:
        _print(read, decided, until, limit)
    ctx.exit(SET_ASIDE if read.about.set_aside else 0)


def _rows(history: History, decided: Decisions, leads: Any) -> Iterator[dict[str, Any]]:
    ids = history.leads["lead_id"].take(leads).to_pylist()
    columns = ("fit", "engagement", "intent", "sales_ready", "first_ready_at")
    values = (getattr(decided, name)[leads].tolist() for name in columns)
    for id_, fit, engagement, intent, ready, first in zip(ids, *values, strict=True):
        yield {
            "lead": id_,
            "fit": fit,
            "engagement": engagement,
            "intent": intent,
            "sales_ready": ready,
            "first_ready_at": iso(first),
        }


def _print(history: History, decided: Decisions, until: int, limit: int) -> None:
    leads = np.flatnonzero(decided.exists)
    score = decided.fit + decided.engagement
    best = leads[np.lexsort((leads, -score[leads], ~decided.sales_ready[leads]))][: max(0, limit)]
    shown = table("Lead", "Fit>", "Engagement>", "Score>", "Intent", "Sales-ready", "First ready")
    zone = history.about.zone
    firsts = decided.first_ready_at[best].tolist()
    for row, first in zip(_rows(history, decided, best), firsts, strict=True):
        shown.add_row(
            row["lead"],
            str(row["fit"]),
            str(row["engagement"]),
            str(row["fit"] + row["engagement"]),
            "yes" if row["intent"] else "no",
            "yes" if row["sales_ready"] else "no",
            local(first, zone),
        )
    ready = int(decided.sales_ready.sum())
    console = out()
    moment = "in the end" if iso(until) is None else f"at {local(until, zone)} ({zone})"
    console.print(f"{count(ready)} of {count(len(leads))} leads are sales-ready {moment}.")
    console.print(shown)
    if len(leads) > len(best):
        console.print(
            f"… and {count(len(leads) - len(best))} more; all of them with --format json."
        )
