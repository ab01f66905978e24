"""The trial of a draft: everything that its page says beside it, from one pass over a history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from einig.engine.agreement.model import Agreement
from einig.engine.backtest.changes import Changes, changes
from einig.engine.backtest.curve import Curve, curve, thresholds, windows
from einig.engine.backtest.groups import Segment, segment
from einig.engine.backtest.handoffs import Term, opened
from einig.engine.backtest.measures import measures
from einig.engine.backtest.outcomes import sales_ready
from einig.engine.backtest.past import Past, past
from einig.engine.backtest.refusals import Refusal, refused_by_history, refused_by_rule
from einig.engine.backtest.replay import Backtest, assumed_known
from einig.engine.backtest.revenue import Revenue, revenue
from einig.engine.history.contract import History
from einig.engine.instants import BEGINNING
from einig.engine.scoring.bind import bind
from einig.engine.scoring.decisions import decisions
from einig.engine.scoring.judge import Enactment, swept
from einig.engine.scoring.plan import Bools, plan
from einig.engine.scoring.testable import untestable


@dataclass(frozen=True, slots=True)
class Replayed:
    """A replay, who was sales-ready in time by it, and the curve over one of its thresholds."""

    backtest: Backtest
    ready: Bools
    curve: Curve | None


@dataclass(frozen=True, slots=True)
class Trial:
    """A draft replayed over a history, alone or against another agreement.

    `added` are the leads that only the draft hands over, `dropped` those that only the other does.
    `untestable` are criteria of the draft that the history cannot test.
    """

    past: Past
    draft: Replayed
    against: Replayed | None
    refusal: Refusal | None
    revenue: Revenue
    segments: tuple[Segment, ...]
    added: Changes | None
    dropped: Changes | None
    untestable: tuple[str, ...]


class NoTrial(Exception):
    """A draft that is refused before anything is replayed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.who} would be handed over")
        self.refusal = refusal


def trial(
    history: History | Past,
    draft: Agreement,
    *,
    against: Agreement | Replayed | None = None,
    capacity: int | None = None,
    threshold: int = 0,
    by: Sequence[str] = (),
) -> Trial:
    """Try a draft on a history, as if it had always been in force.

    `against` is another agreement, or its replay over the same history by `replayed`; `capacity` is
    how many hand-offs a week sales can work, `threshold` the number of the threshold of which the
    curve is drawn, `by` names the attributes by which leads are grouped. Raises NoTrial.
    """
    if (refusal := refused_by_rule(draft)) is not None:
        raise NoTrial(refusal)
    known = past(history)
    mine = replayed(known, draft, capacity=capacity, threshold=threshold)
    theirs = against
    if isinstance(against, Agreement):
        theirs = replayed(known, against, capacity=capacity, threshold=None)
    assert not isinstance(theirs, Agreement)
    other = None if theirs is None else theirs.ready
    return Trial(
        past=known,
        draft=mine,
        against=theirs,
        refusal=refused_by_history(mine.backtest.measures),
        revenue=revenue(known.outcomes, mine.ready, other),
        segments=tuple(segment(known, name, mine.ready, other) for name in by),
        added=None if other is None else changes(known, mine.ready, other),
        dropped=None if other is None else changes(known, other, mine.ready),
        untestable=untestable(draft, known.history),
    )


def replayed(
    history: History | Past,
    agreement: Agreement,
    *,
    capacity: int | None = None,
    threshold: int | None = None,
) -> Replayed:
    """Replay one agreement with the kernel, with the curve over one of its thresholds."""
    known = past(history)
    of, end = plan(agreement), known.history.about.ends_at
    term = Term(BEGINNING, end, of, bind(of, known.held))
    number = threshold if threshold in range(len(thresholds(agreement.sales_ready))) else None
    asked = None if number is None else windows(known, term, number)
    decided = decisions([swept(of, term.bound, BEGINNING, end, asked)], len(known.history.leads))
    drawn = {
        lead: draw
        for lead, draw in known.explorable(agreement).items()
        if draw[0] < decided.first_ready_at[lead]
    }
    handed = opened(decided, known.between, [term] if len(known.between.lead) else [], drawn)
    found = measures(known, agreement, decided, handed, capacity=capacity)
    timeline = (Enactment(agreement),)
    replay = Backtest(
        known.history, timeline, decided, handed, found, assumed_known(known.history, timeline)
    )
    weeks = found.weekly.weeks if found.weekly else None
    drawing = None
    if asked is not None and number is not None:
        drawing = curve(known, term, number, asked, weeks)
    return Replayed(replay, sales_ready(decided, known.outcomes), drawing)
