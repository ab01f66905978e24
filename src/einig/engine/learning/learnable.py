"""Whether there is anything to learn at all: a claim that newer leads have to confirm."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from einig.engine.learning.card import Card
from einig.engine.learning.conversions import lead_count
from einig.engine.learning.examples import Examples, Ints
from einig.engine.learning.older_newer import older_and_newer
from einig.engine.learning.ranking import Area, area
from einig.engine.learning.scorecard import fit_card
from einig.engine.learning.shuffling import Shuffled, dealt
from einig.engine.learning.targets import WON, Target
from einig.engine.learning.told_words import say

SIGNIFICANCE = 0.05  # so often nothing at all is taken for something
FEWEST_OLDER = 30  # leads won, and as many not won, to learn from
FEWEST_NEWER = 10  # of each, to measure on


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something can be learned, and the card that shows it.

    `missing` leads of one outcome are needed before anything can be said. `area` and `card` are
    None then; `area` is None, too, where no column says anything. `shuffled` says how often the
    same card passes where there is nothing to learn, None where no card was measured.
    """

    learnable: bool
    why: str
    figures: tuple[tuple[str, float | str], ...] = ()
    missing: int = 0
    area: Area | None = None
    card: Card | None = None
    shuffled: Shuffled | None = None

    @property
    def sentence(self) -> str:
        """Return it in words."""
        return self.said()

    def said(self, language: str = "en", *, target: Target = WON, weekly: bool = False) -> str:
        """Return it in a sentence, in English (`en`) or German (`de`)."""
        figures = dict(self.figures)
        many = figures.get("there") != 1
        return say(self.why, language, figures, target=target, many=many, weekly=weekly)


def learnable(
    examples: Examples,
    *,
    within: int | None = None,
    untold_blanks: Collection[str] = (),
    most_attributes: int = 10,
    most_rows: int = 40,
    shuffles: int = 0,
) -> Verdict:
    """Return whether examples teach anything.

    A card is learned from the older part. It has to rank the newer part better than chance would do
    in one case of twenty, where each lead counts once however many snapshots it has. How often the
    card passes by chance is measured on as many `shuffles` of the newer outcomes.
    """
    older, newer = older_and_newer(examples, within=within)
    if shortage := _shortage(older, newer):
        return shortage
    if not examples.columns:
        return Verdict(False, "no column")
    card = fit_card(
        older,
        most_attributes=most_attributes,
        most_rows=most_rows,
        untold_blanks=untold_blanks,
    )
    if not card.columns:
        return Verdict(False, "no column", card=card)
    score = card.score(newer)
    found = area(score, newer)
    passes = found.chance_alone < SIGNIFICANCE
    return Verdict(
        passes,
        "learned" if passes else "chance",
        (("n", found.value),),
        area=found,
        card=card,
        shuffled=claims_by_chance(score, newer, shuffles=shuffles) if shuffles else None,
    )


def claims_by_chance(score: Ints, newer: Examples, *, shuffles: int, seed: int = 0) -> Shuffled:
    """Return how often a score passes as something learned when outcomes are dealt out anew."""
    draw = np.random.default_rng(seed)
    claimed = sum(
        area(score, dealt(newer, draw)).chance_alone < SIGNIFICANCE for _ in range(shuffles)
    )
    return Shuffled(claimed, shuffles, lead_count(newer), SIGNIFICANCE)


def _shortage(older: Examples, newer: Examples) -> Verdict | None:
    """Return how many leads are missing, counted so that the older part keeps its share."""
    for won, why in ((True, "too few"), (False, "too few others")):
        short = max(
            (FEWEST_OLDER - _leads(older, won)) / 0.7, (FEWEST_NEWER - _leads(newer, won)) / 0.3
        )
        if short > 0:
            missing = int(np.ceil(short))
            there = _leads(older, won) + _leads(newer, won)
            key = f"{why} one" if there == 1 else why
            return Verdict(False, key, (("there", there), ("missing", missing)), missing=missing)
    return None


def _leads(examples: Examples, won: bool) -> int:
    return len(np.unique(examples.lead[examples.won == won]))
