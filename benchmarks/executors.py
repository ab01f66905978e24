"""The kernel against the same plan as an expression on DuckDB."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.simulated import agreement, history, write_events
from benchmarks.timing import ratio, seconds
from einig.engine.scoring.judge import judge

EVENTS, LEADS = 2_000_000, 200_000


def run() -> None:
    """Measure both on one history."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "arrived.parquet")
        write_events(path, events=EVENTS, leads=LEADS)
        read = history(path, events=EVENTS, leads=LEADS)
        judge(read, agreement())
        kernel = seconds(lambda: judge(read, agreement()))
        expression = seconds(lambda: judge(read, agreement(), engine="duckdb"))
        name = f"kernel, {EVENTS:,} events on {LEADS:,} leads"
        ratio(name, kernel, expression, goal=1.0, against="the expression on DuckDB")


if __name__ == "__main__":
    run()
