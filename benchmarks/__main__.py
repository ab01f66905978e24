"""Run every benchmark: `make bench`."""

from __future__ import annotations

from benchmarks import executors, live, memory, replay
from benchmarks.timing import machine

if __name__ == "__main__":
    print(machine(), flush=True)
    for benchmark in (live, replay, executors, memory):
        benchmark.run()
