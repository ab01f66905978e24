"""The curve over a threshold as a drawing: lines in a box, and what each place of it says."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from einig.engine.backtest.curve import Curve, Mark
from einig.engine.backtest.intervals import Proportion
from einig.web.templatetags.einig import hundred, number

WIDTH, HEIGHT, TOP = 320, 110, 26


@dataclass(frozen=True, slots=True)
class Drawing:
    """Two lines as paths, where the threshold stands, and every place of it as data for a script.

    `rows` are some of the places, for those who read a table.
    """

    bought: str
    handed: str
    low: int
    high: int
    at: Mark
    x: str
    near_end: bool
    data: str
    rows: tuple[Mark, ...]


def drawing(of: Curve, rows: int = 9) -> Drawing:
    """Return the drawing of a curve."""
    marks = of.marks
    at = next(mark for mark in marks if mark.points == of.points)
    low, high = marks[0].points, marks[-1].points

    def place(points: int) -> float:
        return WIDTH * (points - low) / max(1, high - low)

    told = [
        {
            "points": mark.points,
            "x": round(place(mark.points), 1),
            "bought": _said(mark.precision),
            "handed": _said(mark.recall),
            "weekly": number(mark.weekly, 1),
        }
        for mark in marks
    ]
    return Drawing(
        bought=_path(marks, place, lambda mark: mark.precision.share),
        handed=_path(marks, place, lambda mark: mark.recall.share),
        low=low,
        high=high,
        at=at,
        x=f"{place(of.points):.1f}",
        near_end=place(of.points) > WIDTH * 0.7,
        data=json.dumps(told, ensure_ascii=False),
        rows=_some(marks, at, rows),
    )


def _said(of: Proportion) -> str:
    if of.share is None:
        return "–"
    return f"{hundred(of.share)} ({hundred(of.low)}–{hundred(of.high)})"


def _path(
    marks: Sequence[Mark], place: Callable[[int], float], share: Callable[[Mark], float | None]
) -> str:
    known = [(place(mark.points), of) for mark in marks if (of := share(mark)) is not None]
    return "M" + " ".join(f"{x:.1f} {_height(of):.1f}" for x, of in known) if known else ""


def _height(share: float) -> float:
    return HEIGHT - (HEIGHT - TOP) * share


def _some(marks: Sequence[Mark], at: Mark, most: int) -> tuple[Mark, ...]:
    step = max(1, len(marks) // (most - 1))
    return tuple(mark for n, mark in enumerate(marks) if n % step == 0 or mark in {at, marks[-1]})
