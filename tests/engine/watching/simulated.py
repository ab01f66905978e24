"""Years of a version, simulated: hand-offs that mature, weeks, and leads that come in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from einig.engine.watching import makeup
from einig.engine.watching.makeup import LOOKS, Counts, Makeup, spread_of
from einig.engine.watching.precision import PrecisionTest
from einig.engine.watching.volume import VolumeTest

WORLD: Mapping[str, Mapping[str, float]] = {
    "fit.industry": {"Software": 0.3, "Engineering": 0.2, "Trade": 0.1, "otherwise": 0.4},
    "fit.employees": {"1-49": 0.5, "50-249": 0.3, "250+": 0.1, "unknown": 0.1},
    "source": {"Website": 0.5, "Fair": 0.2, "LinkedIn": 0.2, "Referral": 0.1},
}
BLOCKS = 13  # of four weeks, a year


@dataclass(frozen=True)
class Batches:
    """How leads come in: so many in four weeks, in batches of so many that are alike."""

    leads: int
    batch: int = 1


def weeks(rng: np.random.Generator, mean: float, dispersion_: float, size: int) -> list[int]:
    """Return hand-offs a week."""
    if dispersion_ == 1:
        return [int(n) for n in rng.poisson(mean, size)]
    shape = mean / (dispersion_ - 1)
    return [int(n) for n in rng.negative_binomial(shape, 1 / dispersion_, size)]


def leads(rng: np.random.Generator, of: Batches) -> Counts:
    """Return the leads of four weeks by criterion and value."""
    batches = of.leads // of.batch
    return {
        name: dict(
            zip(
                shares,
                (rng.multinomial(batches, list(shares.values())) * of.batch).tolist(),
                strict=True,
            )
        )
        for name, shares in WORLD.items()
    }


def added(some: list[Counts]) -> Counts:
    """Return counts together."""
    return {
        name: {value: sum(of[name][value] for of in some) for value in some[0][name]}
        for name in some[0]
    }


def promised_leads(rng: np.random.Generator, of: Batches) -> Makeup:
    """Return the make-up that a year of leads promises."""
    blocks = [leads(rng, of) for _ in range(BLOCKS)]
    tables = {
        name: np.array([[block[name][value] for value in shares] for block in blocks], np.float64)
        for name, shares in WORLD.items()
    }
    spread = {name: spread_of(table) for name, table in tables.items()}
    return Makeup(added(blocks), spread, of.leads / 4)


def moved_in_a_year(rng: np.random.Generator, base: Makeup, of: Batches) -> bool:
    """Return whether any look of a quiet year finds that the make-up moved."""
    blocks = [leads(rng, of) for _ in range(LOOKS)]
    looks = (blocks[max(0, look - 3) : look] for look in range(1, LOOKS + 1))
    return any(makeup.moved(base, added(window)) for window in looks)


def fell(rng: np.random.Generator, test: PrecisionTest, share: float, size: int) -> int | None:
    """Return with which of so many hand-offs, of which such a share buys, the alarm is raised."""
    alarm = test.alarm(rng.random(size) < share, np.zeros(size, np.int64))
    return alarm.at if alarm else None


def weekly_alarm(rng: np.random.Generator, test: VolumeTest, mean: float, size: int = 52) -> bool:
    """Return whether weeks with such a mean raise an alarm."""
    return test.alarm(weeks(rng, mean, test.dispersion, size)) is not None


def told_in_a_quarter(rng: np.random.Generator, share: float, weekly: int, by: float) -> bool:
    """Return whether a value is found that grows by so much at any time between two looks."""
    whole = int(rng.poisson(52 * weekly))
    before = int(rng.binomial(whole, share))
    counts = {"source": {"Fair": before, "Web": whole - before}}
    base = Makeup(counts, {"source": makeup.STEADY}, whole / 52)
    days, grows = 400, 200 + float(rng.uniform(0, 28))
    came = rng.poisson(weekly / 7, days)
    fair = rng.binomial(came, np.where(np.arange(days) + 0.5 > grows, share + by, share))
    for look in range(200, days, 28):
        if grows < look <= grows + 91:
            own = slice(look - 91, look - 7)
            seen = int(fair[own].sum())
            if makeup.moved(base, {"source": {"Fair": seen, "Web": int(came[own].sum()) - seen}}):
                return True
    return False


def told_in_time(
    rng: np.random.Generator, test: PrecisionTest, cases: int, *, matures: float, within: float
) -> bool:
    """Return whether a halving at any time of the second year is noticed within so much of a year.

    Who is handed over matures after so much of a year.
    """
    part, whole = test.promised.part, test.promised.whole
    while True:
        share, halves = rng.beta(part + 0.5, whole - part + 0.5), rng.uniform(1, 2)
        opened = np.sort(rng.uniform(-matures, 3, rng.poisson((3 + matures) * cases)))
        bought = rng.random(len(opened)) < np.where(opened >= halves, share / 2, share)
        matured = opened + matures
        alarm = test.alarm(bought, matured.astype(np.int64))
        at = float(matured[alarm.at]) if alarm else np.inf
        if at >= halves:  # what was alarmed before cannot be noticed any more
            return at <= halves + within
