"""The older part of the examples, to learn from, and the newer one, to measure on."""

from __future__ import annotations

import numpy as np

from einig.engine.learning.examples import Examples

OLDER_SHARE = 0.7


def older_and_newer(examples: Examples, *, share: float = OLDER_SHARE) -> tuple[Examples, Examples]:
    """Return the oldest examples, about so large a share of all, and the rest.

    Examples of one instant stay together, in the newer part, unless that leaves nothing older.
    """
    border = int(len(examples) * share)
    if 0 < border < len(examples):
        first = int(np.searchsorted(examples.at, examples.at[border], "left"))
        border = first or border
    return examples.take(np.arange(border)), examples.take(np.arange(border, len(examples)))
