"""What is learned from real histories, with every column of the files left in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.data import DATA, needs_data

ROOT = Path(__file__).parents[1]
EINIG = Path(sys.executable).with_name("einig")
NAMES = ("xeducation", "bank", "olist", "bpic2012")
OTHERS = ("auc_lightgbm", "auc_logistic", "auc_naive_bayes")


def proposed(name: str, cache: Path) -> dict[str, Any]:
    """Run the command on a history with its leaks, and return what it prints."""
    history = ["--history", f"examples/histories/raw/{name}.yaml", "--data", str(DATA)]
    done = subprocess.run(
        [EINIG, "propose", *history, "--format", "json"],
        cwd=ROOT,
        env=os.environ | {"EINIG_CACHE": str(cache)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@needs_data
def test_olist_is_learned_from_what_was_known_and_becomes_an_agreement(tmp_path: Path) -> None:
    told = proposed("olist", tmp_path)
    assert told["learnable"] is True
    assert {of["column"] for of in told["set_aside"]} == {
        "average_stock", "business_segment", "business_type", "declared_monthly_revenue",
        "declared_product_catalog_size", "has_company", "has_gtin", "lead_behaviour_profile",
        "lead_type", "sdr_id", "seller_id", "sr_id", "won_date",
    }  # fmt: skip
    assert {of["attribute"] for of in told["card"]["fit"]} == {"origin", "landing_page"}
    agreement = tmp_path / "draft.yaml"
    agreement.write_text(told["draft"]["agreement"], encoding="utf-8")
    checked = subprocess.run([EINIG, "check", agreement], capture_output=True, check=False)
    assert checked.returncode == 0


@pytest.mark.prove
@needs_data
def test_a_readable_card_is_as_good_as_what_nobody_can_read(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    found = {name: proposed(name, tmp_path) for name in NAMES}
    for name, told in found.items():
        figures = {key.removeprefix("auc_"): told[key] for key in ("auc_test", *OTHERS)}
        said = ", ".join(f"{key} {value:.3f}" for key, value in figures.items())
        record_property(name, f"{said}; {told['attributes']} attributes, {told['rows']} rows")
        assert told["learnable"] is True
        assert told["attributes"] <= 10
        assert told["rows"] <= 40
        assert told["auc_test_low"] < told["auc_test"] < told["auc_test_high"]
    means = {key: sum(told[key] for told in found.values()) / 4 for key in ("auc_test", *OTHERS)}
    record_property("mean", ", ".join(f"{key} {value:.3f}" for key, value in means.items()))
    assert means["auc_test"] >= max(means[key] for key in OTHERS) - 0.015
    assert found["bpic2012"]["auc_test"] >= 0.78
    aside = {name: {of["column"] for of in told["set_aside"]} for name, told in found.items()}
    assert {"Tags", "Lead Quality"} <= aside["xeducation"]
    assert "duration" in aside["bank"]
