"""The ranges of a fit table: each ends where the next begins, without overlap or gap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest

from einig.engine.document import said
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
            raise Unfit(
                said("%(row)s ends before it begins.", row=this.label), said("Swap its ends.")
            )
        made.append((float(this.low), _end(this, after)))
    return made


def _end(this: Written, after: Written | None) -> float:
    if after is None:
        return float(this.high) if this.below else math.nextafter(float(this.high), math.inf)
    if after.low < this.high or (after.low == this.low):
        remedy = said(
            "End %(row)s below %(low)s, or begin %(other)s later.",
            row=this.label,
            low=f"{after.low}",
            other=after.label,
        )
        raise Unfit(
            said("%(row)s and %(other)s overlap.", row=this.label, other=after.label), remedy
        )
    if after.low > this.high + (0 if this.below else _unit(this.high, after.low)):
        message = said(
            "Numbers between %(row)s and %(other)s have no row.",
            row=this.label,
            other=after.label,
        )
        remedy = said("Let %(other)s begin where %(row)s ends.", row=this.label, other=after.label)
        raise Unfit(message, remedy)
    return float(after.low)


def _unit(*numbers: Decimal) -> Decimal:
    """Return one unit of the last decimal place that any of these numbers is written with."""
    return Decimal(1).scaleb(min(int(n.as_tuple().exponent) for n in numbers if n.is_finite()))
