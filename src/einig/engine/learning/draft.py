"""A draft: a card and a threshold as an agreement, in YAML that people read and the engine runs.

Everything that learning says nothing of (who is a lead, what binds both sides, buying signals)
stays as the agreement that the draft starts from has it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from einig.engine.instants import DAY
from einig.engine.learning.card import Activity, Attribute, Card, Row

Written = Mapping[str, Mapping[str, str]]  # by attribute and value as compared: as people write it


def draft(
    card: Card,
    *,
    at_least: int,
    name: str,
    base: str | None = None,
    written: Written | None = None,
    head: str = "",
) -> str:
    """Return the text of an agreement by which a lead is sales-ready from so many points on.

    `base` is the text of the agreement to start from, `head` a comment for the beginning.
    """
    document = _yaml().load(base) if base else CommentedMap({"name": name})
    if not base:
        document |= {"verify": "100%", "explore": "2%"}
    for key, table in (("fit", _fit(card, written or {})), ("engagement", _engagement(card))):
        document.pop(key, None)
        if table:
            document.insert(_place(document), key, table)
    document.pop("sales_ready", None)
    document.insert(_place(document), "sales_ready", _flow({"score": at_least}))
    if head:
        document.yaml_set_start_comment(head)
    text = io.StringIO()
    _yaml().dump(document, text)
    return text.getvalue()


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
    document = _yaml().load(base)
    if not keep:
        for key in ("fit", "engagement", "intent"):
            document.pop(key, None)
    usual = _width(document)
    fit, engagement = _fit(card, written or {}), _engagement(card)
    for key, table in (("fit", fit), ("engagement", engagement)):
        if table and key not in document:
            document.insert(_place(document), key, CommentedMap())
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
    _yaml().dump(document, text)
    return text.getvalue()


def _ready_from(document: CommentedMap, at_least: int, *, keep: bool) -> None:
    rule = document.get("sales_ready")
    if keep and isinstance(rule, CommentedMap):
        for measure in ("fit", "score"):
            if isinstance(rule.get(measure), int):
                rule[measure] = at_least
                return
    document["sales_ready"] = _flow({"score": at_least})


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


def _place(document: CommentedMap) -> int:
    """Return where the next part of the definition goes: after the name, the lead and itself."""
    before = [key for key in ("name", "lead", "fit", "engagement", "intent") if key in document]
    return max((list(document).index(key) for key in before), default=-1) + 1


def _fit(card: Card, written: Written) -> CommentedMap:
    table = CommentedMap()
    for attribute in card.attributes:
        table[attribute.name] = _rows(attribute, written.get(attribute.name, {}))
    return table


def _rows(attribute: Attribute, written: Mapping[str, str]) -> CommentedMap:
    rows = CommentedMap()
    for row in attribute.rows:
        label = written.get(row.label, row.label) if row.kind == "value" else row.label
        rows[label] = row.points
        rows.yaml_add_eol_comment(_figures(row), label)
    return rows


def _engagement(card: Card) -> CommentedMap:
    table = CommentedMap()
    for activity in card.activities:
        entry: dict[str, object] = {"activity": activity.behaviour.type}
        if activity.behaviour.where:
            entry["where"] = _flow(dict(activity.behaviour.where))
        criterion = activity.criterion
        (step,) = criterion.steps
        entry |= {"points": step.points, "for": f"{step.ends // DAY} days"}
        table[activity.name] = _flow(entry | {"at_most": criterion.at_most})
        table.yaml_add_eol_comment(_figures(activity), activity.name)
    return table


def _figures(of: Row | Activity) -> str:
    """Return the evidence beside a row: how many, and how often they close."""
    if of.lift is None:
        return f"{of.count:,} seen"
    return f"{of.count:,} seen, {of.lift:.1f} times as often"


def _flow(entries: Mapping[str, object]) -> CommentedMap:
    made = CommentedMap(entries)
    made.fa.set_flow_style()
    return made


def _yaml() -> YAML:
    yaml = YAML()
    yaml.version = None
    yaml.width = 10_000  # a criterion is one line
    yaml.preserve_quotes = True
    return yaml
