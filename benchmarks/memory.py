"""Peak memory of a replay of 50M events with properties, in a process of its own."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.simulated import agreement, history, write_events
from benchmarks.timing import figure
from einig.engine.scoring.judge import judge

EVENTS, LEADS = 50_000_000, 5_000_000
_GIB = 2**30


def run() -> None:
    """Measure the peak of a fresh process that replays a file of events in order of arrival."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "arrived.parquet")
        write_events(path, events=EVENTS, leads=LEADS)
        command = [sys.executable, "-m", "benchmarks.memory", str(path)]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        peak, took = map(float, printed.split())
        name = f"replay of {EVENTS:,} events with properties on {LEADS:,} leads"
        figure(f"{name}, peak memory", peak, "GiB", goal=5 * 1e9 / _GIB)
        print(f"{name}: {took:.1f} s with reading and sorting", flush=True)


def _replay(path: Path) -> None:
    start = time.perf_counter()
    judge(history(path, events=EVENTS, leads=LEADS), agreement())
    took = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _GIB
    print(peak, took)


if __name__ == "__main__":
    _replay(Path(sys.argv[1]))
