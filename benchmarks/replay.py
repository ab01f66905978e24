"""Replay of 10M events on 1M leads, against DuckDB sorting the same file."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb

from benchmarks.simulated import agreement, history, write_events
from benchmarks.timing import ratio, seconds
from einig.engine.scoring.judge import judge

EVENTS, LEADS = 10_000_000, 1_000_000


def run() -> None:
    """Measure replay unsorted and sorted, and of an edited agreement."""
    with tempfile.TemporaryDirectory() as folder:
        arrived, ordered = Path(folder, "arrived.parquet"), Path(folder, "ordered.parquet")
        write_events(arrived, events=EVENTS, leads=LEADS)
        write_sorted(arrived, ordered)
        unsorted_ = history(arrived, events=EVENTS, leads=LEADS)
        sorted_ = history(ordered, events=EVENTS, leads=LEADS)
        judge(history(arrived, events=0, leads=10), agreement(), until=0)  # compiles
        sorting = seconds(lambda: sort(arrived))
        against = "DuckDB sorting the file"
        name = f"replay of {EVENTS:,} events on {LEADS:,} leads"
        first = seconds(lambda: judge(unsorted_, agreement()))
        ratio(f"{name}, unsorted", first, sorting, goal=1.5, against=against)
        again = seconds(lambda: judge(sorted_, agreement()))
        ratio(f"{name}, sorted", again, sorting, goal=0.5, against=against)
        edited = seconds(lambda: judge(sorted_, agreement("/docs", 21)))
        ratio("edited agreement", edited, again, goal=1.2, against="the agreement before")


def sort(path: Path) -> None:
    """Sort a file of events by lead and time, in memory."""
    with duckdb.connect() as connection:
        connection.execute(
            'create table sorted as select * from read_parquet($1) order by "lead", "at", event_id',
            [str(path)],
        )


def write_sorted(path: Path, to: Path) -> None:
    """Write a file of events sorted by lead and time."""
    with duckdb.connect() as connection:
        connection.execute(
            f'copy (select * from read_parquet($1) order by "lead", "at", event_id) to \'{to}\''
            " (format parquet)",
            [str(path)],
        )


if __name__ == "__main__":
    run()
