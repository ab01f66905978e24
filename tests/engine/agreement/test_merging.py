"""Two people who change the same draft: what each wrote is in it, comments as well."""

from __future__ import annotations

import pytest

from einig.engine.agreement.editing import plain
from einig.engine.agreement.merging import merge
from einig.engine.agreement.weaving import woven
from tests.engine.agreement.test_editing import TEXT, change


def test_what_two_people_change_in_different_places_is_put_together() -> None:
    mine = change(TEXT, "fit.industry.Software", "25")
    theirs = change(change(TEXT, "fit.country.AT", "9"), "name", "Outbound")
    made = merge(TEXT, mine, theirs)
    assert made.conflicts == ()
    assert made.text == change(theirs, "fit.industry.Software", "25")


def test_what_both_change_differently_is_a_conflict_and_theirs_stands() -> None:
    mine = change(TEXT, "fit.industry.Software", "25")
    theirs = change(TEXT, "fit.industry.Software", "30")
    made = merge(TEXT, mine, theirs)
    assert made.text == theirs
    ((path, base, my_value, their_value),) = [
        (c.path, c.base, c.mine, c.theirs) for c in made.conflicts
    ]
    assert (path, base, my_value, their_value) == (
        ("fit", "industry", "Software"),
        "20",
        "25",
        "30",
    )


def test_a_value_in_what_the_other_removed_is_a_conflict() -> None:
    mine = change(TEXT, "fit.industry.Software", "25")
    theirs = change(TEXT, "fit.industry", None)
    assert [c.path for c in merge(TEXT, mine, theirs).conflicts] == [
        ("fit", "industry", "Software")
    ]


def test_the_same_change_by_both_is_no_conflict() -> None:
    mine = change(TEXT, "fit.country.DE", "12")
    assert merge(TEXT, mine, mine).conflicts == ()


def test_comments_of_both_are_in_it() -> None:
    mine = TEXT.replace("    AT: 8\n", "    # since May\n    AT: 9\n")
    theirs = TEXT.replace("# ours", "# ours, and theirs").replace("Inbound ", "Outbound ")
    made = merge(TEXT, mine, theirs)
    both = theirs.replace("    AT: 8\n", "    # since May\n    AT: 9\n")
    assert (made.text, made.conflicts, made.unsaid) == (both, (), ())


def test_a_comment_alone_is_a_change_too() -> None:
    mine = TEXT.replace("# ours", "# ours, since May")
    theirs = change(TEXT, "fit.country.DE", "12")
    assert merge(TEXT, mine, theirs).text == change(mine, "fit.country.DE", "12")


def test_comments_stay_although_both_changed_one_line() -> None:
    mine = change(TEXT, "fit.industry.Software", "25").replace("# ours", "# mine")
    theirs = change(TEXT, "fit.industry.unknown", "3").replace("# often", "# seldom")
    made = merge(TEXT, mine, theirs)
    assert made.text == change(theirs, "fit.industry.Software", "25").replace("# ours", "# mine")


def test_a_comment_that_finds_no_place_is_said() -> None:
    mine = TEXT.replace("# they close", "# they close fast")
    theirs = TEXT.replace("# they close", "# they close late")
    made = merge(TEXT, mine, theirs)
    assert (made.text, made.unsaid) == (theirs, ("they close fast",))


def test_a_row_that_both_added_stands_once() -> None:
    mine = TEXT.replace("    AT: 8\n", "    AT: 8\n    CH: 6  # mine\n")
    theirs = TEXT.replace("    AT: 8\n", "    AT: 8\n    CH: 7  # theirs\n")
    made = merge(TEXT, mine, theirs)
    assert [c.path for c in made.conflicts] == [("fit", "country", "CH")]
    assert (made.text, plain(made.text)["fit"]["country"]["CH"]) == (theirs, "7")
    assert made.unsaid == ("mine",)


@pytest.mark.parametrize(
    ("mine", "theirs", "made"),
    [
        ("a\nb\nc\n", "a\nb\nc\n", "a\nb\nc\n"),
        ("a\nB\nc\n", "a\nb\nc\n", "a\nB\nc\n"),
        ("0\na\nb\nc\n", "a\nb\nc\nd\n", "0\na\nb\nc\nd\n"),
        ("b\nc\n", "a\nb\n", "b\n"),
        ("a\nmine\nc\n", "a\ntheirs\nc\n", "a\ntheirs\nc\n"),
        ("", "a\nb\nc\n", ""),
    ],
)
def test_lines_of_both_are_put_together(mine: str, theirs: str, made: str) -> None:
    assert woven("a\nb\nc\n", mine, theirs) == made
