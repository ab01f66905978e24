from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from einig.engine.agreement.document import loads
from einig.engine.agreement.ranges import bounds
from einig.engine.instants import DAY
from einig.engine.learning.card import Activity, Attribute, Card, ColumnMissing
from einig.engine.learning.cuts import cut
from einig.engine.learning.enough import NotEnough
from einig.engine.learning.examples import Column, Examples, text_column
from einig.engine.learning.scorecard import fit_card
from einig.engine.ranges import read_range
from einig.engine.scoring.matching import points_of
from einig.engine.values import value
from tests.engine.learning.made import auc, company, counted, examples

COMPANY = company()
CARD = fit_card(COMPANY)


def attribute(card: Card, name: str) -> Attribute:
    return next(each for each in card.attributes if each.name == name)


def test_a_score_is_what_the_rows_of_the_agreement_say():
    said = np.zeros(len(COMPANY), np.int64)
    columns = {column.name: column for column in COMPANY.columns}
    for table in CARD.fit:
        column = columns[table.attribute]
        texts = [column.levels[code] if code >= 0 else None for code in column.codes]
        said += np.array([points_of(table, value(text))[0] for text in texts])
    for criterion in CARD.engagement:
        counts = columns[criterion.name].numbers.astype(np.int64)
        assert criterion.at_most is not None
        (step,) = criterion.steps
        limit = min if step.points > 0 else max
        said += np.array([limit(step.points * n, criterion.at_most) for n in counts])
    assert said.tolist() == CARD.score(COMPANY).tolist()


def test_the_best_rows_add_up_to_a_hundred_and_the_worst_to_nothing():
    best = sum(max(row.points for row in a.rows) for a in CARD.attributes)
    best += sum(max(0, a.points * a.times) for a in CARD.activities)
    worst = sum(min(row.points for row in a.rows) for a in CARD.attributes)
    assert abs(best - 100) <= len(CARD.columns)
    assert worst == 0


def test_the_card_finds_what_sells_and_leaves_out_what_does_not():
    assert {"industry", "employees", "source", "demo in 30 days"} <= set(CARD.columns)
    (most,) = [r for r in attribute(CARD, "industry").rows if r.label == "software"]
    assert most.points == max(row.points for row in attribute(CARD, "industry").rows)


def test_a_rare_but_strong_value_keeps_its_row():
    rows = attribute(CARD, "source").rows
    (award,) = [row for row in rows if row.label == "award"]
    assert award.count < len(COMPANY) * 0.02
    assert award.points > 2 * max(row.points for row in rows if row.label != "award")


def test_points_of_numbers_rise_where_the_truth_rises():
    assert attribute(CARD, "employees").way == "rising"


def test_a_blank_has_a_row_of_its_own():
    assert [row.kind for row in attribute(CARD, "employees").rows][-1] == "blank"


def test_ranges_as_written_have_the_bounds_of_the_rows():
    ranges = [row for row in attribute(CARD, "employees").rows if row.kind == "range"]
    written = [read_range(row.label) for row in ranges]
    assert bounds([w for w in written if w]) == [(row.low, row.high) for row in ranges]


@pytest.mark.parametrize("numbers", [(0.5, 9.25), (-40.0, 30.0), (0.001, 0.002), (1e9, 5e12)])
def test_ranges_of_any_size_can_be_written(numbers: tuple[float, float]):
    draw = np.random.default_rng(3)
    drawn = draw.uniform(*numbers, 600)
    won = draw.random(600) < np.where(drawn > np.median(drawn), 0.8, 0.2)
    texts = [format(n, ".6f") for n in drawn]
    card = fit_card(examples(text_column("n", texts), won=won))
    rows = [row for row in attribute(card, "n").rows if row.kind == "range"]
    written = [read_range(row.label) for row in rows]
    assert bounds([w for w in written if w]) == [(row.low, row.high) for row in rows]


def test_values_that_are_written_as_ranges_are_cut_where_they_begin():
    made = text_column("size", ["<10", "10-49", "50 – 249", "250+", "unknown size", None] * 20)
    of = cut(made)
    assert of.numeric
    assert of.edges == (10, 50, 250)
    assert of.bins(made)[:6].tolist() == [2, 3, 4, 5, 1, 0]
    assert [of.label(bin_) for bin_ in range(2, 6)] == ["<10", "10-50", "50-250", "250+"]


def test_many_values_of_which_one_has_no_lower_end_are_cut_into_equal_parts():
    made = text_column("size", ["<1", *map(str, range(1, 100))] * 10)
    of = cut(made, ranges=4)
    assert of.edges == (25, 50, 75)
    assert np.bincount(of.bins(made))[2:].tolist() == [250] * 4


def test_a_rare_range_among_texts_shares_the_row_of_all_others():
    made = text_column("size", ["1-49", "50-249", "unknown", "other", "small"] * 20)
    assert cut(made).values == ("other", "small")


def test_numbers_among_many_texts_stay_texts():
    made = text_column("plan", ["1", "2", "3", "gold"] * 20)
    assert cut(made).values == ("1", "2", "3", "gold")


def test_limits_are_kept():
    small = fit_card(COMPANY, most_attributes=3, most_rows=7)
    assert len(small.columns) <= 3
    assert small.rows <= 7


def test_a_row_counts_its_leads_and_their_conversion():
    (column,) = [c for c in COMPANY.columns if c.name == "industry"]
    software = column.codes == column.levels.index("software")
    (row,) = [r for r in attribute(CARD, "industry").rows if r.label == "software"]
    assert row.count == int(software.sum())
    assert row.conversion == pytest.approx(COMPANY.won[software].mean())
    assert row.lift == pytest.approx(COMPANY.won[software].mean() / COMPANY.won.mean())


def test_an_activity_is_a_criterion_with_its_window_its_condition_and_its_limit():
    (demo,) = [a for a in CARD.activities if a.name == "demo in 30 days"]
    criterion = demo.criterion
    assert criterion.steps[0].ends == 30 * DAY
    assert criterion.at_most == demo.points * demo.times
    assert [where.of for where in criterion.where] == ["product"]


def test_activities_that_cost_points_cost_at_most_so_many():
    draw = np.random.default_rng(2)
    quits = draw.poisson(1.0, 2000)
    made = examples(counted("quit", quits), won=draw.random(2000) < 0.6 - 0.15 * quits.clip(0, 3))
    (quit_,) = fit_card(made).activities
    assert quit_.points < 0
    assert quit_.criterion.at_most == quit_.points * quit_.times
    assert int(fit_card(made).score(made).min()) == quit_.points * quit_.times


def test_names_and_order_of_columns_do_not_matter():
    turned = replace(
        COMPANY, columns=tuple(replace(c, name=c.name[::-1]) for c in COMPANY.columns[::-1])
    )
    assert fit_card(turned).score(turned).tolist() == CARD.score(COMPANY).tolist()


def test_a_card_scores_leads_with_values_in_another_order_and_with_new_ones():
    made = examples(
        text_column("industry", ["Mining", "Software"]),
        text_column("employees", ["", "70"]),
        text_column("source", ["web", "award"]),
        counted("demo", [0, 9]),
        counted("visit", [0, 0]),
        won=[False, True],
    )
    low, high = CARD.score(made)
    assert high > low


def test_a_chance_is_calibrated_on_the_whole():
    assert CARD.chance(CARD.score(COMPANY)).mean() == pytest.approx(COMPANY.won.mean(), abs=1e-6)


def test_weights_count_as_so_many_leads():
    weight = np.where(np.arange(len(COMPANY)) % 3 == 0, 3.0, 1.0)
    twice = fit_card(replace(COMPANY, weight=weight))
    (column,) = [c for c in COMPANY.columns if c.name == "industry"]
    software = column.codes == column.levels.index("software")
    (row,) = [r for r in attribute(twice, "industry").rows if r.label == "software"]
    assert row.conversion == pytest.approx(
        np.average(COMPANY.won[software], weights=weight[software])
    )


def test_a_blank_that_tells_when_a_field_was_filled_in_earns_what_the_average_earns():
    draw = np.random.default_rng(5)
    job = draw.choice(["boss", "clerk"], 3000)
    won = draw.random(3000) < np.where(job == "boss", 0.5, 0.2)
    filled = won | (draw.random(3000) < 0.3)
    made = examples(text_column("job", np.where(filled, job, "").tolist()), won=won)
    points = {r.kind: r.points for r in attribute(fit_card(made), "job").rows}
    untold = attribute(fit_card(made, untold_blanks=["job"]), "job")
    assert points["blank"] == 0
    between = sorted(r.points for r in untold.rows if r.kind != "blank")
    (blank,) = [r.points for r in untold.rows if r.kind == "blank"]
    assert between[0] < blank < between[-1]


def test_a_column_whose_values_come_and_go_with_time_is_left_out():
    draw = np.random.default_rng(6)
    month = [f"month {at // 200}" for at in range(2000)]
    won = draw.random(2000) < np.linspace(0.1, 0.6, 2000)
    made = examples(text_column("month", month), text_column("x", ["a", "b"] * 1000), won=won)
    card = fit_card(made)
    assert card.calendar == ("month",)
    assert "month" not in card.columns


def test_what_says_nothing_makes_an_empty_card():
    made = examples(text_column("x", ["a"] * 400), won=[True, False] * 200)
    card = fit_card(made)
    assert (card.rows, card.columns) == (0, ())
    assert card.chance(card.score(made)).tolist() == pytest.approx([0.5] * 400)


def test_a_column_is_missed_by_name():
    with pytest.raises(ColumnMissing, match="no column"):
        CARD.score(COMPANY.only(["visit in 30 days"]))


@pytest.mark.parametrize(
    ("won", "sentence"),
    [
        ([], "There are no examples; 20 are needed."),
        ([True] * 50, "All 50 examples are won: there is nothing to tell apart."),
        ([False] * 50, "All 50 examples are not won: there is nothing to tell apart."),
        ([True] * 4 + [False] * 6, "Only 4 examples are won; 6 more are needed."),
    ],
)
def test_too_few_examples_are_refused_with_the_number_missing(won: list[bool], sentence: str):
    made = examples(text_column("x", ["a"] * len(won)), won=won)
    with pytest.raises(NotEnough) as refused:
        fit_card(made)
    assert str(refused.value) == sentence


HARD: dict[str, Any] = {
    "100,000 values": lambda n: [f"id-{i}" for i in range(n)],
    "100,000 numbers": lambda n: [str(i * 7919 % 1_000_003) for i in range(n)],
    "constant": lambda n: ["same"] * n,
    "constant number": lambda n: ["5"] * n,
    "dates": lambda n: [f"2025-{i % 12 + 1:02}-{i % 28 + 1:02}" for i in range(n)],
    "mixed": lambda n: [str(i) if i % 2 else f"v{i % 7}" for i in range(n)],
    "nearly numbers": lambda n: ["n/a" if i % 40 == 0 else str(i % 50) for i in range(n)],
    "blank": lambda n: [""] * n,
    "same number": lambda n: ["1", "1.0", "two"] * (n // 3) + ["1"] * (n % 3),
}


@pytest.mark.parametrize("kind", list(HARD))
def test_a_hard_column_does_no_harm(kind: str):
    size = 100_000 if kind.startswith("100,000") else 3000
    draw = np.random.default_rng(8)
    job = draw.choice(["boss", "clerk"], size)
    won = draw.random(size) < np.where(job == "boss", 0.5, 0.2)
    hard = text_column("hard", HARD[kind](size))
    made = examples(hard, text_column("job", job.tolist()), won=won)
    card = fit_card(made)
    assert attribute(card, "job").rows
    sample = np.random.default_rng(1).choice(size, 2000, replace=False)
    assert auc(card.score(made)[sample], won[sample]) > 0.6
    assert scored_by_rows(card, made.take(sample)) == card.score(made)[sample].tolist()


def scored_by_rows(card: Card, made: Examples) -> list[int]:
    columns: dict[str, Column] = {column.name: column for column in made.columns}
    total = np.zeros(len(made), np.int64)
    for table in card.fit:
        of = columns[table.attribute]
        texts = [of.levels[code] if code >= 0 else None for code in of.codes]
        total += np.array([points_of(table, value(text))[0] for text in texts])
    return total.tolist()


def test_a_card_written_as_an_agreement_reads_back_the_same():
    lines = ["name: Learned", "fit:"]
    for each in CARD.attributes:
        lines += [f"  {each.name}:"]
        lines += [f"    {row.label!r}: {row.points}" for row in each.rows]
    lines += ["engagement:"]
    for activity in CARD.activities:
        lines += _written(activity)
    lines += ["sales_ready: {score: 50}"]
    read = loads("\n".join(lines)).agreement
    assert sorted(read.fit, key=str) == sorted(CARD.fit, key=str)
    assert sorted(read.engagement, key=str) == sorted(CARD.engagement, key=str)


def _written(activity: Activity) -> list[str]:
    where = ", ".join(f"{name}: {is_}" for name, is_ in activity.behaviour.where)
    return [
        f"  {activity.name}:",
        f"    activity: {activity.behaviour.type}",
        f"    points: {activity.points}",
        f"    for: {activity.behaviour.days} days",
        f"    at_most: {activity.points * activity.times}",
        *([f"    where: {{{where}}}"] if where else []),
    ]
