"""Refusals: an agreement by which nobody, or everybody, would go to sales is no agreement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from einig.engine.agreement.model import Agreement, All, Any, AtLeast, HasIntent, Rule
from einig.engine.agreement.rules import engagement_range, fit_range
from einig.engine.backtest.measures import Measures


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a draft is refused: it hands over nobody or everyone.

    `by` is "rule" where that can be seen without a history, else "history".
    """

    who: Literal["nobody", "everyone"]
    by: Literal["rule", "history"]


def refused_by_rule(agreement: Agreement) -> Refusal | None:
    """Return why a draft is refused whatever the history is; None if it is not."""
    if not _possible(agreement.sales_ready, agreement):
        return Refusal("nobody", "rule")
    lead = agreement.lead
    everyone = not lead.reachable_by and not lead.never
    if everyone and _certain(agreement.sales_ready, agreement):
        return Refusal("everyone", "rule")
    return None


def refused_by_history(m: Measures) -> Refusal | None:
    """Return why a draft is refused on a history; one without leads refuses nothing."""
    if m.leads and not m.sales_ready:
        return Refusal("nobody", "history")
    if m.leads > 1 and m.sales_ready == m.leads:
        return Refusal("everyone", "history")
    return None


def _possible(rule: Rule, of: Agreement) -> bool:
    match rule:
        case AtLeast(measure, points):
            return _range(measure, of)[1] >= points
        case HasIntent(name):
            return any(name in (None, intent.name) for intent in of.intent)
        case All(parts):
            return all(_possible(part, of) for part in parts)
        case Any(parts):
            return any(_possible(part, of) for part in parts)
    return True


def _certain(rule: Rule, of: Agreement) -> bool:
    match rule:
        case AtLeast(measure, points):
            return _range(measure, of)[0] >= points
        case All(parts):
            return all(_certain(part, of) for part in parts)
        case Any(parts):
            return any(_certain(part, of) for part in parts)
    return False


def _range(measure: str, of: Agreement) -> tuple[float, float]:
    fit, engagement = fit_range(of), engagement_range(of)
    score = fit[0] + engagement[0], fit[1] + engagement[1]
    return {"fit": fit, "engagement": engagement, "score": score}[measure]
