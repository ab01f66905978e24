"""A backtest or a trial as plain values: what a program reads, and what the page shows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from einig.engine.agreement.content import content_hash
from einig.engine.backtest.changes import Changes, outcome_of
from einig.engine.backtest.curve import Mark
from einig.engine.backtest.groups import Group
from einig.engine.backtest.intervals import Proportion
from einig.engine.backtest.measures import Month
from einig.engine.backtest.replay import Backtest, Comparison, Side
from einig.engine.backtest.trial import Replayed, Trial
from einig.engine.instants import iso
from einig.engine.scoring.testable import untestable

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


def report(of: Backtest, *, engine: str) -> dict[str, Any]:
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


def comparison(of: Comparison, *, names: int, engine: str) -> dict[str, Any]:
    """Return what a comparison adds: the other replay, and who changes sides."""
    return {
        "against": report(of.current, engine=engine),
        "changes": {
            "added": len(of.only_other),
            "added_won": sum(side.outcome == "won" for side in of.only_other),
            "dropped": len(of.only_current),
            "dropped_won": sum(side.outcome == "won" for side in of.only_current),
            "added_leads": [_side(side) for side in of.only_other[:names]],
            "dropped_leads": [_side(side) for side in of.only_current[:names]],
        },
    }


def trial_told(of: Trial, *, names: int) -> dict[str, Any]:
    """Return a trial as one object: that of a backtest, with everything that a trial adds."""
    found = report(of.draft.backtest, engine="kernel") | {
        "refused": None if of.refusal is None else asdict(of.refusal),
        "revenue": asdict(of.revenue),
        "curve": _curve(of.draft),
        "segments": [
            {
                "attribute": each.attribute,
                "assumed_known": each.assumed_known,
                "groups": [_group(group) for group in each.groups],
                "against": None if each.against is None else [_group(g) for g in each.against],
            }
            for each in of.segments
        ],
    }
    if of.against is None or of.added is None or of.dropped is None:
        return found
    return found | {
        "against": report(of.against.backtest, engine="kernel"),
        "changes": {
            "added": len(of.added.leads),
            "added_won": of.added.won,
            "added_revenue": of.added.revenue,
            "dropped": len(of.dropped.leads),
            "dropped_won": of.dropped.won,
            "dropped_revenue": of.dropped.revenue,
            "added_leads": _changed(of, of.draft, of.added, names),
            "dropped_leads": _changed(of, of.against, of.dropped, names),
        },
    }


def _changed(of: Trial, by: Replayed, changed: Changes, names: int) -> list[dict[str, Any]]:
    numbers: list[int] = changed.leads[:names].tolist()
    ids, first = of.past.history.leads["lead_id"], by.backtest.decisions.first_ready_at
    return [
        {
            "lead": ids[n].as_py(),
            "first_ready_at": iso(int(first[n])),
            "outcome": outcome_of(of.past, n),
            "revenue": float(of.past.outcomes.revenue[n]),
        }
        for n in numbers
    ]


def _curve(of: Replayed) -> dict[str, Any] | None:
    if of.curve is None:
        return None
    marks = [_mark(mark) for mark in of.curve.marks]
    return asdict(of.curve) | {"marks": marks}


def _mark(of: Mark) -> dict[str, Any]:
    return asdict(of) | _proportion("precision", of.precision) | _proportion("recall", of.recall)


def _group(of: Group) -> dict[str, Any]:
    return asdict(of) | _proportion("precision", of.precision) | _proportion("recall", of.recall)


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
