"""How sure it is what was learned, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from einig.engine.learning.label_words import written
from einig.engine.learning.proposal import Measured
from einig.engine.learning.quality import Calibration, Quality
from einig.engine.learning.told_table import Written, estimate

_KEYS = {"naive Bayes": "naive_bayes", "logistic regression": "logistic", "LightGBM": "lightgbm"}


def figures(of: Measured | None) -> dict[str, float | None]:
    """Return the figures by which proposals are compared, each under a name of its own."""
    auc = None if of is None else of.card.auc
    others: Mapping[str, float] = (
        {} if of is None else {c.name: c.quality.auc.value for c in of.others}
    )
    before = None if of is None or of.before is None else of.before.auc.value
    return {
        "auc_test": None if auc is None else auc.value,
        "auc_test_low": None if auc is None else auc.low,
        "auc_test_high": None if auc is None else auc.high,
        **{f"auc_{key}": others.get(name) for name, key in _KEYS.items()},
        "auc_before": before,
    }


def quality(of: Quality) -> dict[str, Any]:
    """Return every figure of the quality with its interval."""
    return {
        "auc": estimate(of.auc),
        "average_precision": estimate(of.average_precision),
        "lift": estimate(of.lift),
        "capacity": of.capacity,
        "calibration": None if of.calibration is None else _calibration(of.calibration),
    }


def _calibration(of: Calibration) -> dict[str, Any]:
    return {
        "expected": of.expected,
        "came": estimate(of.came),
        "error": estimate(of.error),
        "groups": [
            {"count": g.count, "expected": g.expected, "came": estimate(g.conversion)}
            for g in of.groups
        ],
    }


def drift(of: Measured, values: Written) -> dict[str, Any]:
    """Return what is no longer as it was."""
    return {
        "won_before": of.drift.won_before,
        "won_after": of.drift.won_after,
        "columns": [
            {
                "column": c.column,
                "index": c.index,
                "verdict": c.verdict,
                "moved_most": written(values, c.column, c.moved_most),
                "share_before": c.share_before,
                "share_after": c.share_after,
            }
            for c in of.drift.columns
            if c.verdict != "stable"
        ],
    }
