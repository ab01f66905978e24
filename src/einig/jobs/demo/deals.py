"""Leads that sales talks to because they want to buy: offers, wins and losses."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from einig.flow import feedback, outcomes
from einig.jobs.demo import marketing
from einig.jobs.demo.cases import Case, opened
from einig.jobs.demo.clock import after
from einig.jobs.demo.prospects import PRODUCTS, Prospect
from einig.jobs.demo.world import World
from einig.store.models import Handoff, Lead, Stage, User

_LOST = ("Wettbewerber", "kein Budget", "Projekt verschoben", "keine Entscheidung")
_PRAISE = ("Sehr gut vorbereitet, klare Anforderungen.", "Genau unser Kunde. Gern mehr davon.")


def qualify(world: World, case: Case, at: int) -> None:
    """Find that a lead wants to buy, and plan an offer."""
    if (of := opened(world, case)) is not None:
        outcomes.advance(of.lead, to=Stage.SALES_QUALIFIED, by=case.by, at=at)
        days = world.random.uniform(2, 18)
        world.clock.call(after(at, hours=8 * days), partial(_offer, world, case))


def lose(world: World, case: Case, at: int) -> None:
    """Lose a lead; it goes into nurture."""
    if (of := opened(world, case)) is not None:
        outcomes.lose(of.lead, by=case.by, at=at, reason=world.random.choice(_LOST))
        marketing.plan_call(world, of.lead_id, at)


def buy_unasked(world: World, who: Prospect, at: int) -> None:
    """Let a lead that was never handed over to sales buy all the same."""
    if who.lead is None:
        return
    lead = Lead.objects.select_related("company", "owner").get(id=who.lead)
    if not lead.handoffs.filter(kind=Handoff.Kind.SALES).exists():
        _buy(world, lead, who, by=world.random.choice(world.staff.sales), at=at)


def _offer(world: World, case: Case, at: int) -> None:
    """Make an offer: in some weeks it is won or lost. Those who waited for long buy less often."""
    random, truth = world.random, world.truth
    if (of := opened(world, case)) is None:
        return
    outcomes.advance(of.lead, to=Stage.OPPORTUNITY, by=case.by, at=at)
    buys = case.who.buys and (not case.late or random.random() < truth.late_buys)
    days = random.uniform(5, 35)
    world.clock.call(after(at, hours=8 * days), partial(_win if buys else lose, world, case))


def _win(world: World, case: Case, at: int) -> None:
    if (of := opened(world, case)) is None:
        return
    _buy(world, of.lead, case.who, by=case.by, at=at)
    if world.random.random() < 0.25:
        said = world.random.choice(_PRAISE)
        told = feedback.say(of.lead, by=case.by, at=at, verdict="praise", text=said)
        marketing.plan_answer(world, told, at)


def _buy(world: World, lead: Lead, who: Prospect, *, by: User, at: int) -> None:
    """Let a lead buy, for about what its product is usually sold for."""
    amount = round(PRODUCTS[who.product] * world.random.lognormvariate(0, 0.5), -2)
    outcomes.win(lead, by=by, at=at, revenue=Decimal(int(amount)))
