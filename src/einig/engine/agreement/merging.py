"""Putting together what two people changed in the same draft."""

from __future__ import annotations

import re
from dataclasses import dataclass

from einig.engine.agreement.editing import (
    CannotEdit,
    Change,
    at,
    differences,
    edited,
    plain,
)
from einig.engine.agreement.flow import Path, Plain
from einig.engine.agreement.weaving import woven
from einig.engine.document import Refused

_COMMENT = re.compile(r"(?:^|\s)#(.*)$")


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

    `mine` are the changes of mine that are in it, `unsaid` the comments of mine that are not.
    """

    text: str
    mine: tuple[Change, ...]
    conflicts: tuple[Conflict, ...]
    unsaid: tuple[str, ...] = ()


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
    text = _with_comments(edited(theirs, taken), woven(base, mine, theirs))
    unsaid = [said for said in _comments(mine) if said not in (*_comments(base), *_comments(text))]
    return Merged(text, tuple(taken), tuple(conflicts), tuple(unsaid))


def _with_comments(text: str, lines: str) -> str:
    """Return what a text says, written as the lines of both, if that can be."""
    try:
        made = edited(lines, differences(plain(lines), plain(text)))
    except (CannotEdit, Refused):
        return text
    return made if plain(made) == plain(text) else text


def _comments(text: str) -> list[str]:
    return [found[1].strip() for line in text.splitlines() if (found := _COMMENT.search(line))]


def _touch(one: Path, other: Path) -> bool:
    """Return whether one path leads to the other, or through it."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
