"""`einig propose`: the ideal lead, learned from what really closed, as a draft."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import click

from einig.cli.inputs import format_option, history_options, load_agreement, load_history
from einig.cli.output import count, of_100, out, print_json, progress, say, table
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
    form: str,
) -> None:
    """Learn from a history which leads close, and propose an agreement.

    Columns that know more than could be known when a lead had to be judged are set aside, each with
    the evidence. What is left is learned from the older leads and measured on the newer ones; where
    there is nothing to learn, that is the answer. The draft is an agreement like any other.

    \b
    einig propose --history history.yaml --goal 20/week --out draft.yaml
    """
    from einig.engine.history.mapping_grammar import load_mapping
    from einig.engine.learning.proposal import propose
    from einig.engine.learning.told import told

    wanted, served = _target(target, within), _goal(goal)
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
        _print(found)
    if target_file is not None:
        if found["draft"] is None:
            say("There is no draft to write.")
        else:
            target_file.write_text(found["draft"]["agreement"], encoding="utf-8")
            say(f"The draft is in {target_file}.")
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


def _print(found: dict[str, Any]) -> None:
    out().print(found["verdict"])
    if found["auc_test"] is not None:
        _print_quality(found)
    if found["portrait"]:
        out().print(f"\n{found['portrait']['en']}")
    if found["brief"]["en"]:
        out().print(found["brief"]["en"])
    if found["card"]:
        _print_card(found["card"])
    for title, key in (
        ("Set aside", "set_aside"),
        ("Blank not used", "blank_aside"),
        ("To be looked at", "flagged"),
    ):
        if found[key]:
            out().print(f"\n{title}")
            for of in found[key]:
                out().print(f"  {of['column']}: {of['reason']}")
    if found["draft"]:
        chosen, newer = found["draft"]["chosen"], found["draft"]["newer"]
        out().print(f"\nFrom {chosen['score']} points on: {_comes_to(chosen)}")
        out().print(f"On newer leads, which it was not learned from: {_comes_to(newer)}")
    if found["refused"]:
        out().print(f"\nNo draft: {found['refused']}")


def _comes_to(of: dict[str, Any]) -> str:
    weekly = f", {of['weekly']:.1f} a week" if of["weekly"] is not None else ""
    bought, reached = (
        f"{of_100(of[name])} ({of_100(of[f'{name}_low'])} to {of_100(of[f'{name}_high'])})"
        for name in ("precision", "recall")
    )
    return (
        f"{count(of['leads'])} leads{weekly}; of 100 handed over, {bought} bought; of 100 buyers, "
        f"{reached} were handed over."
    )


def _print_quality(found: dict[str, Any]) -> None:
    rows = table("on newer leads", "AUC>")
    low, high = found["auc_test_low"], found["auc_test_high"]
    rows.add_row("this card", f"{found['auc_test']:.3f} ({low:.3f} to {high:.3f})")
    names = {
        "auc_before": "the agreement so far",
        "auc_naive_bayes": "naive Bayes",
        "auc_logistic": "logistic regression",
        "auc_lightgbm": "LightGBM",
    }
    for key, name in names.items():
        if found[key] is not None:
            rows.add_row(name, f"{found[key]:.3f}")
    out().print()
    out().print(rows)


def _print_card(card: dict[str, Any]) -> None:
    rows = table("fit", "", "points>", "leads>", "closes>")
    for attribute in card["fit"]:
        name = attribute["attribute"]
        for row in attribute["rows"]:
            lift = "–" if row["lift"] is None else f"{row['lift']:.1f}x"
            rows.add_row(name, row["label"], str(row["points"]), count(row["count"]), lift)
            name = ""
    for of in card["engagement"]:
        lift = "–" if of["lift"] is None else f"{of['lift']:.1f}x"
        each = f"each, at most {of['times']}"
        rows.add_row(of["name"], each, str(of["points"]), count(of["count"]), lift)
    out().print()
    out().print(rows)
