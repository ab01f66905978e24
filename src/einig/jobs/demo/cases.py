"""A hand-off in somebody's hands, and how they go about it."""

from __future__ import annotations

from dataclasses import dataclass

from einig.jobs.demo.prospects import Prospect
from einig.jobs.demo.world import World
from einig.store.models import Handoff, User


@dataclass(slots=True)
class Case:
    """A hand-off: about whom, and in whose hands.

    The `hasty` return leads without having asked; whoever is `late` comes days too late. So many
    `tries` are planned, and so often it was `tried`.
    """

    id: int
    who: Prospect
    by: User
    hasty: bool
    late: bool
    tries: int
    tried: int = 0


def opened(world: World, case: Case) -> Handoff | None:
    """Return the hand-off as it is now; None if it is closed, or its person is away."""
    if case.by.id in world.absent:
        return None
    found = Handoff.objects.select_related("lead").filter(id=case.id)
    return found.filter(closed_at=None).first()
