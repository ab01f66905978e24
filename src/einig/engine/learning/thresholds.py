"""Thresholds: from how many points on a lead goes to sales, chosen by a stated goal."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from einig.engine.backtest.intervals import Proportion
from einig.engine.instants import DAY
from einig.engine.learning.examples import Examples, Floats, Ints
from einig.engine.learning.standing import AT_ANY, NEVER
from einig.engine.learning.targets import WON, Target
from einig.engine.learning.told_words import points_of, say

Kind = Literal["share", "weekly", "precision", "revenue"]


class OutOfReach(ValueError):
    """No threshold reaches the goal; it says what the best one comes to."""

    def __init__(self, why: str, *, also: OutOfReach | None = None, **figures: float) -> None:
        self.why, self.figures, self.also = why, figures, also
        super().__init__(self.said())

    @property
    def by_signals(self) -> bool:
        """Return whether buying signals alone bring more leads than the goal."""
        return self.why in {"signals share", "signals weekly"}

    def said(self, language: str = "en", *, target: Target = WON, currency: str = "") -> str:
        """Return it in a sentence, in English (`en`) or German (`de`)."""
        figures: dict[str, float | str] = {
            **self.figures,
            "points": points_of(int(self.figures.get("points", 0)), language),
            "currency": f" {currency}" if currency else "",
        }
        many = round(self.figures.get("share", 0.0)) != 1
        said = say(self.why, language, figures, target=target, many=many)
        if self.also is None:
            return said
        return f"{said} {self.also.said(language, target=target, currency=currency)}"


@dataclass(frozen=True, slots=True)
class Goal:
    """What a threshold is chosen for.

    share      about this share of leads goes to sales
    weekly     about so many leads a week, which is what sales can work
    precision  of those handed over, at least this share reaches the target
    revenue    each further lead handed over brings more than this, which working one costs

    What nobody stated is a goal that gives way where buying signals alone bring more.
    """

    kind: Kind = "share"
    amount: float = 0.1
    is_stated: bool = True


UNSTATED = Goal(is_stated=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a threshold comes to; each lead counts with the highest score that it had.

    Whom a buying signal brings whatever the score is handed over at every threshold.
    `leads` of `all_leads` would be handed over, `weekly` so many a week (None where it is not known
    how long they took to come). `precision` and `recall` are told by those whose end is known:
    `ended` of them would be handed over, who bring `revenue`.
    """

    at_least: int
    leads: int
    all_leads: int
    weekly: float | None
    precision: Proportion
    recall: Proportion
    revenue: float
    ended: float


@dataclass(frozen=True, slots=True)
class Volume:
    """How highly each lead ever stood, known end or not, and how many weeks they took to come."""

    best: Ints
    weeks: float | None


def choices(standing: Ints, examples: Examples, volume: Volume | None = None) -> tuple[Choice, ...]:
    """Return every threshold that makes a difference, the highest first.

    `standing` is by example the score, or what stands for it (see `standing`). Weights count: what
    stands for several leads that nobody tried is as many of them. Without `volume` the examples are
    all the leads that there are.
    """
    best = _best(standing, examples)
    steps = np.unique(best if volume is None else np.append(best, volume.best))[::-1]
    return _told(steps[(steps > NEVER) & (steps < AT_ANY)], standing, examples, volume)


def choice(
    at_least: int, standing: Ints, examples: Examples, volume: Volume | None = None
) -> Choice:
    """Return what one threshold comes to; at `AT_ANY` it is what buying signals alone bring."""
    return _told(np.array([at_least]), standing, examples, volume)[0]


def _told(
    steps: Ints, standing: Ints, examples: Examples, volume: Volume | None
) -> tuple[Choice, ...]:
    leads, of = np.unique(examples.lead, return_inverse=True)
    best = _best(standing, examples)
    won = np.bincount(of, examples.won, len(leads)) > 0
    weight, revenue = np.ones(len(leads)), np.zeros(len(leads))
    weight[of] = examples.weight
    np.maximum.at(revenue, of, examples.revenue)
    every = volume or Volume(best[best > NEVER], _weeks(examples))
    sure = weight.sum() / (weight**2).sum()  # how many leads of equal weight say as much (Kish)
    handed = _so_far(every.best, steps, np.ones(len(every.best)))
    parts = (weight, weight * won * sure, weight * revenue)
    ended, bought, brought = (_so_far(best, steps, each) for each in parts)
    all_won = round(float((weight * won).sum() * sure))
    return tuple(
        Choice(
            int(step),
            round(n),
            len(every.best),
            n / every.weeks if every.weeks else None,
            Proportion(min(round(b), round(e * sure)), round(e * sure)),
            Proportion(min(round(b), all_won), all_won),
            r,
            e,
        )
        for step, n, e, b, r in zip(steps.tolist(), handed, ended, bought, brought, strict=True)
    )


def _best(standing: Ints, examples: Examples) -> Ints:
    """Return the highest standing of each lead that has examples."""
    leads, of = np.unique(examples.lead, return_inverse=True)
    best = np.full(len(leads), NEVER)
    np.maximum.at(best, of, standing)
    return best


def _so_far(best: Ints, steps: Ints, weight: Floats) -> list[float]:
    """Return the weight of the leads at or above each step; the highest step comes first."""
    place = len(steps) - np.searchsorted(steps[::-1], best, "right")
    summed: list[float] = np.cumsum(np.bincount(place, weight, len(steps) + 1))[:-1].tolist()
    return summed


def choose(of: Sequence[Choice], goal: Goal, signals: Choice | None = None) -> Choice:
    """Return the threshold that serves a goal; never one that lets nobody or everybody through.

    `signals` is what buying signals bring by themselves, at every threshold. Raises OutOfReach.
    """
    if goal.amount <= 0:
        raise OutOfReach("no goal")
    if signals is not None:
        _refuse_too_many(signals, goal)
    useful = _useful(of)
    if goal.kind == "share":
        return _closest(useful, lambda c: c.leads / (goal.amount * c.all_leads))
    if goal.kind == "weekly":
        if useful[0].weekly is None:
            raise OutOfReach("undated")
        return _closest(useful, lambda c: (c.weekly or 0.0) / goal.amount)
    try:
        choose_ = _precise if goal.kind == "precision" else _worthwhile
        return choose_(useful, goal.amount)
    except OutOfReach as out:
        if signals is None or not signals.leads:
            raise
        bought = 100 * (signals.precision.share or 0.0)
        also = OutOfReach("signals", leads=signals.leads, share=bought)
        raise OutOfReach(out.why, also=also, **out.figures) from None


def highest(of: Sequence[Choice]) -> Choice:
    """Return the highest threshold that lets anybody through. Raises OutOfReach."""
    return _useful(of)[0]


def _useful(of: Sequence[Choice]) -> list[Choice]:
    useful = [choice for choice in of if 0 < choice.leads < choice.all_leads]
    if not useful:
        raise OutOfReach("alike")
    return useful


def _refuse_too_many(signals: Choice, goal: Goal) -> None:
    """Refuse a number of leads that the buying signals alone are more than."""
    leads, every, weekly = signals.leads, signals.all_leads, signals.weekly or 0.0
    if goal.kind == "share" and leads > goal.amount * every:
        of_100, wanted = 100 * leads / every, 100 * goal.amount
        raise OutOfReach("signals share", leads=leads, every=every, of_100=of_100, goal=wanted)
    if goal.kind == "weekly" and weekly > goal.amount:
        raise OutOfReach("signals weekly", weekly=weekly, goal=goal.amount)


def _precise(useful: Sequence[Choice], wanted: float) -> Choice:
    """Return the lowest threshold whose precision is high enough."""
    enough = [choice for choice in useful if (choice.precision.share or 0.0) >= wanted]
    if not enough:
        best = max(useful, key=lambda choice: choice.precision.share or 0.0)
        share = 100 * (best.precision.share or 0.0)
        raise OutOfReach("precision", share=share, points=best.at_least)
    return enough[-1]


def _worthwhile(useful: Sequence[Choice], cost: float) -> Choice:
    """Return the threshold at which what was brought, less what working costs, is greatest.

    Both are of leads whose end is known: what the others bring is not known yet.
    """
    best = max(useful, key=lambda choice: choice.revenue - cost * choice.ended)
    if best.revenue <= cost * best.ended:
        raise OutOfReach("revenue", amount=cost)
    return best


def _closest(useful: Sequence[Choice], through: Callable[[Choice], float]) -> Choice:
    """Return the threshold closest to a goal, as a ratio: few rows make few thresholds."""
    return min(useful, key=lambda choice: abs(math.log(max(through(choice), 1e-9))))


def _weeks(examples: Examples) -> float | None:
    if not examples.dated or not len(examples):
        return None
    return max(1.0, float(examples.at[-1] - examples.at[0]) / (7 * DAY))
