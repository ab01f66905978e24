"""The older part of the examples, to learn from, and the newer one, to measure on."""

from __future__ import annotations

import numpy as np

from einig.engine.instants import DAY
from einig.engine.learning.examples import Examples

OLDER_SHARE = 0.7


def older_and_newer(
    examples: Examples, *, share: float = OLDER_SHARE, within: int | None = None
) -> tuple[Examples, Examples]:
    """Return the oldest examples, about so large a share of all, and the rest.

    Examples of one instant stay together, in the newer part, unless that leaves nothing older.
    Where outcomes are told for `within` days, older examples whose days end only after the newer
    part begins are left out: nothing from there may be learned.
    """
    border = int(len(examples) * share)
    if 0 < border < len(examples):
        first = int(np.searchsorted(examples.at, examples.at[border], "left"))
        border = first or border
    known = border
    if within is not None and examples.dated and 0 < border < len(examples):
        begins = int(examples.at[border])
        known = int(np.searchsorted(examples.at[:border], begins - within * DAY, "right"))
    return examples.take(np.arange(known)), examples.take(np.arange(border, len(examples)))
