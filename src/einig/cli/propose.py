"""`einig propose`: the ideal lead, learned from what really closed, as a draft."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import click
from click.core import ParameterSource

from einig.cli.inputs import format_option, history_options, load_agreement, load_history
from einig.cli.output import print_json, progress, say
from einig.engine.document import refuse

_GOAL = re.compile(
    r"(?P<share>\d+(\.\d+)?)%|(?P<weekly>\d+(\.\d+)?)/week"
    r"|precision:(?P<precision>\d+(\.\d+)?)%|revenue:(?P<revenue>\d+(\.\d+)?)"
)
SET_ASIDE = 3


@click.command("propose")
@history_options()
@click.option(
    "--target",
    default="won",
    show_default=True,
    metavar="WHAT",
    help="What leads are to reach: won, accepted, or the name of an activity (opportunity, say).",
)
@click.option("--within", type=click.IntRange(1), metavar="DAYS", help="Reached in so many days.")
@click.option(
    "--goal",
    default="10%",
    show_default=True,
    metavar="GOAL",
    help="The threshold's goal: 10% of leads, 20/week, precision:30%, revenue:50 (cost of one).",
)
@click.option(
    "--base", type=click.Path(path_type=Path), metavar="AGREEMENT", help="What to start from."
)
@click.option("--keep", multiple=True, metavar="COLUMN", help="Use it, whatever was found of it.")
@click.option("--drop", multiple=True, metavar="COLUMN", help="Do not use it.")
@click.option("--source", metavar="COLUMN", help="The column that says where leads came from.")
@click.option("--attributes", "most", type=click.IntRange(1), default=10, show_default=True)
@click.option("--rows", type=click.IntRange(2), default=40, show_default=True)
@click.option(
    "--out", "target_file", type=click.Path(path_type=Path), metavar="FILE", help="Write the draft."
)
@click.option("--long", "in_full", is_flag=True, help="Say in full how sure it is.")
@format_option
@click.pass_context
def command(
    ctx: click.Context,
    history: Path,
    data: Path | None,
    target: str,
    within: int | None,
    goal: str,
    base: Path | None,
    keep: tuple[str, ...],
    drop: tuple[str, ...],
    source: str | None,
    most: int,
    rows: int,
    target_file: Path | None,
    in_full: bool,
    form: str,
) -> None:
    """Learn from a history which leads close, and propose an agreement.

    Columns that know more than could be known when a lead had to be judged are set aside, each with
    the evidence. What is left is learned from the older leads and measured on the newer ones; where
    there is nothing to learn, that is the answer. The draft is an agreement like any other; where
    --out asks for one and there is none, the command says why and ends as refused (exit code 2).

    \b
    einig propose --history history.yaml --goal 20/week --out draft.yaml
    """
    from einig.cli.propose_report import print_proposal
    from einig.engine.history.mapping_grammar import load_mapping
    from einig.engine.learning.proposal import propose
    from einig.engine.learning.thresholds import UNSTATED
    from einig.engine.learning.told import told

    wanted, served = _target(target, within), _goal(goal)
    if ctx.get_parameter_source("goal") is ParameterSource.DEFAULT:
        served = UNSTATED
    text = load_agreement(base).text if base is not None else None
    read = load_history(history, data)
    declared = load_mapping(history).mapping.learning
    keep, drop = (*declared.keep, *keep), (*declared.drop, *drop)
    _check_columns((*keep, *drop), read.about.attributes)
    with progress() as report:
        proposal = propose(
            read,
            target=wanted,
            goal=served,
            base=text,
            keep=keep,
            drop=drop,
            most_attributes=most,
            most_rows=rows,
            report=report,
        )
    found = told(proposal, read, source=source)
    if form == "json":
        print_json(found)
    else:
        print_proposal(found, in_full=in_full)
    if target_file is not None:
        _write(found, target_file)
    ctx.exit(SET_ASIDE if read.about.set_aside else 0)


def _target(what: str, within: int | None) -> Any:
    from einig.engine.learning.targets import Target

    if what == "won":
        return Target(within=within)
    if what == "accepted":
        return Target(kind="accepted", within=within)
    return Target(kind="activity", activities=(what,), within=within)


def _goal(text: str) -> Any:
    from einig.engine.learning.thresholds import Goal, Kind

    found = _GOAL.fullmatch(text.strip())
    if found is None:
        remedy = "Write 10%, 20/week, precision:30% or revenue:50."
        raise refuse(f"“{text}” is no goal.", remedy, file="--goal")
    kind = next(name for name in get_args(Kind) if found[name] is not None)
    amount = float(found[kind])
    if amount <= 0 or (kind in {"share", "precision"} and amount > 100):
        raise refuse(
            f"“{text}” cannot be reached.", "Write more than 0, at most 100%.", file="--goal"
        )
    return Goal(kind, amount / 100 if kind in {"share", "precision"} else amount)


def _check_columns(names: tuple[str, ...], known: tuple[str, ...]) -> None:
    for name in names:
        if name not in known and not name.endswith(" days"):
            raise refuse(f"The history has no column {name}.", f"It has: {', '.join(known)}.")


def _write(found: dict[str, Any], file: Path) -> None:
    """Write the draft. Raises Refused with the reason if there is none."""
    if found["draft"] is not None:
        file.write_text(found["draft"]["agreement"], encoding="utf-8")
        say(f"The draft is in {file}.")
        return
    if found["refused"]:
        why, remedy = found["refused"]["en"], "State another goal with --goal."
    elif found["missing"]:
        why, remedy = found["verdict"], "Wait for more leads, or choose another --target."
    else:
        why, remedy = found["verdict"], "Map more of what was known of leads, or ask for less."
    raise refuse(f"There is no draft to write. {why}", remedy, file=str(file))
