"""A draft: a card and a threshold as an agreement, in YAML that people read and the engine runs.

Everything that learning says nothing of (who is a lead, what binds both sides, buying signals)
stays as the agreement that the draft starts from has it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedBase, CommentedMap

from einig.engine.agreement.document import loads
from einig.engine.instants import DAY
from einig.engine.learning.card import Activity, Attribute, Card, Row
from einig.engine.learning.signals import fits_asked, flow, ready_rule

LEARNED = "Learned from "  # so the comment begins that says what a draft was learned from
BESIDE = "Learned beside "  # and so the one that says beside which version that was
Written = Mapping[str, Mapping[str, str]]  # by attribute and value as compared: as people write it


def draft(
    card: Card,
    *,
    at_least: int,
    name: str,
    base: str | None = None,
    written: Written | None = None,
    head: str = "",
    fits: Mapping[int, int] | None = None,
) -> str:
    """Return the text of an agreement by which a lead is sales-ready from so many points on.

    `base` is the text of the agreement to start from, `head` a comment for the beginning. `fits`
    says for its buying signals which fit they need now, see `signals.ready_rule`.
    """
    document = _yaml().load(base) if base else CommentedMap({"name": name})
    if not base:
        document |= {"verify": "100%", "explore": "2%"}
    tables = {"fit": _fit(card, written or {}), "engagement": _engagement(card)}
    return _text(document, tables, at_least=at_least, fits=fits or {}, head=head)


def rebased(
    learned: str, base: str, *, at_least: int, fits: Mapping[int, int], head: str = ""
) -> str:
    """Return a draft as it reads on another agreement: what was learned, and all else from there.

    Where the other agreement asks for a fit that `fits` does not know, the highest one stands.
    """
    document, draft_ = _yaml().load(base), _yaml().load(learned)
    tables = {key: _taken(draft_, key)[0] for key in ("fit", "engagement")}
    asked = fits_asked(loads(base).agreement.sales_ready)
    known = {of: fits.get(of, max(fits.values())) for of in asked} if fits else {}
    return _text(document, tables, at_least=at_least, fits=known, head=head)


def _text(
    document: CommentedMap,
    tables: Mapping[str, CommentedMap | None],
    *,
    at_least: int,
    fits: Mapping[int, int],
    head: str,
) -> str:
    for key, table in tables.items():
        place = _place(document, key)
        after = _without(document, key)
        if table:
            document.insert(place, key, table)
        _say_before(document, *after)
    rule = ready_rule(document.get("sales_ready"), at_least=at_least, fits=fits)
    place = _place(document, "sales_ready")
    after = _without(document, "sales_ready")
    document.insert(place, "sales_ready", rule)
    _say_before(document, *after)
    if head:
        _say_first(document, head)
    text = io.StringIO()
    _yaml().dump(document, text)
    return text.getvalue()


# --- comments: what was written of other parts stays where it was -------------------------------


def _without(document: CommentedMap, key: str) -> tuple[str | None, str]:
    """Take a part out; return the key of the next one, and what was written between them."""
    keys = list(document)
    following = keys[keys.index(key) + 1 :] if key in keys else []
    _part, between = _taken(document, key)
    return (following[0] if following else None), between


def _taken(document: CommentedMap, key: str) -> tuple[Any, str]:
    """Take a part out with its comments; return it, and apart what was written after its end."""
    if key not in document:
        return None, ""
    within: Any = document
    last: Any = key
    while isinstance(within[last], CommentedBase) and not within[last].fa.flow_style():
        deeper = within[last]
        if not deeper:
            break
        within, last = deeper, len(deeper) - 1 if isinstance(deeper, list) else list(deeper)[-1]
    place = 0 if isinstance(within, list) else 2
    tokens = within.ca.items.get(last, [])
    between = ""
    if len(tokens) > place and tokens[place] is not None:
        token = tokens[place]
        own, _, between = token.value.partition("\n")
        token.value = own + "\n"
    return document.pop(key), between


def _say_before(document: CommentedMap, key: str | None, between: str) -> None:
    """Write comments before a part, as they stood; empty lines alone say nothing."""
    said = "\n".join(line.strip().removeprefix("#").strip() for line in between.splitlines())
    if key is not None and said.strip():
        document.yaml_set_comment_before_after_key(key, before=said.strip("\n"))


def _say_first(document: CommentedMap, head: str) -> None:
    """Write a comment at the beginning, before what people wrote there; of drafts one is enough."""
    tokens = (document.ca.comment or [None, None])[1] or []
    lines = "".join(token.value for token in tokens).splitlines()
    kept = [line.removeprefix("#").strip() for line in lines if line.strip()]
    kept = [line for line in kept if not line.startswith((LEARNED, BESIDE))]
    document.yaml_set_start_comment("\n".join([head, *kept]))


def _place(document: CommentedMap, part: str) -> int:
    """Return where a part of the definition goes: where it was, or after what comes before it."""
    if part in document:
        return list(document).index(part)
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
            entry["where"] = flow(dict(activity.behaviour.where))
        criterion = activity.criterion
        (step,) = criterion.steps
        entry |= {"points": step.points, "for": f"{step.ends // DAY} days"}
        table[activity.name] = flow(entry | {"at_most": criterion.at_most})
        table.yaml_add_eol_comment(_figures(activity), activity.name)
    return table


def _figures(of: Row | Activity) -> str:
    """Return the evidence beside a row: how many, and how often they close."""
    if of.lift is None:
        return f"{of.count:,} seen"
    return f"{of.count:,} seen, {of.lift:.1f} times as often"


def _yaml() -> YAML:
    yaml = YAML()
    yaml.version = None
    yaml.width = 10_000  # a criterion is one line
    yaml.preserve_quotes = True
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    return yaml
