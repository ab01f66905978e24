"""The story of the demo company: eighteen months that end now, from one seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from django.db import transaction
from django.db.models import F, Q

from einig.engine.instants import DAY, HOUR
from einig.flow import lead_ids, nurture
from einig.jobs.demo import deals, marketing, sales
from einig.jobs.demo.channels import open_channels
from einig.jobs.demo.clock import Clock, after
from einig.jobs.demo.milestones import BROKEN, month, plan_milestones
from einig.jobs.demo.prospects import Prospect, prospects
from einig.jobs.demo.staff import NAME, Account, found, new_passwords
from einig.jobs.demo.truth import Truth
from einig.jobs.demo.visits import visits
from einig.jobs.demo.world import World
from einig.store.models import Consent, Handoff, Notice, NurtureEntry, Task

LASTS = 548 * DAY


@dataclass(frozen=True, slots=True)
class Company:
    """The company that was made up: who can sign in, and what is true about it."""

    name: str
    accounts: tuple[Account, ...]
    truth: Truth


def fill(
    *,
    at: int,
    leads: int = 2500,
    seed: int = 7,
    progress: Callable[[float], None] | None = None,
) -> Company:
    """Fill an empty store with the history of a simulated company that ends at an instant.

    The same seed and instant give the same company. It is there whole or not at all. `progress` is
    told the share that is done.
    """
    random = Random(seed)
    with transaction.atomic(), lead_ids.drawn_from(Random(seed)):
        world = _begin(random, at=at)
        clock = world.clock
        for of in prospects(
            random, number=leads, truth=world.truth, begins=clock.begins, ends=clock.ends
        ):
            for visit in visits(random, of):
                world.expect(of, visit)
            _may_buy_unasked(world, of)
        clock.run(progress or (lambda _share: None))
        _settle(world, at=at)
        return Company(NAME, new_passwords(), world.truth)


def _begin(random: Random, *, at: int) -> World:
    """Found the company, and plan what happens in it once."""
    begins = at - LASTS
    staff = found(at=begins)
    sources = open_channels(by=staff.admin, at=begins)
    truth = Truth(broken=(month(at, back=BROKEN), month(at, back=BROKEN - 1)))
    world = World(random, Clock(begins, at), truth, staff, sources, _opened)
    plan_milestones(world)
    return world


def _opened(world: World, id_: int, kind: str, who: Prospect, at: int) -> None:
    if kind == Handoff.Kind.SALES:
        sales.take(world, id_, who, at)
    else:
        marketing.answer_outside(world, id_, at)


def _may_buy_unasked(world: World, of: Prospect) -> None:
    """Let some who want to buy do so although nobody ever handed them over."""
    if of.wants_from is not None and of.buys and world.random.random() < 0.6:
        days = world.random.uniform(20, 60)
        when = after(of.wants_from, hours=8 * days)
        world.clock.call(when, lambda at: deals.buy_unasked(world, of, at))


def _settle(world: World, *, at: int) -> None:
    """Bring everything up to now: what was to be mailed was mailed, what was said was read."""
    world.look_again(at)
    Task.objects.filter(done_at=None, due_at__lte=at).update(done_at=F("due_at"))
    mailed_at = F("entered_at") + nurture.MAIL_AFTER
    NurtureEntry.objects.filter(
        Q(left_at=None) | Q(left_at__gt=mailed_at),
        entered_at__lte=at - nurture.MAIL_AFTER,
        lead__consents__purpose=Consent.Purpose.MAIL,
        lead__consents__opened_at__lte=F("entered_at"),
        lead__consents__withdrawn_at=None,
    ).update(mailed_at=mailed_at)
    Notice.objects.filter(at__lt=at - DAY).update(seen_at=F("at") + HOUR)
