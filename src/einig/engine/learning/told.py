"""A proposal as plain values: what `einig propose --format json` prints, and what a page keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from einig.engine.agreement import content_hash, loads
from einig.engine.history.contract import History
from einig.engine.instants import iso
from einig.engine.learning.card import Activity, Attribute, Card, Row
from einig.engine.learning.drafting import Drafted, written_values
from einig.engine.learning.examples import Column
from einig.engine.learning.exploring import Correction
from einig.engine.learning.findings import Examination, Finding
from einig.engine.learning.ideal import IdealLead, Trait
from einig.engine.learning.portrait import Channel, brief, channels, portrait
from einig.engine.learning.proposal import Measured, Proposal
from einig.engine.learning.quality import Quality
from einig.engine.learning.ranking import Estimate
from einig.engine.learning.standing import AT_ANY
from einig.engine.learning.thresholds import Choice

LANGUAGES = ("en", "de")
_SOURCES = ("source", "lead source", "lead_source", "origin", "quelle", "lead-quelle", "kanal")
_KEYS = {"naive Bayes": "naive_bayes", "logistic regression": "logistic", "LightGBM": "lightgbm"}


def told(
    proposal: Proposal,
    history: History,
    *,
    source: str | None = None,
    spend: Mapping[str, float] | None = None,
    names: Mapping[str, Mapping[str, str]] | None = None,
) -> dict[str, Any]:
    """Return everything that a proposal says, as values that JSON can hold.

    `source` is the column that says where leads came from (by default one that is called so), and
    `spend` what each of its values cost, as compared. `names` says by language how people call
    columns.
    """
    examples = proposal.gathered.examples
    written = written_values(history, (column.name for column in examples.columns))
    rows = _channels(proposal, source, spend or {})
    card = proposal.card
    return {
        "learnable": proposal.verdict.learnable,
        "verdict": proposal.verdict.sentence,
        "missing": proposal.verdict.missing,
        **_figures(proposal.measured),
        "attributes": 0 if card is None else len(card.parts),
        "rows": 0 if card is None else card.rows,
        "set_aside": _reasons(proposal.examination, "set aside"),
        "blank_aside": _reasons(proposal.examination, "blank only"),
        "flagged": _reasons(proposal.examination, "flagged"),
        "train_until": iso(proposal.train_until),
        "target": _target(proposal),
        "examples": {
            "kind": proposal.gathered.kind,
            "all": len(examples),
            "won": int(examples.won.sum()),
            "older": proposal.older,
            "newer": proposal.newer,
            "unknown": [{"reason": why, "leads": n} for why, n in proposal.gathered.unknown],
        },
        "quality": None if proposal.measured is None else _quality(proposal.measured.card),
        "drift": None if proposal.measured is None else _drift(proposal.measured),
        "card": None if card is None else _card(card, written),
        "ideal": None if proposal.ideal is None else _ideal(proposal.ideal, written),
        "explored": [_correction(of, written) for of in proposal.corrected[:20]],
        "portrait": _portrait(proposal.ideal, written, names or {}),
        "channels": [_channel(row, written, source) for row in rows],
        "brief": {language: brief(rows, language) for language in LANGUAGES},
        "draft": None if proposal.drafted is None else _drafted(proposal.drafted),
        "refused": proposal.refused,
    }


def _figures(of: Measured | None) -> dict[str, float | None]:
    """Return the figures by which proposals are compared, each under a name of its own."""
    auc = None if of is None else of.card.auc
    others = {} if of is None else {c.name: c.quality.auc.value for c in of.others}
    before = None if of is None or of.before is None else of.before.auc.value
    return {
        "auc_test": None if auc is None else auc.value,
        "auc_test_low": None if auc is None else auc.low,
        "auc_test_high": None if auc is None else auc.high,
        **{f"auc_{key}": others.get(name) for name, key in _KEYS.items()},
        "auc_before": before,
    }


def _reasons(of: Examination, strength: str) -> list[dict[str, Any]]:
    names = {
        "set aside": of.set_aside,
        "blank only": of.blank_aside,
        "flagged": of.flagged,
    }[strength]
    return [_reason(of.of(name)[0]) for name in names]


def _reason(of: Finding) -> dict[str, Any]:
    return {
        "column": of.column,
        "reason": of.sentence,
        "kind": of.kind,
        "figures": dict(of.figures),
    }


def _target(of: Proposal) -> dict[str, Any]:
    target = of.gathered.target
    return {
        "kind": target.kind,
        "activities": list(target.activities),
        "within_days": target.within,
    }


def _estimate(of: Estimate) -> dict[str, float]:
    return {"value": of.value, "low": of.low, "high": of.high}


def _quality(of: Quality) -> dict[str, Any]:
    calibration = of.calibration
    return {
        "auc": _estimate(of.auc),
        "average_precision": _estimate(of.average_precision),
        "lift": _estimate(of.lift),
        "capacity": of.capacity,
        "calibration": None
        if calibration is None
        else {
            "expected": calibration.expected,
            "came": _estimate(calibration.came),
            "error": _estimate(calibration.error),
            "groups": [
                {"count": g.count, "expected": g.expected, "came": _estimate(g.conversion)}
                for g in calibration.groups
            ],
        },
    }


def _drift(of: Measured) -> dict[str, Any]:
    return {
        "won_before": of.drift.won_before,
        "won_after": of.drift.won_after,
        "columns": [
            {
                "column": c.column,
                "index": c.index,
                "verdict": c.verdict,
                "moved_most": c.moved_most,
                "share_before": c.share_before,
                "share_after": c.share_after,
            }
            for c in of.drift.columns
            if c.verdict != "stable"
        ],
    }


def _card(card: Card, written: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    return {
        "fit": [_attribute(a, written.get(a.name, {})) for a in card.attributes],
        "engagement": [_activity(a) for a in card.activities],
        "calendar": list(card.calendar),
        "learned_from": card.learned_from,
    }


def _attribute(of: Attribute, written: Mapping[str, str]) -> dict[str, Any]:
    return {"attribute": of.name, "way": of.way, "rows": [_row(row, written) for row in of.rows]}


def _row(of: Row, written: Mapping[str, str]) -> dict[str, Any]:
    label = written.get(of.label, of.label) if of.kind == "value" else of.label
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


def _ideal(of: IdealLead, written: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    return {
        "leads": of.leads,
        "conversion": _estimate(of.conversion),
        "method": of.method,
        "traits": [_trait(trait, written) for trait in of.traits],
        "pairs": [
            {
                "columns": list(pair.columns),
                "labels": [
                    written.get(column, {}).get(label, label)
                    for column, label in zip(pair.columns, pair.labels, strict=True)
                ],
                "count": pair.count,
                "conversion": _estimate(pair.conversion),
                "expected": pair.expected,
            }
            for pair in of.pairs
        ],
        "too_thin": [
            {"column": t.column, "values": t.values, "leads": t.leads} for t in of.too_thin
        ],
    }


def _trait(of: Trait, written: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    return {
        "column": of.column,
        "label": written.get(of.column, {}).get(of.label, of.label),
        "count": of.count,
        "share": of.share,
        "conversion": _estimate(of.conversion),
        "lift": _estimate(of.lift),
        "revenue_per_lead": of.revenue_per_lead,
        "false_share": of.false_share,
        "discovery": of.discovery,
        "trend": of.trend,
        "behaviour": None if of.behaviour is None else asdict(of.behaviour),
    }


def _correction(of: Correction, written: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    label = of.label or ""
    return {
        "column": of.column,
        "label": written.get(of.column or "", {}).get(label, label),
        "explored": of.explored,
        "with_them": _estimate(of.with_them),
        "without_them": None if of.without_them is None else _estimate(of.without_them),
    }


def _portrait(
    ideal: IdealLead | None,
    written: Mapping[str, Mapping[str, str]],
    names: Mapping[str, Mapping[str, str]],
) -> dict[str, str] | None:
    if ideal is None:
        return None
    return {
        language: portrait(ideal, language, written=written, names=names.get(language))
        for language in LANGUAGES
    }


def _channels(of: Proposal, source: str | None, spend: Mapping[str, float]) -> tuple[Channel, ...]:
    column = _source(of, source)
    if of.card is None or of.drafted is None or column is None:
        return ()
    examples = of.everyone
    at_least = of.drafted.chosen.at_least
    return channels(column, examples, of.card.score(examples), at_least=at_least, spend=spend)


def _source(of: Proposal, name: str | None) -> Column | None:
    wanted = [name.casefold()] if name is not None else list(_SOURCES)
    columns = {c.name.casefold(): c for c in of.everyone.columns if c.levels}
    return next((columns[w] for w in wanted if w in columns), None)


def _channel(
    of: Channel, written: Mapping[str, Mapping[str, str]], source: str | None
) -> dict[str, Any]:
    names = [source] if source else [n for n in written if n.casefold() in _SOURCES]
    shown = next((written[n].get(of.value) for n in names if n in written), None)
    return {
        "value": shown or of.value,
        "leads": of.leads,
        "ideal": of.ideal,
        "share": of.share,
        "won": of.won,
        "revenue_per_lead": of.revenue_per_lead,
        "spend": of.spend,
        "cost": of.cost,
    }


def _drafted(of: Drafted) -> dict[str, Any]:
    agreement = loads(of.text).agreement
    return {
        "agreement": of.text,
        "content_hash": content_hash(agreement),
        "goal": {"kind": of.goal.kind, "amount": of.goal.amount},
        "chosen": _choice(of.chosen),
        "curve": [_choice(choice) for choice in of.curve],
        "newer": _choice(of.newer),
        "signals": None if of.signals is None else _choice(of.signals),
        "fits": {str(before): now for before, now in of.fits.items()},
    }


def _choice(of: Choice) -> dict[str, Any]:
    return {
        "score": None if of.at_least == AT_ANY else of.at_least,
        "leads": of.leads,
        "won": of.precision.part,
        "weekly": of.weekly,
        "precision": of.precision.share,
        "precision_low": of.precision.low,
        "precision_high": of.precision.high,
        "recall": of.recall.share,
        "recall_low": of.recall.low,
        "recall_high": of.recall.high,
        "revenue": of.revenue,
    }
