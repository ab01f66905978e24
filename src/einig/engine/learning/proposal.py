"""The proposal: from a history to a draft, with everything that speaks for it and against it.

Learned from the older part of the examples and measured on the newer one. Nothing here asks for a
database, a server or a person: it runs in a notebook, behind `einig propose`, and behind the page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from einig.engine.agreement.document import loads
from einig.engine.history.contract import History
from einig.engine.instants import BEGINNING, DAY, iso
from einig.engine.learning.before import rank_by
from einig.engine.learning.card import Card
from einig.engine.learning.comparators import Comparison, compare
from einig.engine.learning.derived import derived
from einig.engine.learning.draft import Written, draft
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
from einig.engine.learning.thresholds import Choice, Goal, OutOfReach, Volume, choices, choose
from einig.engine.scoring.bind import bind
from einig.engine.scoring.judge import swept
from einig.engine.scoring.plan import plan

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
class Drafted:
    """A draft with the threshold that was chosen, and every other one that there is."""

    text: str
    goal: Goal
    chosen: Choice
    curve: tuple[Choice, ...]


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
    goal: Goal = Goal(),  # noqa: B008  # shared by all calls, and frozen
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
    everyone = gathered.examples
    if handed_at is not None:
        everyone = gather(history, target=target).examples
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
    drafted, refused = _draft_if_any(verdict, older, goal, history=history, base=base)
    report("Done", 1.0)
    return Proposal(
        gathered,
        everyone,
        examination,
        verdict,
        ideal,
        corrected,
        measured,
        drafted,
        refused,
        int(newer.at[0]) if newer.dated and len(newer) else None,
        len(older),
        len(newer),
    )


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


def _draft_if_any(
    verdict: Verdict, older: Examples, goal: Goal, *, history: History, base: str | None
) -> tuple[Drafted | None, OutOfReach | None]:
    """Return the draft, or why there is none although something can be learned."""
    if not verdict.learnable or verdict.card is None:
        return None, None
    try:
        return _drafted(verdict.card, older, goal, history=history, base=base), None
    except OutOfReach as out:
        return None, out


def _drafted(
    card: Card, older: Examples, goal: Goal, *, history: History, base: str | None
) -> Drafted:
    curve = choices(card.score(older), older)
    if older.dated:  # what would come to sales is told by everybody, as the engine scores them
        curve = choices(card.score(older), older, _volume(card, history))
    chosen = choose(curve, goal)
    text = draft(
        card,
        at_least=chosen.at_least,
        name=history.about.name,
        base=base,
        written=written_values(history, (attribute.name for attribute in card.attributes)),
        head=_head(history, card, older),
    )
    loads(text)  # what is proposed can be signed
    return Drafted(text, goal, chosen, curve)


def _volume(card: Card, history: History) -> Volume:
    """Return the highest score that each lead ever had, by the very rules of the draft."""
    of = plan(loads(draft(card, at_least=0, name="volume")).agreement)
    last = history.about.ends_at
    turns = swept(of, bind(of, history), BEGINNING, last)
    best = np.full(len(history.leads), np.iinfo(np.int64).min)
    np.maximum.at(best, turns.lead, turns.fit + turns.engagement)
    created = history.leads["created_at"].to_numpy()
    weeks = (min(last, int(created.max())) - int(created.min())) / (7 * DAY)
    return Volume(best[best > np.iinfo(np.int64).min], max(1.0, weeks))


def _head(history: History, card: Card, older: Examples) -> str:
    """Return the comment at the beginning: what a draft was learned from."""
    first, last = (iso(int(older.at[end])) if older.dated else None for end in (0, -1))
    between = f", {first} to {last}" if first and last else ""
    name = " ".join(history.about.name.split())
    return f"Learned from {card.learned_from:,} examples of {name}{between}."


def written_values(history: History, attributes: Iterable[str]) -> Written:
    """Return how people write the values of attributes, as the history has them most often."""
    wanted = pa.array(list(attributes), pa.string())
    names = pc.is_in(history.facts["attribute"], value_set=wanted)
    facts = history.facts.filter(pc.and_(names, pc.is_valid(history.facts["text"])))
    counted = facts.group_by(["attribute", "text", "value"]).aggregate([("lead", "count")])
    written: dict[str, dict[str, str]] = {}
    for row in counted.sort_by([("lead_count", "ascending"), ("value", "descending")]).to_pylist():
        written.setdefault(row["attribute"], {})[row["text"]] = row["value"].strip()
    return written
