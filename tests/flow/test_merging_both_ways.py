"""Live decides as a replay does when people of ours merge leads and part them again.

Three people who are known, who do something under all their names, with sales in between that gives
leads back, versions that change, and objections: whoever is merged into whom, and when.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.flow.test_one_meaning import happened
from tests.live import identify
from tests.stories import STEPS, Step, examples

pytestmark = pytest.mark.django_db

COME = [
    Step(wait=0, message=identify(name, email=f"{name}@pumpen.example", industry="Software"))
    for name in ("u1", "u2", "u3")
]
MERGING = st.builds(
    lambda step, merging: replace(step, merging=merging),
    STEPS,
    st.sampled_from(["merges", "merges", "parts", ""]),
)


@examples(60)
@given(st.lists(MERGING, min_size=2, max_size=12), st.booleans())
def test_live_decides_as_a_replay_whoever_is_merged_and_parted(
    steps: list[Step], changes: bool
) -> None:
    live, replayed = happened([*COME, *steps], changes)
    assert live == replayed


@pytest.mark.prove
@examples(1500)
@given(st.lists(MERGING, min_size=2, max_size=20), st.booleans())
def test_live_decides_as_a_replay_in_thousands_of_mergers(steps: list[Step], changes: bool) -> None:
    live, replayed = happened([*COME, *steps], changes)
    assert live == replayed
