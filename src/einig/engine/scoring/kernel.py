"""The kernel: one pass over each lead's activities and facts, compiled once by numba.

For every lead the activities become *deltas* (at this instant this criterion gains or loses these
points); sorted by time and swept once, they give the state at every instant at which something
changes. What comes out are *turns*: the instants at which a lead becomes or ceases to be
sales-ready or to show intent, and its state at the end.
"""

# numba compiles this file: plain loops, no classes, and indices instead of names.
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from einig.engine.instants import FOREVER
from einig.engine.scoring.plan import (
    ALL,
    ANY,
    ANY_INTENT,
    ENGAGEMENT,
    FIT,
    INTENT,
    NOT,
    SCORE,
    Bools,
    Ints,
    PlanArrays,
)

NEVER = -(2**62)  # no threshold is low enough, or (below zero) too high
_FEW = 48  # up to this many deltas are sorted by insertion
_FACT = -1  # kinds of deltas beside the criteria, which have their number
_SILENCE = -2


class Bound(NamedTuple):
    """Activities and facts of some leads, in the terms of one plan.

    Rows of a lead stand together: `event_first[n]` to `event_first[n + 1]` are those of lead n.
    An activity's *class* says which criteria it matches.
    """

    created: npt.NDArray[np.int64]
    event_first: npt.NDArray[np.int64]
    at: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    until: npt.NDArray[np.int64]
    event_class: npt.NDArray[np.int32]
    class_first: npt.NDArray[np.int64]  # class -> its first criterion
    class_criteria: npt.NDArray[np.int64]
    class_inquiry: npt.NDArray[np.bool_]  # class -> is it an inquiry
    class_breaks: npt.NDArray[np.bool_]  # class, silence -> does it break the silence
    fact_first: npt.NDArray[np.int64]
    fact_at: npt.NDArray[np.int64]
    fact_attribute: npt.NDArray[np.int32]
    fact_points: npt.NDArray[np.int64]
    fact_checks: npt.NDArray[np.bool_]  # fact, check -> does the value fulfil it


class Deltas(NamedTuple):
    """Room for the deltas of one lead: when what changes by how much."""

    when: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int64]  # the criterion, _FACT or _SILENCE
    amount: npt.NDArray[np.int64]  # points; of a fact, its row


class Swept(NamedTuple):
    """The turns that a sweep found, sorted by lead and time.

    The last turn of a lead is its state at the end of the sweep, with `at` set to that end.
    """

    lead: npt.NDArray[np.int64]
    at: npt.NDArray[np.int64]
    fit: npt.NDArray[np.int64]
    engagement: npt.NDArray[np.int64]
    intent: npt.NDArray[np.bool_]
    ready: npt.NDArray[np.bool_]


class Windows(NamedTuple):
    """Spans of time, grouped by lead, of which it is asked how high a threshold may be.

    `place` is that of the threshold among the operations of the rule. `highest` is filled in: the
    highest value of the threshold by which the lead would be sales-ready at some instant of the
    window; NEVER where it would not at any, -NEVER where it would be at all.
    """

    place: int
    first: npt.NDArray[np.int64]  # lead -> its first window; one entry more than leads
    begins: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]  # not included
    highest: npt.NDArray[np.int64]


@njit(cache=True, nogil=True)
def sweep(plan: PlanArrays, bound: Bound, first: int, last: int, begins: int, ends: int) -> Swept:
    """Judge leads `first` to `last` (not included) at every instant from `begins` to `ends`.

    A lead that does not exist at `ends` has no turns; any other has one at its opening.
    """
    none = np.empty(0, np.int64)
    return sweep_windows(
        plan, bound, first, last, begins, ends, Windows(-1, none, none, none, none)
    )


@njit(cache=True, nogil=True)
def sweep_windows(  # noqa: PLR0912, PLR0915  # one loop: numba compiles it best, and it reads top to bottom
    plan: PlanArrays, bound: Bound, first: int, last: int, begins: int, ends: int, windows: Windows
) -> Swept:
    """Judge as `sweep` does, and fill in how high a threshold may be in each window."""
    made, turns = 0, _turns(max(64, 2 * (last - first)))
    deltas, order = _deltas(256), np.empty(256, np.int64)
    inquired, nothing = plan.named_inquiries and plan.after_inquiry.any(), np.empty(0, np.int64)
    sums = np.zeros(len(plan.is_intent), np.int64)
    points = np.zeros(len(plan.unknown_points), np.int64)
    checks = np.zeros(len(plan.blank_checks), np.bool_)
    stack = np.empty(len(plan.lead_op) + len(plan.ready_op) + 1, np.bool_)
    heights = np.empty(len(plan.ready_op) + 1, np.int64)
    for lead in range(first, last):
        created = bound.created[lead]
        if created > ends:
            continue
        inquiries = _inquiries(bound, lead) if inquired else nothing
        room = _room(plan, bound, lead, len(inquiries))
        if room > len(deltas.when):
            deltas, order = _deltas(2 * room), np.empty(2 * room, np.int64)
        count = _lead_deltas(plan, bound, lead, ends, deltas)
        if len(inquiries) > 0:
            count = _inquired_deltas(plan, bound, lead, inquiries, ends, deltas, count)
        for silence in range(len(plan.silence_for)):
            count = _silence_deltas(plan, bound, lead, silence, ends, deltas, count)
        _in_order(deltas.when, count, order)
        if made + count + 2 > len(turns.at):
            turns = _grown(turns, 2 * len(turns.at) + count + 2)

        sums[:] = 0
        points[:] = plan.unknown_points
        checks[:] = plan.blank_checks
        fit, engagement, intents = points.sum(), 0, 0
        was_ready, was_intent, opening = False, False, True
        done, now = 0, max(created, begins)
        is_lead, learned = False, True
        while True:
            while done < count and deltas.when[order[done]] <= now:
                kind, amount = deltas.kind[order[done]], deltas.amount[order[done]]
                done += 1
                if kind == _FACT:
                    learned = True
                    attribute = bound.fact_attribute[amount]
                    fit += bound.fact_points[amount] - points[attribute]
                    points[attribute] = bound.fact_points[amount]
                    for check in range(
                        plan.check_first[attribute], plan.check_first[attribute + 1]
                    ):
                        checks[check] = bound.fact_checks[amount, check]
                elif kind == _SILENCE:
                    engagement += amount
                else:
                    before = sums[kind]
                    sums[kind] = after = before + amount
                    if plan.is_intent[kind]:
                        needed = plan.times[kind]
                        intents += int(after >= needed) - int(before >= needed)
                    else:
                        low, high = plan.lowest[kind], plan.highest[kind]
                        engagement += min(max(after, low), high) - min(max(before, low), high)
            if learned:
                is_lead = _fulfilled(
                    plan.lead_op, plan.lead_arg, 0, 0, 0, plan.times, sums, checks, stack
                )
                learned = False
            intent, ready = is_lead and intents > 0, False
            if is_lead and windows.place >= 0:
                height = _highest(
                    plan.ready_op, plan.ready_arg, windows.place, fit, engagement,
                    intents, plan.times, sums, checks, heights,
                )  # fmt: skip
                ready = height >= plan.ready_arg[windows.place]
                stays = deltas.when[order[done]] if done < count else ends + 1
                for window in range(windows.first[lead], windows.first[lead + 1]):
                    if windows.begins[window] < stays and now < windows.ends[window]:
                        windows.highest[window] = max(windows.highest[window], height)
            elif is_lead:
                ready = _fulfilled(
                    plan.ready_op, plan.ready_arg, fit, engagement, intents, plan.times, sums,
                    checks, stack,
                )  # fmt: skip
            turned = opening or ready != was_ready or intent != was_intent
            closing = done == count
            for at, needed_now in ((now, turned), (ends, closing)):
                if needed_now:
                    turns.lead[made], turns.at[made] = lead, at
                    turns.fit[made] = fit if is_lead else 0
                    turns.engagement[made] = engagement if is_lead else 0
                    turns.intent[made], turns.ready[made] = intent, ready
                    made += 1
            if closing:
                break
            was_ready, was_intent, opening = ready, intent, False
            now = deltas.when[order[done]]
    return _grown(turns, made)


@njit(cache=True, nogil=True)
def _inquiries(bound: Bound, lead: int) -> Ints:
    """Return the numbers of a lead's inquiries."""
    events = np.arange(bound.event_first[lead], bound.event_first[lead + 1])
    return events[bound.class_inquiry[bound.event_class[events]]]


@njit(cache=True, nogil=True)
def _room(plan: PlanArrays, bound: Bound, lead: int, inquiries: int) -> int:
    """Return how many deltas a lead can have at most."""
    events = bound.event_first[lead + 1] - bound.event_first[lead]
    room = bound.fact_first[lead + 1] - bound.fact_first[lead]
    room += 2 * len(plan.silence_for) * (2 * events + 1)
    for event in range(bound.event_first[lead], bound.event_first[lead + 1]):
        of = bound.event_class[event]
        for place in range(bound.class_first[of], bound.class_first[of + 1]):
            criterion = bound.class_criteria[place]
            steps = plan.step_first[criterion + 1] - plan.step_first[criterion]
            room += 2 * steps * max(1, inquiries)
    return room


@njit(cache=True, nogil=True)
def _lead_deltas(plan: PlanArrays, bound: Bound, lead: int, ends: int, deltas: Deltas) -> int:
    """Fill in the deltas of facts, and of activities that need no named inquiry, up to `ends`;
    return how many there are.

    Nothing is called in these loops: one call in them makes them ten times as slow.
    """
    count = 0
    for fact in range(bound.fact_first[lead], bound.fact_first[lead + 1]):
        if bound.fact_at[fact] <= ends:
            deltas.when[count], deltas.kind[count] = bound.fact_at[fact], _FACT
            deltas.amount[count] = fact
            count += 1
    for event in range(bound.event_first[lead], bound.event_first[lead + 1]):
        at, start, until = bound.at[event], bound.start[event], bound.until[event]
        of = bound.event_class[event]
        for place in range(bound.class_first[of], bound.class_first[of + 1]):
            criterion = bound.class_criteria[place]
            if plan.after_inquiry[criterion] and (
                plan.named_inquiries or at <= bound.created[lead]
            ):
                continue
            for step in range(plan.step_first[criterion], plan.step_first[criterion + 1]):
                opens = max(at + plan.step_begins[step], start)
                closes = min(at + plan.step_ends[step], until)
                if opens < closes and opens <= ends:
                    deltas.when[count], deltas.kind[count] = opens, criterion
                    deltas.amount[count] = plan.step_points[step]
                    count += 1
                    if closes <= ends:
                        deltas.when[count], deltas.kind[count] = closes, criterion
                        deltas.amount[count] = -plan.step_points[step]
                        count += 1
    return count


@njit(cache=True, nogil=True)
def _inquired_deltas(
    plan: PlanArrays,
    bound: Bound,
    lead: int,
    inquiries: Ints,
    ends: int,
    deltas: Deltas,
    count: int,
) -> int:
    """Add the deltas of activities that count after a named inquiry only."""
    for event in range(bound.event_first[lead], bound.event_first[lead + 1]):
        at, start, until = bound.at[event], bound.start[event], bound.until[event]
        of = bound.event_class[event]
        for place in range(bound.class_first[of], bound.class_first[of + 1]):
            criterion = bound.class_criteria[place]
            if not plan.after_inquiry[criterion]:
                continue
            for step in range(plan.step_first[criterion], plan.step_first[criterion + 1]):
                opens = max(at + plan.step_begins[step], start)
                closes = min(at + plan.step_ends[step], until)
                points = plan.step_points[step]
                while opens < closes:
                    opens, stays = _inquired(bound, inquiries, at, opens, closes)
                    count = _span(opens, stays, ends, criterion, points, deltas, count)
                    opens = stays
    return count


@njit(cache=True, nogil=True)
def _inquired(bound: Bound, inquiries: Ints, at: int, opens: int, closes: int) -> tuple[int, int]:
    """Return the next stretch of a span in which an inquiry earlier than `at` is known."""
    begins = closes
    for event in inquiries:
        if bound.at[event] < at and bound.until[event] > max(opens, bound.start[event]):
            begins = min(begins, max(opens, bound.start[event]))
    stays = begins
    for event in inquiries:
        if bound.at[event] < at and bound.start[event] <= begins:
            stays = max(stays, bound.until[event])
    return begins, min(stays, closes)


@njit(cache=True, nogil=True)
def _silence_deltas(
    plan: PlanArrays,
    bound: Bound,
    lead: int,
    silence: int,
    ends: int,
    deltas: Deltas,
    count: int,
) -> int:
    """Add the spans in which nothing has happened for long enough.

    Between two instants at which an activity becomes known or is withdrawn, the latest known
    activity stays the same, and so does the instant from which it is long enough ago.
    """
    events = np.arange(bound.event_first[lead], bound.event_first[lead + 1])
    events = events[bound.class_breaks[bound.event_class[events], silence]]
    events = events[bound.start[events] < bound.until[events]]
    events = events[np.argsort(bound.start[events], kind="mergesort")]
    withdrawn = np.sort(bound.until[events])
    points = plan.silence_points[silence]
    created = bound.created[lead]
    latest, here, known, gone = created, created, 0, 0
    while here <= ends:
        while known < len(events) and bound.start[events[known]] <= here:
            latest = max(latest, bound.at[events[known]])
            known += 1
        if gone < len(events) and withdrawn[gone] <= here:
            while gone < len(events) and withdrawn[gone] <= here:
                gone += 1
            latest = created
            for event in events[:known]:
                if bound.until[event] > here:
                    latest = max(latest, bound.at[event])
        onward = FOREVER
        if known < len(events):
            onward = bound.start[events[known]]
        if gone < len(events):
            onward = min(onward, withdrawn[gone])
        opens = max(here, latest + plan.silence_for[silence])
        count = _span(opens, onward, ends, _SILENCE, points, deltas, count)
        here = onward
    return count


@njit(cache=True, nogil=True)
def _span(  # called for every span: a record of arguments would cost
    opens: int, closes: int, ends: int, kind: int, points: int, deltas: Deltas, count: int
) -> int:
    """Add the gain at the opening of a span and the loss at its close."""
    if opens < closes and opens <= ends:
        deltas.when[count], deltas.kind[count], deltas.amount[count] = opens, kind, points
        count += 1
        if closes <= ends:
            deltas.when[count], deltas.kind[count], deltas.amount[count] = closes, kind, -points
            count += 1
    return count


@njit(cache=True, nogil=True)
def _in_order(when: Ints, count: int, order: Ints) -> None:
    """Put the deltas' numbers in the order of their times; equal times keep their order."""
    if count > _FEW:
        order[:count] = np.argsort(when[:count], kind="mergesort")
        return
    for number in range(count):
        place, time = number, when[number]
        while place > 0 and when[order[place - 1]] > time:
            order[place] = order[place - 1]
            place -= 1
        order[place] = number


@njit(cache=True, nogil=True)
def _fulfilled(  # called at every instant: a record would cost
    ops: Ints,
    args: Ints,
    fit: int,
    engagement: int,
    intents: int,
    times: Ints,
    sums: Ints,
    checks: Bools,
    stack: Bools,
) -> bool:
    """Return whether a rule in postfix order holds."""
    height = 0
    for place in range(len(ops)):
        op, arg = ops[place], args[place]
        if op in (ALL, ANY):
            height -= arg
            truth = op == ALL
            for part in range(height, height + arg):
                truth = (truth and stack[part]) if op == ALL else (truth or stack[part])
        elif op == NOT:
            height -= 1
            truth = not stack[height]
        elif op == FIT:
            truth = fit >= arg
        elif op == ENGAGEMENT:
            truth = engagement >= arg
        elif op == SCORE:
            truth = fit + engagement >= arg
        elif op == ANY_INTENT:
            truth = intents > 0
        elif op == INTENT:
            truth = sums[arg] >= times[arg]
        else:  # a check on an attribute
            truth = checks[arg]
        stack[height] = truth
        height += 1
    return stack[0]


@njit(cache=True, nogil=True)
def _highest(  # called at every instant: a record would cost
    ops: Ints,
    args: Ints,
    of: int,
    fit: int,
    engagement: int,
    intents: int,
    times: Ints,
    sums: Ints,
    checks: Bools,
    heights: Ints,
) -> int:
    """Return up to which value of one threshold a rule holds; a rule has no "not"."""
    height = 0
    for place in range(len(ops)):
        op, arg = ops[place], args[place]
        if op in (ALL, ANY):
            height -= arg
            found = -NEVER if op == ALL else NEVER
            for part in range(height, height + arg):
                found = min(found, heights[part]) if op == ALL else max(found, heights[part])
        elif op in (FIT, ENGAGEMENT, SCORE):
            have = fit if op == FIT else engagement if op == ENGAGEMENT else fit + engagement
            found = have if place == of else (-NEVER if have >= arg else NEVER)
        elif op == ANY_INTENT:
            found = -NEVER if intents > 0 else NEVER
        elif op == INTENT:
            found = -NEVER if sums[arg] >= times[arg] else NEVER
        else:  # a check on an attribute
            found = -NEVER if checks[arg] else NEVER
        heights[height] = found
        height += 1
    return heights[0]


@njit(cache=True, nogil=True)
def _deltas(size: int) -> Deltas:
    return Deltas(np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.int64))


@njit(cache=True, nogil=True)
def _turns(size: int) -> Swept:
    numbers = np.empty((4, size), np.int64)
    truths = np.empty((2, size), np.bool_)
    return Swept(numbers[0], numbers[1], numbers[2], numbers[3], truths[0], truths[1])


@njit(cache=True, nogil=True)
def _grown(turns: Swept, size: int) -> Swept:
    """Return a longer or shorter copy of turns."""
    grown, kept = _turns(size), min(size, len(turns.at))
    grown.lead[:kept], grown.at[:kept] = turns.lead[:kept], turns.at[:kept]
    grown.fit[:kept], grown.engagement[:kept] = turns.fit[:kept], turns.engagement[:kept]
    grown.intent[:kept], grown.ready[:kept] = turns.intent[:kept], turns.ready[:kept]
    return grown
