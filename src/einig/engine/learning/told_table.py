"""What was found in columns, as plain values: the card, the ideal lead, what explored leads say.

Values stand as people write them (`written`, by column and value as compared).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from einig.engine.learning.card import Activity, Attribute, Card, Row
from einig.engine.learning.discoveries import SHARE_FALSE
from einig.engine.learning.exploring import Correction
from einig.engine.learning.ideal import IdealLead, Trait
from einig.engine.learning.label_words import written
from einig.engine.learning.pairs import Pair
from einig.engine.learning.ranking import Estimate
from einig.engine.learning.shuffling import Shuffled
from einig.engine.learning.told_words import say

Written = Mapping[str, Mapping[str, str]]


def estimate(of: Estimate) -> dict[str, float]:
    """Return a figure with its interval."""
    return {"value": of.value, "low": of.low, "high": of.high}


def shuffled(of: Shuffled | None) -> dict[str, float] | None:
    """Return how often something was claimed of shuffled outcomes."""
    return None if of is None else asdict(of)


def card(of: Card, values: Written) -> dict[str, Any]:
    """Return a card."""
    return {
        "fit": [_attribute(a, values) for a in of.attributes],
        "engagement": [_activity(a) for a in of.activities],
        "calendar": list(of.calendar),
        "learned_from": of.learned_from,
    }


def _attribute(of: Attribute, values: Written) -> dict[str, Any]:
    rows = [_row(row, of.name, values) for row in of.rows]
    return {"attribute": of.name, "way": of.way, "rows": rows}


def _row(of: Row, column: str, values: Written) -> dict[str, Any]:
    label = written(values, column, of.label) if of.kind == "value" else of.label
    figures = {"count": of.count, "conversion": of.conversion, "lift": of.lift}
    return {"kind": of.kind, "label": label, "points": of.points} | figures


def _activity(of: Activity) -> dict[str, Any]:
    return {
        "name": of.name,
        "activity": of.behaviour.type,
        "where": dict(of.behaviour.where),
        "days": of.behaviour.days,
        "points": of.points,
        "times": of.times,
        "count": of.count,
        "conversion": of.conversion,
        "lift": of.lift,
    }


def ideal(of: IdealLead, values: Written) -> dict[str, Any]:
    """Return what leads that reached the target have in common."""
    return {
        "examples": of.examples,
        "leads": of.leads,
        "conversion": estimate(of.conversion),
        "reached": of.reached,
        "method": method(of, "en"),
        "test": "exact" if of.plain else "robust",
        "shuffled": shuffled(of.shuffled),
        "traits": [_trait(trait, values) for trait in of.traits],
        "pairs": [_pair(pair, values) for pair in of.pairs],
        "too_thin": [
            {"column": t.column, "values": t.values, "leads": t.leads} for t in of.too_thin
        ],
    }


def method(of: IdealLead, language: str) -> str:
    """Return how false discoveries are controlled, in a sentence."""
    test = say("exact" if of.plain else "robust", language)
    return say("false discoveries", language, {"test": test, "limit": SHARE_FALSE})


def _trait(of: Trait, values: Written) -> dict[str, Any]:
    return {
        "column": of.column,
        "label": written(values, of.column, of.label),
        "count": of.count,
        "leads": of.leads,
        "share": of.share,
        "conversion": estimate(of.conversion),
        "lift": estimate(of.lift),
        "revenue_per_lead": of.revenue_per_lead,
        "false_share": of.false_share,
        "discovery": of.discovery,
        "trend": of.trend,
        "behaviour": None if of.behaviour is None else asdict(of.behaviour),
    }


def _pair(of: Pair, values: Written) -> dict[str, Any]:
    sides = zip(of.columns, of.labels, strict=True)
    return {
        "columns": list(of.columns),
        "labels": [written(values, column, label) for column, label in sides],
        "count": of.count,
        "conversion": estimate(of.conversion),
        "expected": of.expected,
    }


def correction(of: Correction, values: Written) -> dict[str, Any]:
    """Return what explored leads change."""
    return {
        "column": of.column,
        "label": written(values, of.column or "", of.label or ""),
        "explored": of.explored,
        "with_them": estimate(of.with_them),
        "without_them": None if of.without_them is None else estimate(of.without_them),
    }
