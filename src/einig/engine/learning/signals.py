"""Buying signals: what the agreement so far asks of those who show one, kept in a draft's rule.

A rule is handled as it is written, so that a draft says it in the words in which people agreed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from einig.engine.agreement import model
from einig.engine.agreement.model import All, AtLeast, HasIntent, Rule

Written = Any  # the word `intent`, or a mapping of which all entries must hold


def ready_rule(before: Written, *, at_least: int, fits: Mapping[int, int]) -> CommentedMap:
    """Return the rule of a draft: enough points, or a buying signal as the rule before asks for it.

    `fits` says by each threshold on fit in the rule before which one it is on the new points. A way
    to sales that asks for a signal together with engagement, score, or a fit that is not in `fits`
    is left out: of such leads the score decides.
    """
    score = flow({"score": at_least})
    signals = None if before is None else _left(before, fits, shows=True)
    if signals is None:
        return score
    if set(signals) == {"any"}:
        return flow({"any": [score, *signals["any"]]})
    return flow({"any": [score, "intent" if signals == _ANY_INTENT else signals]})


_ANY_INTENT = {"intent": "any"}


def _left(rule: Written, fits: Mapping[int, int], *, shows: bool) -> dict[str, Any] | None:
    """Return what is left of a rule without engagement and score; None where no way is.

    With `shows` only those ways are left that ask for a buying signal.
    """
    rule = rule if isinstance(rule, Mapping) else _ANY_INTENT
    if {"engagement", "score"} & set(rule) or (shows and not _asks(rule)):
        return None
    left: dict[str, Any] = {key: rule[key] for key in ("intent", "attributes") if key in rule}
    if "fit" in rule:
        if int(rule["fit"]) not in fits:
            return None
        left = {"fit": fits[int(rule["fit"])]} | left
    shows = shows and "intent" not in rule
    for key, parts in ((key, rule[key]) for key in ("any", "all") if key in rule):
        kept = (_any if key == "any" else _all)(parts, fits, shows=shows)
        if not kept:
            return None
        shows = shows and not any(map(_asks, parts))  # one that shows is enough
        if len(kept) == 1 and not set(kept[0]) & set(left):
            left |= kept[0]
        else:
            left[key] = ["intent" if part == _ANY_INTENT else part for part in kept]
    return left


def _any(parts: Sequence[Written], fits: Mapping[int, int], *, shows: bool) -> list[dict[str, Any]]:
    shows = shows and any(map(_asks, parts))
    kept = (_left(part, fits, shows=shows) for part in parts)
    return [part for part in kept if part is not None]


def _all(parts: Sequence[Written], fits: Mapping[int, int], *, shows: bool) -> list[dict[str, Any]]:
    kept = []
    for part in parts:
        left = _left(part, fits, shows=shows and _asks(part))
        if left is None:
            return []
        shows = shows and not _asks(part)
        kept.append(left)
    return kept


def _asks(rule: Written) -> bool:
    """Return whether a rule asks for a buying signal anywhere."""
    if not isinstance(rule, Mapping):
        return True
    parts = [*rule.get("any", ()), *rule.get("all", ())]
    return "intent" in rule or any(map(_asks, parts))


def flow(entries: Mapping[str, Any]) -> CommentedMap:
    """Return a mapping that is written in one line, with everything in it."""
    made = CommentedMap({key: _flowing(each) for key, each in entries.items()})
    made.fa.set_flow_style()
    return made


def _flowing(each: Any) -> Any:
    if isinstance(each, Mapping):
        return flow(each)
    if isinstance(each, list):
        made = CommentedSeq(map(_flowing, each))
        made.fa.set_flow_style()
        return made
    return each


def fits_asked(rule: Rule) -> frozenset[int]:
    """Return the thresholds on fit that a rule asks for."""
    match rule:
        case AtLeast("fit", points):
            return frozenset((points,))
        case All(parts) | model.Any(parts):
            return frozenset[int]().union(*map(fits_asked, parts))
    return frozenset()


def asks_intent(rule: Rule) -> bool:
    """Return whether a rule asks for a buying signal."""
    match rule:
        case HasIntent():
            return True
        case All(parts) | model.Any(parts):
            return any(map(asks_intent, parts))
    return False
