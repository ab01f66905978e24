"""The proposal: from a history to a draft, with everything that speaks for it and against it.

Learned from the older part of the examples and measured on the newer one. Nothing here asks for a
database, a server or a person: it runs in a notebook, behind `einig propose`, and behind the page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from einig.engine.agreement.document import loads
from einig.engine.history.contract import History
from einig.engine.learning.before import rank_by
from einig.engine.learning.card import Card
from einig.engine.learning.comparators import Comparison, compare
from einig.engine.learning.derived import derived
from einig.engine.learning.drafting import Drafted, draft_if_any
from einig.engine.learning.drift import Drift, drift
from einig.engine.learning.enough import NotEnough
from einig.engine.learning.examples import Examples, Floats, Ints
from einig.engine.learning.exploring import Correction, corrections
from einig.engine.learning.findings import Examination
from einig.engine.learning.gather import Gathered, gather
from einig.engine.learning.ideal import IdealLead, ideal_lead
from einig.engine.learning.leakage import examine
from einig.engine.learning.learnable import Verdict, learnable
from einig.engine.learning.older_newer import older_and_newer
from einig.engine.learning.quality import Quality, measure
from einig.engine.learning.targets import WON, Target
from einig.engine.learning.thresholds import UNSTATED, Goal, OutOfReach

Report = Callable[[str, float], None]
SHUFFLES = 100  # of outcomes, to see how often there is a claim where there is nothing to claim


@dataclass(frozen=True, slots=True)
class Measured:
    """How a card does on leads that it was not learned from, and how other ways do there.

    `before` is the agreement so far; None where there is none, or where leads carry no dates.
    """

    card: Quality
    others: tuple[Comparison, ...]
    before: Quality | None
    drift: Drift


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a history teaches.

    `ideal` and `measured` are None where there are too few leads; `drafted` is None where
    nothing can be learned, or where no threshold serves the goal (`refused` says why).
    `corrected` says what explored leads change; it is empty where there are none. `train_until`
    is the instant at which the newer part begins, None without dates.
    """

    gathered: Gathered
    everyone: Examples  # with those of whom nobody knows what would have become of them
    examination: Examination
    verdict: Verdict
    ideal: IdealLead | None
    corrected: tuple[Correction, ...]
    measured: Measured | None
    drafted: Drafted | None
    refused: OutOfReach | None
    train_until: int | None
    older: int
    newer: int

    @property
    def card(self) -> Card | None:
        """Return the card that was learned, whether or not it is worth anything."""
        return self.verdict.card


def propose(
    history: History,
    *,
    target: Target = WON,
    goal: Goal = UNSTATED,
    base: str | None = None,
    keep: Collection[str] = (),
    drop: Collection[str] = (),
    most_attributes: int = 10,
    most_rows: int = 40,
    weight: Floats | None = None,
    handed_at: Ints | None = None,
    others: bool = True,
    report: Report = lambda _step, _done: None,
) -> Proposal:
    """Return what a history teaches.

    `base` is the text of the agreement so far: the draft starts from it, and it is measured
    beside the card. Columns in `keep` are used whatever was found of them, those in `drop` are
    not. `weight` and `handed_at` are as in `gather`, `others` says whether other methods are tried
    beside it, and `report` is told the step and the share that is done.
    """
    report("Gathering examples", 0.0)
    gathered = gather(history, target=target, weight=weight, handed_at=handed_at)
    everyone = gather(history, target=target) if handed_at is not None else gathered
    report("Looking for knowledge from afterwards", 0.15)
    examination = examine(gathered.examples, history=history, keep=keep, drop=drop)
    examples = examination.usable(gathered.examples)
    older, newer = older_and_newer(examples, within=gathered.target.within)
    report("Learning a card", 0.3)
    verdict = learnable(
        examples,
        within=gathered.target.within,
        untold_blanks=examination.blank_aside,
        most_attributes=most_attributes,
        most_rows=most_rows,
        shuffles=SHUFFLES,
    )
    report("Telling what winners have in common", 0.55)
    ideal = _ideal(examples)
    corrected = _corrected(examples)
    report("Measuring on newer leads", 0.65)
    measured = _measured(verdict.card, older, newer, history=history, base=base, others=others)
    report("Choosing a threshold", 0.95)
    drafted, refused = draft_if_any(verdict, older, newer, goal, history=history, base=base)
    report("Done", 1.0)
    return Proposal(
        gathered,
        everyone.examples,
        examination,
        verdict,
        ideal,
        corrected,
        measured,
        drafted,
        refused,
        _begins(newer),
        len(older),
        len(newer),
    )


def _begins(newer: Examples) -> int | None:
    return int(newer.at[0]) if newer.dated and len(newer) else None


def _ideal(examples: Examples) -> IdealLead | None:
    """Return what winners have in common, with what titles and postal codes say."""
    more = tuple(derived(examples.columns))
    try:
        return ideal_lead(replace(examples, columns=examples.columns + more), shuffles=SHUFFLES)
    except NotEnough:
        return None


def _corrected(examples: Examples) -> tuple[Correction, ...]:
    """Return what explored leads correct, the largest difference first."""
    try:
        found = corrections(examples)
    except NotEnough:
        return ()
    told = [each for each in found if each.without_them is not None and each.explored]
    told.sort(key=lambda each: -abs(each.with_them.value - _without(each)))
    return (found[0], *(each for each in told if each.column is not None))


def _without(of: Correction) -> float:
    return of.with_them.value if of.without_them is None else of.without_them.value


def _measured(
    card: Card | None,
    older: Examples,
    newer: Examples,
    *,
    history: History,
    base: str | None,
    others: bool,
) -> Measured | None:
    if card is None:
        return None
    score = card.score(newer)
    try:
        before = None
        if base is not None and newer.dated:
            rank = rank_by(loads(base).agreement, history, newer)
            before = measure(rank, newer)
        return Measured(
            measure(score, newer, chance=card.chance(score)),
            compare(older, newer) if others else (),
            before,
            drift(older, newer),
        )
    except NotEnough:
        return None
