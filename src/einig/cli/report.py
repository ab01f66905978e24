"""The report of a backtest, as JSON and as tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from rich.console import Console

from einig.cli.output import count, local, money, of_100, out, table
from einig.engine.agreement.content import content_hash
from einig.engine.backtest.intervals import Proportion
from einig.engine.backtest.measures import Month
from einig.engine.backtest.replay import Backtest, Comparison, Side
from einig.engine.instants import iso
from einig.engine.scoring.testable import untestable

MARK = "†"  # stands beside every figure that is not point in time

# the figures that rest on what the agreement decided
DECIDED = (
    "sales_ready",
    "won_sales_ready",
    "lost_sales_ready",
    "open_sales_ready",
    "precision",
    "recall",
    "revenue_won",
    "revenue_missed",
    "handoffs",
    "handoffs_a_week",
    "days_to_win",
    "sales_hours",
    "outside_ideal",
    "explored",
    "months",
)


def report_json(of: Backtest, *, engine: str) -> dict[str, Any]:
    """Return a backtest as one JSON object."""
    m, about = of.measures, of.history.about
    assumed = list(of.assumed_known)
    return {
        "agreement": {"name": of.agreement.name, "hash": content_hash(of.agreement)},
        "history": {"name": about.name, "zone": about.zone, "until": iso(about.ends_at)},
        "engine": engine,
        "leads": m.leads,
        "events": m.events,
        "won": m.won,
        "lost": m.lost,
        "open": m.open,
        "unknown": dict(m.unknown),
        "sales_ready": m.sales_ready,
        "won_sales_ready": m.won_sales_ready,
        "lost_sales_ready": m.lost_sales_ready,
        "open_sales_ready": m.open_sales_ready,
        **_proportion("precision", m.precision),
        **_proportion("recall", m.recall),
        "revenue_won": m.revenue_won,
        "revenue_missed": m.revenue_missed,
        "currency": about.currency,
        "handoffs": m.handoffs,
        "handoffs_a_week": None if m.weekly is None else asdict(m.weekly),
        "days_to_win": None if m.days_to_win is None else _quartiles(m.days_to_win),
        "sales_hours": m.sales_hours,
        "outside_ideal": m.outside_ideal,
        "explored": m.explored,
        "months": None if m.months is None else [_month(month) for month in m.months],
        "assumed_known": assumed,
        "outcomes_dated": about.dated,
        "not_point_in_time": list(DECIDED) if assumed or not about.dated else [],
        "untestable": list(untestable(of.agreement, of.history)),
        "set_aside": {"rows": about.set_aside, "file": about.set_aside_file},
    }


def comparison_json(of: Comparison, *, names: int, engine: str) -> dict[str, Any]:
    """Return what a comparison adds: the other replay, and who changes sides."""
    return {
        "against": report_json(of.current, engine=engine),
        "changes": {
            "added": len(of.only_other),
            "added_won": sum(side.outcome == "won" for side in of.only_other),
            "dropped": len(of.only_current),
            "dropped_won": sum(side.outcome == "won" for side in of.only_current),
            "added_leads": [_side(side) for side in of.only_other[:names]],
            "dropped_leads": [_side(side) for side in of.only_current[:names]],
        },
    }


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


def _proportion(name: str, of: Proportion) -> dict[str, float | None]:
    return {name: of.share, f"{name}_low": of.low, f"{name}_high": of.high}


def _quartiles(days: tuple[float, float, float]) -> dict[str, float]:
    return dict(zip(("low", "median", "high"), days, strict=True))


def _month(month: Month) -> dict[str, Any]:
    shares = {"precision": month.precision.share, "recall": month.recall.share}
    return asdict(month) | shares


def _side(side: Side) -> dict[str, Any]:
    return {
        "lead": side.lead_id,
        "first_ready_at": iso(side.first_ready_at),
        "outcome": side.outcome,
        "revenue": side.revenue,
    }
