"""What sales does with a lead that it was handed: try to reach it, talk to it, or return it."""

from __future__ import annotations

from functools import partial

from einig.engine.instants import SECOND
from einig.flow import contacting, feedback, handoff
from einig.jobs.demo import deals, marketing
from einig.jobs.demo.cases import Case, opened
from einig.jobs.demo.clock import after
from einig.jobs.demo.prospects import Prospect
from einig.jobs.demo.visits import another
from einig.jobs.demo.world import World
from einig.store.models import Attempt, Handoff

_MINUTE = 60 * SECOND
_NO_NEED, _WRONG_PERSON = "kein Bedarf", "falscher Ansprechpartner"
_HONEST = (_NO_NEED, _NO_NEED, _WRONG_PERSON, "kein Budget")
_COMPLAINT = "Wollte nur am Gewinnspiel teilnehmen und kennt unsere Produkte nicht."
_RESULTS = {
    Attempt.Result.REACHED: 0.34,
    Attempt.Result.NO_ANSWER: 0.53,
    Attempt.Result.CALL_BACK: 0.10,
    Attempt.Result.WRONG_NUMBER: 0.02,
    Attempt.Result.HAS_LEFT: 0.01,
}
_NOTES = {
    Attempt.Result.NO_ANSWER: ("", "", "Mailbox besprochen", "im Termin"),
    Attempt.Result.CALL_BACK: ("Rückruf vereinbart", "ruft zurück"),
}


def take(world: World, id_: int, who: Prospect, at: int) -> None:
    """Take a lead in hand: soon as a rule, days later or never in the month that broke down."""
    random, truth = world.random, world.truth
    of = Handoff.objects.select_related("to__team").get(id=id_)
    if who.staged == "waits" or of.to is None:
        return
    first = of.by_hand_id is None  # what a lead of sales sends again is worked as agreed
    late = first and truth.broken[0] <= at < truth.broken[1]
    hasty = first and of.to.team is not None and of.to.team.name == truth.hasty_team
    case = Case(id_, who, of.to, hasty, late, tries=4 if late else random.choice((4, 4, 4, 5, 6)))
    if late and random.random() < truth.never_tried:
        drop = partial(_give_back, world, case, _NO_NEED)
        world.clock.call(after(at, hours=random.uniform(60, 150)), drop)
        return
    soon = 0.5 if who.staged else min(14, random.lognormvariate(-0.3, 0.9))
    hours = random.uniform(24, 72) if late else soon
    world.clock.call(after(at, hours=hours), partial(_try, world, case))


def _try(world: World, case: Case, at: int) -> None:
    """Try to reach a lead, and see what comes of it."""
    random, clock = world.random, world.clock
    of = opened(world, case)
    if of is None:
        return
    case.tried += 1
    result, channel = _result(world, case), "phone" if random.random() < 0.75 else "mail"
    note = random.choice(_NOTES.get(result, ("",)))
    if not contacting.permission(of.lead, channel, at=at).allowed:
        channel = "phone"  # they did not agree to mails
    handoff.log_attempt(of, by=case.by, at=at, channel=channel, result=result, note=note)
    soon = at + random.randrange(4, 25) * _MINUTE
    if result == Attempt.Result.REACHED:
        clock.call(soon, partial(_talk, world, case))
    elif (reason := _discouraged(world, case, result)) is not None:
        clock.call(soon, partial(_give_back, world, case, reason))
    elif case.tried >= case.tries:
        clock.call(soon, partial(_give_up, world, case))
    else:
        clock.call(after(at, hours=random.uniform(5, 19)), partial(_try, world, case))


def _result(world: World, case: Case) -> Attempt.Result:
    if case.who.staged:
        return Attempt.Result.REACHED
    return world.random.choices(list(_RESULTS), list(_RESULTS.values()))[0]


def _discouraged(world: World, case: Case, result: Attempt.Result) -> str | None:
    """Return the reason for which a lead is returned before anybody spoke with it, if it is."""
    if result in handoff.ENDING:
        return marketing.CONTACT_IS_WRONG
    if case.hasty and world.random.random() < world.truth.hasty / 2:
        return world.truth.hasty_reason
    if case.late and world.random.random() < 0.5:
        return _NO_NEED
    return None


def _talk(world: World, case: Case, at: int) -> None:
    """Speak with a lead, and find out whether it wants to buy; the hasty do not always ask."""
    random, truth, clock = world.random, world.truth, world.clock
    if case.who.staged or (case.hasty and random.random() < truth.hasty):
        _give_back(world, case, truth.hasty_reason, at)
    elif case.who.wants(at):
        clock.call(after(at, hours=random.uniform(0.2, 20)), partial(deals.qualify, world, case))
    elif random.random() < 0.8:
        _give_back(world, case, random.choice(_HONEST), at)
    else:
        clock.call(after(at, hours=random.uniform(30, 120)), partial(deals.lose, world, case))


def _give_back(world: World, case: Case, reason: str, at: int) -> None:
    if (of := opened(world, case)) is None:
        return
    is_contest = case.who.channel.name == world.truth.without_revenue
    text = _COMPLAINT if is_contest and world.random.random() < 0.4 else ""
    told = feedback.give_back(of, by=case.by, at=at, reason=reason, text=text)
    marketing.hear_of_return(world, told, of.lead_id, at)
    _maybe_another(world, case, 0.2, at)


def _give_up(world: World, case: Case, at: int) -> None:
    if (of := opened(world, case)) is not None:
        feedback.give_up(of, by=case.by, at=at)
        marketing.plan_call(world, of.lead_id, at)
        _maybe_another(world, case, 0.3, at)


def _maybe_another(world: World, case: Case, share: float, at: int) -> None:
    """Let some who still want to buy come again, unless the demo's last days are at stake."""
    if case.who.wants(at) and not case.who.staged and world.random.random() < share:
        world.expect(case.who, another(world.random, case.who, at=at))
