"""Every bad agreement gets a clear answer: place, criterion, message, and what to write instead."""

import pytest

from einig.engine.agreement.document import loads
from einig.engine.agreement.rules import check
from einig.engine.document import Refused

READY = "sales_ready: {fit: 10}\n"


def issues(text: str) -> list[str]:
    """Return what reading and checking an agreement finds, a line each."""
    try:
        return [str(issue) for issue in check(loads(text, "a.yaml"))]
    except Refused as refused:
        return [str(issue) for issue in refused.issues]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "name: A\nfit: {country: {DE: 10}}\nsales_redy: {fit: 10}\n",
            [
                "a.yaml:1:1: error: sales_ready is missing."
                " Add sales_ready: when a lead goes to sales.",
                "a.yaml:3:1: error: sales_redy: The key sales_redy is not known here."
                " Did you mean sales_ready?",
            ],
            id="a misspelt key",
        ),
        pytest.param(
            "name: A\nfit: {country: {DE: 10}}\nengagement:\n"
            "  visit: {points: 3, for: 0 days}\n" + READY,
            [
                "a.yaml:4:27: error: engagement.visit.for: A window of zero days never counts"
                " anything. Write 1 day or more."
            ],
            id="a window of zero",
        ),
        pytest.param(
            "name: A\nengagement:\n  visit: {points: 10, for: 3 days, at_most: 5}\n"
            "sales_ready: {engagement: 5}\n",
            [
                "a.yaml:3:36: error: engagement.visit.at_most: The limit of 5 is below the"
                " 10 points of one action. Write at_most: 10, or give fewer points."
            ],
            id="a cap below one action's points",
        ),
        pytest.param(
            "name: A\nengagement:\n  visit: {points: 10, for: 3 days, at_most: -20}\n"
            "sales_ready: {engagement: 5}\n",
            [
                "a.yaml:3:36: error: engagement.visit.at_most: at_most -20 and points of 10 point"
                " in different directions. Give at_most the sign of the points, for example"
                " at_most: 20."
            ],
            id="a cap with the other sign",
        ),
        pytest.param(
            "name: A\nfit: {country: {DE: 10}, size: {1-49: 5, 50+: 7}}\nsales_ready: {fit: 40}\n",
            [
                "a.yaml:3:15: error: sales_ready.fit: fit cannot reach 40: the most is 17."
                " Write fit: 17 or less."
            ],
            id="a threshold that cannot be reached",
        ),
        pytest.param(
            "name: A\nfit: {country: {DE: 10}}\nintent: {demo: {for: 9 days}}\n"
            "outside_fit: {answered_by: sales, within: 1 working day}\n"
            "sales_ready: {all: [{fit: 5}, {any: [{fit: 11}, intent]}]}\n",
            [
                "a.yaml:5:39: error: sales_ready.all.2.any.1.fit: fit cannot reach 11:"
                " the most is 10. Write fit: 10 or less."
            ],
            id="an unreachable threshold deep inside",
        ),
        pytest.param(
            "name: A\nfit: {country: {DE: 10}}\nsales_ready: {fit: 0}\n",
            [
                "a.yaml:3:15: warning: sales_ready.fit: fit is always at least 0, so this asks for"
                " nothing. Write more than 0, or remove it."
            ],
            id="a threshold that asks for nothing",
        ),
        pytest.param(
            "name: A\nfit: {size: {1-49: 5, 40-100: 20}}\n" + READY,
            [
                "a.yaml:2:13: error: fit.size: 1-49 and 40-100 overlap."
                " End 1-49 below 40, or begin 40-100 later."
            ],
            id="overlapping ranges",
        ),
        pytest.param(
            "name: A\nfit: {size: {1-49: 5, 60-100: 20}}\n" + READY,
            [
                "a.yaml:2:13: error: fit.size: Numbers between 1-49 and 60-100 have no row."
                " Let 60-100 begin where 1-49 ends."
            ],
            id="a gap between ranges",
        ),
        pytest.param(
            "name: A\nfit: {size: {49-1: 5}}\n" + READY,
            ["a.yaml:2:13: error: fit.size: 49-1 ends before it begins. Swap its ends."],
            id="a range upside down",
        ),
        pytest.param(
            "name: A\nfit: {country: {DE: 10, de: 20}}\n" + READY,
            [
                "a.yaml:2:25: error: fit.country.de: de is the same as DE: upper and lower case are"
                " not told apart. Keep one of them."
            ],
            id="a value twice",
        ),
        pytest.param(
            'name: A\nfit: {size: {"5": 10, "5.0": 20, five: 1, "05": 30, "5,0": 2}}\n' + READY,
            [
                "a.yaml:2:23: error: fit.size.5.0: 5.0 is the same as 5: both are the same number."
                " Keep one of them.",
                "a.yaml:2:43: error: fit.size.05: 05 is the same as 5: both are the same number."
                " Keep one of them.",
            ],
            id="a number twice",
        ),
        pytest.param(
            "name: A\nfit: {country: {DE: 10, DE: 20}}\n" + READY,
            ["a.yaml:2:25: error: fit.country.DE: The key DE stands here twice. Keep one of them."],
            id="a key twice",
        ),
        pytest.param(
            "name: A\nintent: {demo: {for: 9 days}}\nsales_ready: {intent: domo}\n",
            [
                "a.yaml:2:10: warning: intent.demo: sales_ready does not look at the buying signal"
                " demo. Use it in sales_ready, or remove it.",
                "a.yaml:3:1: error: sales_ready: No buying signal is called domo."
                " Did you mean demo?",
            ],
            id="a buying signal that is not defined",
        ),
        pytest.param(
            "name: A\nsales_ready: intent\n",
            [
                "a.yaml:2:1: error: sales_ready: A buying signal is asked for, and none is defined."
                " Add for example intent: {demo_requested: {for: 14 days}}."
            ],
            id="no buying signal at all",
        ),
        pytest.param(
            "name: A\nlead: {never: [{}]}\nfit: {country: {DE: 10}}\n" + READY,
            [
                "a.yaml:2:16: error: lead.never.1: This entry has no condition, so it would exclude"
                " everyone. Write a condition, or remove the entry."
            ],
            id="an exclusion of everyone",
        ),
        pytest.param(
            "name: A\nengagement: {visit: {points: 0, for: 3 days}}\nfit: {country: {DE: 10}}\n"
            + READY,
            [
                "a.yaml:2:1: warning: engagement: sales_ready does not look at engagement."
                " Use it in sales_ready, or remove it.",
                "a.yaml:2:14: warning: engagement.visit: It gives no points."
                " Give points, or remove it.",
            ],
            id="what decides nothing",
        ),
        pytest.param(
            "name: A\nengagement: {visit: {points: 1, for: ever}}\nsales_ready: {engagement: 5}\n",
            [
                "a.yaml:2:14: warning: engagement.visit: Its points never run out and have no"
                " limit, so they only grow. Give it a window, or at_most."
            ],
            id="points for ever",
        ),
        pytest.param(
            "name: A\nfit: {country: {DE: 10}}\nintent: {demo: {for: 9 days}}\n"
            "sales_ready: {fit: 5, intent: any}\n",
            [
                "a.yaml:1:1: warning: It is not agreed who answers an action from outside the"
                " ideal. Add outside_fit: {answered_by: marketing, within: 1 working day}."
            ],
            id="nobody answers an action from outside the ideal",
        ),
        pytest.param(
            "name: A\nfit: {country: {DE: ten}}\nengagement: {visit: {points: 1}}\n"
            "verify: 200%\n" + READY,
            [
                "a.yaml:2:21: error: fit.country.DE: “ten” is no whole number. Write one, like 10.",
                "a.yaml:3:21: error: engagement.visit: points and for are both needed."
                " Write for example points: 10, for: 30 days.",
                "a.yaml:4:9: error: verify: “200%” is no share."
                " Write a percentage from 0% to 100%, like 2%.",
            ],
            id="several at once, in the order of their lines",
        ),
        pytest.param("", ["a.yaml:1:1: error: The document is empty. Start from a template."]),
    ],
)
def test_a_bad_agreement_is_answered_with_place_and_remedy(text: str, expected: list[str]) -> None:
    assert issues(text) == expected


def test_what_is_not_yaml_is_refused_with_its_line() -> None:
    (found,) = issues("name: A\nfit: {country: [DE\n")
    assert found.startswith("a.yaml:3:1: error: This is not YAML: ")
    assert found.endswith("Check indentation, quotes and colons here.")


def test_aliases_that_explode_are_refused_at_once() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    assert issues("\n".join(rows)) == [
        "a.yaml:1:1: error: The document grows too large or too deep when its aliases are"
        " followed. Write the values out instead of referring to them with * and &."
    ]


def test_tags_that_make_objects_are_refused() -> None:
    (found,) = issues("name: !!python/object/apply:os.system [ls]\n")
    assert "is not allowed. Remove the tag; write plain values." in found


def test_a_document_without_findings_has_no_issue() -> None:
    assert issues("name: A\nfit: {country: {DE: 10}}\n" + READY) == []
