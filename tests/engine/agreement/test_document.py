"""The document becomes frozen objects that mean what was written."""

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from einig.engine.agreement.document import loads, schema
from einig.engine.agreement.model import (
    All,
    Any,
    AtLeast,
    Engagement,
    FitTable,
    HasAttribute,
    HasIntent,
    OneOf,
    RangeRow,
    Silence,
    Step,
    TextRow,
    Where,
    WorkingTime,
)
from einig.engine.agreement.rules import check
from einig.engine.document import Refused
from einig.engine.instants import DAY
from tests.engine.agreement.written import FULL, texts

ROOT = Path(__file__).parents[3]
AGREEMENTS = [
    *sorted((ROOT / "src/einig/engine/agreement/templates").glob("*.yaml")),
    *sorted((ROOT / "examples/agreements").glob("*.yaml")),
]


def unfit(text: str) -> list[str]:
    """Return what an editor with the published schema finds wrong with a document."""
    validator = jsonschema.Draft202012Validator(schema())
    return [error.message for error in validator.iter_errors(YAML(typ="safe").load(text))]


def test_keys_and_values_stay_what_was_written() -> None:
    agreement = loads("name: A\nfit: {country: {NO: 3, on: 2, 12:30: 1}}\nsales_ready: {fit: 1}\n")
    (table,) = agreement.agreement.fit
    assert table.texts == (TextRow("NO", 3), TextRow("on", 2), TextRow("12:30", 1))


def test_a_range_ends_where_the_next_begins() -> None:
    (table,) = loads(
        "name: A\nfit: {size: {1-49: 1, 50-249: 2, 250+: 3}}\nsales_ready: {fit: 1}\n"
    ).agreement.fit
    assert table == FitTable(
        "size",
        ranges=(
            RangeRow(1, 50, 1, "1-49"),
            RangeRow(50, 250, 2, "50-249"),
            RangeRow(250, float("inf"), 3, "250+"),
        ),
    )


def test_everything_that_a_definition_needs_can_be_said() -> None:
    agreement = loads(FULL).agreement
    webinar, pricing, paper, unsubscribed = agreement.engagement
    assert webinar == Engagement(
        "webinar_attended", "webinar_attended", (Step(0, 30 * DAY, 10),), at_most=20
    )
    assert (pricing.activity, pricing.per) == ("page_viewed", "company")
    assert pricing.where == (Where("path", OneOf(("/pricing",))),)
    assert paper.steps == (Step(0, 14 * DAY, 8), Step(14 * DAY, 60 * DAY, 4))
    assert paper.after_inquiry
    assert unsubscribed.steps[0].points == -15
    assert agreement.silence == (Silence("quiet", 30 * DAY, -10, ("page_viewed",)),)
    assert agreement.sales_ready == All(
        (
            AtLeast("fit", 20),
            Any(
                (
                    HasIntent(),
                    AtLeast("engagement", 30),
                    All(
                        (AtLeast("score", 60), HasAttribute(Where("country", OneOf(("DE", "AT")))))
                    ),
                )
            ),
        )
    )
    assert agreement.sales.respond_within == WorkingTime(1, "hours")
    assert (agreement.verify, agreement.explore) == (0.5, 0.02)


@pytest.mark.parametrize("path", AGREEMENTS, ids=lambda path: path.name)
def test_templates_and_examples_are_accepted_without_a_warning(path: Path) -> None:
    assert check(loads(path.read_text(encoding="utf-8"), path.name)) == []


@pytest.mark.parametrize("path", AGREEMENTS, ids=lambda path: path.name)
def test_templates_and_examples_fit_the_published_schema(path: Path) -> None:
    assert unfit(path.read_text(encoding="utf-8")) == []


def test_the_full_agreement_fits_the_published_schema() -> None:
    assert unfit(FULL) == []


def test_the_schema_refuses_a_misspelt_key() -> None:
    assert unfit("name: A\nsales_ready: intent\nsales_redy: {fit: 1}\n") == [
        "Additional properties are not allowed ('sales_redy' was unexpected)"
    ]


def test_the_published_schema_is_the_one_of_the_code() -> None:
    published = (ROOT / "docs/reference/agreement.schema.json").read_text(encoding="utf-8")
    assert json.loads(published) == schema()


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.one_of(texts(), st.text(max_size=200), st.binary(max_size=60).map(repr)))
def test_whatever_is_written_is_read_or_refused_with_places(text: str) -> None:
    try:
        issues = check(loads(text, "a.yaml"))
    except Refused as refused:
        issues = list(refused.issues)
        assert issues
    for issue in issues:
        assert issue.place.file == "a.yaml"
        assert issue.place.line >= 1
        assert issue.message
        assert issue.remedy
