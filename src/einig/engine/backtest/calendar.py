"""Weeks and months of a history, in its own time zone."""

from __future__ import annotations

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from einig.engine.history.contract import History
from einig.engine.instants import BEGINNING, DAY
from einig.engine.scoring.plan import Ints

_WEEK = 7


def weeks(history: History, at: Ints) -> Ints:
    """Return how many of some instants fall into each calendar week (Monday first).

    The weeks run from that of the first lead to that of the end of the history.
    """
    created = history.leads["created_at"].to_numpy()
    created = created[created > BEGINNING]
    if not len(created):
        return np.empty(0, np.int64)
    edges = np.array([created.min(), history.about.ends_at], np.int64)
    first, last = _weeks_of(edges, history.about.zone)
    numbers = _weeks_of(at, history.about.zone)
    return np.bincount(np.clip(numbers - first, 0, last - first), minlength=last - first + 1)


def months(history: History) -> tuple[list[str], Ints]:
    """Return the months in which leads were created, and for each lead the number of its month.

    Undated leads have the number -1.
    """
    created = history.leads["created_at"].to_numpy()
    dated = created > BEGINNING
    number = np.full(len(created), -1, np.int64)
    days = _days_of(created[dated], history.about.zone)
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    if not len(month):
        return [], number
    first = int(month.min())
    number[dated] = month - first
    names = [str(np.datetime64(first + n, "M")) for n in range(int(month.max()) - first + 1)]
    return names, number


def _weeks_of(at: Ints, zone: str) -> Ints:
    monday = 3  # 1970-01-01 was a Thursday
    return (_days_of(at, zone) + monday) // _WEEK


def _days_of(at: Ints, zone: str) -> Ints:
    """Return the local calendar day of instants, as days since 1970-01-01."""
    hours, place = np.unique(at // (DAY // 96), return_inverse=True)  # quarter hours: few of them
    table = pa.table({"at": hours * (DAY // 96)})
    with duckdb.connect() as connection:
        connection.register("instants", table)
        days = connection.execute(
            """select (timezone($zone, make_timestamptz("at"))::date - date '1970-01-01')::bigint
               as day from instants""",
            {"zone": zone},
        ).fetchnumpy()["day"]
    found: npt.NDArray[np.int64] = np.asarray(days, np.int64)[place]
    return found
