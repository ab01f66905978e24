"""Whether there is anything to learn at all: a claim that newer leads have to confirm."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from einig.engine.learning.card import Card
from einig.engine.learning.examples import Examples
from einig.engine.learning.older_newer import older_and_newer
from einig.engine.learning.ranking import Area, area
from einig.engine.learning.scorecard import fit_card

SIGNIFICANCE = 0.05  # so often nothing at all is taken for something
FEWEST_OLDER = 30  # leads won, and as many not won, to learn from
FEWEST_NEWER = 10  # of each, to measure on


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something can be learned, and the card that shows it.

    `missing` leads of one outcome are needed before anything can be said. `area` and `card` are
    None then; `area` is None, too, where no column says anything.
    """

    learnable: bool
    sentence: str
    missing: int = 0
    area: Area | None = None
    card: Card | None = None


def learnable(examples: Examples, *, untold_blanks: Collection[str] = ()) -> Verdict:
    """Return whether examples teach anything.

    A card is learned from the older part. It has to rank the newer part better than chance would do
    in one case of twenty, where each lead counts once however many snapshots it has.
    """
    older, newer = older_and_newer(examples)
    if shortage := _shortage(older, newer):
        return shortage
    card = fit_card(older, untold_blanks=untold_blanks)
    if not card.columns:
        message = "Nothing to learn here: no column says anything about the outcome."
        return Verdict(False, message, card=card)
    found = area(card.score(newer), newer)
    ranks = f"{found.value:.0%} of pairs of a won and another newer lead in the right order"
    if found.chance_alone < SIGNIFICANCE:
        return Verdict(True, f"A card puts {ranks}.", area=found, card=card)
    message = f"Nothing to learn here: a card puts {ranks}, which chance explains."
    return Verdict(False, message, area=found, card=card)


def _shortage(older: Examples, newer: Examples) -> Verdict | None:
    """Return how many leads are missing, counted so that the older part keeps its share."""
    for won, word in ((True, "won"), (False, "not won")):
        short = max(
            (FEWEST_OLDER - _leads(older, won)) / 0.7, (FEWEST_NEWER - _leads(newer, won)) / 0.3
        )
        if short > 0:
            missing = int(np.ceil(short))
            there = _leads(older, won) + _leads(newer, won)
            message = f"Not enough: {there} leads {word}; about {missing} more are needed."
            return Verdict(False, message, missing=missing)
    return None


def _leads(examples: Examples, won: bool) -> int:
    return len(np.unique(examples.lead[examples.won == won]))
