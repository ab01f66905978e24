"""Every lead judged by a new version, in chunks that nobody has to wait for.

The kernel judges all leads as of the instant at which the version came into force; what it says is
written back a few hundred leads at a time. Only a lead that stands as it stood when it was read is
written, and only where nothing more follows than a decision: where a hand-off may open, the journey
judges the lead one by one, as it judges those that a message reaches meanwhile.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pyarrow as pa
from django.db import connection, transaction
from django.db.models import F

from einig.engine.instants import FOREVER
from einig.flow import due, pacing, scoring
from einig.flow.scoring import InForce
from einig.flow.sweeping import Bools, Ints, Sweep, drawn_at, given_back, sweep, with_sales
from einig.store.models import Enactment

_FIRST, _LEAST, _MOST = 100, 20, 2000  # leads of the first chunk, and of any
_TOLD = 1.0  # seconds between two counts for whoever watches; one that went on counts anew
_PATIENCE = 60.0  # seconds for what arrived before the version to be taken in


def rejudge(enactment: Enactment) -> int:
    """Let a version judge all leads at once, and return for how many that was enough."""
    since = enactment.since
    ends = time.monotonic() + _PATIENCE
    while due.waits_since(since) and time.monotonic() < ends:
        time.sleep(0.05)  # it would be read too early; what comes later is known later
    versions = scoring.timeline()
    version = next(of for of in versions if of.id == enactment.version_id)
    return write(enactment, sweep(version, at=since), versions)


def write(enactment: Enactment, found: Sweep, versions: list[InForce]) -> int:
    """Write what a sweep found, where no more is needed; return of how many leads that holds."""
    drawn = drawn_at(found, versions)
    chosen = np.flatnonzero(simple(found, versions, drawn))
    first, size, written, told_at = 0, _FIRST, 0, time.monotonic()
    with _beside(_table(found, chosen, drawn)):
        while first < len(chosen):
            last = min(len(chosen), first + size)
            many, took = _write(enactment, first, last)
            size = pacing.next_size(size, last - first, took, least=_LEAST, most=_MOST)
            first, written = last, written + many
            if time.monotonic() - told_at > _TOLD or first == len(chosen):
                Enactment.objects.filter(id=enactment.id).update(judged=F("judged") + written)
                written, told_at = 0, time.monotonic()
            time.sleep(pacing.BREATH)
    return len(chosen)


def simple(of: Sweep, versions: list[InForce], drawn: Ints) -> Bools:
    """Return which leads need no more than a decision as of the instant of a sweep.

    They were judged by the version before and nothing has changed since; no draw for the share
    below the line lies in between; and if they are sales-ready now they were so before, and sales
    has them still or never gave them back: so no hand-off opens.
    """
    before = [version for version in versions if version.since < of.at]
    since, number = (before[-1].since, before[-1].id) if before else (1, 0)
    unchanged = (of.judged_at >= since) & (of.judged_at < of.at) & (of.version == number)
    unchanged &= (of.next_change_at >= of.at) & of.exists
    unchanged &= (drawn <= of.judged_at) | (drawn > of.at)
    told: Bools = unchanged & (~of.ready | of.was_ready & (with_sales(of) | ~given_back(of)))
    return told


def _table(of: Sweep, chosen: Ints, drawn: Ints) -> pa.Table:
    coming = np.minimum(of.next, np.where(drawn > of.at, drawn, FOREVER))[chosen]
    return pa.table(
        {
            "place": np.arange(len(chosen)),
            "lead": of.id[chosen],
            "judged_at": of.judged_at[chosen],
            "last_known": of.last_known[chosen],
            "next_change_at": pa.array(coming, mask=coming >= FOREVER),
            "fit": of.fit[chosen],
            "engagement": of.engagement[chosen],
            "intent": of.intent[chosen],
            "ready": of.ready[chosen],
        }
    )


@contextmanager
def _beside(told: pa.Table) -> Iterator[None]:
    """Keep what is to be written in a table of this connection alone."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS judged_anew")
        cursor.execute(_JUDGED_ANEW)
        if connection.vendor == "postgresql":
            _copy(cursor, told)
            cursor.execute("ANALYZE judged_anew")
        else:
            marks = ", ".join(["%s"] * told.num_columns)
            for batch in told.to_batches(max_chunksize=50_000):
                rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
                cursor.executemany(f"INSERT INTO judged_anew VALUES ({marks})", list(rows))
        try:
            yield
        finally:
            cursor.execute("DROP TABLE judged_anew")


def _copy(cursor: Any, told: pa.Table) -> None:
    from pyarrow import csv  # noqa: PLC0415  # only whoever writes everything needs it

    written = io.BytesIO()
    csv.write_csv(told, written, csv.WriteOptions(include_header=False))
    with cursor.copy("COPY judged_anew FROM STDIN (FORMAT csv)") as copy:
        copy.write(written.getbuffer())


def _write(enactment: Enactment, first: int, last: int) -> tuple[int, float]:
    """Write a chunk: leads that stand as they stood when they were read, and their decisions.

    It takes no turn: on PostgreSQL it holds the leads that it writes, and passes over those that
    somebody else judges at this moment, so neither ever waits for all of the other's work.
    Returns how many leads that were, and for how many seconds others waited for it.
    """
    since, version = enactment.since, enactment.version_id
    with transaction.atomic():
        began = time.perf_counter()
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":  # what a crash takes back is judged again
                cursor.execute("SET LOCAL synchronous_commit = off")
                told = [first, last, version, since, since, since, first, last]
                cursor.execute(_FREE_LEADS, told)
            else:
                cursor.execute(_LEADS, [version, since, since, since, first, last])
            written = cursor.rowcount
            cursor.execute(_DECISIONS, [version, since, first, last, since, version])
    return written, time.perf_counter() - began


_JUDGED_ANEW = """
CREATE TEMPORARY TABLE judged_anew (
    place integer PRIMARY KEY, lead bigint, judged_at bigint, last_known bigint,
    next_change_at bigint, fit integer, engagement integer, intent boolean, ready boolean)"""
# `+ 0` keeps databases from looking a chunk up by what all leads have in common before long
_LEADS = """
UPDATE store_lead SET version_id = %s, judged_at = %s, next_change_at = told.next_change_at,
    last_known = CASE WHEN told.last_known > %s THEN told.last_known ELSE %s END,
    fit = told.fit, engagement = told.engagement, intent = told.intent, sales_ready = told.ready
FROM judged_anew AS told
WHERE told.place >= %s AND told.place < %s AND store_lead.id = told.lead
  AND store_lead.judged_at + 0 = told.judged_at AND store_lead.last_known = told.last_known"""
_FREE_LEADS = f"""
WITH free AS (
    SELECT of.id FROM judged_anew AS told JOIN store_lead AS of ON of.id = told.lead
    WHERE told.place >= %s AND told.place < %s
      AND of.judged_at + 0 = told.judged_at AND of.last_known = told.last_known
    FOR NO KEY UPDATE OF of SKIP LOCKED)
{_LEADS} AND store_lead.id IN (SELECT id FROM free)"""
# one that was judged in between as of the same instant has its decision already
_DECISIONS = """
INSERT INTO store_decision (lead_id, version_id, at, fit, engagement, intent, sales_ready)
SELECT of.id, %s, %s, told.fit, told.engagement, told.intent, told.ready
FROM judged_anew AS told JOIN store_lead AS of ON of.id = told.lead
WHERE told.place >= %s AND told.place < %s AND of.judged_at + 0 = %s AND of.version_id = %s
ON CONFLICT DO NOTHING"""
