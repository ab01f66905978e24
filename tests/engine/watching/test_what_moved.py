"""What moved is named: the value whose share changed, the criterion whose leads buy no more."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from einig.engine.backtest import backtest
from einig.engine.backtest.intervals import Proportion
from einig.engine.instants import DAY, FOREVER
from einig.engine.watching import Makeup, Promise, cases, fallen, makeup, moved, promise
from einig.engine.watching.makeup import differ_by_chance, noticed, spread_of
from tests import world
from tests.engine.watching import simulated

BASE = Makeup(
    {"fit.industry": {"Software": 120, "otherwise": 880}, "source": {"Fair": 300, "Web": 700}},
    {"fit.industry": (36.0, 36), "source": (36.0, 36)},
    20.0,
)
Keys = dict[tuple[str, str], Proportion]


def test_the_value_that_moved_is_named_with_both_shares():
    now = {"fit.industry": {"Software": 62, "otherwise": 138}, "source": {"Fair": 60, "Web": 140}}
    (found,) = moved(BASE, now)
    assert (found.criterion, found.then, found.now) == (
        "fit.industry",
        Proportion(120, 1000),
        Proportion(62, 200),
    )
    assert found.chance < 1e-4


@pytest.mark.parametrize(
    "software", [(9, 20), (30, 170)], ids=["too few leads", "less than five of a hundred"]
)
def test_few_leads_and_small_moves_are_not_told(software):
    there, others = software
    assert moved(BASE, {"fit.industry": {"Software": there, "otherwise": others}}) == []


def test_batches_make_the_comparison_more_careful():
    now = {"fit.industry": {"Software": 54, "otherwise": 146}}
    assert len(moved(BASE, now)) == 1
    batched = Makeup(BASE.counts, {"fit.industry": (144.0, 36), "source": (36.0, 36)}, 20.0)
    assert moved(batched, now) == []


def test_dispersion_is_one_by_chance_and_the_size_of_the_batches_otherwise():
    rng = np.random.default_rng(1)
    alone = rng.multinomial(300, [0.2, 0.3, 0.5], 200).astype(np.float64)
    batched = 5 * rng.multinomial(60, [0.2, 0.3, 0.5], 200).astype(np.float64)
    for table, expected in ((alone, 1), (batched, 5)):
        square, freedom = spread_of(table)
        assert square / freedom == pytest.approx(expected, rel=0.15)
    assert spread_of(np.zeros((0, 3))) == makeup.STEADY


@pytest.mark.parametrize("table", [(30, 250, 40, 120), (0, 50, 9, 60), (500, 4000, 30, 700)])
def test_two_shares_are_compared_by_counting_every_way(table):
    b, m, a, n = table
    ways = {x: comb(n, x) * comb(m, a + b - x) for x in range(min(n, a + b) + 1)}
    below = sum(of for x, of in ways.items() if x <= a) / sum(ways.values())
    above = sum(of for x, of in ways.items() if x >= a) / sum(ways.values())
    expected = min(1, 2 * below, 2 * above)
    assert differ_by_chance(Proportion(b, m), Proportion(a, n)) == pytest.approx(expected)


def as_printed(rng: np.random.Generator, share: float, weekly: int, years: int) -> float:
    """Return by how much the simulated power of a quarter is above the one that is printed."""
    fair = round(52 * weekly * share)
    counts = {"source": {"Fair": fair, "Web": 52 * weekly - fair}}
    printed, _ = noticed(Makeup(counts, {"source": makeup.STEADY}, weekly), by=0.15)
    found = [simulated.told_in_a_quarter(rng, share, weekly, 0.15) for _ in range(years)]
    return float(np.mean(found)) - printed  # of the two values, Fair is the harder to notice


def test_the_printed_power_of_a_quarter_is_the_simulated_one():
    assert abs(as_printed(np.random.default_rng(2), 0.4, 20, 400)) < 0.08


@pytest.mark.prove
def test_the_printed_power_of_a_quarter_is_right_elsewhere(record_property):
    rng, apart = np.random.default_rng(3), {}
    for share in (0.1, 0.2, 0.4, 0.5):
        for weekly in (8, 15, 20, 40):
            apart[share, weekly] = as_printed(rng, share, weekly, 2000)
    record_property("apart", f"{min(apart.values()):.3f} to {max(apart.values()):.3f}")
    assert max(map(abs, apart.values())) < 0.06


THEN: Keys = {
    ("fit.industry", "Software"): Proportion(150, 400),
    ("fit.industry", "Trade"): Proportion(150, 600),
    ("intent.demo_requested", ""): Proportion(120, 300),
}


def test_the_criterion_whose_leads_buy_no_more_stands_out():
    now = {
        ("fit.industry", "Software"): Proportion(8, 120),
        ("fit.industry", "Trade"): Proportion(46, 180),
        ("intent.demo_requested", ""): Proportion(20, 90),
    }
    found = fallen(THEN, now, all_then=Proportion(300, 1000), all_now=Proportion(54, 300))
    assert found is not None
    assert (found.criterion, found.value, found.now) == (
        "fit.industry",
        "Software",
        Proportion(8, 120),
    )


def test_a_fall_that_all_share_names_no_criterion():
    now = {
        ("fit.industry", "Software"): Proportion(22, 120),
        ("fit.industry", "Trade"): Proportion(23, 180),
        ("intent.demo_requested", ""): Proportion(18, 90),
    }
    all_then, all_now = Proportion(300, 1000), Proportion(45, 300)
    assert fallen(THEN, now, all_then=all_then, all_now=all_now) is None


def test_handoffs_mature_at_one_age_whatever_became_of_them():
    never, day = FOREVER, DAY
    found = cases(
        opened=np.array([0, day, 2 * day, 3 * day, 30 * day]),
        won_at=np.array([40 * day, never, 5 * day, never, never]),
        decided_at=np.array([40 * day, 2 * day, 5 * day, never, 31 * day]),
        worked_at=np.array([day, never, never, never, never]),
        within=14 * day,
        until=40 * day,
    )  # won too late; lost at once; won; nobody worked it; too young
    assert found.row.tolist() == [0, 1, 2]
    assert found.matured.tolist() == [14 * day, 15 * day, 16 * day]
    assert found.bought.tolist() == [False, False, True]


def test_a_promise_is_read_as_it_was_told():
    tested = backtest(world.history(), world.agreement())
    found, rest = promise(tested, until=world.when("05-20"))
    assert Promise.read(found.told()) == found
    assert (found.precision, len(rest.row)) == (Proportion(1, 2), 2)  # Ada bought, Ben did not
    assert found.makeup.counts == {"fit.industry": {"Software": 5, "Trade": 1, "unknown": 1}}
