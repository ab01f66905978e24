"""What explored leads change: leads below the line that went to sales all the same.

They stand for many that nobody tried, hence their weight of one through the probability of being
drawn. Leaving them out shows what one would believe who only knows the leads that were picked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from einig.engine.learning.conversions import conversions
from einig.engine.learning.cuts import Bins, cut
from einig.engine.learning.enough import NotEnough
from einig.engine.learning.examples import Examples
from einig.engine.learning.ranking import Estimate


@dataclass(frozen=True, slots=True)
class Correction:
    """A conversion with explored leads, weighted, and without them; None where none are left."""

    column: str | None
    label: str | None
    explored: int
    with_them: Estimate
    without_them: Estimate | None


def corrections(examples: Examples, *, ranges: int = 5, at_least: int = 20) -> list[Correction]:
    """Return the conversion of all leads, and of each value, with and without explored leads.

    An explored lead is one with a weight above 1. Raises NotEnough where there is none.
    """
    explored = examples.weight > 1
    if not explored.any():
        raise NotEnough("No lead below the line was explored; 1 is needed.", 1)
    found = _corrected(None, ("",), np.zeros(len(examples), np.int16), examples)
    for column in examples.columns:
        of = cut(column, ranges=ranges, at_least=at_least)
        labels = tuple(of.label(bin_) for bin_ in range(of.size))
        found += _corrected(column.name, labels, of.bins(column), examples)
    return found


def _corrected(
    column: str | None, labels: tuple[str, ...], bins: Bins, examples: Examples
) -> list[Correction]:
    explored = examples.weight > 1
    counts = np.bincount(bins[explored], minlength=len(labels))
    together = conversions(bins, len(labels), examples)
    picked = conversions(bins[~explored], len(labels), examples.take(~explored))
    return [
        Correction(
            column=column,
            label=label if column is not None else None,
            explored=int(counts[group]),
            with_them=together.conversion(group),
            without_them=picked.conversion(group) if picked.count[group] else None,
        )
        for group, label in enumerate(labels)
        if together.count[group]
    ]
