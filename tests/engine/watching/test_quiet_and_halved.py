"""The tests that watch a version raise few false alarms, see a halving, and know how often."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from einig.engine.backtest.intervals import Proportion
from einig.engine.watching import precision_test, volume_test
from einig.engine.watching.cusum import Alarm
from einig.engine.watching.precision import PrecisionTest
from einig.engine.watching.volume import VolumeTest
from tests.engine.watching import simulated
from tests.engine.watching.simulated import Batches

KNOWN = Proportion(30_000, 100_000)  # 0.30, from a large test on past data
Record = Callable[[str, object], None]


def first_of(promised: Proportion = KNOWN, yearly: int = 1000) -> PrecisionTest:
    """Return the test of a promise that can be tested."""
    found = precision_test(promised, yearly=yearly)
    assert found is not None
    return found


def weekly_of(weekly: list[int]) -> VolumeTest:
    """Return the test of weeks that can be tested."""
    found = volume_test(weekly)
    assert found is not None
    return found


def quiet_years(rng: np.random.Generator, worlds: int, years: int) -> Proportion:
    """Return in how many quiet years any test of all kinds raised an alarm.

    Each world has a backtest of its own, of 52 weeks and of the leads of a year.
    """
    precision, incoming, alarms = first_of(), Batches(leads=240, batch=2), 0
    for _ in range(worlds):
        volume = weekly_of(simulated.weeks(rng, 1000 / 52, 1.5, 52))
        base = simulated.promised_leads(rng, incoming)
        for _ in range(years):
            alarms += (
                simulated.fell(rng, precision, 0.30, 1000) is not None
                or volume.alarm(simulated.weeks(rng, 1000 / 52, 1.5, 52)) is not None
                or simulated.moved_in_a_year(rng, base, incoming)
            )
    return Proportion(alarms, worlds * years)


def halvings(rng: np.random.Generator, years: int) -> Proportion:
    """Return how often a halving at any time of a year is noticed within 200 hand-offs."""
    test, noticed, halved = first_of(), 0, 0
    while halved < years:
        quiet = int(rng.integers(0, 800))
        bought = np.concatenate([rng.random(quiet) < 0.30, rng.random(200) < 0.15])
        alarm = test.alarm(bought, np.zeros(len(bought), np.int64))
        if alarm is None or alarm.at >= quiet:  # what was alarmed before cannot be noticed any more
            halved, noticed = halved + 1, noticed + (alarm is not None)
    return Proportion(noticed, halved)


def as_printed(rng: np.random.Generator, test: PrecisionTest, within: int, years: int) -> float:
    """Return by how many deviations the simulated power differs from the printed one.

    What the promise leaves unknown is drawn anew each year, from the same that the print averages.
    """
    part, whole = test.promised.part, test.promised.whole
    shares = rng.beta(part + 0.5, whole - part + 0.5, years) / 2
    found = [simulated.fell(rng, test, share, within) is not None for share in shares]
    printed = test.noticed(0.5, within)
    return float((np.mean(found) - printed) / np.sqrt(max(printed * (1 - printed), 1e-4) / years))


def test_quiet_years_raise_few_alarms():
    found = quiet_years(np.random.default_rng(1), worlds=10, years=20)
    assert found.whole == 200
    assert found.part <= 16  # 5% are 10; more than 16 have a chance below 3%


def test_a_halving_is_noticed_within_two_hundred():
    found = halvings(np.random.default_rng(2), 200)
    assert found.part / found.whole >= 0.9


@pytest.mark.parametrize(("part", "whole", "yearly"), [(300, 1000, 400), (10, 50, 100)])
def test_the_printed_power_is_the_simulated_one(part, whole, yearly):
    test = first_of(Proportion(part, whole), yearly)
    assert abs(as_printed(np.random.default_rng(3), test, yearly // 2, 2000)) < 4


def in_time(rng: np.random.Generator, promised: Proportion, cases: int, years: int) -> list[float]:
    """Return for some ages of maturing how much more often than printed a halving is noticed.

    That is within half a year and within a year, whenever it begins.
    """
    test, apart = first_of(promised, cases), []
    for matures in (1 / 13, 1 / 4, 1 / 2):
        for within in (1 / 2, 1):
            printed = test.power(0.5, cases=cases, part=within - matures)
            found = [
                simulated.told_in_time(rng, test, cases, matures=matures, within=within)
                for _ in range(years)
            ]
            apart.append(float(np.mean(found)) - printed)
    return apart


def test_a_halving_is_noticed_in_time_as_often_as_printed():
    apart = in_time(np.random.default_rng(6), Proportion(60, 200), 200, 300)
    assert min(apart) > -0.08
    assert max(apart) < 0.16  # the sum may be above nought already


def test_a_promise_from_few_handoffs_makes_a_slower_test_and_not_a_louder_one():
    sure, unsure = first_of(Proportion(3000, 10_000)), first_of(Proportion(30, 100))
    assert unsure.threshold > sure.threshold
    assert unsure.noticed(0.5, 200) < sure.noticed(0.5, 200)


def test_the_error_rate_is_used_up_and_not_exceeded():
    for test, errors in ((first_of(), 0.025), (first_of(Proportion(6, 40), 120), 0.025)):
        assert 0.02 < test.noticed(1.0, test.yearly) <= errors
    volume = weekly_of([20, 18, 25, 14, 22, 19, 30, 12, 20, 21] * 5)
    assert 0.003 < volume.noticed(1.0 - 1e-9, 52) <= 0.005
    assert 0.003 < volume.noticed(1.0 + 1e-9, 52) <= 0.005


def test_weeks_that_halve_or_double_are_noticed_as_often_as_printed():
    rng = np.random.default_rng(5)
    volume = weekly_of(simulated.weeks(rng, 200, 4.0, 520))
    for times in (0.5, 0.7, 1.4, 2.0):
        found = [simulated.weekly_alarm(rng, volume, 200 * times, 9) for _ in range(400)]
        assert np.mean(found) == pytest.approx(volume.noticed(times, 9), abs=0.1)


def test_three_empty_weeks_are_no_alarm_and_a_silent_quarter_is_one():
    volume = weekly_of([20, 18, 25, 14, 22, 19, 30, 12, 20, 21] * 5)
    assert volume.alarm([20] * 10 + [0, 0, 0] + [20] * 10) is None
    assert volume.alarm([20] * 10 + [0] * 13) == (Alarm(10, 14), False)


@pytest.mark.parametrize(("part", "whole", "yearly"), [(0, 100, 50), (3, 9, 50), (30, 100, 0)])
def test_what_promises_nothing_is_not_tested(part, whole, yearly):
    assert precision_test(Proportion(part, whole), yearly=yearly) is None


def test_weeks_that_promise_nothing_are_not_tested():
    assert volume_test([3, 4, 5]) is None
    assert volume_test([0] * 30) is None


# --- with `make prove` ------------------------------------------------------------------------


@pytest.mark.prove
def test_at_most_five_of_a_hundred_quiet_years_raise_any_alarm(record_property: Record):
    found = quiet_years(np.random.default_rng(10), worlds=100, years=40)
    record_property("quiet_years", found.whole)
    record_property("with_an_alarm", f"{found.share:.4f} ({found.low:.4f} to {found.high:.4f})")
    assert found.high is not None
    assert found.high <= 0.05  # the upper end of the 95% interval


@pytest.mark.prove
def test_nine_of_ten_halvings_are_noticed_within_two_hundred_handoffs(record_property: Record):
    found = halvings(np.random.default_rng(11), 4000)
    record_property("noticed", f"{found.share:.4f} ({found.low:.4f} to {found.high:.4f})")
    assert found.low is not None
    assert found.low >= 0.9


@pytest.mark.prove
def test_the_printed_power_is_right_elsewhere(record_property: Record):
    rng, apart = np.random.default_rng(12), []
    for share in (0.05, 0.1, 0.2, 0.3, 0.5, 0.8):
        for yearly in (40, 150, 400, 1000, 3000):
            for whole in (100, 2000):
                promised = Proportion(round(share * whole), whole)
                test = first_of(promised, yearly)
                within = yearly // 2
                printed = test.noticed(0.5, within)
                apart.append(as_printed(rng, test, within, 4000))
                record_property(f"{share}_of_{whole},_{yearly}_a_year", f"{printed:.3f}")
    record_property("most_deviations", f"{max(map(abs, apart)):.2f}")
    assert max(map(abs, apart)) < 4  # of 60 comparisons, one in 250 times


@pytest.mark.prove
def test_a_halving_is_noticed_in_time_as_often_as_printed_elsewhere(record_property: Record):
    rng, apart = np.random.default_rng(14), []
    for promised in (Proportion(300, 1000), Proportion(60, 200), Proportion(30, 300)):
        for cases in (60, 200, 600):
            apart += in_time(rng, promised, cases, 2000)
    record_property("apart", f"{min(apart):.3f} to {max(apart):.3f}")
    assert min(apart) > -0.03


@pytest.mark.prove
def test_a_promise_that_was_told_wrong_by_chance_raises_no_more_alarms(record_property: Record):
    rng, alarms, years = np.random.default_rng(13), 0, 20
    for _ in range(100):  # the share is 0.30, and each test was told something else
        test = first_of(Proportion(int(rng.binomial(100, 0.3)), 100))
        alarms += sum(simulated.fell(rng, test, 0.3, 1000) is not None for _ in range(years))
    record_property("alarms", f"{alarms} of {100 * years}")
    assert alarms / (100 * years) <= 0.05
