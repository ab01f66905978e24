"""Links between identities, followed to their ends: whose activities and facts count for whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

import pyarrow as pa

from einig.engine.instants import BEGINNING, FOREVER

Span = tuple[int, int]  # half-open

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


def follow(links: pa.Table, leads: set[str]) -> Identities:
    """Follow links from every lead; no chain visits an identity twice."""
    told = [_link(row) for row in links.to_pylist()]
    into: dict[str, list[Link]] = defaultdict(list)
    for link in told:
        if link.identity != link.lead_id:
            into[link.lead_id].append(link)
    reached = [row for lead in sorted(leads & into.keys()) for row in _reach(lead, into)]
    useful = {identity for identity, *_ in reached} | leads
    used = [k for k in told if k.identity != k.lead_id and k.lead_id in useful]
    return Identities(
        reach=_rows(reached, REACH),
        mergers=_rows(list(_mergers(used, leads)), MERGERS),
        left_out=len(told) - len(used),
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


def _reach(lead: str, into: dict[str, list[Link]]) -> Iterator[tuple[str, str, int, int, bool]]:
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


def _mergers(links: Sequence[Link], leads: set[str]) -> Iterator[tuple[str, int, str | None]]:
    """Yield each instant at which a lead becomes part of another, or of none (None)."""
    merging: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        if not link.member and link.identity in leads and link.begins < link.ends:
            merging[link.identity].append(link)
    for identity, spans in sorted(merging.items()):
        spans.sort(key=lambda link: (link.begins, link.lead_id))
        ends = (link.ends for link in spans if link.ends < FOREVER)
        for at in sorted({*(link.begins for link in spans), *ends}):
            into = [link.lead_id for link in spans if link.begins <= at < link.ends]
            yield identity, at, into[0] if into else None


def _rows(rows: Sequence[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [() for _ in schema]
    arrays = [pa.array(column, of.type) for column, of in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)
