"""Bars: numbers beside each other, drawn without a line of style in the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: `width` is in percent of the longest, `code` names the colour."""

    label: Any  # text, perhaps to be translated when it is shown
    count: int
    code: str
    width: float
    url: str = ""


def bars(rows: Sequence[tuple[Any, int, str]], urls: Sequence[str] = ()) -> list[Bar]:
    """Return a bar for each (label, count, colour)."""
    longest = max([count for _label, count, _code in rows] + [1])
    found = [*urls, *[""] * (len(rows) - len(urls))]
    return [
        Bar(label, count, code, round(100 * count / longest, 1), url)
        for (label, count, code), url in zip(rows, found, strict=True)
    ]
