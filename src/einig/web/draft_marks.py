"""A draft's form with what is wrong beside its fields, and with what was typed in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from einig.engine.document import Issue
from einig.web.draft_fields import Group, Section, inputs
from einig.web.draft_inputs import Blank, Input
from einig.web.draft_sent import Sent
from einig.web.issue_words import told


@dataclass(frozen=True, slots=True)
class Astray:
    """What was typed and has no field any more, since another change took it away."""

    path: str
    typed: str
    error: str


def marked(of: list[Section], issues: Iterable[Issue], said: Sent) -> list[Section]:
    """Return the form with what is wrong; what could not be taken over stands as it was typed."""
    wrong: dict[str, str] = {}
    for issue in issues:
        place = _nearest(of, issue.criterion)
        if issue.level == "error" and place is not None:
            wrong.setdefault(place.name, told(issue))
    return [
        replace(
            section,
            groups=tuple(_group(group, wrong, said) for group in section.groups),
            blanks=_blanks(section.blanks, said),
        )
        for section in of
    ]


def fields(of: Iterable[Section]) -> Iterator[Input | Blank]:
    """Yield every field, also those in which something new is typed."""
    for section in of:
        yield from section.blanks
        for group in section.groups:
            yield from group.inputs
            yield from group.blanks


def astray(of: list[Section], said: Sent) -> list[Astray]:
    """Return what could not be taken over and has no field in which it could stand."""
    there = {one.name for one in fields(of)}
    return [
        Astray(_path(name), said.typed.get(name, ""), error)
        for name, error in said.errors.items()
        if name not in there
    ]


def _group(group: Group, wrong: dict[str, str], said: Sent) -> Group:
    return replace(
        group,
        inputs=tuple(_input(one, wrong, said) for one in group.inputs),
        blanks=_blanks(group.blanks, said),
    )


def _input(one: Input, wrong: dict[str, str], said: Sent) -> Input:
    if one.name not in said.errors:
        return replace(one, error=wrong.get(one.name, ""))
    unit = said.typed.get(f"unit:{one.place}", one.unit) if one.kind == "working" else one.unit
    return replace(one, value=said.typed[one.name], unit=unit, error=said.errors[one.name])


def _blanks(of: tuple[Blank, ...], said: Sent) -> tuple[Blank, ...]:
    """Return the fields of something new: as typed where one of them has to be mended."""
    if not any(one.name in said.errors for one in of):
        return of
    return tuple(
        replace(one, value=said.typed.get(one.name, ""), error=said.errors.get(one.name, ""))
        for one in of
    )


def _path(name: str) -> str:
    """Return where a field leads, as issues write it."""
    place = name.partition(":")[2]
    return ".".join(json.loads(place)) if place.startswith("[") else place


def _nearest(of: list[Section], criterion: str) -> Input | None:
    """Return the field in which an issue is: the one whose path shares most with its criterion."""
    if not criterion:
        return None
    held = [one for one in inputs(of) if f"{criterion}.".startswith(f"{'.'.join(one.path)}.")]
    if held:
        return max(held, key=lambda one: len(one.path))
    return next((one for one in inputs(of) if ".".join(one.path).startswith(f"{criterion}.")), None)
