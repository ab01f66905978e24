"""Learning from a million leads by thirty attributes, beside LightGBM on the same table."""

from __future__ import annotations

import resource
import subprocess
import sys
import time

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds

from benchmarks.timing import figure
from einig.engine.history.contract import EVENTS, FACTS, FEEDBACK, LEADS, OUTCOMES, About, History
from einig.engine.learning.comparators import gradient_boosting
from einig.engine.learning.gather import examples_of
from einig.engine.learning.older_newer import older_and_newer
from einig.engine.learning.proposal import propose

SIZE, ATTRIBUTES = 1_000_000, 30
_VALUES = (3, 10, 50, 1000)  # how many an attribute has, in turn; every second one holds numbers


def run() -> None:
    """Measure a fresh process that makes a proposal, and another one with LightGBM alone."""
    ours, peak = _of("propose")
    theirs, _peak = _of("lightgbm")
    name = f"proposal from {SIZE:,} leads by {ATTRIBUTES} attributes"
    figure(f"{name}, without the comparison", ours, "s", goal=120)
    figure(f"{name}, peak memory", peak, "GiB", goal=6)
    print(
        f"LightGBM alone on the same table: {theirs:.1f} s; ratio {ours / theirs:.2f}", flush=True
    )


def _of(what: str) -> tuple[float, float]:
    command = [sys.executable, "-m", "benchmarks.learning", what]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    took, peak = map(float, printed.split()[-2:])
    return took, peak


def _history() -> History:
    draw = np.random.default_rng(1)
    created = np.sort(draw.integers(1_600_000_000, 1_700_000_000, SIZE)) * 1_000_000
    ids = pa.array([f"L{number:07d}" for number in range(SIZE)])
    leads = pa.table([ids, pa.array(created)], schema=LEADS)
    lead = np.repeat(np.arange(SIZE, dtype=np.int32), ATTRIBUTES)
    names = [f"a{number:02d}" for number in range(ATTRIBUTES)]
    pool = [f"value {n}" for n in range(max(_VALUES))] + [str(n) for n in range(max(_VALUES))]
    sizes = [_VALUES[number // 2 % len(_VALUES)] for number in range(ATTRIBUTES)]
    codes = np.stack([draw.integers(0, size, SIZE) for size in sizes], axis=1)
    odds = -2.5 + (codes[:, 0] == 1) + 0.8 * (codes[:, 3] > 6) + 0.5 * (codes[:, 4] < 10)
    won = draw.random(SIZE) < 1 / (1 + np.exp(-odds))
    codes[:, 1::2] += max(_VALUES)
    flat = codes.ravel().astype(np.int32)
    text = pa.DictionaryArray.from_arrays(pa.array(flat), pa.array(pool)).cast(pa.string())
    tiled = pa.array(np.tile(np.arange(ATTRIBUTES, dtype=np.int32), SIZE))
    attribute = pa.DictionaryArray.from_arrays(tiled, pa.array(names)).cast(pa.string())
    number = np.where(flat >= max(_VALUES), flat - float(max(_VALUES)), np.nan)
    columns = [lead, attribute, np.repeat(created, ATTRIBUTES), text, text]
    low = pa.nulls(len(number), pa.float64())
    facts = pa.table([*columns, pa.array(number, from_pandas=True), low], schema=FACTS)
    ended = created + 10**12
    outcomes = [np.arange(SIZE, dtype=np.int32), won, ended, pa.array(ended, mask=~won), won * 1e3]
    return History(
        About("simulated", attributes=tuple(names)),
        leads,
        facts,
        ds.dataset(EVENTS.empty_table()),
        pa.table([pa.array(column) for column in outcomes], schema=OUTCOMES),
        FEEDBACK.empty_table(),
    )


def _measured(what: str) -> None:
    history = _history()
    if what == "propose":
        start = time.perf_counter()
        found = propose(history, others=False)
        assert found.verdict.learnable
    else:
        older, newer = older_and_newer(examples_of(history))
        start = time.perf_counter()
        gradient_boosting(older, newer)
    took = time.perf_counter() - start
    print(took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)


if __name__ == "__main__":
    _measured(sys.argv[1])
