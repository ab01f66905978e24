"""A first draft from what people judged: points and a threshold, beside what became of leads.

Judgements are few, so little may be concluded. Effects are shrunk as those of any card, as if each
value had been seen in many average leads more, and a card is only used if it tells those who were
judged ready from the others better than it does after each of many shuffles of the judgements.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from einig.engine.agreement.document import loads
from einig.engine.agreement.model import Agreement
from einig.engine.document import Refused
from einig.engine.history.contract import History
from einig.engine.instants import BEGINNING, FOREVER
from einig.engine.learning.amending import amended
from einig.engine.learning.card import Card
from einig.engine.learning.columns import attributes, behaviours
from einig.engine.learning.drafting import written_values
from einig.engine.learning.enough import NotEnough
from einig.engine.learning.examples import Bools, Column, Examples, Floats, Ints
from einig.engine.learning.moments import at_handoff
from einig.engine.learning.scorecard import fit_card
from einig.engine.scoring.bind import bind
from einig.engine.scoring.judge import swept
from einig.engine.scoring.kernel import Swept
from einig.engine.scoring.plan import plan

FEWEST_VOTES = 4  # for, and against: fewer say nothing
ENOUGH_DECIDED = 40  # decided leads from which on the history may speak of what nobody named
SHUFFLES = 19  # beating all of them happens by chance once in twenty times
MOST_OF_HISTORY = 4.0  # times the judgements' weight that the history has at most
_WINDOW = 30  # days in which activities are counted
_LEAST = 3  # leads that did an activity
_PRIOR_LEADS = 8  # fewer than elsewhere: here the shuffles keep chance out
_MOST_PARTS = 4
_CLEARLY = 0.1  # of the verdicts
_STEPS = 16  # thresholds that are tried


@dataclass(frozen=True, slots=True)
class Judged:
    """What was said of a lead as of an instant: a verdict a side; `stands_for` so many leads."""

    as_of: int
    verdicts: tuple[bool, ...]
    stands_for: float = 1.0


@dataclass(frozen=True, slots=True)
class FirstDraft:
    """A draft, what supports it, and what it comes to.

    `right` of `verdicts` are judged by it as people did; `ready` of `leads` would go to sales.
    `decided` is how many leads with a known outcome were learned from, too.
    """

    text: str
    card: Card
    right: int
    verdicts: int
    decided: int
    ready: int
    leads: int


def first_draft(
    history: History,
    judged: Mapping[str, Judged],
    *,
    handed_at: Ints,
    base: str,
    may_use: Callable[[str], bool],
    named: Collection[str] = (),
    keep: bool = True,
    head: str = "",
) -> FirstDraft | None:
    """Return what judgements and outcomes support; None where that is nothing.

    `base` is the text that the draft starts from; without `keep` its points are left out. `named`
    are the criteria that people said decided (`fit.industry`); `may_use` says of an attribute
    whether it may be learned from.
    """
    examples, decided = _examples(history, judged, handed_at, may_use, named)
    card = _supported(examples)
    if card is None:
        return None
    written = written_values(history, (part.name for part in card.attributes))

    def draft(at_least: int, *, keep_rule: bool, note: str = "") -> str:
        return amended(
            card,
            base,
            at_least=at_least,
            keep=keep,
            keep_rule=keep_rule,
            written=written,
            head=note,
        )

    verdicts = sum(len(of.verdicts) for of in judged.values())
    found: tuple[bool, int, int, int] | None = None
    # the rule stays as it is, unless points alone judge clearly more as people did
    for rule in (True, False) if keep else (False,):
        tried = _threshold(partial(draft, keep_rule=rule), history, judged)
        if tried is not None and (found is None or tried[1] > found[2] + verdicts * _CLEARLY):
            found = (rule, *tried)
    if found is None:
        return None
    rule, at_least, right, ready = found
    text = draft(at_least, keep_rule=rule, note=head)
    return FirstDraft(text, card, right, verdicts, decided, ready, len(history.leads))


def hands_over(agreement: Agreement, history: History) -> int:
    """Return how many leads of a history an agreement ever finds sales-ready."""
    turns = _turns(agreement, history)
    return len(np.unique(turns.lead[turns.ready]))


# --- examples ---------------------------------------------------------------------------------


def _examples(
    history: History,
    judged: Mapping[str, Judged],
    handed_at: Ints,
    may_use: Callable[[str], bool],
    named: Collection[str],
) -> tuple[Examples, int]:
    """Return an example a decided lead and a judged one (two where both sides differ on it), and
    how many were decided.
    """
    number = {id_: n for n, id_ in enumerate(history.leads["lead_id"].to_pylist())}
    said = {number[id_]: of for id_, of in judged.items() if id_ in number and of.verdicts}
    won, at = _decided(history, handed_at)
    at[list(said)] = [of.as_of for of in said.values()]
    moments = at_handoff(history, at)
    decided = [n for n, lead in enumerate(moments.lead.tolist()) if lead not in said]
    votes = [
        (n, ready, said[lead].verdicts.count(ready) / len(said[lead].verdicts))
        for n, lead in enumerate(moments.lead.tolist())
        if lead in said
        for ready in sorted(set(said[lead].verdicts), reverse=True)
    ]
    share = min(1.0, MOST_OF_HISTORY * len(said) / max(len(decided), 1))
    rows = [*votes, *((n, bool(won[moments.lead[n]]), share) for n in decided)]
    rows.sort(key=lambda row: row[0])  # moments are in order of time
    place = np.array([n for n, _, _ in rows], np.int64)
    columns: list[Column] = [of for of in attributes(history, moments) if may_use(of.name)]
    columns += behaviours(history, moments, days=(_WINDOW,), without=(), least=_LEAST)
    if named and len(decided) < ENOUGH_DECIDED:
        columns = [of for of in columns if _key(of) in named]
    plain = np.zeros(len(moments.lead))
    whole = Examples(
        tuple(columns), moments.lead, moments.at, plain > 0, plain + 1, plain, dated=True
    )
    told = np.array([is_yes for _, is_yes, _ in rows], np.bool_)
    weight = np.array([of for _, _, of in rows], np.float64)
    return replace(whole.take(place), won=told, weight=weight), len(decided)


def _decided(history: History, handed_at: Ints) -> tuple[Bools, Ints]:
    """Return by lead whether it was won, and when it was judged by: at its hand-off, or its birth.

    FOREVER is of leads that are not decided, or were so before.
    """
    won = np.zeros(len(history.leads), np.bool_)
    at = np.full(len(won), FOREVER, np.int64)
    lead = history.outcomes["lead"].to_numpy()
    first = history.outcomes["first_at"].to_numpy()
    won[lead] = history.outcomes["won"].to_numpy(zero_copy_only=False)
    created = history.leads["created_at"].to_numpy()[lead]
    begun = np.where(handed_at[lead] < FOREVER, handed_at[lead], created)
    at[lead] = np.where(begun < first, begun, FOREVER)
    return won, at


def _key(of: Column) -> str:
    if of.behaviour is not None:
        return f"engagement.{of.behaviour.type}"
    return f"fit.{of.name}"


# --- what the judgements support --------------------------------------------------------------


def _supported(examples: Examples) -> Card | None:
    """Return the card that examples support, or None where chance would do as well."""
    card = _card(examples)
    if card is None or not card.parts:
        return None
    reached = _told(card, examples)
    random = np.random.default_rng(0)
    leads, of = np.unique(examples.lead, return_inverse=True)
    for _ in range(SHUFFLES):
        # what was said of one lead stays together, and is said of another
        order = random.permutation(len(leads))
        shuffled = replace(examples, won=_moved(examples.won, of, order))
        other = _card(shuffled)
        if other is not None and other.parts and _told(other, shuffled) >= reached:
            return None
    return card


def _moved(won: Bools, of: Ints, order: Ints) -> Bools:
    """Return what was said of each lead, said of the lead in its place."""
    share = np.bincount(of, won) / np.bincount(of)
    given = share[order][of]
    # of a lead on which two differ, the first example is the one for
    first = np.zeros(len(of), np.bool_)
    first[np.unique(of, return_index=True)[1]] = True
    moved: Bools = (given > 0.75) | ((given >= 0.25) & first)
    return moved


def _card(examples: Examples) -> Card | None:
    try:
        return fit_card(
            examples,
            most_attributes=_MOST_PARTS,
            most_rows=16,
            fewest=FEWEST_VOTES,
            prior_leads=_PRIOR_LEADS,
        )
    except NotEnough:
        return None


def _told(card: Card, examples: Examples) -> float:
    """Return how well a card's chance tells examples apart: its likelihood above the average's."""
    chance = np.clip(card.chance(card.score(examples)), 1e-6, 1 - 1e-6)
    usual = np.average(examples.won, weights=examples.weight)
    return _likelihood(chance, examples) - _likelihood(np.full(len(examples), usual), examples)


def _likelihood(chance: Floats, examples: Examples) -> float:
    told = np.where(examples.won, np.log(chance), np.log(1 - chance))
    return float((examples.weight * told).sum())


# --- the threshold ----------------------------------------------------------------------------


def _threshold(
    text: Callable[[int], str], history: History, judged: Mapping[str, Judged]
) -> tuple[int, int, int] | None:
    """Return the threshold that judges most as people did: it, how many it does, who is ready.

    Of several it is the one that hands over a share nearest to the one that people would; none
    that lets nobody or everybody through.
    """
    stands = sum(of.stands_for * len(of.verdicts) for of in judged.values())
    yes = sum(of.stands_for * sum(of.verdicts) for of in judged.values())
    found: list[tuple[tuple[float, float, int], tuple[int, int, int]]] = []
    for step in _tried(text, history):
        try:
            turns = _turns(loads(text(step)).agreement, history)
        except Refused:  # a threshold that no lead can reach, say
            continue
        ready = len(np.unique(turns.lead[turns.ready]))
        if 0 < ready < len(history.leads):
            right = _right(turns, history, judged)
            off = abs(ready / len(history.leads) - yes / max(stands, 1e-9))
            found.append(((-right, off, -step), (step, right, ready)))
    return min(found)[1] if found else None


def _tried(text: Callable[[int], str], history: History) -> list[int]:
    """Return thresholds that make a difference, at most so many."""
    turns = _turns(loads(text(1)).agreement, history)
    values = np.unique(np.concatenate([turns.fit, turns.fit + turns.engagement]))
    values = values[values > values.min()] if len(values) else values
    if len(values) > _STEPS:
        values = np.unique(np.quantile(values, np.linspace(0, 1, _STEPS), method="nearest"))
    steps: list[int] = values.astype(np.int64).tolist()
    return steps


def _right(turns: Swept, history: History, judged: Mapping[str, Judged]) -> int:
    number = {id_: n for n, id_ in enumerate(history.leads["lead_id"].to_pylist())}
    right = 0
    for id_, of in judged.items():
        if id_ in number:
            rows = np.flatnonzero((turns.lead == number[id_]) & (turns.at <= of.as_of))
            last = rows[np.argmax(turns.at[rows])] if len(rows) else None
            is_ready = bool(turns.ready[last]) if last is not None else False
            right += sum(said == is_ready for said in of.verdicts)
    return right


def _turns(agreement: Agreement, history: History) -> Swept:
    of = plan(agreement)
    return swept(of, bind(of, history), BEGINNING, history.about.ends_at)


def parts_of(card: Card) -> Sequence[str]:
    """Return what a card gives points for, as criteria."""
    return [f"fit.{of.name}" for of in card.attributes] + [
        f"engagement.{of.behaviour.type}" for of in card.activities
    ]
