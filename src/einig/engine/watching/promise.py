"""What a test on past data promises of a version, as it is kept beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from einig.engine.backtest.calendar import weeks
from einig.engine.backtest.intervals import Proportion
from einig.engine.backtest.outcomes import outcomes, sales_ready
from einig.engine.backtest.replay import Backtest
from einig.engine.history.contract import History
from einig.engine.instants import BEGINNING, DAY, FOREVER
from einig.engine.scoring.decisions import Decisions
from einig.engine.scoring.plan import Bools, Ints
from einig.engine.watching.cases import Cases, age_of_maturing, cases
from einig.engine.watching.incoming import incoming
from einig.engine.watching.makeup import KNOWN_AFTER, Makeup

_WEEKS = 52  # the newest ones say how many hand-offs a week and which leads are usual


@dataclass(frozen=True, slots=True)
class Promise:
    """Of so many hand-offs so many bought `within` so long; hand-offs a week; which leads come.

    The test saw nothing that became known after `until`; its first lead came at `since`. So many
    hand-offs `matured`, with those that say nothing.
    """

    since: int
    until: int
    within: int
    matured: int
    precision: Proportion
    weekly: tuple[int, ...]
    makeup: Makeup

    @property
    def yearly(self) -> int:
        """Return how many hand-offs mature in a year."""
        return round(52 * float(np.mean(self.weekly))) if self.weekly else 0

    @property
    def cases(self) -> int:
        """Return how many of those say whether they bought."""
        return round(self.yearly * self.precision.whole / self.matured) if self.matured else 0

    def told(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "since": self.since,
            "until": self.until,
            "within": self.within,
            "matured": self.matured,
            "precision": [self.precision.part, self.precision.whole],
            "weekly": list(self.weekly),
            "makeup": {
                "counts": self.makeup.counts,
                "spread": {name: list(of) for name, of in self.makeup.spread.items()},
                "weekly": self.makeup.weekly,
            },
        }

    @staticmethod
    def read(told: Mapping[str, Any]) -> Promise:
        """Return it from JSON."""
        return Promise(
            told["since"],
            told["until"],
            told["within"],
            told.get("matured", told["precision"][1]),  # as it was written before
            Proportion(*told["precision"]),
            tuple(told["weekly"]),
            Makeup(
                told["makeup"]["counts"],
                {name: (of[0], of[1]) for name, of in told["makeup"]["spread"].items()},
                told["makeup"]["weekly"],
            ),
        )


def handed_over(history: History, decided: Decisions, *, nobody: Bools | None = None) -> Ints:
    """Return for each lead when it is counted as handed over; FOREVER where it is not.

    That is when the agreement, as if it had always been in force, finds it sales-ready for the
    first time. What is promised and what comes are both counted so. `nobody` says which leads
    would go to nobody whatever the agreement says.
    """
    ready = sales_ready(decided, outcomes(history))
    return np.where(ready if nobody is None else ready & ~nobody, decided.first_ready_at, FOREVER)


def promise(
    tested: Backtest, *, until: int, worked_at: Ints | None = None, nobody: Bools | None = None
) -> tuple[Promise, Cases]:
    """Return what a backtest promises, and the hand-offs that it rests on, by number of the lead.

    The history ends at `until`. `worked_at` says of each lead since when it is certain that sales
    worked it; one that nobody worked says nothing unless it was decided all the same. `nobody` says
    which leads go to nobody.
    """
    history, of = tested.history, outcomes(tested.history)
    opened = handed_over(history, tested.decisions, nobody=nobody)
    ready = opened < FOREVER
    within = age_of_maturing(of.won_at[ready & of.won] - opened[ready & of.won])
    found = cases(
        opened=opened,
        won_at=of.won_at,
        decided_at=of.first_at,
        worked_at=np.full(len(opened), FOREVER) if worked_at is None else worked_at,
        within=within,
        until=until,
    )
    created = history.leads["created_at"].to_numpy()
    first = int(created[created > BEGINNING].min(initial=until))
    whole = weeks(history, opened[ready])[1:-1]  # the first and the last are not whole
    span = max(first, until - _WEEKS * 7 * DAY), max(first, until - KNOWN_AFTER)
    promised = Promise(
        since=first,
        until=until,
        within=within,
        matured=int((opened + within <= until).sum()),
        precision=Proportion(int(found.bought.sum()), len(found.bought)),
        weekly=tuple(whole[-_WEEKS:].tolist()),
        makeup=incoming(history, tested.agreement).makeup(*span),
    )
    return promised, found
