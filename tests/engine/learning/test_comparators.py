from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from einig.engine.learning.comparators import (
    compare,
    gradient_boosting,
    logistic_regression,
    naive_bayes,
)
from einig.engine.learning.enough import NotEnough
from einig.engine.learning.examples import text_column
from einig.engine.learning.scorecard import fit_card
from tests.engine.learning.made import auc, company, examples

OLDER, NEWER = company(4000).take(np.arange(2800)), company(4000).take(np.arange(2800, 4000))


def test_naive_bayes_is_what_a_crm_works_out_by_hand():
    older = examples(
        text_column("source", ["fair", "fair", "fair", "web"]), won=[True, True, False, False]
    )
    newer = examples(text_column("source", ["fair", "web", "radio"]), won=[True, False, False])
    # fair: two of two winners, one of two losers; web: none of two, one of two; four bins, since
    # blank and never seen could be, too.
    fair = np.log((2.1 / 2.4) / (1.1 / 2.4))
    web = np.log((0.1 / 2.4) / (1.1 / 2.4))
    assert naive_bayes(older, newer).tolist() == pytest.approx([fair, web, 0.0])


@pytest.mark.parametrize("way", [naive_bayes, logistic_regression, gradient_boosting])
def test_a_comparator_finds_what_the_card_finds(way):
    assert auc(way(OLDER, NEWER), NEWER.won) > 0.7


@pytest.mark.parametrize("way", [naive_bayes, logistic_regression, gradient_boosting])
def test_a_comparator_honours_weights(way):
    twice = replace(OLDER, weight=np.where(OLDER.won, 10.0, 1.0))
    assert way(twice, NEWER).mean() > way(OLDER, NEWER).mean() + 0.5


def test_the_card_is_as_good_as_what_nobody_can_read():
    card = auc(fit_card(OLDER).score(NEWER), NEWER.won)
    found = compare(OLDER, NEWER, draws=2)
    assert [c.name for c in found] == ["naive Bayes", "logistic regression", "LightGBM"]
    assert card > max(c.quality.auc.value for c in found) - 0.015


def test_comparators_refuse_one_outcome_alone():
    made = examples(text_column("x", ["a", "b"] * 20), won=[True] * 40)
    with pytest.raises(NotEnough):
        compare(made, made)
