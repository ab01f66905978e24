"""What marketing does: answers feedback, looks again at what came back, calls those in nurture."""

from __future__ import annotations

from functools import partial

from einig.engine.instants import DAY
from einig.flow import contacting, feedback, handoff, nurture
from einig.jobs.demo.clock import after
from einig.jobs.demo.world import World
from einig.store.models import Feedback, Handoff, NurtureEntry, SecondLook, Stage, User

CONTACT_IS_WRONG = "falsche Kontaktdaten"
_ANSWERS = {
    "kein Budget": "Danke. Im Formular fragen wir jetzt, bis wann das Vorhaben geplant ist.",
    "kein Bedarf": "Verstanden. Wir melden uns in vier Wochen mit einem Beispiel aus der Branche.",
    "falscher Ansprechpartner": "Danke, wir fragen dort nach, wer darüber entscheidet.",
    CONTACT_IS_WRONG: "Danke für den Hinweis, die Kontaktdaten sind geprüft und berichtigt.",
}
_ANSWER_TO_PRAISE = "Das freut uns. Wir schauen, was diese Leads gemeinsam haben."
_ANSWER_ON_CONTEST = "Er kam aus dem Gewinnspiel. Wir prüfen, ob wir den Kanal weiterführen."
_READ_RIGHT = 0.9  # the share of second looks that see what is so


def hear_of_return(world: World, told: Feedback, lead: int, at: int) -> None:
    """Plan a second look at a lead that came back, an answer to whoever returned it, and a call."""
    random = world.random
    if not world.who[lead].staged:
        soon = after(at, hours=random.uniform(4, 56))
        world.clock.call(soon, partial(_look_again, world, told.id))
    if random.random() < 0.95:
        plan_answer(world, told, at)
    plan_call(world, lead, at)


def plan_answer(world: World, told: Feedback, at: int) -> None:
    """Plan an answer to what sales said, within a few days."""
    soon = after(at, hours=world.random.uniform(2, 48))
    world.clock.call(soon, partial(_answer, world, told.id))


def plan_call(world: World, lead: int, at: int) -> None:
    """Plan the one call of nurture."""
    if world.random.random() < 0.93:
        when = after(at + nurture.CALL_AFTER, hours=world.random.uniform(1, 40))
        world.clock.call(when, partial(_call, world, lead))


def answer_outside(world: World, id_: int, at: int) -> None:
    """Plan a human answer to somebody who asked from outside the ideal lead."""
    world.clock.call(
        after(at, hours=world.random.uniform(1, 10)), partial(_answer_lead, world, id_)
    )


def _answer_lead(world: World, id_: int, at: int) -> None:
    of = Handoff.objects.select_related("lead", "to").get(id=id_)
    if of.closed_at is None and of.to is not None:
        handoff.answered(of, by=of.to, at=at)


def _answer(world: World, id_: int, at: int) -> None:
    told = Feedback.objects.select_related("lead", "by").get(id=id_)
    text = _ANSWERS.get(told.reason, _ANSWER_TO_PRAISE)
    if world.who[told.lead_id].channel.name == world.truth.without_revenue:
        text = _ANSWER_ON_CONTEST
    feedback.answer(told, by=world.random.choice(world.staff.marketers), at=at, text=text)


def _look_again(world: World, id_: int, at: int) -> None:
    """Judge a returned lead blindly; one that was ready may go to sales once more."""
    random = world.random
    look = SecondLook.objects.select_related("feedback__by__team", "feedback__lead").get(
        feedback=id_
    )
    who = world.who[look.feedback.lead_id]
    truly = who.wants(look.feedback.at) and look.feedback.reason != CONTACT_IS_WRONG
    was_ready = truly if random.random() < _READ_RIGHT else not truly
    feedback.judge_again(look, by=_judge(world, look), at=at, was_ready=was_ready)
    if was_ready and random.random() < 0.5:
        world.clock.call(
            after(at, hours=random.uniform(1, 16)), partial(_send_again, world, look.id)
        )


def _judge(world: World, look: SecondLook) -> User:
    """Return who looks: marketing, or the lead of the team that did not return it."""
    by = look.feedback.by
    others = [lead for lead in world.staff.sales_leads if by is None or lead.team_id != by.team_id]
    return world.random.choice([*others, *world.staff.marketers])


def _send_again(world: World, id_: int, at: int) -> None:
    look = SecondLook.objects.select_related("feedback__lead__company", "feedback__by").get(id=id_)
    lead, by = look.feedback.lead, look.feedback.by
    if lead.stage != Stage.NURTURE or lead.handoffs.filter(closed_at=None).exists():
        return
    own = [of for of in world.staff.sales_leads if by is not None and of.team_id == by.team_id]
    feedback.hand_off_again(look, by=own[0], at=at)
    world.tell(at)


def _call(world: World, lead: int, at: int) -> None:
    due = NurtureEntry.objects.select_related("lead").filter(
        lead=lead, left_at=None, human_done_at=None, human_due_at__lte=at + DAY
    )
    for entry in due:
        by = world.random.choice(world.staff.marketing)
        if contacting.permission(entry.lead, "phone", at=at).allowed:
            nurture.call_done(entry, by=by, at=at)
