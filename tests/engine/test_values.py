"""Values are compared in one form, whatever their spelling."""

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from einig.engine.values import Value, fold, lower_end, number, plain, tidy, value


@pytest.mark.parametrize(
    ("one", "other"),
    [("Straße", "STRASSE"), (" DE ", "de"), ("Mu\u0308ller", "M\u00fcller"), ("İ", "i̇")],
)
def test_spellings_of_one_text_are_equal_as_compared(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert unicodedata.is_normalized("NFC", tidy(text))


@pytest.mark.parametrize(
    ("text", "read"),
    [("5", 5.0), ("-3", -3.0), ("+1.50", 1.5), ("2e3", 2000.0), ("007", 7.0)],
)
def test_what_reads_as_a_number_is_one(text: str, read: float) -> None:
    assert number(text) == read


@pytest.mark.parametrize(
    "text", ["", "1,5", ".5", "5.", "1 000", "inf", "nan", "1e999", "٣", "0x10", "1_000", "- 3"]
)
def test_everything_else_is_no_number(text: str) -> None:
    assert number(text) is None


@pytest.mark.parametrize("text", [None, "", "  ", "\u00a0"])
def test_nothing_and_white_space_are_blank(text: str | None) -> None:
    assert value(text) is None


def test_a_value_has_a_text_and_perhaps_a_number_or_a_lower_end() -> None:
    assert value(" 50 ") == Value("50", 50.0)
    assert value("FROM 50") == Value("from 50", None, 50.0)
    assert value("NO") == Value("no")
    assert [Value("50", 50.0).size, Value("50+", None, 50.0).size, Value("no").size] == [
        50,
        50,
        None,
    ]


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("50-249", 50.0),
        ("11 – 50", 11.0),
        ("0.5 to 1", 0.5),
        ("-3..1", -3.0),
        ("7-7", 7.0),
        ("1000+", 1000.0),
        (">=1000", 1000.0),
        ("<10", -math.inf),
        ("under 10", -math.inf),
    ],
)
def test_what_is_written_as_a_range_has_a_lower_end(text: str, end: float) -> None:
    assert lower_end(text) == end


@pytest.mark.parametrize("text", ["", "50", "-3", "2026-03", "2026-03-01", "50-249 staff", "1e3+"])
def test_everything_else_has_none(text: str) -> None:
    assert lower_end(text) is None


@pytest.mark.parametrize(
    ("given_", "text"),
    [(True, "true"), (5.0, "5"), (5, "5"), (1.5, "1.5"), (float("nan"), None), (None, None)],
)
def test_values_from_code_have_one_text(
    given_: str | float | bool | None, text: str | None
) -> None:
    assert plain(given_) == text
