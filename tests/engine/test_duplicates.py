"""Probable duplicates: what is found among people whose truth is planted, and what is not."""

from __future__ import annotations

import random

import pytest

from benchmarks.duplicates import simulated
from einig.engine.duplicates import Pair, Person, find, sound, table


def one(n: int, name: str, company: str = "", mail: str = "") -> Person:
    """Return somebody; their address is at work, unless it is at web.example."""
    domain = mail.partition("@")[2]
    at_work = "" if domain == "web.example" else domain
    return Person(n, name, company, (mail,) if mail else (), (), at_work)


ANNA = one(1, "Dr. Anna Müller", "Pumpen GmbH", "anna.mueller@pumpen.example")
FIRST, LAST = ("Uwe", "Ida", "Kai", "Mia"), ("Alt", "Busch", "Dorn")
STRANGERS = [
    one(100 + n, f"{first} {last}", f"{last} AG", f"{first}.{last}@{last}.example".lower())
    for n, (first, last) in enumerate((first, last) for first in FIRST for last in LAST)
]


def found(*people: Person) -> list[Pair]:
    return find(table([*people, *STRANGERS]))


@pytest.mark.parametrize(
    ("again", "evidence"),
    [
        (one(2, "Mueller, Anna", "Pumpen AG", "am@web.example"), ("name", "company")),
        (one(2, "Anna Muller", "", "a@pumpen.example"), ("~name", "domain")),
        (one(2, "A. Müller", "Pumpen GmbH & Co. KG"), ("~name", "company")),
        (one(2, "", "", "anna-mueller@pumpen.example"), ("name", "domain")),
    ],
)
def test_somebody_who_comes_again_by_another_way_is_found_with_what_speaks_for_it(
    again: Person, evidence: tuple[str, ...]
) -> None:
    assert [(pair.one, pair.other, pair.evidence) for pair in found(ANNA, again)] == [
        (1, 2, evidence)
    ]


@pytest.mark.parametrize(
    "other",
    [
        one(2, "Otto Müller", "Pumpen GmbH", "o.mueller@pumpen.example"),
        one(2, "Anna Müller", "Blumen OHG", "anna@blumen.example"),
        one(2, "", "Pumpen GmbH", "info@pumpen.example"),
    ],
)
def test_colleagues_namesakes_and_role_addresses_are_others(other: Person) -> None:
    assert found(ANNA, other) == []


def test_a_number_that_many_have_is_a_companys_and_says_little() -> None:
    central, names = "+4973155500", ("Ada Ahl", "Ben Bo", "Cem Ce")
    people = [Person(n, name, "", (), (central,)) for n, name in enumerate(names)]
    assert found(*people) == []
    twice = Person(9, "Ada Ahl", "", (), (central,))
    assert [(pair.one, pair.other) for pair in found(*people, twice)] == [(0, 9)]


def test_a_name_that_hundreds_have_brings_nobody_together() -> None:
    many = [one(1000 + n, "Max Mustermann", "", f"mm{n}@web.example") for n in range(501)]
    assert table(many)["name"].null_count == 501
    assert table(many[:500])["name"].null_count == 0
    assert found(*many) == []


def test_nobody_and_one_alone_have_no_duplicate() -> None:
    assert find(table([])) == []
    assert find(table([ANNA])) == []


def test_names_that_sound_alike_are_brought_together() -> None:
    assert len({sound(name) for name in ("meier", "mayer", "maier", "meyer")}) == 1
    assert sound("schmidt") == sound("schmitt")
    assert sound("mueller") != sound("moser")


def test_of_planted_duplicates_nearly_all_are_found_and_nearly_nothing_else() -> None:
    people, truth = simulated(3000, random.Random(11))
    told = {(pair.one, pair.other) for pair in find(table(people))}
    assert len(told & truth) / len(told) >= 0.95
    assert len(told & truth) / len(truth) >= 0.95
