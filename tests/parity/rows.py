"""The rows of a whole history, as the generators write them and the naive evaluator reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from einig.engine.history.contract import EventRow, FactRow, FeedbackRow, LeadRow, LinkRow


@dataclass(frozen=True)
class Rows:
    """Everything that is known of some leads; outcomes decide nothing."""

    leads: Sequence[LeadRow] = ()
    facts: Sequence[FactRow] = ()
    events: Sequence[EventRow] = ()
    links: Sequence[LinkRow] = ()
    feedback: Sequence[FeedbackRow] = ()
