from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from einig.engine.learning.drift import drift
from einig.engine.learning.enough import NotEnough
from einig.engine.learning.examples import Examples, text_column
from einig.engine.learning.quality import measure
from einig.engine.learning.ranking import area
from tests.engine.learning.made import auc, company, examples


def scored(size: int, *, seed: int = 1, strength: float = 1.0) -> tuple[np.ndarray, Examples]:
    draw = np.random.default_rng(seed)
    score = np.rint(draw.normal(0, 3, size)).astype(np.int64)
    won = draw.random(size) < 1 / (1 + np.exp(-(strength * score / 3 - 1)))
    return score, examples(won=won)


def test_the_area_is_the_chance_that_a_winner_scores_above_a_loser():
    score, made = scored(500)
    assert area(score, made).value == pytest.approx(auc(score, made.won))


def test_a_lead_with_weight_two_counts_as_two_leads():
    score, made = scored(300)
    weight = np.where(np.arange(300) % 2, 2.0, 1.0)
    rows = np.repeat(np.arange(300), weight.astype(int))
    twice = area(score[rows], made.take(rows))
    weighed = area(score, replace(made, weight=weight))
    assert weighed.value == pytest.approx(twice.value)
    assert weighed.error == pytest.approx(twice.error, rel=0.01)


def test_the_interval_of_the_area_covers_the_truth_in_ninety_five_of_a_hundred():
    truth = area(*scored(200_000, seed=0)).value
    covered = 0
    for seed in range(1, 301):
        found = area(*scored(250, seed=seed)).estimate
        covered += found.low <= truth <= found.high
    assert 273 <= covered <= 296


def test_snapshots_of_the_same_leads_are_no_more_certain_than_one_of_each():
    score, made = scored(200)
    rows = np.repeat(np.arange(200), 5)
    once, often = area(score, made), area(score[rows], made.take(rows))
    assert often.error == pytest.approx(once.error, rel=0.01)


def test_a_score_that_says_nothing_is_explained_by_chance_alone():
    significant = 0
    for seed in range(400):
        score, made = scored(150, seed=seed, strength=0.0)
        significant += area(score, made).chance_alone < 0.05
    assert 8 <= significant <= 34


def test_average_precision_without_ties_is_that_of_scikit_learn():
    _, made = scored(400)
    score = np.random.default_rng(3).random(400)
    found = measure(score, made, draws=20).average_precision
    assert found.value == pytest.approx(average_precision_score(made.won, score))
    assert found.low <= found.value <= found.high


def test_lift_at_capacity_takes_of_equal_scores_their_mean():
    made = examples(won=[True, False, False, False, True, False, False, False])
    score = np.array([9, 5, 5, 5, 5, 1, 1, 1])
    assert measure(score, made, capacity=1 / 8, draws=5).lift.value == pytest.approx(4.0)
    # The second place is drawn from four leads of which one won.
    assert measure(score, made, capacity=2 / 8, draws=5).lift.value == pytest.approx(2.5)


def test_equal_scores_in_any_order_have_the_same_quality():
    score, made = scored(200)
    order = np.random.default_rng(2).permutation(200)
    turned = replace(made.take(order), lead=np.arange(200))
    one, other = measure(score, made, draws=5), measure(score[order], turned, draws=5)
    assert one.auc.value == pytest.approx(other.auc.value)
    assert one.average_precision.value == pytest.approx(other.average_precision.value)
    assert one.lift.value == pytest.approx(other.lift.value)


def test_the_interval_of_lift_covers_the_truth_in_most_of_a_hundred():
    truth = measure(*scored(200_000, seed=0), draws=1).lift.value
    covered = 0
    for seed in range(1, 101):
        found = measure(*scored(600, seed=seed), draws=100).lift
        covered += found.low <= truth <= found.high
    assert 88 <= covered <= 100


def test_chances_that_come_true_are_calibrated():
    draw = np.random.default_rng(4)
    chance = draw.random(20_000)
    made = examples(won=draw.random(20_000) < chance)
    found = measure(chance, made, chance=chance, draws=20).calibration
    assert found is not None
    assert len(found.groups) == 10
    assert sum(group.count for group in found.groups) == 20_000
    assert found.error.value < 0.02
    assert found.expected == pytest.approx(0.5, abs=0.02)
    assert all(abs(group.expected - group.conversion.value) < 0.04 for group in found.groups)


def test_chances_that_are_half_of_what_comes_are_seen():
    draw = np.random.default_rng(4)
    chance = draw.random(20_000) / 2
    made = examples(won=draw.random(20_000) < 2 * chance)
    found = measure(chance, made, chance=chance, draws=20).calibration
    assert found is not None
    assert found.error.low > 0.2
    assert found.came.low > found.expected


def test_the_same_examples_have_the_same_intervals():
    score, made = scored(300)
    assert measure(score, made, draws=20) == measure(score, made, draws=20)


def test_quality_needs_both_outcomes():
    made = examples(won=[True] * 30)
    with pytest.raises(NotEnough, match="nothing to tell apart"):
        measure(np.arange(30), made)


def test_drift_names_the_column_that_moved_and_what_moved_most():
    draw = np.random.default_rng(5)
    fair = ["fair" if at < 3000 else draw.choice(["fair", "web"]) for at in range(6000)]
    made = examples(
        text_column("calm", draw.choice(["a", "b", "c"], 6000).tolist()),
        text_column("source", fair),
        won=draw.random(6000) < 0.3,
    )
    found = drift(made.take(np.arange(3000)), made.take(np.arange(3000, 6000)))
    source, calm = found.columns
    assert (source.column, source.verdict) == ("source", "changed")
    assert source.sentence == (
        "source is no longer what it was: fair went from 100% to 50% of leads."
    )
    assert (calm.verdict, calm.sentence) == ("stable", "calm is as before.")


def test_leads_of_one_kind_do_not_drift():
    made = company(4000)
    found = drift(made.take(np.arange(2800)), made.take(np.arange(2800, 4000)))
    assert {column.verdict for column in found.columns} == {"stable"}


def test_of_a_group_in_which_nobody_won_it_is_not_sure_that_nobody_would() -> None:
    chance = np.repeat([0.05, 0.6], 20)
    made = examples(won=[False] * 20 + [True, False] * 10)
    found = measure(chance, made, chance=chance, draws=20).calibration
    assert found is not None
    none, half = (group.conversion for group in found.groups)
    assert (none.value, none.low, round(none.high, 3)) == (0.0, 0.0, 0.161)  # Wilson, 0 of 20
    assert (half.value, round(half.low, 3), round(half.high, 3)) == (0.5, 0.299, 0.701)
    assert found.came.low < found.came.value < found.came.high
