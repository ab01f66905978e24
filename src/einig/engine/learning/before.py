"""What the agreement so far says of the same examples, so that a card can be measured beside it."""

from __future__ import annotations

from einig.engine.agreement.model import Agreement
from einig.engine.history.contract import History
from einig.engine.learning.examples import Examples, Ints
from einig.engine.learning.standing import Standings


def rank_by(agreement: Agreement, history: History, examples: Examples) -> Ints:
    """Return a rank of each example as an agreement has it: who is sales-ready first, then points.

    The examples are dated, and their leads are those of the history.
    """
    standings = Standings.made(agreement, history)
    steps = standings.steps_of_examples(examples)
    rank: Ints = steps + (steps.max(initial=0) + 1) * standings.ready_examples(examples)
    return rank
