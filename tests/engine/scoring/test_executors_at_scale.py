"""Both executors on a history of thousands of leads, as the benchmarks simulate it."""

from __future__ import annotations

from pathlib import Path

from benchmarks.simulated import agreement, history, write_events
from einig.engine.instants import DAY, FOREVER
from einig.engine.scoring import judge


def test_the_kernel_and_duckdb_decide_two_thousand_leads_alike(tmp_path: Path):
    path = tmp_path / "arrived.parquet"
    write_events(path, events=40_000, leads=2_000)
    known = history(path, events=40_000, leads=2_000)
    for until in (100 * DAY, 364 * DAY):
        kernel = judge(known, agreement(), until=until)
        expression = judge(known, agreement(), until=until, engine="duckdb")
        for name in (
            "exists",
            "fit",
            "engagement",
            "intent",
            "sales_ready",
            "first_ready_at",
            "first_intent_at",
        ):
            assert getattr(kernel, name).tolist() == getattr(expression, name).tolist(), name
        for name in ("lead", "begins", "ends"):
            spans = getattr(kernel.ready, name), getattr(expression.ready, name)
            assert spans[0].tolist() == spans[1].tolist(), name
    ready = (kernel.first_ready_at < FOREVER).sum()
    assert 200 < ready < 2_000
