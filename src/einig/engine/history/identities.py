"""Links between identities, followed to their ends: whose activities and facts count for whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

import pyarrow as pa

from einig.engine.instants import BEGINNING, FOREVER

Span = tuple[int, int]  # half-open
Reached = tuple[str, str, int, int, bool]  # a row of REACH

REACH = pa.schema(
    [
        ("identity", pa.string()),
        ("lead_id", pa.string()),
        ("begins", pa.int64()),
        ("ends", pa.int64()),
        ("member", pa.bool_()),
    ]
)
MERGERS = pa.schema([("lead_id", pa.string()), ("at", pa.int64()), ("value", pa.string())])


@dataclass(frozen=True, slots=True)
class Link:
    """A link as a span: meanwhile `identity` is part of, or a member of, `lead_id`."""

    identity: str
    lead_id: str
    member: bool
    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class Identities:
    """`reach`: whose rows count when for whom; `mergers`: from when a lead is part of which."""

    reach: pa.Table
    mergers: pa.Table
    left_out: int  # links to themselves, or from which no lead is reached


def follow(links: pa.Table, births: Mapping[str, int]) -> Identities:
    """Follow links from every lead to whose it is; no chain visits an identity twice.

    `births` says of every lead since when it exists.
    """
    told = [_link(row) for row in links.to_pylist()]
    into: dict[str, list[Link]] = defaultdict(list)
    for link in told:
        into[link.lead_id].append(link)
    reached = [row for lead in sorted(births.keys() & into) for row in reach(lead, into)]
    ends = [(link.identity, link.lead_id) for link in told]
    return Identities(
        reach=_rows(reached, REACH),
        mergers=_rows(list(mergers(reached, births)), MERGERS),
        left_out=sum(1 for _ in unattached(ends, births.keys())),
    )


def unattached(links: Sequence[tuple[str, str]], leads: Set[str]) -> Iterator[int]:
    """Yield which of the links (identity, lead) lead to none of the leads, or to themselves."""
    into: dict[str, set[str]] = defaultdict(set)
    for identity, lead in links:
        into[lead].add(identity)
    reached, waiting = set(leads), [lead for lead in into if lead in leads]
    while waiting:
        new = into[waiting.pop()] - reached
        reached |= new
        waiting += (identity for identity in new if identity in into)
    for place, (identity, lead) in enumerate(links):
        if identity == lead or lead not in reached:
            yield place


def _link(row: dict[str, object]) -> Link:
    unlinked = row["unlinked_at"]
    return Link(
        identity=str(row["identity"]),
        lead_id=str(row["lead_id"]),
        member=row["kind"] == "member",
        begins=int(str(row["linked_at"])),
        ends=FOREVER if unlinked is None else int(str(unlinked)),
    )


def reach(lead: str, into: Mapping[str, Sequence[Link]]) -> Iterator[Reached]:
    """Yield whose rows count for a lead and when, given the links into every lead or identity."""
    found = {kind: {lead: [(BEGINNING, FOREVER)]} for kind in (False, True)}
    waiting = [(lead, (BEGINNING, FOREVER), False)]
    while waiting:
        at, span, member = waiting.pop()
        for link in into.get(at, ()):
            kind = member or link.member
            spans = found[kind].setdefault(link.identity, [])
            held = (max(span[0], link.begins), min(span[1], link.ends))
            # only what is new is followed further, so that a circle comes to an end
            for new in _without(held, spans):
                spans.append(new)
                waiting.append((link.identity, new, kind))
    for kind in (False, True):
        for identity in sorted(found[kind].keys() - {lead}):
            same = found[False].get(identity, []) if kind else []
            for span in _joined(found[kind][identity]):
                for begins, ends in _without(span, same):
                    yield identity, lead, begins, ends, kind


def _without(span: Span, others: Sequence[Span]) -> list[Span]:
    left = [span] if span[0] < span[1] else []
    for begins, ends in others:
        cut = [part for a, b in left for part in ((a, min(b, begins)), (max(a, ends), b))]
        left = [(a, b) for a, b in cut if a < b]
    return left


def _joined(spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for begins, ends in sorted(spans):
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(ends, joined[-1][1]))
        else:
            joined.append((begins, ends))
    return joined


def mergers(
    reached: Sequence[Reached], births: Mapping[str, int]
) -> Iterator[tuple[str, int, str | None]]:
    """Yield each instant at which a lead becomes part of another, or of none (None).

    It is part of every lead that links lead it to, once that one exists. Where links lead in a
    circle the oldest lead stays one, so that no lead is lost: of several it is part of the oldest
    that stays.
    """
    spans: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for identity, lead, begins, ends, member in reached:
        if identity in births and not member:
            spans[identity, lead].append((begins, ends))
    age = {lead: (birth, lead) for lead, birth in births.items()}
    part_of: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for (identity, lead), found in spans.items():
        back = spans.get((lead, identity), []) if age[identity] < age[lead] else []
        held = [(max(begins, births[lead]), ends) for begins, ends in found]
        parts = [part for span in held for part in _without(span, back)]
        part_of[identity] += [(begins, ends, lead) for begins, ends in parts]

    def wholes(identity: str, at: int) -> list[str]:
        return [lead for begins, ends, lead in part_of.get(identity, ()) if begins <= at < ends]

    for identity in sorted(part_of):
        involved = {identity, *(lead for *_, lead in part_of[identity])}
        changes = {at for one in involved for span in part_of.get(one, ()) for at in span[:2]}
        for at in sorted(changes - {FOREVER}):
            stay = [lead for lead in wholes(identity, at) if not wholes(lead, at)]
            yield identity, at, min(stay, key=age.__getitem__, default=None)


def _rows(rows: Sequence[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [() for _ in schema]
    arrays = [pa.array(column, of.type) for column, of in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)
