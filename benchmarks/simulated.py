"""Simulated histories for measuring speed; nothing in them means anything."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from einig.engine.agreement.document import loads
from einig.engine.agreement.model import Agreement
from einig.engine.history.contract import EVENTS, FACTS, FEEDBACK, LEADS, OUTCOMES, About, History
from einig.engine.instants import DAY, FOREVER

TYPES = ("page_viewed", "mail_opened", "webinar_attended", "demo_requested", "form_sent", "chat")
PATHS = ("/", "/pricing", "/blog", "/docs", "/jobs", "/about", "/customers", "/imprint")
INDUSTRIES = ("Software", "Mechanical engineering", "Retail", "Health", "Education")
YEAR = 365 * DAY

_CHUNK = 5_000_000
_WON = 0.2  # of those decided

AGREEMENT = """
name: Benchmark
fit:
  industry:  {{Software: 20, Mechanical engineering: 15, otherwise: 0, unknown: 0}}
  employees: {{1-49: 0, 50-249: 10, 250-999: 20, 1000+: 12, unknown: 0}}
engagement:
  webinar_attended: {{points: 10, for: 30 days, at_most: 20}}
  page_viewed:      {{where: {{path: {path}}}, points: 5, for: {days} days, at_most: 15}}
  mail_opened:      {{points: 1, for: 14 days, at_most: 5}}
intent:
  demo_requested: {{for: 14 days}}
  pricing_often:  {{activity: page_viewed, where: {{path: {path}}}, times: 3, within: 7 days}}
sales_ready: {{fit: 20, any: [intent, engagement: 20]}}
"""


def agreement(path: str = "/pricing", days: int = 14) -> Agreement:
    """Return the agreement of the benchmarks, with one property condition and one window open."""
    return loads(AGREEMENT.format(path=path, days=days)).agreement


def write_events(path: Path, *, events: int, leads: int, seed: int = 1) -> None:
    """Write events in the order in which they arrived, so not sorted by lead."""
    rng = np.random.default_rng(seed)
    schema = pa.schema([*EVENTS, pa.field("text:path", pa.string())])
    with pq.ParquetWriter(path, schema) as writer:
        for first in range(0, events, _CHUNK):
            size = min(_CHUNK, events - first)
            at = np.sort(
                rng.integers(YEAR * first // events, YEAR * (first + size) // events, size)
            )
            kinds = rng.choice(len(TYPES), size, p=[0.6, 0.2, 0.08, 0.02, 0.05, 0.05])
            paths = pa.array(rng.integers(0, len(PATHS), size), mask=kinds != 0)
            number = pc.cast(pa.array(np.arange(first, first + size)), pa.string())
            columns = {
                "lead": pa.array(rng.integers(0, leads, size).astype(np.int32)),
                "at": pa.array(at),
                "start": pa.array(at),
                "until": pa.array(np.full(size, FOREVER)),
                "type": pa.array(TYPES).take(pa.array(kinds)),
                "event_id": pc.binary_join_element_wise("event-", number, ""),
                "member": pa.array(np.zeros(size, np.bool_)),
                "text:path": pa.array(PATHS).take(paths),
            }
            writer.write_table(pa.table(columns, schema=schema), row_group_size=1 << 20)


def history(
    path: Path, *, events: int, leads: int, seed: int = 2, decided: bool = False
) -> History:
    """Return a history over a file of events: leads with two attributes, known from the start.

    If `decided`, a third of the leads bought or did not, and one of a hundred was returned.
    """
    rng = np.random.default_rng(seed)
    number = pc.cast(pa.array(np.arange(leads)), pa.string())
    ids = pc.binary_join_element_wise("lead-", pc.utf8_lpad(number, 8, "0"), "")
    lead = np.arange(leads, dtype=np.int32)
    employees = rng.integers(1, 3000, leads)
    industry = pa.array(INDUSTRIES).take(pa.array(rng.integers(0, len(INDUSTRIES), leads)))
    facts = pa.table(
        {
            "lead": np.repeat(lead, 2),
            "attribute": pa.array(["employees", "industry"] * leads),
            "at": np.zeros(2 * leads, np.int64),
            "value": _interleaved(pc.cast(pa.array(employees), pa.string()), industry),
            "text": _interleaved(
                pc.cast(pa.array(employees), pa.string()), pc.utf8_lower(industry)
            ),
            "number": _interleaved(
                pa.array(employees, pa.float64()), pa.nulls(leads, pa.float64())
            ),
            "low": pa.nulls(2 * leads, pa.float64()),
        },
        schema=FACTS,
    )
    return History(
        About("simulated", events=events, ends_at=YEAR, activities=TYPES),
        pa.table({"lead_id": ids, "created_at": np.zeros(leads, np.int64)}, schema=LEADS),
        facts,
        ds.dataset(path),
        _outcomes(leads, rng) if decided else OUTCOMES.empty_table(),
        _feedback(leads, rng) if decided else FEEDBACK.empty_table(),
    )


def _outcomes(leads: int, rng: np.random.Generator) -> pa.Table:
    lead = np.sort(rng.choice(leads, leads // 3, replace=False)).astype(np.int32)
    won = rng.random(len(lead)) < _WON
    at = rng.integers(YEAR // 4, YEAR, len(lead))
    columns = {
        "lead": lead,
        "won": won,
        "first_at": at,
        "won_at": pa.array(at, mask=~won),
        "revenue": np.where(won, np.round(rng.lognormal(9, 1, len(lead))), 0.0),
    }
    return pa.table(columns, schema=OUTCOMES)


def _feedback(leads: int, rng: np.random.Generator) -> pa.Table:
    lead = np.sort(rng.choice(leads, leads // 100, replace=False)).astype(np.int32)
    columns = {
        "lead": lead,
        "at": rng.integers(YEAR // 4, YEAR, len(lead)),
        "returned": np.ones(len(lead), np.bool_),
        "reason": pa.nulls(len(lead), pa.string()),
    }
    return pa.table(columns, schema=FEEDBACK)


def _interleaved(a: pa.Array, b: pa.Array) -> pa.Array:
    both = pa.concat_arrays([a, b.cast(a.type)])
    order = np.arange(2 * len(a)).reshape(2, len(a)).T.ravel()
    return both.take(pa.array(order))
