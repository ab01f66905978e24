"""Ranges as people write them: `1-49`, `50-249`, `1000+`, `<10`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_NUMBER = r"-?\d{1,15}(?:\.\d{1,9})?"
_SPAN = re.compile(rf"({_NUMBER}) ?(?:-|–|to|\.\.) ?({_NUMBER})", re.ASCII)
_FROM = re.compile(rf"({_NUMBER}) ?\+|(?:>=|from) ?({_NUMBER})", re.ASCII)
_BELOW = re.compile(rf"(?:<|below|under) ?({_NUMBER})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Written:
    """A range as written; `high` is its last value, `below` says that it is not part of it."""

    label: str
    low: Decimal
    high: Decimal
    below: bool = False

    @property
    def upside_down(self) -> bool:
        """Return whether it ends before it begins, like the month `2026-03`."""
        return self.high < self.low


def read_range(label: str) -> Written | None:
    """Return the range that a text writes, or None if it is a plain value."""
    if span := _SPAN.fullmatch(label):
        return Written(label, Decimal(span[1]), Decimal(span[2]))
    if start := _FROM.fullmatch(label):
        return Written(label, Decimal(start[1] or start[2]), Decimal("Infinity"))
    if end := _BELOW.fullmatch(label):
        return Written(label, Decimal("-Infinity"), Decimal(end[1]), below=True)
    return None
