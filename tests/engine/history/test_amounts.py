"""Amounts are read with the decimal mark that the column shows."""

import pytest

from einig.engine.history.amounts import read_amounts
from einig.engine.history.times import Unclear


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["1.234,56 €", "5"], [1234.56, 5.0]),
        (["$1,234.56", "1,234"], [1234.56, 1234.0]),
        (["1.234.567"], [1234567.0]),
        (["12,5", "1.234"], [12.5, 1234.0]),
        (["1234,567", None], [1234.567, None]),
        (["EUR 99", "-3"], [99.0, -3.0]),
        (["1 234,5"], [1234.5]),
        (["0,123"], [0.123]),
    ],
)
def test_amounts_are_read(texts: list[str | None], numbers: list[float | None]) -> None:
    assert read_amounts(texts, decimal=None) == (numbers, {})


def test_an_amount_that_can_be_read_in_two_ways_is_asked_for() -> None:
    with pytest.raises(Unclear, match="may be in thousands or have three decimal places"):
        read_amounts(["1.234", "5"], decimal=None)


def test_a_declared_decimal_mark_decides() -> None:
    assert read_amounts(["1.234"], decimal=",") == ([1234.0], {})
    assert read_amounts(["1.234"], decimal=".") == ([1.234], {})


def test_thousands_that_are_not_in_threes_are_no_amount() -> None:
    assert read_amounts(["1,5", "2,25"], decimal=".") == (
        [None, None],
        {0: "“1,5” is no finite number", 1: "“2,25” is no finite number"},
    )
