"""The truth about the demo company: what was planted, so that what Einig finds can be compared."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Truth:
    """What is so in the simulation.

    A lead is ideal if its firm is in one of `industries` and `countries` and has a number of
    employees in `employees`. Shares are from 0 to 1: of ideal leads and of all others, how many
    want to buy, and how many of those buy if sales talks to them in time. `late_buys` is what is
    left of that if the first attempt comes days too late.

    `broken` are the first instants of the month in which follow-up broke down and of the next.
    """

    broken: tuple[int, int]
    industries: frozenset[str] = frozenset({"Software", "Maschinenbau"})
    employees: range = range(50, 1000)
    countries: frozenset[str] = frozenset({"DE", "AT", "CH"})
    ideal_wants: float = 0.60
    ideal_buys: float = 0.55
    rest_wants: float = 0.19
    rest_buys: float = 0.20
    late_buys: float = 0.35
    without_revenue: str = "Gewinnspiel"
    hasty_team: str = "Süd"
    hasty_reason: str = "kein Budget"
    hasty: float = 0.45  # the share that the hasty team returns whether they are ready or not
    never_tried: float = 0.45  # in the broken month, the share that nobody tries to reach

    @property
    def lift(self) -> float:
        """Return how many times as often an ideal lead buys as any other, if all were talked to."""
        return (self.ideal_wants * self.ideal_buys) / (self.rest_wants * self.rest_buys)

    def is_ideal(self, *, industry: str, employees: int, country: str) -> bool:
        """Return whether a firm is what was planted as the ideal one."""
        fits = industry in self.industries and country in self.countries
        return fits and employees in self.employees
