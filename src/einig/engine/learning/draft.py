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
