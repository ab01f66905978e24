"""The fewest examples from which anything is learned."""

from __future__ import annotations

from einig.engine.learning.examples import Examples

FEWEST_OF_EACH = 10  # won, and not won: fewer say nothing about anything


class NotEnough(ValueError):
    """There are fewer examples than learning needs; `missing` of them are still to come."""

    def __init__(self, message: str, missing: int) -> None:
        super().__init__(message)
        self.missing = missing


def refuse_too_few(examples: Examples, *, fewest: int = FEWEST_OF_EACH) -> None:
    """Raise NotEnough if fewer than `fewest` leads were won, or fewer were not won."""
    won = int(examples.won.sum())
    lost = len(examples) - won
    if min(won, lost) >= fewest:
        return
    if not len(examples):
        raise NotEnough(f"There are no examples; {2 * fewest} are needed.", 2 * fewest)
    if min(won, lost) == 0:
        only = "won" if lost == 0 else "not won"
        message = f"All {len(examples)} examples are {only}: there is nothing to tell apart."
        raise NotEnough(message, fewest)
    short, which = (won, "won") if won < lost else (lost, "not won")
    missing = fewest - short
    raise NotEnough(f"Only {short} examples are {which}; {missing} more are needed.", missing)
