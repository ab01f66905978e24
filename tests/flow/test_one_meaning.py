"""Live decides as a replay of the same history does, however messages arrive.

Late, repeated and reordered, anonymous and known, with leads that sales returns in between and
windows that run out: hand-offs, turns and the last state are those of the backtest.
"""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from einig.engine.instants import HOUR
from einig.flow import agreements, due, journey, scoring
from einig.store.models import Lead
from tests.live import AGREED, NOW, company
from tests.stories import STEPS, Step, Told, examples, happens, live_and_replayed

pytestmark = pytest.mark.django_db

_INDUSTRY = "  industry: {Software: 20, Trade: 5}\n"
_SIZES = "  employees: {<50: -5, 50-249: 15}\n"
FIRST = AGREED.replace(_INDUSTRY, _INDUSTRY + _SIZES) + "explore: 50%\n"
LOOSER = FIRST.replace("any: [intent, {engagement: 20}]", "any: [intent, {engagement: 10}]")


@examples(60)
@given(st.lists(STEPS, min_size=2, max_size=14), st.booleans())
def test_live_decides_as_a_replay_of_what_it_stored(steps: list[Step], changes: bool) -> None:
    live, replayed = happened(steps, changes)
    assert live == replayed


@pytest.mark.prove
@examples(1500)
@given(st.lists(STEPS, min_size=2, max_size=20), st.booleans())
def test_live_decides_as_a_replay_in_thousands_of_histories(
    steps: list[Step], changes: bool
) -> None:
    live, replayed = happened(steps, changes)
    assert live == replayed


def happened(steps: list[Step], changes: bool) -> tuple[Told, Told]:
    """Let everything happen; return what live and a replay decided of it."""
    with transaction.atomic():
        us = company(FIRST)
        at = NOW
        for n, step in enumerate(steps):
            at += step.wait
            if changes and n == len(steps) // 2:
                version = agreements.draft(LOOSER, by=None, at=at)
                agreements.propose(version, by=None, at=at)
                agreements.enact(version, since=at + HOUR, at=at)
            at = happens(us, step, n, at)
        end = max(at, *Lead.objects.values_list("last_known", flat=True), NOW)
        while due.judge_due(at=end):
            pass
        for lead in Lead.objects.all():
            journey.judge(lead, scoring.timeline(), at=end)
        told = live_and_replayed(end)
        transaction.set_rollback(True)
    return told
