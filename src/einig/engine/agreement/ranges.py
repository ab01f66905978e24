"""The ranges of a fit table: each ends where the next begins, without overlap or gap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest

from einig.engine.document.shapes import Unfit
from einig.engine.ranges import Written


def bounds(ranges: Sequence[Written]) -> list[tuple[float, float]]:
    """Return the half-open bounds of ranges sorted by their low end.

    A range ends where the next begins; the last one includes its upper end. Raises Unfit for a
    range that is upside down, an overlap or a gap.
    """
    made = []
    for this, after in zip_longest(ranges, ranges[1:]):
        if this.upside_down:
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
