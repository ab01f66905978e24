"""Editing a text: what is meant comes about, and nothing else moves."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from einig.engine.agreement.document import loads
from einig.engine.agreement.editing import (
    CannotEdit,
    Change,
    at,
    differences,
    edited,
    plain,
)
from einig.engine.agreement.flow import flow
from einig.engine.agreement.rewriting import rewritten

TEXT = """\
# ours
name: Inbound   # DACH only
fit:
  industry:  {Software: 20, Mechanical engineering: 15, otherwise: 0, unknown: 0}  # they close
  country:
    DE: 10        # home
    # the others
    AT: 8
engagement:
  webinar: {points: 10, for: 30 days}
sales_ready: {fit: 20, any: [intent, {engagement: 20}]}
intent:
  demo_requested: {for: 14 days}
sales:
  return_reasons:
    - no budget
    - no need   # often
"""
TEMPLATES = [
    file.read_text("utf-8")
    for file in files("einig.engine.agreement").joinpath("templates").iterdir()
    if file.name.endswith(".yaml")
]


def change(text: str, path: str, value: Any) -> str:
    """Return a text with one change; the path is written with dots."""
    return edited(text, [Change(tuple(path.split(".")), value)])


def test_a_value_changes_where_it_stands_and_comments_stay() -> None:
    assert change(TEXT, "fit.industry.Software", "25") == TEXT.replace(
        "Software: 20", "Software: 25"
    )
    assert change(TEXT, "fit.country.DE", "12") == TEXT.replace("DE: 10 ", "DE: 12 ")
    assert change(TEXT, "name", "Outbound") == TEXT.replace("Inbound", "Outbound")
    assert change(TEXT, "sales_ready.any.1.engagement", "30") == TEXT.replace(
        "engagement: 20", "engagement: 30"
    )


def test_a_new_row_stands_before_otherwise_and_unknown() -> None:
    assert change(TEXT, "fit.industry.Retail", "5") == TEXT.replace(
        "15, otherwise", "15, Retail: 5, otherwise"
    )


def test_a_new_row_is_a_line_where_rows_are_lines() -> None:
    assert change(TEXT, "fit.country.CH", "6") == TEXT.replace("AT: 8\n", "AT: 8\n    CH: 6\n")


def test_what_is_removed_takes_its_comma_or_its_line_with_it() -> None:
    assert change(TEXT, "fit.industry.Software", None) == TEXT.replace("Software: 20, ", "")
    assert change(TEXT, "fit.industry.unknown", None) == TEXT.replace(", unknown: 0", "")
    assert change(TEXT, "fit.country.DE", None) == TEXT.replace("    DE: 10        # home\n", "")


def test_what_becomes_empty_goes_too() -> None:
    assert change(TEXT, "intent.demo_requested", None) == TEXT.replace(
        "intent:\n  demo_requested: {for: 14 days}\n", ""
    )


def test_a_part_of_which_every_key_changes_stays_where_it_is() -> None:
    text = "name: X\nsales_ready:  # ours\n  fit: 20\nverify: 5%\n"
    changes = differences(plain(text), plain(text) | {"sales_ready": {"score": "40"}})
    assert edited(text, changes) == text.replace("fit: 20", "score: 40")


def test_a_part_that_is_not_there_is_made() -> None:
    made = change(TEXT, "marketing.sales_ready_a_month", "60")
    assert made == TEXT + "marketing: {sales_ready_a_month: 60}\n"


def test_a_list_is_replaced_as_a_whole() -> None:
    made = change(TEXT, "sales.return_reasons", ["no budget", "wrong person"])
    assert plain(made) == plain(TEXT) | {"sales": {"return_reasons": ["no budget", "wrong person"]}}
    assert made.startswith(TEXT[: TEXT.index("return_reasons")])


LISTED = """\
sales:
  return_reasons:  # in the words of sales
    # money
    - no budget   # often
    # time
    - no need
    - {a: 1}  # odd
  respond_within: 1 working hour
"""


@pytest.mark.parametrize(
    ("reasons", "lines"),
    [
        (
            ["no budget", "wrong person", {"a": "1"}],
            "    - no budget   # often\n    - wrong person\n    - {a: 1}  # odd\n",
        ),
        (["no need"], "    # time\n    - no need\n"),
        (
            ["no need", "no budget", "> 5"],
            '    # time\n    - no need\n    - no budget   # often\n    - "> 5"\n',
        ),
    ],
)
def test_items_that_stay_in_a_list_keep_their_comments(reasons: list[Any], lines: str) -> None:
    head = LISTED[: LISTED.index("    - no budget")]
    tail = LISTED[LISTED.index("  respond_within") :]
    assert change(LISTED, "sales.return_reasons", reasons) == head + lines + tail


def test_the_last_list_of_a_file_can_end_without_a_line_break() -> None:
    text = "a:\n- x  # one\n- y"
    assert change(text, "a", ["x", "z"]) == "a:\n- x  # one\n- z\n"


def test_nothing_changes_where_nothing_was_changed() -> None:
    assert edited(TEXT, [Change(("name",), "Inbound")]) == TEXT


@pytest.mark.parametrize(
    "value", ["null", "~", "a: b", "x #y", "- z", "", "12:30", "NO", "@a", '"q"']
)
def test_any_text_can_be_a_value_and_a_key(value: str) -> None:
    assert plain(change(TEXT, "name", value))["name"] == value
    made = edited(TEXT, [Change(("fit", "industry", value or "?"), "3")])
    assert plain(made)["fit"]["industry"][value or "?"] == "3"


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=60), st.text("<>=|&*!%@`?:-#,[]{}~ '\"\\nul<5", max_size=6)))
@example(">")
@example("<<")
@example("=")
@example("> 5")
@example("\x85\u2028\ufeff")
def test_any_text_is_written_so_that_it_is_read_as_itself(text: str) -> None:
    assert plain(f"v: {flow(text)}") == {"v": text}
    assert plain(f"{flow(text)}: v") == {text: "v"}
    assert plain(f"v: {flow([text, text])}") == {"v": [text, text]}
    assert plain(f"v: {flow({text: text})}") == {"v": {text: text}}


@pytest.mark.parametrize("value", [">", "<<", "=", "> 5", "<<: 1", "a\x85b"])
def test_signs_that_mean_something_in_yaml_can_be_values_and_keys(value: str) -> None:
    assert plain(change(TEXT, "name", value)) == plain(TEXT) | {"name": value}
    made = edited(TEXT, [Change(("fit", "country", value), "3")])
    assert plain(made)["fit"]["country"] == {"DE": "10", "AT": "8", value: "3"}


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("name: X\nengagement:\n", "name: X\nengagement: {demo: {points: 5}}\n"),
        ("engagement:  # none\nname: X\n", "engagement: {demo: {points: 5}}  # none\nname: X\n"),
        ("name: X\nengagement:", "name: X\nengagement: {demo: {points: 5}}"),
        ("{name: X, engagement: }", "{name: X, engagement: {demo: {points: 5}} }"),
    ],
)  # fmt: skip
def test_a_key_with_nothing_after_it_takes_what_is_added(text: str, made: str) -> None:
    assert edited(text, [Change(("engagement", "demo"), {"points": "5"})]) == made


def test_a_key_with_nothing_after_it_can_be_removed() -> None:
    assert change("name: X\nfit:\n  a:\n  b: {x: 1}\n", "fit.a", None) == (
        "name: X\nfit:\n  b: {x: 1}\n"
    )


@pytest.mark.parametrize("text", ["[]", "- a\n- b\n", "x"])
def test_what_is_no_mapping_takes_no_change(text: str) -> None:
    with pytest.raises(CannotEdit):
        change(text, "name", "Inbound")


def test_writing_anew_takes_a_key_with_nothing_after_it_as_empty() -> None:
    text = "name: X\nfit:\n"
    assert rewritten(text, ("fit", "country", "DE"), "a") == (
        "name: X\nfit:\n  country:\n    DE: a\n"
    )
    assert rewritten(text, ("fit", "country"), None) is None


def test_what_an_alias_repeats_is_not_changed_behind_somebodys_back() -> None:
    text = "name: X\nfit:\n  a: &rows {One: 1}\n  b: *rows\nsales_ready: {fit: 1}\n"
    with pytest.raises(CannotEdit):
        change(text, "fit.b.One", "2")


@pytest.mark.parametrize(
    "path", ["sales_ready.any.0.points", "sales_ready.any.7", "sales_ready.any.x", "name.x"]
)
def test_a_path_that_leads_nowhere_changes_nothing(path: str) -> None:
    with pytest.raises(CannotEdit):
        change(TEXT, path, "2")


_WORDS = st.sampled_from(["Software", "a b", "NO", "x: y", "1-49", "Öl & Gas", "otherwise", "#1"])
_VALUES = st.one_of(
    _WORDS, st.lists(_WORDS, max_size=3), st.dictionaries(_WORDS, _WORDS, min_size=1)
)


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from([*TEMPLATES, TEXT]))
def test_whatever_is_meant_comes_about(data: st.DataObject, text: str) -> None:
    document = plain(text)
    path = data.draw(st.sampled_from(_paths(document)))
    if data.draw(st.booleans()):
        path = (
            (*path[:-1], data.draw(_WORDS)) if isinstance(at(document, path[:-1]), dict) else path
        )
    value = data.draw(st.one_of(st.none(), _VALUES))
    if value is None and (isinstance(at(document, path[:-1]), list) or len(path) == 1):
        value = "kept"
    made = edited(text, [Change(path, value)])
    assert at(plain(made), path) == value
    rest = [c for c in differences(document, plain(made)) if not _related(c.path, path)]
    assert rest == []


def test_a_draft_that_was_edited_is_still_an_agreement() -> None:
    for text in TEMPLATES:
        made = edited(
            text, [Change(("fit", "industry", "Retail"), "7"), Change(("explore",), "4%")]
        )
        agreement = loads(made).agreement
        assert agreement.explore == 0.04
        (table,) = [table for table in agreement.fit if table.attribute == "industry"]
        assert ("Retail", 7) in [(row.text, row.points) for row in table.texts]


def test_flow_writes_what_reads_back() -> None:
    value = {"a": ["x, y", "z"], "b c": "1"}
    assert plain(f"v: {flow(value)}") == {"v": value}


def _paths(document: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    inside = document.items() if isinstance(document, dict) else enumerate(document)
    found = []
    for key, value in inside:
        found.append((*path, str(key)))
        if isinstance(value, (dict, list)):
            found += _paths(value, (*path, str(key)))
    return found


def _related(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
