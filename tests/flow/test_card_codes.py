"""Photos of QR codes: read in any position, and whatever else is sent is answered."""

from __future__ import annotations

import numpy as np
import pytest
import segno

from einig.flow import card_codes
from einig.store.models import Role, User

REP = User(role=Role.SALES)


def photo(said: str, *, turned: int = 0, dark: int = 40, light: int = 220) -> np.ndarray:
    """Return the points of a photo, with noise as of a cheap camera."""
    squares = np.array([list(row) for row in segno.make(said).matrix], dtype=bool)
    large = np.pad(squares.repeat(6, 0).repeat(6, 1), 40)
    grain = np.random.default_rng(7).integers(-25, 25, large.shape)
    return np.rot90(np.where(large, dark, light) + grain, turned).astype(np.uint8)


@pytest.mark.parametrize("turned", range(4))
@pytest.mark.parametrize(("dark", "light"), [(40, 220), (110, 190), (220, 40)])
def test_a_code_is_read_whichever_way_it_is_held(turned: int, dark: int, light: int) -> None:
    points = photo("MECARD:N:Müller,Jörg;;", turned=turned, dark=dark, light=light)
    told = card_codes.read(points.tobytes(), width=points.shape[1], by=REP)
    assert told == "MECARD:N:Müller,Jörg;;"


def test_a_photo_of_something_else_says_nothing() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (700, 900)).astype(np.uint8)
    assert card_codes.read(noise.tobytes(), width=900, by=REP) == ""


@pytest.mark.parametrize(
    ("points", "width"),
    [(b"", 0), (b"", 100), (b"x" * 1000, 0), (b"x" * 1001, 100), (b"x" * 400, 20),
     (b"x" * (1601 * 30), 1601), (b"x" * (30 * 1601), 30), (b"x" * 900, -30)],
)  # fmt: skip
def test_what_is_no_photo_is_refused(points: bytes, width: int) -> None:
    with pytest.raises(card_codes.NoPhoto):
        card_codes.read(points, width=width, by=REP)
