"""How many rows a second a file of leads goes in, and how much memory that takes.

Each step runs in a process of its own, on one store: the file is kept and looked into, tried out,
and written. The yardstick is DuckDB reading the same file, all columns, into memory.
EINIG_BENCH_ROWS says how many rows there are; the goal for memory holds at one million.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import duckdb

from benchmarks.timing import figure, seconds
from tests.servers import Store, store

ROWS = 1_000_000
_HEAD = "Vorname;Nachname;Firma;E-Mail;Telefon;Branche;Mitarbeiter;Ort;Quelle;Erstellt am\n"
_STEP = """
import json, resource, sys, time
from einig.flow import import_writing, imports, scoring
from einig.store.models import Import, User
now = lambda: time.time_ns() // 1000
mia, scoring_ready = User.objects.get(name="Mia"), scoring.prepare()
of = Import.objects.first()
longest, write = [0.0], import_writing.Writing.write
def timed(self, chunk):
    through = write(self, chunk)
    longest.append(self.took)
    return through
import_writing.Writing.write = timed
began = time.perf_counter()
{step}
took = time.perf_counter() - began
longest.sort()
both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
peak = max(resource.getrusage(of).ru_maxrss for of in both)
print(json.dumps([took, peak * 1024, longest[int(0.99 * (len(longest) - 1))], longest[-1]]))
"""
_KEEP = """
with open({file!r}, "rb") as file:
    imports.keep("leads.csv", iter(lambda: file.read(2**20), b""), by=mia, at=now())
"""
_CHECK = """
imports.check(of, of.meanings, dates="", decimal="", by=mia, at=now())
imports.work(of.id, clock=now)
"""
_WRITE = """
imports.begin(of, by=mia, at=now())
imports.work(of.id, clock=now)
"""


def run() -> None:
    """Measure each step, and DuckDB."""
    rows = int(os.environ.get("EINIG_BENCH_ROWS", ROWS))
    with tempfile.TemporaryDirectory() as folder, store(Path(folder) / "store") as of:
        file = Path(folder) / "leads.csv"
        _fill(file, rows)
        of.found()
        query = (
            f"CREATE OR REPLACE TABLE told AS FROM read_csv('{file}', delim=';', all_varchar=true)"
        )
        duck = rows / seconds(lambda: duckdb.connect().execute(query))
        print(f"DuckDB reads {duck:,.0f} rows a second", flush=True)
        _step(of, "kept and looked into", _KEEP.format(file=str(file)), rows, duck)
        _step(of, "tried out", _CHECK, rows, duck)
        last, longest = _step(of, "written", _WRITE, rows, duck)
        print(
            f"  99 of 100 transactions within {1000 * last:.0f} ms, all in {1000 * longest:.0f} ms"
        )
        assert of.rows("SELECT count(*) FROM store_lead") == [(rows,)]


def _step(of: Store, name: str, step: str, rows: int, duck: float) -> tuple[float, float]:
    took, peak, last, longest = json.loads(of.do(_STEP.replace("{step}", step)))
    speed = rows / took
    print(
        f"{rows:,} rows {name}: {speed:,.0f} a second, 1/{duck / speed:,.0f} of DuckDB", flush=True
    )
    figure(f"{rows:,} rows {name}: peak memory", peak / 1e9, "GB", goal=1)
    return last, longest


def _fill(file: Path, rows: int) -> None:
    with file.open("w", encoding="utf-8") as out:
        out.write(_HEAD)
        for n in range(rows):
            branch = "Software" if n % 50 == 0 else "Handel"
            out.write(
                f"Vor{n % 997};Nach{n};Firma {n // 3} GmbH;a{n}@f{n // 3}.example;"
                f"0711 {1_000_000 + n};"
                f"{branch};{n % 500};Ort {n % 300};Messe;{1 + n % 28:02d}.{1 + n % 12:02d}.2025\n"
            )
