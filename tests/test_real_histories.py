"""The main job on real histories, with every engine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_commands import shared
from tests.data import DATA, needs_data

ROOT = Path(__file__).parents[1]
EINIG = Path(sys.executable).with_name("einig")
BPI = {
    "leads": 13_087,
    "events": 262_200,
    "won": 2_246,
    "lost": 10_442,
    "open": 399,
    "sales_ready": 4_529,
    "won_sales_ready": 2_246,
    "revenue_won": 35_290_338.0,
    "revenue_missed": 0.0,
}


def backtest(name: str, cache: Path, engine: str = "kernel") -> dict[str, Any]:
    """Run the command on an example, and return what it prints."""
    history = ["--history", f"examples/histories/{name}.yaml", "--data", str(DATA)]
    done = subprocess.run(
        [EINIG, "backtest", f"examples/agreements/{name}.yaml", *history, "--format", "json",
         "--engine", engine],
        cwd=ROOT,
        env=os.environ | {"EINIG_CACHE": str(cache)},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    told: dict[str, Any] = json.loads(line)
    return told


def as_far_as(other: dict[str, Any], kernel: dict[str, Any]) -> Any:
    """Return what the kernel says of everything that another executor says, too."""
    assert {"precision", "recall", "handoffs", "months"} <= set(other)
    return shared(kernel | {"engine": other["engine"]}, other)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@needs_data
def test_bpic2012_is_told_in_full_and_alike_by_kernel_and_duckdb(cache: Path) -> None:
    told = backtest("bpic2012", cache)
    assert {key: told[key] for key in BPI} == BPI
    assert told["precision_low"] < told["precision"] == 2_246 / 4_245 < told["precision_high"]
    assert told["recall_low"] < told["recall"] == told["recall_high"] == 1.0
    other = backtest("bpic2012", cache, "duckdb")
    assert other == as_far_as(other, told)


@needs_data
@pytest.mark.xdist_group("spark")
@pytest.mark.skipif(
    shutil.which("java") is None or find_spec("pyspark") is None,
    reason="Spark needs Java 17 and the package pyspark",
)
def test_spark_tells_the_same_of_bpic2012(cache: Path) -> None:
    other = backtest("bpic2012", cache, "spark")
    assert other == as_far_as(other, backtest("bpic2012", cache))


@needs_data
@pytest.mark.parametrize("name", ["xeducation", "bank", "olist"])
def test_the_other_histories_are_told_alike_by_kernel_and_duckdb(cache: Path, name: str) -> None:
    told = backtest(name, cache)
    assert told["sales_ready"] > 0
    other = backtest(name, cache, "duckdb")
    assert other == as_far_as(other, told)


@needs_data
@pytest.mark.prove
def test_each_agreement_finds_buyers_more_often_than_chance(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    for name in ("bpic2012", "xeducation", "bank", "olist"):
        told = backtest(name, tmp_path)
        chance = told["won"] / (told["won"] + told["lost"])
        assert told["precision_low"] > chance
        figures = f"precision {told['precision']:.3f} against {chance:.3f}"
        record_property(name, f"{figures}, recall {told['recall']:.3f}")
