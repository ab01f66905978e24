"""A stricter version counts those whom the one before had sent to sales, as was promised.

Every lead asks for a price list, and the version before hands it over for that. Those who later ask
for a demo are handed over by the stricter version, too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from einig.engine.backtest import backtest
from einig.engine.backtest.intervals import Proportion
from einig.engine.backtest.outcomes import outcomes
from einig.engine.history.build import build
from einig.engine.history.contract import EventRow, FactRow, History, LeadRow, OutcomeRow
from einig.engine.instants import DAY, FOREVER
from einig.engine.scoring.judge import judge
from einig.engine.watching import cases, handed_over, precision_test, promise, volume_test
from tests import world

STRICTER = world.agreement()
YEAR = 364 * DAY
BEGINS = world.when("03-02")  # a Monday
SINCE = BEGINS + 2 * YEAR  # the stricter version is proposed, and in force
Record = Callable[[str, object], None]


@dataclass(frozen=True)
class Rows:
    """What is known of leads."""

    leads: list[LeadRow]
    facts: list[FactRow]
    events: list[EventRow]
    outcomes: list[OutcomeRow]

    def known(self, until: int) -> History:
        """Return it as a history, as of an instant."""
        return build(
            leads=[row for row in self.leads if (row.created_at or 0) <= until],
            facts=[row for row in self.facts if (row.known_from or 0) <= until],
            events=[row for row in self.events if row.at <= until],
            outcomes=[row for row in self.outcomes if (row.at or 0) <= until],
            links=[], feedback=[], name="Quiet", zone=world.ZONE, currency="EUR",
        )  # fmt: skip


def quiet(rng: np.random.Generator, *, weekly: float, later: float = 0.7) -> Rows:
    """Return three years in which nothing changes, with so many leads a week that ask for a demo.

    So many of them do so only weeks after they came, and those buy more often.
    """
    rows = Rows([], [], [], [])
    for n in range(int(rng.poisson(weekly * 52 * 3))):
        id_, came = f"l{n}", BEGINS + int(rng.integers(0, 3 * YEAR))
        waits = rng.random() < later
        asks = came + (int(rng.exponential(8) * 7 * DAY) if waits else DAY)
        rows.leads.append(LeadRow(lead_id=id_, created_at=came))
        for name, value in (("industry", "Software"), ("email", f"{id_}@firma.example")):
            rows.facts.append(FactRow(lead_id=id_, attribute=name, value=value, known_from=came))
        for kind, at in (("price_list_requested", came), ("demo_requested", asks)):
            rows.events.append(EventRow(event_id=f"{kind} {n}", lead_id=id_, type=kind, at=at))
        won = rng.random() < (0.5 if waits else 0.2)
        rows.outcomes.append(OutcomeRow(lead_id=id_, won=won, at=asks + 20 * DAY))
    return rows


def alarms(rows: Rows) -> tuple[bool, bool]:
    """Return whether the first year raises an alarm: of precision, of volume."""
    promised, _ = promise(backtest(rows.known(SINCE), STRICTER), until=SINCE)
    ends = SINCE + YEAR
    history = rows.known(ends)
    opened = handed_over(history, judge(history, STRICTER, until=ends))
    opened = np.where((opened > SINCE) & (opened <= ends), opened, FOREVER)
    of = outcomes(history)
    matured = cases(
        opened=opened, won_at=of.won_at, decided_at=of.first_at, worked_at=of.first_at,
        within=promised.within, until=ends,
    )  # fmt: skip
    precision = precision_test(promised.precision, yearly=promised.yearly)
    volume = volume_test(promised.weekly)
    assert precision is not None
    assert volume is not None
    weekly, _ = np.histogram(opened, bins=np.arange(SINCE, ends + 1, 7 * DAY))
    fell = precision.alarm(matured.bought, np.zeros(len(matured.row), np.int64))
    return fell is not None, volume.alarm(weekly.tolist()) is not None


def test_quiet_years_after_a_stricter_version_raise_few_alarms() -> None:
    rng = np.random.default_rng(1)
    found = np.array([alarms(quiet(rng, weekly=10)) for _ in range(8)])
    assert found.sum(axis=0).max() <= 1


# --- with `make prove` ------------------------------------------------------------------------


@pytest.mark.prove
def test_a_stricter_version_raises_no_more_alarms_than_another(record_property: Record) -> None:
    rng, worlds = np.random.default_rng(2), 400
    found = np.array([alarms(quiet(rng, weekly=10)) for _ in range(worlds)])
    for name, stated, of in zip(("precision", "volume"), (0.025, 0.01), found.T, strict=True):
        part = Proportion(int(of.sum()), worlds)
        record_property(name, f"{part.share:.4f} ({part.low:.4f} to {part.high:.4f})")
        assert part.low is not None
        assert part.low <= stated
        assert part.part <= worlds * stated + 2 * np.sqrt(worlds * stated)
