"""Who gets a lead: the same person every time that the same question is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """Someone to whom a lead can go: how many open hand-offs they have, and can have."""

    person: str
    load: int
    capacity: int
    absent: bool = False
    cover: str | None = None  # who gets their leads meanwhile


@dataclass(frozen=True, slots=True)
class Route:
    """Who got the lead, and why: `rule` is one of `looks_after`, `cover`, `least_loaded`.

    `considered` are those among whom the choice was made, with load and capacity, as they were.
    """

    person: str
    rule: str
    considered: tuple[Candidate, ...]


class NobodyAvailable(Exception):
    """Everybody is absent, or there is nobody at all."""


def route(
    lead_id: str, candidates: Sequence[Candidate], *, looks_after: str | None = None
) -> Route:
    """Return who gets a lead.

    That is who looks after it, or their cover while they are absent. Otherwise it is whoever has
    the smallest share of their capacity in hand; ties are broken by a hash of lead and person, so
    that they do not always go to the same one. Full is no reason to leave a lead without anyone:
    where all are full, the least overloaded gets it. Raises NobodyAvailable.
    """
    known = {candidate.person: candidate for candidate in candidates}
    considered = tuple(sorted(candidates, key=lambda candidate: candidate.person))
    if looks_after in known:
        owner = known[looks_after]
        if not owner.absent:
            return Route(owner.person, "looks_after", considered)
        if owner.cover in known and not known[owner.cover].absent:
            return Route(owner.cover, "cover", considered)
    present = [candidate for candidate in considered if not candidate.absent]
    if not present:
        raise NobodyAvailable(lead_id)
    chosen = min(present, key=lambda candidate: _order(lead_id, candidate))
    return Route(chosen.person, "least_loaded", considered)


def _order(lead_id: str, candidate: Candidate) -> tuple[float, int, bytes]:
    share = candidate.load / candidate.capacity if candidate.capacity else float("inf")
    lot = hashlib.sha256(f"{lead_id}\x1f{candidate.person}".encode()).digest()
    return share, candidate.load, lot
