"""Intervals are Wilson's, as published."""

import pytest

from einig.engine.backtest.intervals import Proportion


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_intervals_are_those_of_newcombe(
    part: int, whole: int, low: float, high: float
) -> None:
    of = Proportion(part, whole)
    assert (round(of.low or 0, 4), round(of.high or 0, 4)) == (low, high)


def test_a_share_of_nothing_is_unknown() -> None:
    of = Proportion(0, 0)
    assert (of.share, of.low, of.high) == (None, None, None)


def test_an_interval_never_leaves_zero_to_one() -> None:
    assert Proportion(20, 20).high == 1.0
    assert Proportion(0, 20).low == 0.0
