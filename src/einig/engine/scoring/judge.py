"""Judging a history by a timeline of agreements, with one of the executors."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from typing import Literal

import numpy as np

from einig.engine.agreement.model import Agreement
from einig.engine.history.contract import History
from einig.engine.instants import BEGINNING
from einig.engine.scoring.bind import bind
from einig.engine.scoring.decisions import Decisions, decisions
from einig.engine.scoring.kernel import Bound, Swept, Windows, sweep, sweep_windows
from einig.engine.scoring.plan import Plan, plan

Engine = Literal["kernel", "duckdb", "spark"]

_SMALL = 10_000  # leads that one thread judges before a second one pays off


@dataclass(frozen=True, slots=True)
class Enactment:
    """An agreement that is in force from an instant on, until the next one is."""

    agreement: Agreement
    in_force_from: int = BEGINNING


def judge(
    history: History,
    timeline: Agreement | Sequence[Enactment],
    *,
    until: int | None = None,
    engine: Engine = "kernel",
) -> Decisions:
    """Return what a timeline of agreements decided about every lead, up to an instant.

    `until` is in microseconds and included; by default it is the end of the history.
    """
    if isinstance(timeline, Agreement):
        timeline = [Enactment(timeline)]
    end = history.about.ends_at if until is None else until
    versions = [
        _executed(history, plan(version.agreement), version.in_force_from, to, engine)
        for version, to in terms(timeline, end)
    ]
    return decisions(versions, len(history.leads))


def terms(timeline: Sequence[Enactment], end: int) -> Iterable[tuple[Enactment, int]]:
    """Yield each version with the last instant of its term, up to the end."""
    ordered = sorted(timeline, key=lambda version: version.in_force_from)
    for version, following in zip_longest(ordered, ordered[1:]):
        last = min(end, following.in_force_from - 1 if following else end)
        if version.in_force_from <= last:
            yield version, last


def _executed(history: History, of: Plan, begins: int, ends: int, engine: Engine) -> Swept:
    if engine == "kernel":
        return swept(of, bind(of, history), begins, ends)
    from einig.engine.scoring.expression import execute  # noqa: PLC0415  # Ibis takes a second to load

    return execute(of, history, begins, ends, engine)


def swept(of: Plan, bound: Bound, begins: int, ends: int, windows: Windows | None = None) -> Swept:
    """Sweep all leads, on every core if there are many; fill in windows if there are any."""
    leads = len(bound.created)
    workers = 1 if leads < _SMALL else max(1, os.cpu_count() or 1)
    edges = [leads * part // workers for part in range(workers + 1)]

    def part(span: tuple[int, int]) -> Swept:
        if windows is None:
            return sweep(of.arrays, bound, *span, begins, ends)
        return sweep_windows(of.arrays, bound, *span, begins, ends, windows)

    if workers == 1:
        return part((0, leads))
    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(part, pairwise(edges)))
    return Swept(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
