"""Judging all leads at once says what judging them one by one says, and what the replay says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from einig.engine.instants import DAY, HOUR, SECOND
from einig.flow import (
    agreements,
    journey,
    leads,
    scoring,
)
from einig.flow.rejudging import rejudge
from einig.store.models import Enactment, Lead, Version
from tests.live import AGREED, NOW, Company, company
from tests.stories import (
    STEPS,
    Step,
    Told,
    all_due,
    everything,
    examples,
    happens,
    live_and_replayed,
)

pytestmark = pytest.mark.django_db

FIRST = AGREED + "explore: 50%\n"
TEXTS = (
    FIRST,
    FIRST.replace("any: [intent, {engagement: 20}]", "any: [intent, {engagement: 10}]"),
    FIRST.replace("fit: 20, any: [intent, {engagement: 20}]", "fit: 5, intent: any"),
    FIRST.replace("Software: 20, Trade: 5", "Software: 5, Trade: 20, unknown: 20"),
    FIRST.replace("for: 30 days, at_most: 20", "for: 3 days").replace("50%", "100%"),
    AGREED.replace("for: 14 days}\n", "for: 6 days}\n  scrolled: {within: 14 days, times: 2}\n"),
    AGREED.replace("intent:\n", "  quiet: {nothing_for: 5 days, points: 20}\nintent:\n", 1),
)


@dataclass(frozen=True)
class Turn:
    """After a step somebody may edit a lead, or a version may come into force."""

    step: Step
    text: int | None = None  # the version that is enacted then
    ahead: int = 0  # microseconds until it is in force
    industry: str | None = None  # what is said of the first lead
    at_once: bool = False  # whether all leads are judged at once; if not, one by one


TURNS = st.builds(
    Turn,
    step=STEPS,
    text=st.none() | st.none() | st.integers(0, len(TEXTS) - 1),
    ahead=st.sampled_from([0, 0, 1, 30 * SECOND, HOUR, 6 * DAY]),
    industry=st.sampled_from([None, None, None, "Software", "Trade", ""]),
    at_once=st.booleans(),
)


ANY_TEXT = st.sampled_from(TEXTS)
LATER = st.sampled_from([1, HOUR, 7 * DAY, 16 * DAY])  # until when what was due may have run out


@examples(25)
@given(st.lists(STEPS, min_size=2, max_size=12), ANY_TEXT, ANY_TEXT, LATER)
def test_judging_all_at_once_says_what_judging_one_by_one_says(
    steps: list[Step], before: str, after: str, later: int
) -> None:
    one_by_one, at_once = both_ways(steps, before, after, later)
    assert at_once == one_by_one


@pytest.mark.prove
@examples(1500)
@given(st.lists(STEPS, min_size=2, max_size=20), ANY_TEXT, ANY_TEXT, LATER)
def test_judging_all_at_once_says_what_judging_one_by_one_says_in_thousands_of_stories(
    steps: list[Step], before: str, after: str, later: int
) -> None:
    one_by_one, at_once = both_ways(steps, before, after, later)
    assert at_once == one_by_one


@examples(25)
@given(st.lists(TURNS, min_size=3, max_size=12))
def test_any_sequence_of_versions_decides_as_the_replay_of_it(turns: list[Turn]) -> None:
    live, replayed = in_sequence(turns)
    assert live == replayed


@pytest.mark.prove
@examples(1500)
@given(st.lists(TURNS, min_size=3, max_size=20))
def test_any_sequence_of_versions_decides_as_the_replay_of_it_in_thousands_of_stories(
    turns: list[Turn],
) -> None:
    live, replayed = in_sequence(turns)
    assert live == replayed


def both_ways(steps: list[Step], before: str, after: str, later: int) -> list[Any]:
    """Let everything happen; return what each way of judging anew leaves behind."""
    with transaction.atomic():
        us = company(before)
        at = NOW
        for n, step in enumerate(steps):
            at += step.wait
            at = happens(us, step, n, at)
        since = max(at, *Lead.objects.values_list("last_known", flat=True), NOW) + later
        put_in_force(us, after, since=since, at=at)
        end = since + 20 * DAY
        ways = [told(way, at=since, end=end) for way in (all_due, all_at_once)]
        transaction.set_rollback(True)
    return ways


def put_in_force(us: Company, text: str, *, since: int, at: int) -> Version:
    """Draft a version, have it proposed and signed by both sides, in force from an instant."""
    version = agreements.draft(text, by=us.max, at=at)
    agreements.propose(version, by=us.max, at=at)
    agreements.sign(version, by=us.max, at=at, in_force_from=since)
    agreements.sign(version, by=us.sol, at=at, in_force_from=since)
    return version


def all_at_once(at: int) -> None:
    """Judge all leads at once for each version that is in force, and what is due one by one."""
    for enactment in Enactment.objects.filter(since__lte=at, finished_at=None).order_by("since"):
        rejudge(enactment)
    all_due(at)


def told(way: Any, *, at: int, end: int) -> list[Any]:
    """Return what a way of judging leaves behind, at once and later; nothing of it stays."""
    with transaction.atomic():
        way(at)
        found = [everything()]
        all_due(end)
        found.append(everything())
        transaction.set_rollback(True)
    return found


def in_sequence(turns: list[Turn]) -> tuple[Told, Told]:
    """Let everything happen; return what live and a replay decided of it."""
    with transaction.atomic():
        us, at = company(FIRST), NOW
        for n, turn in enumerate(turns):
            at = happens(us, turn.step, n, at + turn.step.wait)
            if turn.industry is not None and (lead := Lead.objects.order_by("id").first()):
                leads.state(lead, {"industry": turn.industry}, by=us.max, at=at)
            if turn.text is not None:
                put_in_force(us, TEXTS[turn.text], since=at + turn.ahead, at=at)
            if turn.at_once:
                all_at_once(at)
        newest = Version.objects.order_by("-in_force_from").values_list("in_force_from", flat=True)
        known = Lead.objects.values_list("last_known", flat=True)
        end = max(at, *known, *filter(None, newest))
        all_due(end)
        for lead in Lead.objects.all():
            journey.judge(lead, scoring.timeline(), at=end)
        said = live_and_replayed(end)
        transaction.set_rollback(True)
    return said
