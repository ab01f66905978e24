"""Binding: neither the order of rows, nor batches, nor workers change a decision."""

from __future__ import annotations

import dataclasses
import importlib
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from einig.engine.history.contract import History
from einig.engine.scoring import Decisions, judge
from tests.world import agreement, history


def test_activities_in_any_order_give_the_same_decisions():
    known = history()
    events = known.events.to_table()
    expected = _columns(judge(known, agreement()))
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(len(events))
        assert _columns(judge(_with(known, events.take(pa.array(order))), agreement())) == expected


def test_rows_in_any_order_are_the_same_history():
    expected = _columns(judge(history(), agreement()))
    for name in ("leads", "facts", "events", "outcomes", "links"):
        assert _columns(judge(_reversed(name), agreement())) == expected


def test_many_batches_give_the_decisions_of_one(monkeypatch: pytest.MonkeyPatch):
    known = history()
    expected = _columns(judge(known, agreement()))
    monkeypatch.setattr(importlib.import_module("einig.engine.scoring.bind"), "_BATCH", 2)
    assert _columns(judge(known, agreement())) == expected


@pytest.mark.parametrize("workers", [2, 3, 20])
def test_many_workers_give_the_decisions_of_one(monkeypatch: pytest.MonkeyPatch, workers: int):
    known = history()
    expected = _columns(judge(known, agreement()))
    monkeypatch.setattr(importlib.import_module("einig.engine.scoring.judge"), "_SMALL", 1)
    monkeypatch.setattr("os.cpu_count", lambda: workers)
    assert _columns(judge(known, agreement())) == expected


def test_dictionaries_of_a_file_give_the_decisions_of_memory(tmp_path_factory: Any):
    known = history()
    folder = tmp_path_factory.mktemp("events")
    ds.write_dataset(
        known.events.to_table(), folder, format="parquet", max_rows_per_file=3, max_rows_per_group=3
    )
    read = dataclasses.replace(known, events=ds.dataset(folder))
    assert _columns(judge(read, agreement())) == _columns(judge(known, agreement()))


def _with(known: History, events: pa.Table) -> History:
    return dataclasses.replace(known, events=ds.dataset(events))


def _reversed(name: str) -> History:
    from einig.engine.history.build import build
    from tests.world import ROWS

    given: dict[str, Any] = ROWS | {name: ROWS[name][::-1]}
    return build(**given, name="Spring", currency="EUR")


def _columns(of: Decisions) -> dict[str, list[Any]]:
    plain = {
        field.name: getattr(of, field.name).tolist()
        for field in dataclasses.fields(of)
        if field.name != "ready"
    }
    spans = zip(
        of.ready.lead.tolist(), of.ready.begins.tolist(), of.ready.ends.tolist(), strict=True
    )
    return plain | {"ready": list(spans)}
