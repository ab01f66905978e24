"""Numbers of an agreement stand in its sentences as whole as they were written."""

from __future__ import annotations

import pytest
from django.utils import translation

from einig.engine.agreement import loads
from einig.engine.agreement.model import Between
from einig.engine.instants import DAY
from einig.web.clause_words import condition, in_days, in_hundred, in_points
from einig.web.contract import contract
from einig.web.differences import sentences

CONDITION = """\
name: X
sales_ready: {fit: 1}
fit: {industry: {Software: 1}}
lead: {never: [{revenue: %s}]}
"""


def said(written: str) -> str:
    """Return what a condition on a number says."""
    ((where,),) = loads(CONDITION % written).agreement.lead.never
    assert isinstance(where.condition, Between)
    return condition(where.condition)


@pytest.mark.parametrize(
    ("written", "english", "german"),
    [
        ("{at_least: 1234567}", "is at least 1,234,567", "ist mindestens 1.234.567"),
        ("{above: 1234567}", "is above 1,234,567", "ist über 1.234.567"),
        ("{at_most: 0.0001234567}", "is at most 0.0001234567", "ist höchstens 0,0001234567"),
        ("{below: 12345678.25}", "is below 12,345,678.25", "liegt unter 12.345.678,25"),
        ("{at_least: -5}", "is at least -5", "ist mindestens -5"),
    ],
)
def test_a_number_is_said_with_every_digit(written: str, english: str, german: str) -> None:
    with translation.override("en"):
        assert said(written) == english
    with translation.override("de"):
        assert said(written) == german


@pytest.mark.parametrize(
    ("percent", "english", "german"),
    [("7", "7", "7"), ("29", "29", "29"), ("57.5", "57.5", "57,5"), ("0.04", "0.04", "0,04")],
)
def test_a_share_is_said_as_it_was_written(percent: str, english: str, german: str) -> None:
    text = f"name: X\nsales_ready: {{fit: 1}}\nverify: {percent}%\n"
    share = loads(text).agreement.verify
    with translation.override("en"):
        assert in_hundred(share) == english
    with translation.override("de"):
        assert in_hundred(share) == german


def test_points_and_days_are_grouped() -> None:
    with translation.override("en"):
        assert (in_points(-10_000), in_days(1_500 * DAY)) == ("-10,000 points", "1,500 days")
    with translation.override("de"):
        assert (in_points(-10_000), in_days(1_500 * DAY)) == ("-10.000 Punkte", "1.500 Tage")


def test_the_contract_and_what_changed_say_the_same_numbers() -> None:
    text = "name: X\nsales_ready: {fit: 1}\nexplore: %s%%\nmarketing: {sales_ready_a_month: %s}\n"
    before, after = loads(text % (1, 900)).agreement, loads(text % (7, 1200)).agreement
    with translation.override("en"):
        clauses = [clause.text for part in contract(after) for clause in part.clauses]
        told = sentences(before, after)
    assert [one for one in clauses if "below the line" in one or "a month" in one] == [
        "Of 100 leads below the line, 7 go to sales too, to learn what is missed.",
        "1,200 sales-ready leads a month.",
    ]
    assert told == [
        "Sales-ready leads a month: now 1,200, before 900.",
        "Leads below the line that go to sales: now 7 of 100, before 1 of 100.",
    ]
