"""What the agreement so far says of the same examples, so that a card can be measured beside it."""

from __future__ import annotations

import numpy as np

from einig.engine.agreement.model import Agreement
from einig.engine.history.contract import History
from einig.engine.instants import BEGINNING
from einig.engine.learning.examples import Examples, Ints
from einig.engine.learning.standing import place_at
from einig.engine.scoring.bind import bind
from einig.engine.scoring.judge import swept
from einig.engine.scoring.plan import plan


def rank_by(agreement: Agreement, history: History, examples: Examples) -> Ints:
    """Return a rank of each example as an agreement has it: who is sales-ready first, then points.

    The examples are dated, and their leads are those of the history.
    """
    of = plan(agreement)
    last = int(examples.at.max(initial=0))
    turns = swept(of, bind(of, history), BEGINNING, last)
    place = place_at(turns, examples.lead, examples.at)
    score = turns.fit + turns.engagement
    first = int(score.max(initial=0) - score.min(initial=0)) + 1
    ranked = score + first * turns.ready
    found: Ints = np.where(place >= 0, ranked[np.maximum(place, 0)], ranked.min(initial=0))
    return found
