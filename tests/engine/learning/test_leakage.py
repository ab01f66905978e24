"""Leaks are found by their evidence, and honest columns stay, whatever they are called."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from einig.engine.history import History
from einig.engine.learning.examples import Behaviour, Column, Examples, text_column
from einig.engine.learning.findings import Examination, Finding
from einig.engine.learning.gather import examples_of
from einig.engine.learning.leakage import examine
from tests.engine.learning.planted import Planted, planted

HISTORIES = 20


@dataclass(frozen=True)
class Examined:
    """A history with planted leaks, and what was found in it."""

    planted: Planted
    examples: Examples
    found: Examination


@pytest.fixture(scope="module")
def examined() -> list[Examined]:
    every = []
    for seed in range(HISTORIES):
        of = planted(seed)
        examples = examples_of(of.history)
        every.append(Examined(of, examples, examine(examples, history=of.history)))
    return every


# --- planted leaks ----------------------------------------------------------------------------


def test_nine_of_ten_planted_leaks_are_found(examined: list[Examined]) -> None:
    leaks = [(each, column) for each in examined for column in each.planted.leaks]
    missed = [each.planted.leaks[column] for each, column in leaks if not each.found.of(column)]
    assert len(leaks) > 300
    assert len(missed) <= 0.1 * len(leaks), missed


def test_most_leaks_are_set_aside_or_lose_their_blank_without_asking(
    examined: list[Examined],
) -> None:
    leaks = [(each, column) for each in examined for column in each.planted.leaks]
    strong = [column in (*each.found.set_aside, *each.found.blank_aside) for each, column in leaks]
    assert sum(strong) >= 0.8 * len(strong)


def test_one_in_twenty_honest_columns_is_lost_at_most(examined: list[Examined]) -> None:
    honest = [(each, column) for each in examined for column in each.planted.honest]
    lost = [each.planted.honest[c] for each, c in honest if c in each.found.set_aside]
    assert len(honest) == 15 * HISTORIES
    assert len(lost) <= 0.05 * len(honest), lost


@pytest.mark.parametrize(
    ("leak", "kinds"),
    [
        ("winners_only", {"winners only"}),
        ("losers_only", {"losers only"}),
        ("filled_on_contact", {"on contact"}),
        ("value_behind_a_telling_blank", {"blank", "on contact", "verdict"}),
        ("updated_after_closing", {"after closing"}),
        ("outcome_in_disguise", {"disguise"}),
        ("amount_with_zero_for_losers", {"pure values", "disguise"}),
        ("running_number", {"calendar"}),
        ("wave_of_the_campaign", {"calendar"}),
        ("month", {"calendar"}),
        ("hexadecimal_key", {"identifier"}),
        ("mail_address", {"identifier"}),
    ],
)
def test_a_leak_is_named_by_what_it_is(
    examined: list[Examined], leak: str, kinds: set[str]
) -> None:
    strongest = [
        found[0].kind
        for each in examined
        for column, kind in each.planted.leaks.items()
        if kind == leak and (found := each.found.of(column))
    ]
    assert strongest
    assert set(strongest) <= kinds


def test_names_and_the_order_of_columns_change_nothing(examined: list[Examined]) -> None:
    for each in examined[:6]:
        names = [column.name for column in each.examples.columns]
        other = dict(zip(names, np.random.default_rng(3).permutation(names).tolist(), strict=True))
        history = renamed(each.planted.history, other)
        again = examine(examples_of(history), history=history)
        assert by_column(again) == {
            other[column]: found for column, found in by_column(each.found).items()
        }


def renamed(history: History, names: dict[str, str]) -> History:
    """Return a history with its attributes renamed, which puts them in another order as well."""
    told = history.facts["attribute"].to_pylist()
    attribute = pa.array([names[name] for name in told], pa.string())
    facts = history.facts.set_column(1, history.facts.schema.field("attribute"), attribute)
    facts = facts.take(pc.sort_indices(facts, [("lead", "ascending"), ("attribute", "ascending")]))
    about = replace(
        history.about,
        attributes=tuple(sorted(names[name] for name in history.about.attributes)),
        assumed_known=frozenset(names[name] for name in history.about.assumed_known),
    )
    return replace(history, facts=facts, about=about)


def by_column(found: Examination) -> dict[str, list[Finding]]:
    return {
        finding.column: [replace(each, column="") for each in found.of(finding.column)]
        for finding in found.findings
    }


# --- single columns ---------------------------------------------------------------------------


def sample(size: int = 2_000, share: float = 0.3) -> tuple[np.random.Generator, np.ndarray]:
    rng = np.random.default_rng(7)
    return rng, rng.random(size) < share


def examples(won: np.ndarray, *columns: Column) -> Examples:
    size = len(won)
    return Examples(
        columns, np.arange(size), np.arange(size), won, np.ones(size), np.zeros(size), dated=False
    )


def column(values: list[str | None], *, assumed_known: bool = True) -> Column:
    return text_column("a", values, assumed_known=assumed_known)


def told_on_contact(assumed_known: bool) -> Examples:
    """Return a column that is blank for four in ten losers and one in ten winners."""
    rng, won = sample()
    filled = rng.random(len(won)) < np.where(won, 0.9, 0.6)
    kinds = np.where(rng.random(len(won)) < np.where(won, 0.6, 0.4), "employed", "student")
    told: list[str | None] = [str(k) if f else None for k, f in zip(kinds, filled, strict=True)]
    return examples(won, column(told, assumed_known=assumed_known))


def test_where_only_the_blank_leaks_the_value_may_be_used() -> None:
    found = examine(told_on_contact(assumed_known=True))
    assert (found.set_aside, found.blank_aside, found.flagged) == ((), ("a",), ())


def test_a_blank_as_of_a_date_is_honest_and_a_person_may_look_at_it() -> None:
    found = examine(told_on_contact(assumed_known=False))
    assert (found.set_aside, found.blank_aside, found.flagged) == ((), (), ("a",))


def test_what_is_put_back_is_used_and_what_is_dropped_is_not() -> None:
    _, won = sample()
    leak = replace(column([("yes" if each else "no") for each in won]), name="leak")
    honest = replace(column([str(n % 3) for n in range(len(won))]), name="honest")
    told = examples(won, leak, honest)
    found = examine(told)
    assert (found.set_aside, found.flagged) == (("leak",), ())
    assert [each.name for each in found.usable(told).columns] == ["honest"]
    found = examine(told, keep=["leak"], drop=["honest"])
    assert (found.set_aside, found.flagged) == (("honest",), ("leak",))
    assert [each.name for each in found.usable(told).columns] == ["leak"]


def test_a_finding_tells_its_evidence_in_a_sentence() -> None:
    won = np.arange(1_000) % 10 == 0
    found = examine(examples(won, column(["signed" if each else None for each in won])))
    assert found.of("a")[0].sentence == (
        "It is filled in for 100 leads, and 100.0% of them were won, against 10.0% of all: "
        "it is known only of winners."
    )


def test_every_kind_of_finding_can_tell_its_evidence(examined: list[Examined]) -> None:
    findings = [finding for each in examined for finding in each.found.findings]
    assert {finding.kind for finding in findings} >= {"blank", "calendar", "disguise", "unique"}
    assert all(finding.sentence.endswith(".") for finding in findings)


def test_several_examples_of_one_lead_are_no_more_evidence_than_one() -> None:
    rng, won = sample(40)
    told = examples(won, column([str(kind) for kind in np.where(won, 1, rng.integers(0, 2, 40))]))
    often = replace(told.take(np.repeat(np.arange(40), 50)), at=np.arange(2_000))
    assert (examine(told).findings, examine(often).findings) == ((), ())


def test_an_activity_that_only_winners_do_is_found() -> None:
    rng, won = sample()
    signed = np.where(won & (rng.random(len(won)) < 0.5), 1.0, 0.0)
    none = np.zeros(len(won), np.int32)
    found = examine(examples(won, Column("a", none, (), signed, Behaviour("signed", 14))))
    assert [(each.kind, each.strength) for each in found.findings] == [("pure values", "set aside")]


@pytest.mark.parametrize(
    "values",
    [
        [None] * 300,
        ["same"] * 300,
        [str(n) for n in range(300)],
        ["7", "seven", None] * 100,
    ],
)
@pytest.mark.parametrize("won", [np.zeros(300, np.bool_), np.ones(300, np.bool_)])
def test_of_one_outcome_alone_no_column_tells_it(values: list[str | None], won: np.ndarray) -> None:
    found = examine(examples(won, column(values)))
    assert {each.kind for each in found.findings} <= {"calendar", "identifier", "unique"}


def test_a_key_that_reads_as_a_range_is_a_key_and_a_band_is_none() -> None:
    rng, won = sample()
    keys = text_column("phone", [f"{521 + n % 7:04d}-{4711 + n}" for n in range(len(won))])
    bands = text_column("size", [str(b) for b in rng.choice(["1-49", "50-249", "250+"], len(won))])
    found = examine(examples(won, keys, bands))
    assert [(each.column, each.kind) for each in found.findings] == [("phone", "identifier")]


def test_of_no_examples_nothing_is_found() -> None:
    assert examine(examples(np.zeros(0, np.bool_), column([]))).findings == ()
