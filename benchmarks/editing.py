"""From an edit to new numbers: the page beside a draft, at 1M and 10M events.

The history is sorted and was replayed before, as it is for whoever edits; the edit changes a
property condition and a window, another pair each time. The answer has everything that the page
shows: intervals, the curve over a threshold, months, segments and the leads that change sides.
"""

from __future__ import annotations

import tempfile
import time
from functools import partial
from itertools import product
from pathlib import Path

from benchmarks.replay import sort, write_sorted
from benchmarks.simulated import agreement, history, write_events
from benchmarks.timing import figure, ratio, seconds
from einig.engine.backtest.past import Past
from einig.engine.backtest.told import trial_told
from einig.engine.backtest.trial import replayed, trial

SIZES = ((1_000_000, 100_000), (10_000_000, 1_000_000))
EDITS = 3


def run() -> None:
    """Measure edits of an agreement at two sizes, and the largest against one sort."""
    for events, leads in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            arrived, ordered = Path(folder, "arrived.parquet"), Path(folder, "ordered.parquet")
            write_events(arrived, events=events, leads=leads)
            write_sorted(arrived, ordered)
            known = Past(history(ordered, events=events, leads=leads, decided=True))
            in_force = replayed(known, agreement(), capacity=500)
            start = time.perf_counter()
            trial(known, agreement("/docs", 10), against=in_force, by=("industry",))
            first = time.perf_counter() - start
            edits = product(("/blog", "/docs", "/jobs"), (20, 21, 28))

            def edit() -> None:
                path, days = next(edits)  # noqa: B023  # called before the next size
                draft = agreement(path, days)
                found = trial(known, draft, against=in_force, capacity=500, by=("industry",))  # noqa: B023  # as above
                trial_told(found, names=20)

            took = seconds(edit, times=EDITS)
            name = f"edit to new numbers, {events:,} events on {leads:,} leads"
            figure(name, took, "s", goal=1.0)
            print(f"{name}: the first one {first:.3f} s", flush=True)
            against = "DuckDB sorting the events"
            sorting = seconds(partial(sort, arrived))
            ratio(name, took, sorting, goal=0.8, against=against)


if __name__ == "__main__":
    run()
