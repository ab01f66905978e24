"""Run every benchmark, or those that are named: `make bench`, `python -m benchmarks pages`."""

import sys
from importlib import import_module

from benchmarks.timing import machine

ALL = (
    "live",
    "replay",
    "editing",
    "executors",
    "memory",
    "learning",
    "collector",
    "handoff",
    "intake",
    "pages",
    "enacting",
    "imports",
    "duplicates",
)

if __name__ == "__main__":
    print(machine(), flush=True)
    for name in sys.argv[1:] or ALL:
        import_module(f"benchmarks.{name}").run()
