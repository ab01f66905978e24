"""Putting together what two people changed in the same draft."""

from __future__ import annotations

from dataclasses import dataclass

from einig.engine.agreement.editing import Change, at, differences, edited, plain
from einig.engine.agreement.flow import Path, Plain


@dataclass(frozen=True, slots=True)
class Conflict:
    """A value that both changed, and each to something else."""

    path: Path
    base: Plain
    mine: Plain
    theirs: Plain


@dataclass(frozen=True, slots=True)
class Merged:
    """Their text with my changes in it; where both changed the same value, theirs stands.

    `mine` are the changes of mine that are in it.
    """

    text: str
    mine: tuple[Change, ...]
    conflicts: tuple[Conflict, ...]


def merge(base: str, mine: str, theirs: str) -> Merged:
    """Put two changed texts of one draft together. Raises Refused or CannotEdit."""
    began, theirs_now = plain(base), plain(theirs)
    their_changes = differences(began, theirs_now)
    taken: list[Change] = []
    conflicts: list[Conflict] = []
    for change in differences(began, plain(mine)):
        if at(theirs_now, change.path) == change.value:
            continue
        if any(_touch(change.path, other.path) for other in their_changes):
            others = at(theirs_now, change.path)
            was = at(began, change.path)
            conflicts.append(Conflict(change.path, was, change.value, others))
        else:
            taken.append(change)
    return Merged(edited(theirs, taken), tuple(taken), tuple(conflicts))


def _touch(one: Path, other: Path) -> bool:
    """Return whether one path leads to the other, or through it."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
