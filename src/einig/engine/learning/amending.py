"""An agreement amended: only that changes for which a card gives points."""

from __future__ import annotations

import io
from collections.abc import Mapping

from ruamel.yaml.comments import CommentedMap

from einig.engine.learning.card import Card
from einig.engine.learning.draft import (
    Written,
    engagement_table,
    fit_table,
    place_of,
    yaml,
)
from einig.engine.learning.signals import flow


def amended(
    card: Card,
    base: str,
    *,
    at_least: int,
    keep: bool = True,
    keep_rule: bool = True,
    written: Written | None = None,
    head: str = "",
) -> str:
    """Return an agreement with only that changed for which a card gives points.

    An attribute or activity that had points before keeps its weight: the best row is as far from
    the worst as it was, whatever few judgements say. A threshold of fit or of the score at the top
    of `sales_ready` becomes `at_least`; without one, or without `keep_rule`, a lead is ready from
    so many points on. Without `keep` all points of the base, and its buying signals, are left out.
    """
    document = yaml().load(base)
    if not keep:
        for key in ("fit", "engagement", "intent"):
            document.pop(key, None)
    usual = _width(document)
    fit, engagement = fit_table(card, written or {}), engagement_table(card)
    for key, table in (("fit", fit), ("engagement", engagement)):
        if table and key not in document:
            document.insert(place_of(document, key), key, CommentedMap())
    for name, rows in fit.items():
        _scale(rows, _spread(document["fit"].get(name)) or usual)
        document["fit"][name] = rows
    for name, entry in engagement.items():
        before = [key for key, of in document["engagement"].items() if _is_of(entry, key, of)]
        for key in before:
            del document["engagement"][key]
        document["engagement"][name] = entry
    _ready_from(document, at_least, keep=keep and keep_rule)
    if head:
        document.yaml_set_start_comment(head)
    text = io.StringIO()
    yaml().dump(document, text)
    return text.getvalue()


def _ready_from(document: CommentedMap, at_least: int, *, keep: bool) -> None:
    rule = document.get("sales_ready")
    if keep and isinstance(rule, CommentedMap):
        for measure in ("fit", "score"):
            if isinstance(rule.get(measure), int):
                rule[measure] = at_least
                return
    document["sales_ready"] = flow({"score": at_least})


def _is_of(entry: Mapping[str, object], key: str, of: object) -> bool:
    """Return whether a criterion counts the same activity as a new one."""
    named = of.get("activity", key) if isinstance(of, Mapping) else key
    return bool(named == entry["activity"])


def _width(document: Mapping[str, Mapping[str, object]]) -> int:
    """Return how many points an attribute makes a difference of, on average; 0 without any."""
    spreads = [spread for rows in document.get("fit", {}).values() if (spread := _spread(rows))]
    return round(sum(spreads) / len(spreads)) if spreads else 0


def _spread(rows: object) -> int:
    if not isinstance(rows, Mapping):
        return 0
    points = [of for of in rows.values() if isinstance(of, int)]
    return max([0, *points]) - min([0, *points])


def _scale(rows: CommentedMap, width: int) -> None:
    """Stretch the points of an attribute, so that they make as much of a difference as wanted."""
    own = _spread(rows)
    if width and own:
        for label in list(rows):
            rows[label] = round(rows[label] * width / own)
