"""Pacing: how much long work writes at once, so that nobody waits long for their turn."""

from __future__ import annotations

LONGEST = 0.03  # seconds that a chunk is meant to take: an unlucky one takes longer
BREATH = 0.003  # seconds between two, so that others get to write


def next_size(size: int, done: int, took: float, *, least: int, most: int) -> int:
    """Return how large the next chunk may be, after `done` rows of one of `size` took `took`.

    `took` counts the seconds that others waited for it. How long it waited for its own turn says
    nothing about its size: under load chunks would shrink until nothing gets done.
    """
    fits = max(least, done * LONGEST / max(took, 1e-4))
    return int(min(most, 1.5 * size, fits))
