"""How large a chunk may be, by what the one before took."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from einig.flow.pacing import LONGEST, next_size

_ROWS = st.integers(1, 2000)


@given(_ROWS, _ROWS, st.floats(0, 60))
def test_a_chunk_stays_between_its_bounds_and_grows_by_half_at_most(
    size: int, done: int, took: float
) -> None:
    found = next_size(size, done, took, least=20, most=2000)
    assert found <= min(2000, 1.5 * size)
    assert found >= min(20, int(1.5 * size))


def test_a_chunk_that_took_too_long_is_followed_by_what_fits() -> None:
    assert next_size(1000, 1000, 4 * LONGEST, least=20, most=2000) == 250


def test_a_chunk_that_was_quick_is_followed_by_a_larger_one_and_not_a_huge_one() -> None:
    assert next_size(100, 100, 0.0, least=20, most=2000) == 150
