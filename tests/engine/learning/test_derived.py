"""Titles tell seniority and function, and postal codes their area."""

from __future__ import annotations

from einig.engine.learning.derived import derived
from einig.engine.learning.examples import BLANK, Column, text_column


def told(column: Column) -> list[str | None]:
    return [None if code == BLANK else column.levels[code] for code in column.codes.tolist()]


def test_a_title_tells_seniority_and_function() -> None:
    titles = ["Geschäftsführer", "Leiterin Einkauf", "IT-Manager", "Sachbearbeiter", None]
    seniority, function = derived([text_column("Title", titles)])
    assert (seniority.name, function.name) == ("seniority", "function")
    assert told(seniority) == ["top management", "head", "manager", "other", None]
    assert told(function) == ["management", "purchasing", "IT", "other", None]


def test_a_postal_code_tells_its_area() -> None:
    codes = ["33602", "D-33604", "8010", "no code", None]
    (area,) = derived([text_column("PLZ", codes)])
    assert told(area) == ["33xxx", "33xxx", "8xxx", None, None]


def test_other_columns_tell_nothing_more() -> None:
    assert list(derived([text_column("industry", ["Software"])])) == []
