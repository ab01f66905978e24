"""Drafting: from a card and a goal to a draft, with what its threshold comes to.

What would come to sales is told by every lead of the history, as the engine judges it by the draft.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from einig.engine.agreement.document import loads
from einig.engine.history.contract import History
from einig.engine.instants import BEGINNING, DAY, iso
from einig.engine.learning.card import Card
from einig.engine.learning.draft import LEARNED, Written, draft
from einig.engine.learning.examples import Examples, Ints
from einig.engine.learning.learnable import Verdict
from einig.engine.learning.signals import asks_intent, fits_asked
from einig.engine.learning.standing import AT_ANY, NEVER, Standings, translated
from einig.engine.learning.thresholds import (
    Choice,
    Goal,
    OutOfReach,
    Volume,
    choice,
    choices,
    choose,
    highest,
)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft with the threshold that was chosen, and every other one that there is.

    `newer` is what the chosen one comes to on the newer part, which nothing was learned from: there
    the leads that came since. `signals` is what buying signals bring at every threshold, None where
    the draft asks for none; `fits` says by a fit that the agreement so far asks for, which one that
    is on the card.
    """

    text: str
    goal: Goal
    chosen: Choice
    curve: tuple[Choice, ...]
    newer: Choice
    signals: Choice | None
    fits: Mapping[int, int]
    beyond: OutOfReach | None = None


def draft_if_any(
    verdict: Verdict,
    older: Examples,
    newer: Examples,
    goal: Goal,
    *,
    history: History,
    base: str | None,
) -> tuple[Drafted | None, OutOfReach | None]:
    """Return the draft, or why there is none although something can be learned."""
    if not verdict.learnable or verdict.card is None:
        return None, None
    try:
        return _drafted(verdict.card, older, newer, goal, history=history, base=base), None
    except OutOfReach as out:
        return None, out


def _drafted(
    card: Card,
    older: Examples,
    newer: Examples,
    goal: Goal,
    *,
    history: History,
    base: str | None,
) -> Drafted:
    name = history.about.name
    fits = _fits(card, history, base=base)
    wanted = loads(draft(card, at_least=0, name=name, base=base, fits=fits)).agreement
    standings = Standings.made(wanted, history)
    then = standings.of_examples(older, card.score(older))
    best = standings.of_leads() if older.dated else None
    volume = None if best is None else _volume(best, history)
    curve = choices(then, older, volume)
    signals = None
    if asks_intent(wanted.sales_ready):
        signals = choice(AT_ANY, then, older, volume)
    chosen, beyond = _chosen(curve, goal, signals)
    text = draft(
        card,
        at_least=chosen.at_least,
        name=name,
        base=base,
        written=written_values(history, (attribute.name for attribute in card.attributes)),
        head=_head(history, card, older),
        fits=fits,
    )
    loads(text)  # what is proposed can be signed
    measured = choice(
        chosen.at_least,
        standings.of_examples(newer, card.score(newer)),
        newer,
        None if best is None else _volume(best, history, since=int(newer.at[0])),
    )
    return Drafted(text, goal, chosen, curve, measured, signals, fits, beyond)


def _chosen(
    curve: Sequence[Choice], goal: Goal, signals: Choice | None
) -> tuple[Choice, OutOfReach | None]:
    try:
        return choose(curve, goal, signals), None
    except OutOfReach as out:
        if goal.is_stated or not out.by_signals:
            raise
        return highest(curve), out


def _fits(card: Card, history: History, *, base: str | None) -> dict[int, int]:
    """Return by each fit that the agreement so far asks for which one it is on the card."""
    before = loads(base).agreement if base is not None else None
    if before is None or not asks_intent(before.sales_ready):
        return {}
    new = loads(draft(card, at_least=0, name=history.about.name, base=base)).agreement
    asked = fits_asked(before.sales_ready)
    return translated(asked, before, Standings.made(new, history), history) if asked else {}


def _volume(best: Ints, history: History, *, since: int = BEGINNING) -> Volume:
    """Return how highly each lead ever stood that came since; whoever never was a lead is none."""
    created = history.leads["created_at"].to_numpy()
    came = (created >= since) & (best > NEVER)
    begins = max(since, int(created.min()))
    weeks = (min(history.about.ends_at, int(created.max())) - begins) / (7 * DAY)
    return Volume(best[came], max(1.0, weeks))


def _head(history: History, card: Card, older: Examples) -> str:
    """Return the comment at the beginning: what a draft was learned from."""
    first, last = (iso(int(older.at[end])) if older.dated else None for end in (0, -1))
    between = f", {first} to {last}" if first and last else ""
    name = " ".join(history.about.name.split())
    return f"{LEARNED}{card.learned_from:,} examples of {name}{between}."


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
