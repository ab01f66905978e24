"""Lead ids: nobody has them yet, nobody guesses them, everybody can read them out on the phone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from random import Random, SystemRandom

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing looks like something else
_drawn_from: ContextVar[Random] = ContextVar("lead_ids", default=SystemRandom())  # noqa: B039  # holds no state


def new() -> str:
    """Return the id of a new lead, like L-5J3RVS8PBC."""
    return "L-" + "".join(_drawn_from.get().choices(_LETTERS, k=10))


@contextmanager
def drawn_from(random: Random) -> Iterator[None]:
    """Draw ids so that they are the same every time, for a simulation: shares depend on them."""
    before = _drawn_from.set(random)
    try:
        yield
    finally:
        _drawn_from.reset(before)
