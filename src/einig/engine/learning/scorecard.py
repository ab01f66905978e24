"""Learning a scorecard from examples: effects, merged into few rows, rounded to whole points."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from einig.engine.learning.card import Activity, Attribute, Card
from einig.engine.learning.card_rows import activity, attribute
from einig.engine.learning.cuts import BLANK_BIN, OTHER_BIN
from einig.engine.learning.enough import FEWEST_OF_EACH, refuse_too_few
from einig.engine.learning.examples import Examples, Floats, Ints
from einig.engine.learning.fitting import PRIOR_LEADS, fit_effects
from einig.engine.learning.merging import Rows, merge

HIGHEST = 100  # the sum of the best rows, before rounding; the sum of the worst is 0


def fit_card(
    examples: Examples,
    *,
    most_attributes: int = 10,
    most_rows: int = 40,
    untold_blanks: Collection[str] = (),
    fewest: int = FEWEST_OF_EACH,
    prior_leads: float = PRIOR_LEADS,
) -> Card:
    """Learn a card from examples in order of time.

    Attributes and activities together are at most `most_attributes`, and have at most `most_rows`
    rows. The blanks of columns named in `untold_blanks` earn what the average known value earns: a
    field that was filled in late says so through its blanks. Effects are shrunk as if each value
    had been seen in `prior_leads` average leads more. A card without attributes means that no
    column says anything. Raises NotEnough for fewer than `fewest` examples that won, or did not.
    """
    refuse_too_few(examples, fewest=fewest)
    fitted = fit_effects(
        examples, most=most_attributes, untold=frozenset(untold_blanks), prior_leads=prior_leads
    )
    parts = _parts(merge(fitted.terms, most_rows=most_rows), examples)
    card = Card(
        attributes=tuple(part for part in parts if isinstance(part, Attribute)),
        activities=tuple(part for part in parts if isinstance(part, Activity)),
        calendar=fitted.calendar,
        level=0.0,
        slope=0.0,
        learned_from=len(examples),
    )
    level, slope = _calibrated(card.score(examples), examples)
    return replace(card, level=level, slope=slope)


def _parts(rows: list[Rows], examples: Examples) -> list[Attribute | Activity]:
    """Return what gives points; what earns the same everywhere once rounded is left out."""
    widths = [_width(of) for of in rows]
    points_per_effect = HIGHEST / max(sum(widths), 1e-9)
    parts: list[Attribute | Activity] = []
    for of in rows:
        points = np.rint(points_per_effect * (of.effects - _lowest(of))).astype(np.int64)
        if len(set(points[_told(of)])) < 2:
            continue
        if of.term.cap is None:
            parts.append(attribute(of.term.part, points, examples))
        else:
            parts.append(activity(of.term, int(points[1]), examples))
    return parts


def _told(of: Rows) -> list[int]:
    """Return the bins that have a row: a blank that never was seen, say, has none."""
    part = of.term.part
    unseen = {BLANK_BIN} if part.counts[BLANK_BIN] == 0 else set()
    if part.cut.numeric and part.counts[OTHER_BIN] == 0:
        unseen.add(OTHER_BIN)
    return [b for b in range(part.cut.size) if of.term.cap is not None or b not in unseen]


def _lowest(of: Rows) -> float:
    return 0.0 if of.term.cap is not None else float(of.effects[_told(of)].min())


def _width(of: Rows) -> float:
    told = of.effects[_told(of)]
    return float(told.max() - told.min())


def _calibrated(score: Ints, examples: Examples) -> tuple[float, float]:
    """Return level and slope of the log odds over the score (logistic regression, Newton)."""
    share = float(np.average(examples.won, weights=examples.weight))
    found = np.array([np.log(share / (1 - share)), 0.0])
    middle, width = float(score.mean()), float(score.std())
    if width == 0:
        return float(found[0]), 0.0
    design = np.stack([np.ones(len(score)), (score - middle) / width], axis=1)
    for _ in range(25):
        chance: Floats = 1 / (1 + np.exp(-(design @ found)))
        curve = examples.weight * chance * (1 - chance)
        slope = design.T @ (examples.weight * (examples.won - chance))
        step = np.linalg.solve((design * curve[:, None]).T @ design + 1e-6 * np.eye(2), slope)
        found = found + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    return float(found[0] - found[1] * middle / width), float(found[1] / width)
