"""Outcomes dealt out anew: how often something is claimed where there is nothing to be found."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from einig.engine.learning.examples import Examples


@dataclass(frozen=True, slots=True)
class Shuffled:
    """How often a claim was made of outcomes dealt out anew, where every claim is false.

    `limit` is the share of such claims that the method allows for; `leads` were looked at.
    """

    claimed: int
    shuffles: int
    leads: int
    limit: float

    @property
    def share(self) -> float:
        """Return the share of shuffles in which something was claimed."""
        return self.claimed / self.shuffles if self.shuffles else 0.0


def dealt(examples: Examples, draw: np.random.Generator) -> Examples:
    """Return the examples, without columns, with their outcomes dealt out anew among leads.

    The snapshots of a lead keep their outcomes beside each other: those of one lead are laid over
    those of another, and what is too long goes on with the next.
    """
    by_lead = np.argsort(examples.lead, kind="stable")
    _, of = np.unique(examples.lead[by_lead], return_inverse=True)
    rank = draw.permutation(int(of.max(initial=-1)) + 1)
    won = np.empty(len(examples), np.bool_)
    won[by_lead] = examples.won[by_lead][np.argsort(rank[of], kind="stable")]
    return replace(examples, columns=(), won=won)


def some(examples: Examples, most: int) -> Examples:
    """Return the examples of some leads, drawn by chance, if there are more than `most` of them."""
    leads = np.unique(examples.lead)
    share = most / max(len(examples), 1)
    if share >= 1:
        return examples
    drawn = np.random.default_rng(0).choice(leads, max(1, int(share * len(leads))), replace=False)
    return examples.take(np.isin(examples.lead, drawn))
