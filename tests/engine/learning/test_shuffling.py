from __future__ import annotations

from dataclasses import replace

import numpy as np

from einig.engine.learning.examples import text_column
from einig.engine.learning.ideal import ideal_lead
from einig.engine.learning.learnable import learnable
from einig.engine.learning.shuffling import dealt, some
from tests.engine.learning.made import company, examples


def test_outcomes_are_dealt_among_leads_and_those_of_one_stay_beside_each_other() -> None:
    won = np.repeat([True, False, False, True, False], 4)
    made = examples(text_column("x", ["a"] * 20), won=won, lead=np.repeat(np.arange(5), 4))
    anew = [dealt(made, np.random.default_rng(seed)).won.reshape(5, 4) for seed in range(9)]
    assert all((of.all(axis=1) | ~of.any(axis=1)).all() for of in anew)
    assert [int(of[:, 0].sum()) for of in anew] == [2] * 9
    assert len({tuple(of[:, 0].tolist()) for of in anew}) > 3


def test_of_very_many_examples_all_those_of_some_leads_are_shuffled() -> None:
    made = replace(company(400), lead=np.arange(400) // 4)
    few = some(made, 100)
    assert len(few) == 100
    assert np.unique(np.bincount(few.lead)[np.unique(few.lead)]).tolist() == [4]
    assert some(made, 400) is made


def test_a_verdict_and_a_table_say_how_often_they_claim_what_is_not_there() -> None:
    verdict, ideal = learnable(company(600), shuffles=50), ideal_lead(company(600), shuffles=50)
    for of, leads in ((verdict.shuffled, 180), (ideal.shuffled, 600)):
        assert of is not None
        assert (of.shuffles, of.leads, of.limit) == (50, leads, 0.05)
        assert of.share <= 0.14  # the limit and three standard errors
    assert learnable(company(600)).shuffled is None
