"""The effects behind a card: which columns say something, and how much each of their bins says.

Log odds are shrunk towards the average as if each bin had seen PRIOR_LEADS more average leads, and
more where the effect of a column changes from one stretch of time to the next; where there are
several snapshots of a lead, an attribute that all of them share counts as one. Columns are chosen
one after the other by what they add to those chosen before. A rare bin counts for its choice with
the root of its share: what is rare today may be frequent tomorrow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from einig.engine.learning.cuts import BLANK_BIN, FIRST_BIN, MOST_COUNTED, Bins, Cut, cut, summed
from einig.engine.learning.examples import Column, Examples, Floats
from einig.engine.learning.steadiness import Stretches, steadiness, stretches

PRIOR_LEADS = 40
FEWEST = 5  # leads from which on a value has a bin of its own
MARGINAL_SHARE = 0.3  # of an effect is what its bin says alone, which holds where markets change
_CAPS = (1, 2, 3, 5, MOST_COUNTED)
_NOISE = 1.0  # times the expected contribution of noise that an effect has to exceed
_LONGEST_STEP = 2.0


@dataclass(frozen=True, slots=True)
class Part:
    """A column as the card may use it: its bins, and how unsteady the effect of each is."""

    column: Column
    cut: Cut
    bins: Bins
    counts: Floats  # weight in each bin
    unsteady: Floats  # variance of each bin's effect over time
    blank_untold: bool = False  # the blank says when a field was filled in, not what it holds

    def sums(self, of: Floats) -> Floats:
        """Return the sum of something over each bin."""
        return summed(self.bins, of, self.cut.size)


@dataclass(frozen=True, slots=True)
class Term:
    """A chosen part. A behaviour's effect is `times` one step, up to `cap` activities."""

    part: Part
    ridge: Floats  # precision of the prior of each bin; of a behaviour, of its one step
    cap: int | None
    effects: Floats  # log odds of each bin
    information: Floats  # weight of evidence in each bin, p (1 - p) summed


@dataclass(frozen=True, slots=True)
class Target:
    """What is explained: whether won, with weights; `prior` is the precision of an effect of 0.

    `per_lead` is how many examples there are of a lead.
    """

    won: Floats
    weight: Floats
    share: float
    prior: float
    per_lead: float

    def prior_of(self, part: Part) -> float:
        """Return the precision for a part: of what a lead's snapshots share, each says little."""
        return self.prior * (self.per_lead if part.cut.behaviour is None else 1.0)


@dataclass(frozen=True, slots=True)
class Fitted:
    """The chosen terms in the order of their choice, and columns left out with the reason."""

    terms: tuple[Term, ...]
    calendar: tuple[str, ...]
    target: Target


def fit_effects(
    examples: Examples, *, most: int, untold: frozenset[str], prior_leads: float = PRIOR_LEADS
) -> Fitted:
    """Choose at most so many columns and fit their effects together."""
    weight = _sure(examples.weight)
    share = float(np.average(examples.won, weights=weight))
    prior = prior_leads * share * (1 - share)
    won = examples.won.astype(np.float64)
    target = Target(won, weight, share, prior, examples.per_lead)
    time = stretches(target.won, weight, share)
    parts, calendar = [], []
    for column in examples.columns:
        part, stands_in = _part(column, target, time, untold)
        if stands_in:
            calendar.append(column.name)
        else:
            parts.append(part)
    terms = _chosen(parts, target, most)
    return Fitted(tuple(_softened(t, target) for t in terms), tuple(calendar), target)


def _sure(weight: Floats) -> Floats:
    """Return weights that add up to what they tell: as many leads of equal weight (Kish 1965)."""
    sure: Floats = weight * weight.sum() / (weight**2).sum()
    return sure


def _part(
    column: Column, target: Target, time: Stretches, untold: frozenset[str]
) -> tuple[Part, bool]:
    of = cut(column, at_least=math.ceil(FEWEST * target.per_lead))
    bins = of.bins(column)
    counts = summed(bins, target.weight, of.size)
    known = steadiness(bins, of.size, time=time, prior=target.prior)
    part = Part(column, of, bins, counts, known.variance, column.name in untold)
    return part, known.stands_in_for_time


def _chosen(parts: list[Part], target: Target, most: int) -> list[Term]:
    """Choose forward: each time the column that adds most to those chosen before."""
    logit = np.full(len(target.won), np.log(target.share / (1 - target.share)))
    terms: list[Term] = []
    left = list(parts)
    while left and len(terms) < most:
        slope, curve = _derivatives(logit, target)
        offers = [_offer(part, part.sums(slope), part.sums(curve), target) for part in left]
        gains = [gain for gain, _ in offers]
        best = int(np.argmax(gains))
        if gains[best] <= 0:
            break
        terms.append(offers[best][1])
        del left[best]
        terms = _solved(terms, logit, target, passes=3)
    return _solved(terms, logit, target, passes=15)


def _derivatives(logit: Floats, target: Target) -> tuple[Floats, Floats]:
    chance = 1 / (1 + np.exp(-logit))
    return target.weight * (target.won - chance), target.weight * chance * (1 - chance)


def _offer(part: Part, slope: Floats, curve: Floats, target: Target) -> tuple[float, Term]:
    """Return what a part would add beyond noise, and the term that it would become."""
    if part.cut.behaviour is not None:
        return _behaviour_offer(part, slope, curve, target)
    ridge = target.prior_of(part) * (1 + curve * part.unsteady)
    effects = slope / (curve + ridge)
    noise = target.per_lead * curve / (curve + ridge) ** 2
    total = curve.sum()
    rare = np.sqrt(curve / total)
    shown = total * rare / rare.sum()
    if part.blank_untold:
        effects = _without_blank(effects, curve)
        shown[BLANK_BIN] = 0.0
    gain = 0.5 * float((shown * (effects**2 - _NOISE * noise)).sum())
    return gain, Term(part, ridge, None, np.zeros(len(slope)), curve)


def _behaviour_offer(
    part: Part, slope: Floats, curve: Floats, target: Target
) -> tuple[float, Term]:
    best, total = (-np.inf, 1, target.prior), curve.sum()
    unsteady = float(part.unsteady[1:].mean())
    for cap in _CAPS:
        steps = _steps(cap)
        spread = (curve * (steps - (curve * steps).sum() / total) ** 2).sum()
        along = (slope * (steps - (curve * steps).sum() / total)).sum()
        ridge = target.prior * (1 + spread * unsteady)
        effect, noise = along / (spread + ridge), spread / (spread + ridge) ** 2
        gain = 0.5 * float(spread * (effect**2 - _NOISE * noise))
        # A higher cap has to be clearly better: it says more than was seen.
        if gain > best[0] + 0.5:
            best = (gain, cap, float(ridge))
    gain, cap, ridge = best
    return gain, Term(part, np.array([ridge]), cap, np.zeros(len(slope)), curve)


def _steps(cap: int) -> Floats:
    return np.minimum(np.arange(MOST_COUNTED + 1), cap).astype(np.float64)


def _solved(terms: Sequence[Term], logit: Floats, target: Target, *, passes: int) -> list[Term]:
    """Fit terms together, one after the other until none moves; `logit` is changed in place."""
    solved = list(terms)
    for _ in range(passes):
        slope, curve = _derivatives(logit, target)
        logit += slope.sum() / curve.sum()
        moved = 0.0
        for place, term in enumerate(solved):
            slope, curve = _derivatives(logit, target)
            seen = term.part.sums(curve)
            step = _step(term, term.part.sums(slope), seen)
            logit += step[term.part.bins]
            solved[place] = Term(term.part, term.ridge, term.cap, term.effects + step, seen)
            moved = max(moved, float(np.abs(step).max()))
        if moved < 1e-3:
            break
    return solved


def _step(term: Term, slope: Floats, curve: Floats) -> Floats:
    if term.cap is None:
        step = (slope - term.ridge * term.effects) / (curve + term.ridge)
        return np.asarray(np.clip(step, -_LONGEST_STEP, _LONGEST_STEP))
    steps, ridge = _steps(term.cap), term.ridge[0]
    along = (slope * steps).sum() - ridge * term.effects[1]
    by = float(np.clip(along / ((curve * steps**2).sum() + ridge), -1, 1))
    return by * steps


def _softened(term: Term, target: Target) -> Term:
    """Mix what each bin says alone into what it says beside the others."""
    effects = term.effects
    if term.cap is None:
        won = term.part.sums(target.weight * (target.won - target.share))
        curve = term.part.counts * target.share * (1 - target.share)
        alone = won / (curve + target.prior_of(term.part) * (1 + curve * term.part.unsteady))
        effects = (1 - MARGINAL_SHARE) * effects + MARGINAL_SHARE * alone
        if term.part.blank_untold:
            effects = _without_blank(effects, term.information)
    return Term(term.part, term.ridge, term.cap, effects, term.information)


def _without_blank(effects: Floats, curve: Floats) -> Floats:
    """Return effects among what is filled in only: on average they, and the blank, say nothing."""
    known = curve.copy()
    known[:FIRST_BIN] = (0.0, curve[1])
    middle = (known * effects).sum() / max(known.sum(), 1e-12)
    told: Floats = effects - middle
    told[BLANK_BIN] = 0.0
    return told
