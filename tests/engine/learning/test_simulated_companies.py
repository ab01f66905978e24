"""Over simulated companies of which the truth is known, intervals cover it as often as they say."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from einig.engine.history import FactRow, History, LeadRow, OutcomeRow, build
from einig.engine.instants import DAY, HOUR
from einig.engine.learning.gather import gather
from einig.engine.learning.proposal import Proposal, propose
from einig.engine.learning.ranking import area

FIRST = 20_000 * DAY
SHARES = {
    "industry": {"software": 0.2, "machines": 0.3, "trade": 0.5},
    "source": {"referral": 0.15, "web": 0.5, "fair": 0.35},
    "size": {"small": 0.6, "middle": 0.3, "large": 0.1},
}
ODDS = {"software": 1.1, "machines": 0.5, "referral": 0.9, "fair": -0.5, "middle": 0.4}


def chance(values: tuple[str, ...]) -> float:
    """Return the chance with which a lead of these values buys."""
    return float(1 / (1 + np.exp(2.0 - sum(ODDS.get(value, 0.0) for value in values))))


KINDS = {
    values: float(np.prod([SHARES[name][v] for name, v in zip(SHARES, values, strict=True)]))
    for values in product(*SHARES.values())
}
BASE = sum(share * chance(values) for values, share in KINDS.items())


def truth(value: str) -> float:
    """Return the share of all leads with a value that buy, in the whole world."""
    share = sum(of for values, of in KINDS.items() if value in values)
    return sum(of * chance(values) for values, of in KINDS.items() if value in values) / share


def company(seed: int, leads: int) -> History:
    """Return a company whose leads come one an hour, each decided thirty days later."""
    draw = np.random.default_rng(seed)
    kinds = list(KINDS)
    drawn = draw.choice(len(kinds), leads, p=list(KINDS.values()))
    luck = draw.random(leads)
    ids = [f"L{n:06}" for n in range(leads)]
    return build(
        name="simulated",
        leads=[LeadRow(lead_id=id_, created_at=FIRST + n * HOUR) for n, id_ in enumerate(ids)],
        facts=[
            FactRow(lead_id=id_, attribute=name, value=value)
            for id_, of in zip(ids, drawn, strict=True)
            for name, value in zip(SHARES, kinds[of], strict=True)
        ],
        outcomes=[
            OutcomeRow(
                lead_id=id_, won=bool(luck[n] < chance(kinds[of])), at=FIRST + n * HOUR + 30 * DAY
            )
            for n, (id_, of) in enumerate(zip(ids, drawn, strict=True))
        ],
    )


def covered(of: Proposal, everybody: History) -> dict[str, list[bool]]:
    """Return of each interval, by what it is of, whether it covers the truth."""
    assert of.ideal is not None
    assert of.card is not None
    assert of.measured is not None
    found: dict[str, list[bool]] = {"conversion": [], "lift": [], "AUC": []}
    for trait in of.ideal.traits:
        true = truth(trait.label)
        found["conversion"].append(trait.conversion.low <= true <= trait.conversion.high)
        found["lift"].append(trait.lift.low <= true / BASE <= trait.lift.high)
    examples = gather(everybody).examples
    auc = area(of.card.score(examples), examples).value
    found["AUC"].append(of.measured.card.auc.low <= auc <= of.measured.card.auc.high)
    return found


def test_a_simulated_company_is_learned_and_its_intervals_are_compared_with_the_truth() -> None:
    found = covered(propose(company(0, 1500), others=False), company(1_000_000, 4000))
    assert {name: len(of) for name, of in found.items()} == {"conversion": 9, "lift": 9, "AUC": 1}


@pytest.mark.prove
def test_over_a_hundred_simulated_companies_intervals_cover_the_truth_in_ninety_to_ninety_eight(
    record_property: Callable[[str, object], None],
) -> None:
    everybody = company(1_000_000, 40_000)
    each = [covered(propose(company(seed, 1500), others=False), everybody) for seed in range(100)]
    for name in ("conversion", "lift", "AUC"):
        share = float(np.mean([is_in for of in each for is_in in of[name]]))
        record_property(name, f"{100 * share:.1f} of 100")
        assert 0.9 <= share <= 0.98
