"""Kappa and its interval: known tables, the edges at which there is none, and what it covers."""

from __future__ import annotations

import numpy as np
import pytest

from einig.engine.concordance import Concordance, concordance, is_split, verdict


def votes(first: str, second: str) -> Concordance:
    """Return how two raters agree who say yes (y) or no (n) of leads in turn."""
    pairs = zip(first, second, strict=True)
    return concordance([([a == "y"], [b == "y"]) for a, b in pairs])


def test_kappa_is_that_of_the_textbook() -> None:
    # 50 proposals read by two people: 20 both yes, 15 both no, 5 and 10 by one only; kappa is 0.4
    of = Concordance(20, 15, 5, 10)
    assert (of.leads, of.agreed) == (50, 35)
    assert of.kappa == pytest.approx(0.4)


def test_those_who_agree_no_more_than_chance_have_a_kappa_of_zero() -> None:
    assert Concordance(5, 5, 5, 5).kappa == 0


def test_those_who_always_contradict_have_a_kappa_of_minus_one() -> None:
    assert votes("yyynnn", "nnnyyy").kappa == pytest.approx(-1)


@pytest.mark.parametrize("said", ["y" * 20, "n" * 20])
def test_there_is_no_kappa_where_everybody_says_the_same_of_every_lead(said: str) -> None:
    of = votes(said, said)
    assert (of.agreed, of.kappa, of.interval) == (20, None, None)


def test_one_who_always_says_yes_agrees_by_chance_only() -> None:
    of = votes("y" * 20, "y" * 11 + "n" * 9)
    assert (of.agreed, of.kappa) == (11, 0)
    assert of.interval is not None
    assert of.interval.low < 0 < of.interval.high


def test_full_agreement_is_not_certain_of_itself() -> None:
    of = votes("y" * 10 + "n" * 10, "y" * 10 + "n" * 10)
    assert of.kappa == 1
    assert of.interval is not None
    assert 0.6 < of.interval.low < of.interval.high <= 1


def test_four_leads_are_too_few_for_a_kappa() -> None:
    assert votes("yynn", "yynn").kappa is None
    assert votes("yynnn", "yynnn").kappa == 1


def test_a_side_says_what_most_of_it_say() -> None:
    assert [verdict(said) for said in ([True], [True, True, False], [False, False, True])] == [
        True, True, False,
    ]  # fmt: skip
    assert (verdict([True, False]), verdict([])) == (None, None)
    assert [is_split(said) for said in ([True, False], [True, True], [])] == [True, False, False]


def test_a_tie_is_counted_apart_and_a_lead_one_side_has_not_seen_is_left_out() -> None:
    leads = [
        ([True, True, False], [True]),
        ([True, False], [True]),
        ([False], [False]),
        ([True], [False]),
        ([], [True]),
    ]
    of = concordance(leads)
    assert (of.leads, of.decided, of.undecided, of.agreed) == (4, 3, 1, 2)
    assert (of.both_yes, of.both_no, of.only_first, of.only_second) == (1, 1, 1, 0)


TRUE = [(0.5, 0.5, 0.3), (0.5, 0.5, 0.85), (0.3, 0.5, 0.3), (0.2, 0.2, 0.6), (0.15, 0.15, 0.1)]


@pytest.mark.parametrize("leads", [10, 20])
@pytest.mark.parametrize(("first", "second", "kappa"), TRUE)
def test_the_interval_covers_the_true_kappa_as_often_as_it_says(
    leads: int, first: float, second: float, kappa: float
) -> None:
    chance = first * second + (1 - first) * (1 - second)
    yes = (chance + kappa * (1 - chance) - 1 + first + second) / 2
    shares = [yes, 1 - first - second + yes, first - yes, second - yes]
    tables = np.random.default_rng(4).multinomial(leads, shares, 500)
    found, often = np.unique(tables, axis=0, return_counts=True)
    covered = told = 0
    for table, times in zip(found.tolist(), often.tolist(), strict=True):
        of = Concordance(*table)
        if (interval := of.interval) is not None:
            told += times
            covered += times * (interval.low <= kappa <= interval.high)
            assert -1 <= interval.low < interval.high <= 1
    assert covered / told > 0.90
