"""Timing, and how a benchmark prints what it found."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("numpy", "numba", "pyarrow", "duckdb", "ibis-framework")


def seconds(run: Callable[[], object], *, times: int = 3) -> float:
    """Return the median of several runs, in seconds."""
    measured = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        measured.append(time.perf_counter() - start)
    return statistics.median(measured)


def ratio(name: str, ours: float, yardstick: float, *, goal: float, against: str) -> None:
    """Print a ratio with its goal; a lower ratio is better."""
    found = ours / yardstick
    verdict = "reached" if found <= goal else "MISSED"
    print(
        f"{name}: {found:.2f} of {against} ({ours:.3f} s against {yardstick:.3f} s); "
        f"goal at most {goal}: {verdict}",
        flush=True,
    )


def figure(name: str, value: float, unit: str, *, goal: float) -> None:
    """Print a figure with its goal; lower is better."""
    verdict = "reached" if value <= goal else "MISSED"
    print(f"{name}: {value:.3f} {unit}; goal at most {goal} {unit}: {verdict}", flush=True)


def machine() -> str:
    """Return what the figures were measured on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{models[0] if models else platform.processor()}, {os.cpu_count()} cores, "
        f"{memory:.0f} GiB; Python {platform.python_version()}, {libraries}"
    )
