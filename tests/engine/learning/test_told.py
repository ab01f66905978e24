from __future__ import annotations

from dataclasses import replace

import pytest

from einig.engine.history import EventRow, FactRow, History, LeadRow, OutcomeRow, build
from einig.engine.instants import DAY
from einig.engine.learning.gather import gather
from einig.engine.learning.ideal import ideal_lead
from einig.engine.learning.portrait import portrait
from einig.engine.learning.proposal import propose
from einig.engine.learning.targets import Target
from einig.engine.learning.thresholds import Goal
from einig.engine.learning.told import told

FIRST = 20_000 * DAY
BASE = "name: Before\nfit:\n  industry:\n    Software: 10\nsales_ready: {fit: 10}\n"


def history(*, activities: bool = False) -> History:
    """Return 300 leads, a day apart: of software makers from fairs most are won, 30 days later.

    With `activities` they visit in the first week, and some in the second.
    """
    leads, facts, events, outcomes = [], [], [], []
    for n in range(300):
        name, at = f"L{n:03}", FIRST + n * DAY
        industry = "Software" if n % 2 == 0 else "Handel"
        source = "Messe Köln" if n % 3 == 0 else "Empfehlung"
        leads.append(LeadRow(lead_id=name, created_at=at))
        for attribute, value in (("industry", industry), ("source", source)):
            facts.append(FactRow(lead_id=name, attribute=attribute, value=value))
        for week in range(1 + n % 2 if activities else 0):
            when = at + (1 + 7 * week) * DAY
            events.append(EventRow(event_id=f"{n}-{week}", lead_id=name, type="visit", at=when))
        won = n % 2 == 0 and n % 5 > 0
        revenue = 1000.0 if won else None
        ended = at + 30 * DAY
        outcomes.append(OutcomeRow(lead_id=name, won=won, at=ended, revenue=revenue))
    return build(
        leads=leads, facts=facts, events=events, outcomes=outcomes, currency="EUR", name="Small"
    )


def test_values_and_sources_stand_as_people_write_them() -> None:
    of = history()
    found = told(propose(of, others=False), of, spend={"messe köln": 2000.0})
    assert sorted(row["value"] for row in found["channels"]) == ["Empfehlung", "Messe Köln"]
    assert {t["label"] for t in found["ideal"]["traits"] if t["count"]} == {
        "Software", "Handel", "Messe Köln", "Empfehlung",
    }  # fmt: skip
    for text in (*found["brief"].values(), *found["portrait"].values()):
        assert "messe köln" not in text
        assert "software" not in text
    assert "Software" in found["portrait"]["de"]
    assert found["currency"] == "EUR"


def test_a_proposal_says_how_often_it_claims_what_is_not_there() -> None:
    of = history()
    found = told(propose(of, others=False), of)
    for shuffled in (found["shuffled"], found["ideal"]["shuffled"]):
        assert (shuffled["shuffles"], shuffled["limit"]) == (100, 0.05)
        assert shuffled["claimed"] <= 15
    assert found["ideal"]["test"] == "exact"
    assert "Benjamini and Hochberg 1995" in found["ideal"]["method"]


def test_a_refused_goal_is_told_in_both_languages() -> None:
    of = history()
    found = told(propose(of, goal=Goal("precision", 0.99), others=False), of)
    assert found["draft"] is None
    assert found["refused"]["en"].startswith("Of 100 handed over, at best ")
    assert found["refused"]["de"].startswith("Von 100 übergebenen kaufen höchstens ")


def test_weeks_of_leads_are_called_so_and_leads_are_counted_once() -> None:
    gathered = gather(history(activities=True), target=Target(within=14))
    assert gathered.kind == "weekly"
    ideal = ideal_lead(gathered.examples)
    assert (ideal.examples, ideal.leads) == (len(gathered.examples), 300 - ideal_missing(gathered))
    by_label = {t.label: t for t in ideal.traits if t.column == "industry"}
    software, handel = by_label["software"], by_label["handel"]
    assert software.leads + handel.leads == ideal.leads
    assert software.count + handel.count == ideal.examples
    assert software.count > 3 * software.leads
    won = gathered.examples.won[gathered.examples.columns[0].codes == 0]
    assert software.revenue_per_lead == pytest.approx(1000 * ever_won(gathered, "software"))
    assert won.mean() < ever_won(gathered, "software")
    said = portrait(ideal, "en", target=gathered.target, weekly=True)
    told_of = f"Of all {ideal.leads} leads, {ideal.reached:.1%} bought; of the {ideal.examples:,}"
    assert told_of in said
    german = portrait(ideal, "de", target=gathered.target, weekly=True)
    assert "folgte das innerhalb von 14 Tagen." in german


def ideal_missing(gathered: object) -> int:
    """Return how many leads are no example."""
    return sum(n for _why, n in gathered.unknown)  # type: ignore[attr-defined]  # as gathered


def ever_won(gathered: object, label: str) -> float:
    """Return the share of leads of an industry that were ever won within the days."""
    examples = gathered.examples  # type: ignore[attr-defined]  # as gathered
    (column,) = [c for c in examples.columns if c.name == "industry"]
    mine = column.codes == column.levels.index(label)
    leads = {int(lead) for lead in examples.lead[mine]}
    won = {int(lead) for lead in examples.lead[mine & examples.won]}
    return len(won) / len(leads)


def test_where_a_share_of_the_weeks_was_looked_at_it_is_said_and_volume_is_of_all_leads() -> None:
    of = history(activities=True)
    target = Target(within=14)
    whole = propose(of, target=target, others=False)
    gathered = gather(of, target=target, most=len(whole.gathered.examples) // 2)
    assert gathered.share < 1
    some = replace(whole, gathered=gathered)
    found = told(some, of)
    assert found["examples"]["share"] == gathered.share
    assert found["examples"]["leads"] < told(whole, of)["examples"]["leads"]
    assert sum(row["leads"] for row in found["channels"]) == 300


def test_the_agreement_so_far_is_said_to_have_picked_whom_it_is_compared_on() -> None:
    of = history()
    all_known = propose(of, base=BASE, others=False)
    assert told(all_known, of)["before_restricted"] is False
    unknown = (("never handed over", 12),)
    picked = replace(all_known, gathered=replace(all_known.gathered, unknown=unknown))
    assert told(picked, of)["before_restricted"] is True
    without = propose(of, others=False)
    gathered = replace(without.gathered, unknown=unknown)
    assert told(replace(without, gathered=gathered), of)["before_restricted"] is False
