"""Guesses: whoever tries links that do not exist is soon asked to wait.

A token is 256 random bits, so nobody finds one; but nobody shall keep us busy with trying. Only
links that do not exist count, so that whoever has one is never shut out by a neighbour.
"""

from __future__ import annotations

from collections import OrderedDict

from einig.engine.instants import SECOND

MOST, WITHIN = 30, 600 * SECOND
_ADDRESSES = 10_000  # that are remembered

_missed: OrderedDict[str, list[int]] = OrderedDict()


def missed(address: str, *, at: int) -> bool:
    """Write down that a link did not exist; return whether that was one too many."""
    recent = [then for then in _missed.pop(address, []) if then > at - WITHIN][-MOST:]
    _missed[address] = [*recent, at]
    while len(_missed) > _ADDRESSES:
        _missed.popitem(last=False)
    return len(recent) >= MOST
