"""Ranges as people write them: `1-49`, `50-249`, `1000+`, `<10`."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest

from einig.engine.document.shapes import Unfit

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


def read_range(label: str) -> Written | None:
    """Return the range that a key of a fit table writes, or None if it is a plain value."""
    if span := _SPAN.fullmatch(label):
        return Written(label, Decimal(span[1]), Decimal(span[2]))
    if start := _FROM.fullmatch(label):
        return Written(label, Decimal(start[1] or start[2]), Decimal("Infinity"))
    if end := _BELOW.fullmatch(label):
        return Written(label, Decimal("-Infinity"), Decimal(end[1]), below=True)
    return None


def bounds(ranges: Sequence[Written]) -> list[tuple[float, float]]:
    """Return the half-open bounds of ranges sorted by their low end.

    A range ends where the next begins; the last one includes its upper end. Raises Unfit for a
    range that is upside down, an overlap or a gap.
    """
    made = []
    for this, after in zip_longest(ranges, ranges[1:]):
        if this.high < this.low or (this.below and this.high == this.low):
            raise Unfit(f"{this.label} ends before it begins.", "Swap its ends.")
        made.append((float(this.low), _end(this, after)))
    return made


def _end(this: Written, after: Written | None) -> float:
    if after is None:
        return float(this.high) if this.below else math.nextafter(float(this.high), math.inf)
    if after.low < this.high or (after.low == this.low):
        remedy = f"End {this.label} below {after.low}, or begin {after.label} later."
        raise Unfit(f"{this.label} and {after.label} overlap.", remedy)
    if after.low > this.high + (0 if this.below else _unit(this.high, after.low)):
        message = f"Numbers between {this.label} and {after.label} have no row."
        raise Unfit(message, f"Let {after.label} begin where {this.label} ends.")
    return float(after.low)


def _unit(*numbers: Decimal) -> Decimal:
    """Return one unit of the last decimal place that any of these numbers is written with."""
    return Decimal(1).scaleb(min(int(n.as_tuple().exponent) for n in numbers if n.is_finite()))
