"""`einig explain`: why a lead has its score, at any moment."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from einig.cli.inputs import (
    accept,
    agreement_argument,
    format_option,
    history_options,
    load_agreement,
    load_history,
    moment_in,
)
from einig.cli.output import local, out, print_json, table
from einig.engine.document import refuse
from einig.engine.document.shapes import did_you_mean
from einig.engine.instants import iso
from einig.engine.scoring.lead import NoSuchLead, lead_of
from einig.engine.scoring.ledger import EngagementLine, Ledger, SilenceLine, ledger
from einig.engine.scoring.plan import plan
from einig.engine.scoring.testable import check_against
from einig.engine.scoring.wording import missing_words

SET_ASIDE = 3


@click.command("explain")
@agreement_argument()
@history_options()
@click.option("--lead", required=True, metavar="ID", help="The lead's id.")
@click.option("--at", metavar="TIME", help="The moment to explain [default: the history's end].")
@format_option
@click.pass_context
def command(
    ctx: click.Context,
    agreement: Path,
    history: Path,
    data: Path | None,
    lead: str,
    at: str | None,
    form: str,
) -> None:
    """Show every point of a lead: what gave it, what earned it, when it runs out.

    The points add up to the score. If the lead is sales-ready, it says since when and by what;
    if not, what is missing.

    \b
    einig explain agreement.yaml --history history.yaml --lead 4711 --at 2026-06-30
    """
    document = load_agreement(agreement)
    read = load_history(history, data)
    accept(check_against(document, read))
    moment = moment_in(read, at)
    try:
        found = ledger(plan(document.agreement), lead_of(read, lead), moment)
    except NoSuchLead:
        remedy = did_you_mean(lead, read.leads["lead_id"].slice(0, 20_000).to_pylist())
        remedy = remedy if remedy.startswith("Did") else "Check the id."
        raise refuse(f"No lead has the id {lead}.", remedy, file=str(history)) from None
    if found is None:
        remedy = "Choose a later --at."
        raise refuse(f"{lead} does not exist yet at {iso(moment)}.", remedy, file=str(history))
    if form == "json":
        print_json(_json(found))
    else:
        _print(found, read.about.zone)
    ctx.exit(SET_ASIDE if read.about.set_aside else 0)


def _print(found: Ledger, zone: str) -> None:
    console = out()
    console.print(f"{found.lead_id} at {local(found.at, zone)} ({zone})", style="bold")
    console.print(_verdict(found, zone))
    if found.fit_lines:
        shown = table("Fit", "Value", "Row", "Points>")
        for fit in found.fit_lines:
            shown.add_row(fit.criterion, fit.value or "–", fit.row, _signed(fit.points))
        shown.add_row("", "", "", str(found.fit), style="bold")
        console.print(shown)
    if found.engagement_lines:
        shown = table("Engagement", "Earned by", "At", "Runs out", "Points>")
        for line in found.engagement_lines:
            shown.add_row(*_engagement_row(line, zone))
        shown.add_row("", "", "", "", str(found.engagement), style="bold")
        console.print(shown)
    if found.intent_lines:
        shown = table("Intent", "Holds", "Count>", "Runs out")
        for intent in found.intent_lines:
            shown.add_row(
                intent.criterion,
                "yes" if intent.holds else "no",
                f"{intent.count} of {intent.needed}",
                local(intent.runs_out_at, zone),
            )
        console.print(shown)
    console.print(f"Score {found.score} = fit {found.fit} + engagement {found.engagement}")


def _verdict(found: Ledger, zone: str) -> str:
    if found.missing is not None:
        return f"Not sales-ready. Missing: {missing_words(found.missing)}."
    return (
        f"Sales-ready since {local(found.ready_since, zone)}, by {', '.join(found.made_ready_by)}."
    )


def _engagement_row(line: EngagementLine | SilenceLine, zone: str) -> tuple[str, ...]:
    if isinstance(line, SilenceLine):
        since = f"nothing since {local(line.since, zone)}"
        return line.criterion, since, "", "with the next activity", _signed(line.points)
    cut = f" (of {line.of_points})" if line.points != line.of_points else ""
    earned = f"{line.activity} {line.event_id}"
    ends = local(line.runs_out_at, zone) if line.runs_out_at else "never"
    return line.criterion, earned, local(line.at, zone), ends, _signed(line.points) + cut


def _signed(points: int) -> str:
    return f"{points:+d}" if points else "0"


def _json(found: Ledger) -> dict[str, Any]:
    fit = [asdict(line) for line in found.fit_lines]
    engagement = [_timed(asdict(line)) for line in found.engagement_lines]
    intent = [_timed(asdict(line)) for line in found.intent_lines]
    return {
        "lead": found.lead_id,
        "at": iso(found.at),
        "score": found.score,
        "fit": found.fit,
        "engagement": found.engagement,
        "intent": found.intent,
        "sales_ready": found.sales_ready,
        "ready_since": iso(found.ready_since),
        "made_ready_by": list(found.made_ready_by),
        "missing": None if found.missing is None else missing_words(found.missing),
        "lines": {"fit": fit, "engagement": engagement, "intent": intent},
    }


def _timed(line: dict[str, Any]) -> dict[str, Any]:
    times = ("at", "since", "runs_out_at")
    return {key: iso(value) if key in times else value for key, value in line.items()}
