"""The report of a backtest as tables."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console

from einig.cli.output import count, local, money, of_100, out, table
from einig.engine.backtest.intervals import Proportion
from einig.engine.backtest.refusals import Refusal
from einig.engine.backtest.replay import Backtest, Comparison
from einig.engine.scoring.testable import untestable

MARK = "†"  # stands beside every figure that is not point in time


def refused(of: Refusal) -> str:
    """Return why a draft is refused."""
    who = "Nobody" if of.who == "nobody" else "Everyone"
    where = "by this rule" if of.by == "rule" else "on this history"
    return f"{who} would be handed over {where}."


def print_report(of: Backtest, comparison: Comparison | None, *, names: int) -> None:
    """Print a backtest for people, beside the replay that it is compared with."""
    console, about = out(), of.history.about
    replays = [of] if comparison is None else [of, comparison.current]
    headline = of.measures.precision
    console.print(
        f"Of 100 handed over, {of_100(headline.share)} bought "
        f"({of_100(headline.low)} to {of_100(headline.high)}).",
        style="bold",
    )
    console.print(
        f"{about.name}: {count(of.measures.leads)} leads, {count(of.measures.won)} won, "
        f"{count(of.measures.lost)} lost, {count(of.measures.open)} of unknown outcome.",
    )
    shown = table("", *(f"{replay.agreement.name}>" for replay in replays))
    for label, figure in _FIGURES:
        cells = [figure(replay) for replay in replays]
        marks = [
            MARK if _marked(replay) and c != "–" else ""
            for replay, c in zip(replays, cells, strict=True)
        ]
        shown.add_row(label, *(cell + mark for cell, mark in zip(cells, marks, strict=True)))
    console.print(shown)
    _print_months(console, of)
    if comparison is not None:
        _print_sides(console, comparison, names)
    _print_footnotes(console, replays)


def _marked(of: Backtest) -> bool:
    return bool(of.assumed_known) or not of.history.about.dated


def _interval(of: Proportion) -> str:
    if of.share is None:
        return "–"
    return f"{of_100(of.share)} ({of_100(of.low)} to {of_100(of.high)})"


def _revenue(of: Backtest, amount: float) -> str:
    known = of.measures.revenue_won + of.measures.revenue_missed
    return money(amount, of.history.about.currency) if known else "–"


def _weekly(of: Backtest) -> str:
    weekly = of.measures.weekly
    if weekly is None:
        return "–"
    return f"{weekly.mean:.1f} (most {weekly.highest})"


def _over_capacity(of: Backtest) -> str:
    weekly = of.measures.weekly
    if weekly is None or weekly.capacity is None:
        return "–"
    return f"{weekly.over_capacity} of {weekly.weeks}"


def _days(of: Backtest) -> str:
    days = of.measures.days_to_win
    return "–" if days is None else f"{days[1]:.1f} ({days[0]:.1f} to {days[2]:.1f})"


def _hours(of: Backtest) -> str:
    hours = of.measures.sales_hours
    return "–" if hours is None else count(round(hours))


_FIGURES: tuple[tuple[str, Callable[[Backtest], str]], ...] = (
    ("Sales-ready leads", lambda of: count(of.measures.sales_ready)),
    ("Won among them", lambda of: count(of.measures.won_sales_ready)),
    ("Unknown among them", lambda of: count(of.measures.open_sales_ready)),
    ("Of 100 handed over, bought", lambda of: _interval(of.measures.precision)),
    ("Of 100 buyers, handed over", lambda of: _interval(of.measures.recall)),
    ("Revenue won", lambda of: _revenue(of, of.measures.revenue_won)),
    ("Revenue missed", lambda of: _revenue(of, of.measures.revenue_missed)),
    ("Hand-offs", lambda of: count(of.measures.handoffs)),
    ("Hand-offs a week", _weekly),
    ("Weeks over capacity", _over_capacity),
    ("Days from sales-ready to won", _days),
    ("Hours of sales", _hours),
    ("Buying signal outside the ideal", lambda of: count(of.measures.outside_ideal)),
    ("Explored below the line", lambda of: count(of.measures.explored)),
)


def _print_months(console: Console, of: Backtest) -> None:
    if of.measures.months is None:
        return
    shown = table(
        "Month",
        "Leads>",
        "Won>",
        "Sales-ready>",
        "Unknown>",
        "Bought of 100>",
        "Handed over of 100>",
    )
    mark = MARK if _marked(of) else ""
    for month in of.measures.months:
        shown.add_row(
            month.month,
            count(month.leads),
            count(month.won),
            count(month.sales_ready) + mark,
            count(month.open_sales_ready) + mark,
            of_100(month.precision.share) + mark,
            of_100(month.recall.share) + mark,
        )
    console.print()
    console.print(shown)


def _print_sides(console: Console, of: Comparison, names: int) -> None:
    for sides, verb, replay in (
        (of.only_other, "adds", of.other),
        (of.only_current, "drops", of.other),
    ):
        won = sum(side.outcome == "won" for side in sides)
        console.print()
        console.print(
            f"{replay.agreement.name} {verb} {count(len(sides))} leads, {count(won)} of them won.",
        )
        if not sides[:names]:
            continue
        shown = table("Lead", "Sales-ready from", "Outcome", "Revenue>")
        for side in sides[:names]:
            at = local(side.first_ready_at, of.other.history.about.zone)
            shown.add_row(side.lead_id, at, side.outcome, money(side.revenue, None))
        console.print(shown)
        if len(sides) > names:
            console.print(f"… and {count(len(sides) - names)} more; name more with --names.")


def _print_footnotes(console: Console, replays: list[Backtest]) -> None:
    assumed = sorted({name for replay in replays for name in replay.assumed_known})
    about = replays[0].history.about
    notes = []
    if assumed:
        notes.append(
            f"{MARK} Not point in time: it is not known since when {', '.join(assumed)} was known; "
            "counted from the lead's creation."
        )
    if not about.dated:
        notes.append(
            f"{MARK} Not point in time: without dates, outcomes count as later than decisions; "
            "figures a week and a month cannot be told."
        )
    for replay in replays:
        if names := untestable(replay.agreement, replay.history):
            notes.append(
                f"Untestable on this history in {replay.agreement.name}: {', '.join(names)}."
            )
    if about.unknown:
        reasons = ", ".join(f"{count(number)} {why}" for why, number in about.unknown)
        notes.append(f"Of unknown outcome: {reasons}.")
    if notes:
        console.print()
    for note in notes:
        console.print(note)
