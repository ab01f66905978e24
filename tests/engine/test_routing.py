"""Routing: the same question has the same answer, and nobody is without anyone."""

from __future__ import annotations

import pytest

from einig.engine.routing import Candidate, NobodyAvailable, route

ANNA, BERT = Candidate("anna", 2, 10), Candidate("bert", 3, 30)


def test_the_smallest_share_of_capacity_gets_the_lead() -> None:
    assert route("L-1", [ANNA, BERT]).person == "bert"


def test_the_order_of_candidates_changes_nothing() -> None:
    even = [Candidate(name, 1, 10) for name in ("anna", "bert", "cleo")]
    chosen = [route(f"L-{n}", even).person for n in range(60)]
    assert [route(f"L-{n}", even[::-1]).person for n in range(60)] == chosen
    assert {chosen.count(name) for name in ("anna", "bert", "cleo")} <= set(range(10, 31))


def test_a_customer_goes_to_whoever_looks_after_them_even_if_full() -> None:
    full = Candidate("anna", 50, 10)
    found = route("L-1", [full, BERT], looks_after="anna")
    assert (found.person, found.rule) == ("anna", "looks_after")


def test_cover_stands_in_and_otherwise_the_others_do() -> None:
    away = Candidate("anna", 0, 10, absent=True, cover="bert")
    assert route("L-1", [away, BERT], looks_after="anna").rule == "cover"
    alone = Candidate("anna", 0, 10, absent=True)
    assert route("L-1", [alone, BERT], looks_after="anna").rule == "least_loaded"


def test_where_all_are_full_the_least_overloaded_gets_it() -> None:
    full = [Candidate("anna", 30, 10), Candidate("bert", 20, 10)]
    assert route("L-1", full).person == "bert"
    assert route("L-1", [Candidate("anna", 1, 0), Candidate("bert", 5, 0)]).person == "anna"


def test_nobody_is_said_so() -> None:
    with pytest.raises(NobodyAvailable):
        route("L-1", [Candidate("anna", 0, 10, absent=True)])
