"""Names are compared as Germans write them."""

from __future__ import annotations

import pytest

from einig.engine import names


@pytest.mark.parametrize(
    "written",
    [
        "Anna Müller",
        "Mueller, Anna",
        "Dr. Anna Müller",
        "Frau Prof. Dr.-Ing. Anna MÜLLER",
        "anna  müller",
    ],
)
def test_a_person_is_the_same_with_umlauts_written_out_titles_and_turned_around(
    written: str,
) -> None:
    assert names.person(written) == "anna mueller"


@pytest.mark.parametrize("other", ["Anna Möller", "Hanna Müller", "Anna Müller-Lüd", "Müller"])
def test_a_similar_name_is_another_one(other: str) -> None:
    assert names.person(other) != names.person("Anna Müller")


@pytest.mark.parametrize("way", ["anna@firma.example", "+49 89 123456", "", "  "])
def test_how_somebody_is_reached_is_no_name(way: str) -> None:
    assert names.person(way) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller GmbH & Co. KG", "Mueller GmbH und Co KG"),
        ("Müller GmbH & Co. KG", "MÜLLER G.m.b.H."),
        ("Meier e.K.", "Meier e. K."),
        ("Siemens AG", "Siemens Aktiengesellschaft"),
        ("Strauß UG (haftungsbeschränkt)", "Strauss UG"),
        ("Salz und Pfeffer SE & Co. KGaA", "Salz & Pfeffer SE"),
        ("Acme, Inc.", "ACME"),
    ],
)
def test_a_company_is_the_same_whatever_its_legal_form(one: str, other: str) -> None:
    assert names.company(one) == names.company(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("AS Motor GmbH", "Motor GmbH"), ("Co-op eG", "Op eG"), ("AG", "SE"), ("Bauer AG", "Baur AG")],
)
def test_other_companies_are_others(one: str, other: str) -> None:
    assert names.company(one) != names.company(other)
