"""Standing: the highest threshold at which a draft brings each lead to sales, told by the engine.

It is the score of a lead; `AT_ANY` where a buying signal brings it whatever its score, and `NEVER`
where it is none by the agreement. Only the score's threshold of the draft's rule is varied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from einig.engine.agreement.model import Agreement, AtLeast
from einig.engine.history.contract import History
from einig.engine.instants import BEGINNING
from einig.engine.learning.examples import Bools, Examples, Ints
from einig.engine.learning.signals import asks_intent
from einig.engine.scoring.bind import bind
from einig.engine.scoring.judge import swept
from einig.engine.scoring.kernel import Bound, Swept
from einig.engine.scoring.plan import ALL, ANY, NO_LIMIT, NOT, SCORE, Plan, limits, plan

AT_ANY = int(np.iinfo(np.int64).max)
NEVER = int(np.iinfo(np.int64).min)

_MANY = 10  # activities of a criterion without a limit
_STEPS = 511  # of the score, at most


@dataclass(frozen=True, slots=True)
class Standings:
    """A draft that is ready to be swept over a history. Its rule asks for a score in one place."""

    of: Plan
    bound: Bound
    last: int

    @classmethod
    def made(cls, draft: Agreement, history: History) -> Standings:
        """Return the draft, ready."""
        of = plan(draft)
        return cls(of, bind(of, history), history.about.ends_at)

    def of_leads(self) -> Ints:
        """Return the highest standing that each lead ever had."""
        best = np.full(len(self.bound.created), NEVER)
        for ops in _digits(*_reach(self.of.agreement)):
            turns = self._swept(_asking(self.of, ops))
            np.maximum.at(best, turns.lead[turns.ready], _score(turns)[turns.ready])
        if self._has_signals:
            turns = self._swept(_above(self.of, NO_LIMIT))
            best[turns.lead[turns.ready]] = AT_ANY
        return best

    def of_examples(self, examples: Examples, score: Ints) -> Ints:
        """Return the standing of each example, which has this score, as of its moment."""
        # undated examples are told as of the beginning of their leads, and only ordered by `at`
        at = examples.at if examples.dated else self.bound.created[examples.lead]
        leads = ready_at(self._swept(_above(self.of, -NO_LIMIT)), examples.lead, at)
        standing: Ints = np.where(leads, score, NEVER)
        if self._has_signals:
            turns = self._swept(_above(self.of, NO_LIMIT))
            standing[ready_at(turns, examples.lead, at)] = AT_ANY
        return standing

    def steps_of_examples(self, examples: Examples) -> Ints:
        """Return of dated examples on which step of the score they are; 0 where they are no lead.

        A step is a point, unless there are very many.
        """
        steps = np.zeros(len(examples), np.int64)
        for digit, ops in enumerate(_digits(*_reach(self.of.agreement))):
            turns = self._swept(_asking(self.of, ops))
            steps += ready_at(turns, examples.lead, examples.at).astype(np.int64) << digit
        return steps

    def ready_examples(self, examples: Examples) -> Bools:
        """Return which dated examples are sales-ready."""
        return ready_at(self._swept(self.of), examples.lead, examples.at)

    def fit_of_leads(self) -> Ints:
        """Return the fit of each lead at its latest state, NEVER where it is none."""
        turns = self._swept(_above(self.of, -NO_LIMIT))
        latest = np.full(len(self.bound.created), NEVER)
        ends = np.append(turns.lead[1:] != turns.lead[:-1], [True] * bool(len(turns.lead)))
        ends &= turns.ready
        latest[turns.lead[ends]] = turns.fit[ends]
        return latest

    @property
    def _has_signals(self) -> bool:
        return asks_intent(self.of.agreement.sales_ready)

    def _swept(self, of: Plan) -> Swept:
        return swept(of, self.bound, BEGINNING, self.last)


def translated(
    fits: Iterable[int], before: Agreement, after: Standings, history: History
) -> dict[int, int]:
    """Return by threshold on the fit before the one after that as large a share of leads reaches.

    All leads count, at their latest state; of two that are as close it is the higher one.
    """
    wanted = sorted(fits)
    if not wanted:
        return {}
    rule = AtLeast("score", 0)
    was = Standings.made(replace(before, sales_ready=rule), history).fit_of_leads()
    is_ = after.fit_of_leads()
    steps = np.unique(is_[is_ > NEVER])[::-1]
    if not len(steps):
        return {}
    shares = np.array([(is_ >= step).mean() for step in steps])
    of = [np.abs(shares - ((was > NEVER) & (was >= points)).mean()) for points in wanted]
    return {points: int(steps[np.argmin(far)]) for points, far in zip(wanted, of, strict=True)}


def ready_at(turns: Swept, lead: Ints, at: Ints) -> Bools:
    """Return whether each lead was ready at its moment."""
    if not len(turns.at):
        return np.zeros(len(lead), np.bool_)
    # turns are sorted by lead and time: the one that holds is the last of its lead up to the moment
    times, rank = np.unique(np.concatenate([turns.at, at]), return_inverse=True)
    width = len(times) + 1
    kept = turns.lead * width + rank[: len(turns.at)]
    place = np.searchsorted(kept, lead * width + rank[len(turns.at) :], "right") - 1
    held = np.maximum(place, 0)
    ready: Bools = (place >= 0) & (turns.lead[held] == lead) & turns.ready[held]
    return ready


def _score(turns: Swept) -> Ints:
    score: Ints = turns.fit + turns.engagement
    return score


def _above(of: Plan, at_least: int) -> Plan:
    """Return the draft with another threshold; beyond all scores nothing but signals is left."""
    arg = np.where(of.arrays.ready_op == SCORE, at_least, of.arrays.ready_arg)
    return replace(of, arrays=of.arrays._replace(ready_arg=arg))


def _asking(of: Plan, ops: list[tuple[int, int]]) -> Plan:
    """Return the draft with another rule, in postfix order."""
    op, arg = np.array(ops, np.int64).reshape(-1, 2).T.copy()
    return replace(of, arrays=of.arrays._replace(ready_op=op, ready_arg=arg))


def _reach(draft: Agreement) -> tuple[int, int]:
    """Return the lowest and the highest score that an agreement gives.

    What a criterion without a limit gives for more than a few activities is beyond it.
    """
    low = high = 0
    for table in draft.fit:
        given = [*(row.points for row in table.rows), table.otherwise, table.unknown]
        low, high = low + min(given), high + max(given)
    for criterion in draft.engagement:
        given = [_MANY * step.points for step in criterion.steps]
        given = given if criterion.at_most is None else [*given, criterion.at_most]
        least, most = limits(criterion)
        low, high = low + max(min(0, *given), least), high + min(max(0, *given), most)
    for silence in draft.silence:
        low, high = low + min(0, silence.points), high + max(0, silence.points)
    return low, high


def _digits(low: int, high: int) -> Iterator[list[tuple[int, int]]]:
    """Yield a rule for each binary digit of the score, counted from 1 at its lowest.

    A sweep tells the score only where a lead becomes ready or ceases to be. Whenever a score rises,
    its highest digit that changes becomes 1, so by one of these rules the lead becomes ready then,
    and the sweep tells the score. Very many points are counted in steps of several.
    """
    unit = (high - low) // _STEPS + 1
    most = (high - low) // unit + 1
    for digit in range(most.bit_length()):
        ops: list[tuple[int, int]] = []
        begins = range(1 << digit, most + 1, 2 << digit)
        for begin in begins:
            ops += [(SCORE, low + unit * (begin - 1))]
            end = begin + (1 << digit)
            if end <= most:  # whatever is beyond the highest score counts as that
                ops += [(SCORE, low + unit * (end - 1)), (NOT, 0), (ALL, 2)]
        yield [*ops, (ANY, len(begins))]
