"""The expression on Spark decides what the rules say: golden leads, and generated ones."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from einig.engine.agreement.model import Agreement
from einig.engine.instants import BEGINNING, DAY
from tests.parity.answers import expression_states, naive_states, said, turns_of
from tests.parity.generated import END, MONDAY, agreements, histories, history_of, together
from tests.parity.golden import TIMELINES
from tests.parity.test_golden import decided_by_expression, worked_out

pytest.importorskip("pyspark", reason="Spark is not installed: pip install 'einig[spark]'")
pytestmark = [
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java 17 or newer"),
    pytest.mark.xdist_group("spark"),
]

T = TypeVar("T")


@pytest.fixture(scope="module", autouse=True)
def spark() -> Iterator[Any]:
    """One session for all tests; the engine takes the one that is running."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").appName("parity")
    told = {
        # these histories are small: to compile and to adapt takes longer than to execute
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.codegen.wholeStage": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    for name, value in told.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.mark.parametrize("by", TIMELINES)
def test_spark_decides_the_golden_leads_as_worked_out(by: str):
    assert decided_by_expression(by, "spark") == worked_out(by)


@pytest.mark.parametrize("number", range(3))
def test_spark_decides_generated_histories_as_the_rules_say(number: int):
    rows = together(_examples(histories(lively=number == 2), 120)[-16:])
    judging = sorted(_examples(agreements(lively=number == 2), 120), key=_weight)
    timeline = [(BEGINNING, judging[-10 * (number + 1)])]
    if number == 0:
        timeline.append((MONDAY + 3 * DAY, judging[-40]))
    history = history_of(rows)
    states = naive_states(rows, timeline, END)
    found = expression_states(history, timeline, END, "spark")
    assert {lead: turns_of(of) for lead, of in found.items()} == {
        lead: turns_of(of) for lead, of in states.items()
    }


def test_spark_makes_the_same_decisions_of_these_states():
    rows = together(_examples(histories(lively=True), 120)[-8:])
    history, timeline = history_of(rows), TIMELINES["created"]
    assert said(history, timeline, END, "spark") == said(history, timeline, END)


def _examples(of: SearchStrategy[T], most: int) -> list[T]:
    """Return the same examples each time, the simple ones first."""
    found: list[T] = []

    @settings(
        max_examples=most,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(of)
    def collect(one: T) -> None:
        found.append(one)

    collect()
    return found


def _weight(of: Agreement) -> int:
    """Return how much there is to execute."""
    return len(of.behaviour) + len(of.intent) + len(of.fit) + len(of.lead.never)
