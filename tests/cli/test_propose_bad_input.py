"""`einig propose` on data that is not as it should be: each is answered in a clear sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from einig.cli.main import cli

MAPPING = """\
name: Small
zone: Europe/Berlin
leads:
  file: leads.csv
  id: id
  created: created
  attributes: {industry: industry, odd: odd}
outcomes:
  files:
    {file: leads.csv, lead: id, at: ended, status: status, won: [won], lost: [lost]}
"""


def proposed(
    folder: Path,
    *,
    odd: Callable[[int], object] = lambda _n: "",
    won: Callable[[int], bool] = lambda n: n % 10 in {0, 2, 6} if n % 2 == 0 else n % 20 == 3,
    ended: Callable[[int], str] = lambda n: f"2026-12-{1 + n % 28:02}",
    leads: int = 240,
    form: str = "json",
) -> str:
    """Return what the command prints of a history in which software buys, and one column is odd."""
    rows = ["id,created,industry,odd,status,ended"]
    for n in range(leads):
        day = f"2026-{1 + n * 11 // leads:02}-{1 + n % 28:02}"
        kind = "Software" if n % 2 == 0 else "Handel"
        rows.append(f"L{n},{day},{kind},{odd(n)},{'won' if won(n) else 'lost'},{ended(n)}")
    (folder / "leads.csv").write_text("\n".join(rows), encoding="utf-8")
    (folder / "history.yaml").write_text(MAPPING, encoding="utf-8")
    options = ["propose", "--history", str(folder / "history.yaml"), "--format", form]
    done = CliRunner().invoke(cli, options, standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.stdout


@pytest.mark.parametrize(
    ("won", "leads", "said"),
    [
        (True, 240, "Not enough: 0 leads not won; about 43 more are needed."),
        (False, 240, "Not enough: 0 leads won; about 43 more are needed."),
        (False, 0, "Not enough: 0 leads won; about 43 more are needed."),
    ],
)
def test_of_one_class_only_the_answer_is_how_many_of_the_other_are_missing(
    tmp_path: Path, won: bool, leads: int, said: str
) -> None:
    told = json.loads(proposed(tmp_path, won=lambda _n: won, leads=leads))
    assert (told["learnable"], told["verdict"], told["draft"]) == (False, said, None)


def test_ten_leads_are_not_enough(tmp_path: Path) -> None:
    told = json.loads(proposed(tmp_path, leads=10))
    assert told["verdict"] == "Not enough: 4 leads won; about 38 more are needed."


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        (lambda _n: "same", "It is the same for every lead, so that it tells none apart."),
        (lambda _n: 5, "It is the same for every lead, so that it tells none apart."),
        (
            lambda n: f"{1 + n % 28}.{1 + n % 12}.2025",
            "100% of its values are dates written as text: each counts as a word, and none is "
            "earlier or later than another.",
        ),
        (
            lambda n: n % 9 if n % 2 else f"v{n % 7}",
            "50% of the leads have a number there and the others a text: each value counts as a "
            "word, and none is more or less than another.",
        ),
    ],
    ids=["constant", "constant number", "dates as text", "mixed types"],
)
def test_a_column_of_which_little_can_be_learned_says_why_and_does_no_harm(
    tmp_path: Path, odd: Callable[[int], object], said: str
) -> None:
    told: dict[str, Any] = json.loads(proposed(tmp_path, odd=odd))
    assert [(of["column"], of["reason"]) for of in told["awkward"]] == [("odd", said)]
    assert (told["learnable"], told["card"]["fit"][0]["attribute"]) == (True, "industry")


@pytest.mark.prove
def test_a_column_of_a_hundred_thousand_values_is_set_aside(tmp_path: Path) -> None:
    told = json.loads(proposed(tmp_path, odd=lambda n: f"v{n}", leads=100_000))
    assert [(of["column"], of["reason"]) for of in told["set_aside"]] == [
        (
            "odd",
            "100,000 of 100,000 values are different and they have the form of an identifier, so "
            "that it says nothing of other leads.",
        )
    ]


def test_an_outcome_from_before_the_lead_counts_neither_way_and_is_told(tmp_path: Path) -> None:
    def early(n: int) -> str:
        return "2025-01-01" if n % 3 == 0 else f"2026-12-{1 + n % 28:02}"

    printed = proposed(tmp_path, ended=early, form="table")
    assert "Of these leads nobody knows what would have become; they count neither way" in printed
    assert "decided before the first moment: 80" in " ".join(printed.split())
