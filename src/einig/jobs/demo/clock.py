"""Simulated time: what is to happen waits in one heap, and happens in order."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from einig.engine.agreement.model import WorkingTime
from einig.engine.instants import HOUR
from einig.engine.worktime import due
from einig.flow.organisation import calendar

Action = Callable[[int], object]


@dataclass(slots=True)
class Clock:
    """Time from `begins` until `ends`, both instants; whatever would come later never happens."""

    begins: int
    ends: int
    _waiting: list[tuple[int, int, Action]] = field(default_factory=list)
    _number: count[int] = field(default_factory=count)

    def call(self, at: int, action: Action) -> None:
        """Let something happen at an instant: it is called with that instant."""
        if at < self.ends:
            heapq.heappush(self._waiting, (at, next(self._number), action))

    def run(self, progress: Callable[[float], None]) -> None:
        """Let everything happen, and say after each day which share of the time is over."""
        told = self.begins
        while self._waiting:
            at, _, action = heapq.heappop(self._waiting)
            action(at)
            if at - told > 24 * HOUR:
                progress((at - self.begins) / (self.ends - self.begins))
                told = at


def after(at: int, *, hours: float) -> int:
    """Return the instant after so many working hours; 8 of them are a working day."""
    whole = int(hours)
    begins = due(at, WorkingTime(whole, "hours"), calendar())
    return begins + int((hours - whole) * HOUR)
