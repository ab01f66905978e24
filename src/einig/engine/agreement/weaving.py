"""Putting the lines of two texts together that were made of the same one."""

from __future__ import annotations

from difflib import SequenceMatcher


def woven(base: str, mine: str, theirs: str) -> str:
    """Return the text with the lines that each changed; where both changed the same, theirs."""
    began, one, other = (text.splitlines(keepends=True) for text in (base, mine, theirs))
    in_mine, in_theirs = _stayed(began, one), _stayed(began, other)
    made: list[str] = []
    at, at_mine, at_theirs = 0, 0, 0
    for line in [n for n in range(len(began)) if n in in_mine and n in in_theirs]:
        made += _chosen(
            began[at:line], one[at_mine : in_mine[line]], other[at_theirs : in_theirs[line]]
        )
        made.append(began[line])
        at, at_mine, at_theirs = line + 1, in_mine[line] + 1, in_theirs[line] + 1
    return "".join([*made, *_chosen(began[at:], one[at_mine:], other[at_theirs:])])


def _stayed(before: list[str], after: list[str]) -> dict[int, int]:
    """Return where each line that stayed stands now."""
    same = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return {block.a + n: block.b + n for block in same for n in range(block.size)}


def _chosen(began: list[str], mine: list[str], theirs: list[str]) -> list[str]:
    """Return what stands between two lines that stayed."""
    return mine if theirs == began else theirs
