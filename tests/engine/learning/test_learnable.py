from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from einig.engine.learning.examples import text_column
from einig.engine.learning.learnable import learnable
from einig.engine.learning.older_newer import older_and_newer
from tests.engine.learning.made import company, examples, shuffled

COMPANY = company(1500)


def test_there_is_something_to_learn_from_a_company_with_an_ideal_lead():
    found = learnable(COMPANY)
    assert found.learnable
    assert found.area is not None
    assert found.card is not None
    assert found.area.estimate.low > 0.6
    assert found.sentence.startswith("A card puts ")


def test_shuffled_outcomes_teach_nothing():
    claims = [learnable(shuffled(COMPANY, seed)).learnable for seed in range(20)]
    assert sum(claims) <= 3


@pytest.mark.prove
def test_two_hundred_shuffled_outcomes_give_at_most_eighteen_claims(
    record_property: Callable[[str, object], None],
):
    claims = [learnable(shuffled(COMPANY, seed)).learnable for seed in range(200)]
    record_property("claims", sum(claims))
    assert sum(claims) <= 18


def test_columns_that_say_nothing_are_said_to_say_nothing():
    made = examples(text_column("x", ["same"] * 400), won=[True, False] * 200)
    assert learnable(made).sentence == (
        "Nothing to learn here: no column says anything about the outcome."
    )


@pytest.mark.parametrize(
    ("won", "sentence", "missing"),
    [
        ([True, False] * 5, "Not enough: 5 leads won; about 38 more are needed.", 38),
        ([True] * 90, "Not enough: 0 leads not won; about 43 more are needed.", 43),
        ([False] * 90, "Not enough: 0 leads won; about 43 more are needed.", 43),
        ([], "Not enough: 0 leads won; about 43 more are needed.", 43),
    ],
)
def test_too_few_leads_are_counted(won: list[bool], sentence: str, missing: int):
    found = learnable(examples(text_column("x", ["a"] * len(won)), won=won))
    assert (found.learnable, found.sentence, found.missing) == (False, sentence, missing)


def test_snapshots_of_one_lead_are_one_lead():
    made = examples(text_column("x", ["a"] * 400), won=[True, False] * 200)
    few = replace(made, lead=np.arange(400) // 40)
    assert learnable(few).missing > 0


def test_the_newer_part_is_newer_and_no_instant_is_in_both():
    made = examples(text_column("x", ["a"] * 10), won=[True, False] * 5)
    days = replace(made, at=np.array([0, 0, 1, 1, 1, 2, 2, 2, 2, 3]))
    older, newer = older_and_newer(days)
    assert older.at.tolist() == [0, 0, 1, 1, 1]
    assert newer.at.tolist() == [2, 2, 2, 2, 3]


def test_examples_without_times_are_parted_all_the_same():
    made = replace(company(100), at=np.zeros(100, np.int64))
    assert [len(part) for part in older_and_newer(made)] == [70, 30]
