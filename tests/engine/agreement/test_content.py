"""A content hash names what an agreement says, and differences say it in words."""

import itertools

import pytest
from hypothesis import assume, given, settings

from einig.engine.agreement.content import content_hash
from einig.engine.agreement.diff import diff
from einig.engine.agreement.document import loads
from einig.engine.agreement.model import Agreement, FitTable, TextRow
from einig.engine.agreement.rules import check
from einig.engine.document import Refused
from einig.engine.scoring.matching import points_of
from einig.engine.values import value
from tests.engine.agreement.written import FULL, texts


def agreed(text: str) -> Agreement:
    """Return an agreement from text; a case of Hypothesis is dropped if it is none."""
    try:
        return loads(text).agreement
    except Refused:
        assume(False)
        raise


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [
        ("name: Inbound DACH\n", "# agreed in May\nname: 'Inbound DACH'   # a comment\n"),
        ("[email, phone]", "[phone, email]"),
        ("{points: 10, for: 30 days, at_most: 20}", "{at_most: 20, for: 30 days, points: 10}"),
        ("1000+: 12}", "1000+: 12, otherwise: 0, unknown: 0}"),
        ("Software: 20", "SOFTWARE: 20"),
        ("for: 2 weeks", "for: 14 days"),
        ("  fit: 20\n  any:", "  all: [{fit: 20}]\n  any:"),
    ],
)
def test_writing_the_same_otherwise_is_no_new_version(written: str, otherwise: str) -> None:
    assert written in FULL
    before, after = agreed(FULL), agreed(FULL.replace(written, otherwise))
    assert content_hash(before) == content_hash(after)
    assert diff(before, after) == []


NUMBERS = [
    "5",
    "5.0",
    "5.00",
    "05",
    "+5",
    "5e0",
    "50e-1",
    "5,0",
    "five",
    "FIVE",
    "-5",
    "1e3",
    "1000",
]


def _decided_by_order(pair: tuple[str, str]) -> bool:
    """Return whether any value earns what the first row that it meets says."""
    rows = tuple(TextRow(text, n) for n, text in enumerate(pair, 1))
    tables = FitTable("size", rows), FitTable("size", rows[::-1])
    return any(len({points_of(table, value(text)) for table in tables}) > 1 for text in pair)


def _refused(pair: tuple[str, str]) -> bool:
    """Return whether a table with both rows is refused."""
    table = f'{{"{pair[0]}": 1, "{pair[1]}": 2}}'
    found = check(loads(f"name: A\nfit: {{size: {table}}}\nsales_ready: {{fit: 2}}\n"))
    return any("is the same as" in issue.message for issue in found)


def test_where_the_order_of_a_table_would_decide_it_is_refused() -> None:
    pairs = list(itertools.combinations(NUMBERS, 2))
    refused = [pair for pair in pairs if _refused(pair)]
    assert refused == [pair for pair in pairs if _decided_by_order(pair)]
    assert len(refused) == 23  # of seven fives 21, the two in letters, and a thousand


def test_the_hash_is_stable_across_releases() -> None:
    # what is signed is named by this: it changes only together with the scheme in content.py
    assert content_hash(agreed(FULL)) == HASH_OF_FULL


HASH_OF_FULL = "28427ee8d343955b19415074d4671757356661841fa0b6f2b5125000c8cf3487"


@pytest.mark.parametrize(
    ("written", "otherwise", "sentences"),
    [
        ("50-249: 10", "50-249: 15", ["employees 50 to 249: 10 points become 15"]),
        ("unknown: 2", "unknown: 5", ["industry unknown: 2 points become 5"]),
        ("otherwise: 1,", "otherwise: 3,", ["industry otherwise: 1 point becomes 3"]),
        ("Software: 20, ", "", ["industry Software has no points of its own any more"]),
        ("Software: 20,", "Software: 20, Media: 4,", ["industry Media is new: 4 points"]),
        (
            "  industry: {Software: 20, Mechanical engineering: 15, otherwise: 1, unknown: 2}\n",
            "",
            ["industry counts no more"],
        ),
        (
            "  employees:",
            "  role: {CEO: 9, unknown: 1}\n  employees:",
            ["role is new (CEO: 9 points; unknown: 1 point)"],
        ),
        (
            "{points: 10, for: 30 days, at_most: 20}",
            "{points: 12, for: 60 days}",
            [
                "webinar_attended: 10 points become 12",
                "webinar_attended: for 30 days becomes for 60 days",
                "webinar_attended: at most 20 points becomes no limit",
            ],
        ),
        (
            "where: {path: /pricing}, points",
            "points",
            ["pricing: where path is /pricing becomes whatever its properties"],
        ),
        (", per: company", "", ["pricing: by the company becomes by the person"]),
        (
            "{points: 4, until: 60 days}",
            "{points: 2, until: 60 days}",
            [
                "paper: 8 points for 14 days, then 4 points until 60 days becomes"
                " 8 points for 14 days, then 2 points until 60 days"
            ],
        ),
        (
            "  unsubscribed: {points: -15, for: 90 days}\n",
            "",
            ["unsubscribed counts no more (-15 points for 90 days)"],
        ),
        (
            "{nothing_for: 30 days,",
            "{nothing_for: 40 days,",
            [
                "quiet: no page_viewed happens for 30 days becomes"
                " no page_viewed happens for 40 days"
            ],
        ),
        ("  demo_requested: {for: 14 days}\n", "  demo_requested: {for: 9 days}\n",
         ["demo_requested: within 14 days becomes within 9 days"]),
        ("times: 3, within", "times: 2, within", ["pricing_often: 3 times becomes 2 times"]),
        (
            "  fit: 20\n",
            "  fit: 25\n",
            [
                "sales-ready: fit at least 20 and (any buying signal or engagement at least 30 or"
                " (score at least 60 and country is DE or AT)) becomes fit at least 25 and"
                " (any buying signal or engagement at least 30 or"
                " (score at least 60 and country is DE or AT))"
            ],
        ),
        ("1 working hour\n", "2 working hours\n",
         ["respond within: 1 working hour becomes 2 working hours"]),
        ("{at_least: 6, ", "{at_least: 5, ",
         ["attempts: at least 6 within 10 working days on 2 channels, 10 minutes each becomes"
          " at least 5 within 10 working days on 2 channels, 10 minutes each"]),
        ("no budget]", "no need]",
         ["return reason: no budget is dropped", "return reason: no need is new"]),
        ("sales_ready_a_month: 60", "sales_ready_a_month: 80",
         ["sales ready a month: 60 becomes 80"]),
        ("{answered_by: marketing, within: 1 working day}",
         "{answered_by: sales, within: 1 working day}",
         ["an action from outside the ideal: answered by marketing within 1 working day becomes"
          " answered by sales within 1 working day"]),
        ("explore: 2%", "explore: 5%", ["explore: 2% becomes 5%"]),
        ("name: Inbound DACH", "name: Inbound", ["name: Inbound DACH becomes Inbound"]),
    ],
)  # fmt: skip
def test_a_difference_is_said_in_words(written: str, otherwise: str, sentences: list[str]) -> None:
    assert FULL.count(written) == 1
    before, after = agreed(FULL), agreed(FULL.replace(written, otherwise))
    assert [change.sentence for change in diff(before, after)] == sentences
    assert content_hash(before) != content_hash(after)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(texts(), texts())
def test_two_agreements_differ_in_words_exactly_if_their_hashes_differ(a: str, b: str) -> None:
    before, after = agreed(a), agreed(b)
    assert bool(diff(before, after)) == (content_hash(before) != content_hash(after))


@settings(max_examples=100, derandomize=True, deadline=None)
@given(texts())
def test_an_agreement_does_not_differ_from_itself(text: str) -> None:
    assert diff(agreed(text), agreed("# again\n" + text)) == []
