"""Hostile files: each gets a clear answer, nothing in it is run, and memory stays bounded."""

from __future__ import annotations

import csv
import resource
from pathlib import Path

import pytest
from django.utils import translation

from einig.connectors.files.limits import MEMORY, Refused
from einig.connectors.files.unpack import unpack
from einig.web import import_words
from tests.connectors.files.hostile import FILES, Hostile


def written(of: Hostile, folder: Path) -> Path:
    """Return a hostile file, made now."""
    path = folder / of.name
    with path.open("wb") as out:
        for part in of.make():
            out.write(part)
    return path


def answer(of: Hostile, folder: Path) -> str | int:
    """Return the code with which a file is refused, or how many rows it has."""
    try:
        return unpack(written(of, folder), folder / "table.csv").rows
    except Refused as refused:
        for language in ("de", "en"):
            with translation.override(language):
                said = import_words.problem([refused.code, *refused.what])
                assert (said[-1:], "%" in said) == (".", False)
        assert not (folder / "table.csv").exists()
        return refused.code


@pytest.mark.parametrize("of", FILES, ids=lambda of: of.name)
def test_a_hostile_file_gets_a_clear_answer(of: Hostile, tmp_path: Path) -> None:
    assert answer(of, tmp_path) == of.answer
    assert {path.name for path in tmp_path.iterdir()} <= {of.name, "table.csv"}
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 < MEMORY


def test_there_are_thirty_hostile_files_and_more() -> None:
    assert len({of.name for of in FILES}) == len(FILES) >= 30


def test_every_answer_is_said_in_german_and_in_english() -> None:
    codes = {of.answer for of in FILES if isinstance(of.answer, str)}
    with translation.override("de"):
        german = {import_words.problem([code, 1, 2, 3]) for code in codes}
    with translation.override("en"):
        english = {import_words.problem([code, 1, 2, 3]) for code in codes}
    assert len(german) == len(english) == len(codes)
    assert not german & english


def cells(name: str, folder: Path) -> list[list[str]]:
    """Return the table of a hostile file that holds one."""
    (of,) = (of for of in FILES if of.name == name)
    unpack(written(of, folder), folder / "table.csv")
    with (folder / "table.csv").open(encoding="utf-8", newline="") as table:
        return list(csv.reader(table))


def test_what_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    assert cells("formulas.csv", tmp_path)[2] == ["=cmd|' /C calc'!A0", "f@a.example"]


def test_no_other_file_is_read_for_a_sheet(tmp_path: Path) -> None:
    told = (of for of in FILES if of.answer == "instructions")
    for of in told:
        with pytest.raises(Refused) as refused:
            unpack(written(of, tmp_path), tmp_path / "table.csv")
        assert refused.value.what == ()


def test_each_line_is_read_in_its_own_encoding(tmp_path: Path) -> None:
    assert [row[0] for row in cells("mixed encodings.csv", tmp_path)] == ["Name", "Jörg", "Grün"]


def test_text_that_turns_a_page_around_is_read_without_that(tmp_path: Path) -> None:
    assert cells("right to left.csv", tmp_path)[1][0] == "adA עדה"


def test_dates_of_excel_are_dates(tmp_path: Path) -> None:
    row = cells("dates of Excel.xlsx", tmp_path)[1]
    assert row == ["a@a.example", "2026-01-05 10:00:00", "2026-02-01"]
