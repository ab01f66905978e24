from __future__ import annotations

from dataclasses import replace
from math import comb

import numpy as np
import pytest

from einig.engine.learning.discoveries import adjusted, exact_p
from einig.engine.learning.enough import NotEnough
from einig.engine.learning.examples import Examples, text_column
from einig.engine.learning.exploring import corrections
from einig.engine.learning.ideal import Trait, false_alarms, ideal_lead
from tests.engine.learning.made import company, counted, examples

COMPANY = company(4000)
IDEAL = ideal_lead(COMPANY)


def trait(column: str, label: str) -> Trait:
    (found,) = [t for t in IDEAL.traits if (t.column, t.label) == (column, label)]
    return found


def test_an_exact_p_value_is_that_of_counting_all_ways():
    ways = [comb(5, k) * comb(7, 4 - k) / comb(12, 4) for k in range(5)]
    assert exact_p(won=3, among=4, all_won=5, of=12) == pytest.approx(2 * sum(ways[3:]))
    assert exact_p(won=0, among=4, all_won=5, of=12) == pytest.approx(2 * ways[0])


def test_shares_of_false_discoveries_are_those_of_benjamini_and_hochberg():
    assert adjusted(np.array([0.04, 0.01, 0.03, 0.5])).tolist() == pytest.approx(
        [0.16 / 3, 0.04, 0.16 / 3, 0.5]
    )


def test_a_trait_says_count_share_conversion_lift_and_revenue():
    (column,) = [c for c in COMPANY.columns if c.name == "industry"]
    rows = column.codes == column.levels.index("software")
    found = trait("industry", "software")
    assert found.count == int(rows.sum())
    assert found.share == pytest.approx(rows.mean())
    assert found.conversion.value == pytest.approx(COMPANY.won[rows].mean())
    assert found.lift.value == pytest.approx(COMPANY.won[rows].mean() / COMPANY.won.mean())
    assert found.revenue_per_lead == pytest.approx(COMPANY.revenue[rows].mean())


def test_what_was_planted_is_discovered_and_what_was_not_is_not():
    found = {(t.column, t.label) for t in IDEAL.discoveries if t.lift.value > 1}
    assert ("industry", "software") in found
    assert ("source", "award") in found
    assert ("demo in 30 days", "2-3") in found
    assert {t.column for t in IDEAL.traits if t.discovery} == {
        "industry", "employees", "source", "demo in 30 days",
    }  # fmt: skip


def test_discoveries_on_shuffled_outcomes_are_as_rare_as_the_method_says():
    assert false_alarms(company(1000), shuffles=200).share <= 0.09


def test_discoveries_among_weighted_snapshots_are_as_rare_as_the_method_says():
    made = company(1000)
    weight = np.where(np.arange(1000) % 10 == 0, 5.0, 1.0)
    assert false_alarms(replace(made, weight=weight), shuffles=200).share <= 0.09


@pytest.mark.parametrize("repeats", [1, 4])
def test_intervals_of_lift_cover_the_truth_in_ninety_to_ninety_eight_of_a_hundred(repeats: int):
    truth = {"a": 0.45, "b": 0.2, "c": 0.1, "d": 0.25}
    shares = np.array([0.1, 0.3, 0.4, 0.2])
    base = float((shares * list(truth.values())).sum())
    covered = []
    for seed in range(200):
        found = ideal_lead(_drawn(seed, truth, shares, repeats))
        covered += [t.lift.low <= truth[t.label] / base <= t.lift.high for t in found.traits]
    assert 0.9 <= float(np.mean(covered)) <= 0.98


def _drawn(seed: int, truth: dict[str, float], shares: np.ndarray, repeats: int) -> Examples:
    draw = np.random.default_rng(seed)
    value = draw.choice(list(truth), 600, p=shares)
    won = draw.random(600) < np.array([truth[v] for v in value])
    rows = np.repeat(np.arange(600), repeats)
    return examples(text_column("x", value.tolist()), won=won).take(rows)


def test_snapshots_of_the_same_leads_are_no_surer_than_one_of_each():
    rows = np.repeat(np.arange(len(COMPANY)), 3)
    often = ideal_lead(COMPANY.take(rows))
    (found,) = [t for t in often.traits if (t.column, t.label) == ("industry", "software")]
    once = trait("industry", "software")
    assert found.conversion.low == pytest.approx(once.conversion.low, abs=2e-3)


def test_a_pair_that_is_more_than_its_parts_is_found():
    draw = np.random.default_rng(1)
    source = draw.choice(["fair", "web"], 4000)
    industry = draw.choice(["craft", "trade"], 4000)
    both = (source == "fair") & (industry == "craft")
    made = examples(
        text_column("source", source.tolist()),
        text_column("industry", industry.tolist()),
        text_column("other", draw.choice(["x", "y"], 4000).tolist()),
        won=draw.random(4000) < np.where(both, 0.5, 0.1),
    )
    found = ideal_lead(made).pairs
    assert {frozenset(pair.columns) for pair in found} == {frozenset({"industry", "source"})}
    (planted,) = [pair for pair in found if set(pair.labels) == {"fair", "craft"}]
    assert planted.conversion.low > planted.expected


def test_parts_that_add_up_make_no_pair():
    assert IDEAL.pairs == ()


def test_a_rising_value_is_named_and_the_others_are_steady():
    draw = np.random.default_rng(2)
    source = draw.choice(["fair", "web", "ads"], 6000)
    late = np.arange(6000) >= 3000
    chance = np.where((source == "fair") & late, 0.4, 0.2)
    found = ideal_lead(
        examples(text_column("source", source.tolist()), won=draw.random(6000) < chance)
    )
    assert {t.label: t.trend for t in found.traits}["fair"] == "rising"
    assert {t.trend for t in IDEAL.traits if t.column == "industry"} == {"steady"}


def test_what_is_too_thin_to_say_is_said():
    names = [f"firm {at // 3}" for at in range(300)] + ["big"] * 300
    made = examples(text_column("firm", names), won=[True, False] * 300)
    found = ideal_lead(made)
    (thin,) = found.too_thin
    assert (thin.values, thin.leads) == (100, 300)
    few = examples(text_column("x", ["a"] * 590 + ["", *[""] * 9]), won=[True, False] * 300)
    (blank,) = [t for t in ideal_lead(few).traits if t.label == "unknown"]
    assert (blank.thin, blank.leads) == (True, 10)


def test_an_ideal_lead_needs_both_outcomes():
    with pytest.raises(NotEnough, match="nothing to tell apart"):
        ideal_lead(examples(counted("visit", np.zeros(40)), won=[False] * 40))


def test_explored_leads_correct_what_one_believes_of_those_below_the_line():
    draw = np.random.default_rng(3)
    fits = draw.random(20_000) < 0.5
    wants = draw.random(20_000) < 0.2
    won = draw.random(20_000) < 0.1 + 0.2 * wants
    # Sales took those who fit, and of the others only those who asked; one in ten was explored.
    taken = fits | wants
    explored = ~taken & (draw.random(20_000) < 0.1)
    all_of_them = examples(
        text_column("fits", np.where(fits, "yes", "no").tolist()),
        won=won,
        weight=np.where(explored, 10.0, 1.0),
    )
    known = all_of_them.take(taken | explored)
    (no,) = [c for c in corrections(known) if (c.column, c.label) == ("fits", "no")]
    truth = won[~fits].mean()
    assert no.with_them.low <= truth <= no.with_them.high
    assert no.without_them is not None
    assert no.without_them.low > truth
    assert no.explored == int((explored & ~fits).sum())


def test_without_explored_leads_there_is_nothing_to_correct():
    with pytest.raises(NotEnough, match="No lead below the line was explored"):
        corrections(COMPANY)
