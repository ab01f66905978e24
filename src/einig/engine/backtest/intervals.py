"""A share with its 95% interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

_Z = 1.959963984540054  # 97.5% quantile of the normal distribution


@dataclass(frozen=True, slots=True)
class Proportion:
    """`part` of `whole`; a share of nothing is unknown, hence None."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        """Return the share, from 0 to 1."""
        return self.part / self.whole if self.whole else None

    @property
    def low(self) -> float | None:
        """Return the lower end of the Wilson interval (Wilson 1927), 95%."""
        return self._end(-1)

    @property
    def high(self) -> float | None:
        """Return the upper end of the Wilson interval, 95%."""
        return self._end(1)

    def _end(self, side: int) -> float | None:
        if not self.whole:
            return None
        share, weight = self.part / self.whole, _Z * _Z / self.whole
        middle = share + weight / 2
        spread = math.sqrt(weight * (share * (1 - share) + weight / 4))
        return min(1.0, max(0.0, (middle + side * spread) / (1 + weight)))


class Counted:
    """Counts of leads with the two shares that everybody asks for."""

    __slots__ = ()
    won: int
    won_sales_ready: int
    lost_sales_ready: int

    @property
    def precision(self) -> Proportion:
        """Of those handed over that were decided, how many bought."""
        return Proportion(self.won_sales_ready, self.won_sales_ready + self.lost_sales_ready)

    @property
    def recall(self) -> Proportion:
        """Of the buyers, how many were handed over."""
        return Proportion(self.won_sales_ready, self.won)
