from __future__ import annotations

import pytest

from einig.engine.agreement.document import loads
from einig.engine.history import EventRow, FactRow, History, LeadRow, OutcomeRow, build
from einig.engine.instants import DAY
from einig.engine.learning.channels import Channel, Channels, amount, brief, channels, counted
from einig.engine.learning.draft import draft
from einig.engine.learning.examples import Examples
from einig.engine.learning.gather import gather
from einig.engine.learning.scorecard import fit_card
from einig.engine.learning.targets import Target

FIRST = 20_000 * DAY


def history(*, dated: bool = True, asked: int = 0) -> History:
    """Return 200 leads of two sources, one a day; of some every other is won 9 days later.

    The last 20 are too young to have an end; the first so many asked for a demo at once.
    """
    leads, facts, outcomes, events = [], [], [], []
    for n in range(200):
        name, at = f"L{n:03}", FIRST + n * DAY
        fits = n % 4 < 2
        source = "Empfehlung" if n % 2 == 0 else "Messe"
        leads.append(LeadRow(lead_id=name, created_at=at if dated else None))
        for attribute, value in (("source", source), ("fit", "Ja" if fits else "Nein")):
            facts.append(FactRow(lead_id=name, attribute=attribute, value=value))
        if n < asked:
            events.append(EventRow(event_id=name, lead_id=name, type="demo", at=at))
        if n < 180:
            won = fits and n % 8 < 4 and source == "Empfehlung"
            ended = at + 9 * DAY if dated else None
            revenue = 1000.0 if won else None
            outcomes.append(OutcomeRow(lead_id=name, won=won, at=ended, revenue=revenue))
    return build(
        leads=leads,
        facts=facts,
        outcomes=outcomes,
        events=events,
        currency="EUR",
        name="Small",
    )


def found(of: History, target: Target | None = None, *, base: str | None = None) -> Channels:
    """Return the channels by the draft of a card that knows what fits."""
    examples: Examples = gather(of).examples
    card = fit_card(examples.only(["fit"]))
    best = max(row.points for row in card.attributes[0].rows)
    return channels(
        of,
        loads(draft(card, at_least=best, name="Small", base=base)).agreement,
        source="source",
        at_least=best,
        target=target or Target(),
        spend={"empfehlung": 5000.0},
    )


def test_every_lead_shares_what_was_spent_and_only_old_ones_tell_what_a_won_one_costs() -> None:
    of = found(history())
    by_value = {row.value: row for row in of.rows}
    assert by_value["empfehlung"] == Channel(
        leads=100, ideal=50, won=23, old=96, old_won=23, revenue_per_lead=23_000 / 96,
        value="empfehlung", spend=5000.0,
    )  # fmt: skip
    one = by_value["empfehlung"]
    assert (one.cost_of_lead, one.cost) == (50.0, 100.0)
    assert one.cost_of_won == pytest.approx(50.0 * 96 / 23)
    assert (by_value["messe"].cost_of_lead, by_value["messe"].cost_of_won) == (None, None)
    assert of.days == 9


def test_days_of_a_target_change_nothing_of_what_a_source_brings() -> None:
    assert found(history(), Target(within=3)).rows == found(history()).rows


def test_without_dates_every_lead_counts_and_nobody_is_too_young() -> None:
    of = found(history(dated=False))
    assert (of.until, of.days) == (None, None)
    assert [(row.leads, row.old) for row in of.rows] == [(100, 100), (100, 100)]


def test_whom_a_buying_signal_brings_is_ideal_whatever_the_score() -> None:
    base = "name: Small\nintent: {demo: {for: 14 days}}\nsales_ready: {any: [{score: 1}, intent]}\n"
    of = found(history(asked=60), base=base)
    assert [(row.value, row.leads, row.ideal) for row in of.rows] == [
        ("empfehlung", 100, 65),
        ("messe", 100, 65),
    ]


def test_whom_the_draft_does_not_call_a_lead_shares_what_was_spent_and_is_not_ideal() -> None:
    base = "name: Small\nlead: {never: [{fit: Ja}]}\nsales_ready: {score: 1}\n"
    of = found(history(), base=base)
    assert [(row.leads, row.ideal) for row in of.rows] == [(100, 0), (100, 0)]


def test_a_brief_names_costs_with_their_currency_and_says_which_leads_are_counted() -> None:
    of = found(history())
    space = "\N{NO-BREAK SPACE}"
    assert brief(of, "en", currency="EUR") == (
        f"empfehlung brings most ideal leads for its size: 50% of 100. There a lead costs "
        f"50{space}€, an ideal lead 100{space}€, and a won lead "
        f"209{space}€. messe brings fewest: 50% of 100."
    )
    opportunity = Target(kind="activity", activities=("opportunity",), within=14)
    assert brief(of, "de", target=opportunity, currency="CHF") == (
        f"empfehlung bringt gemessen an der Menge die meisten idealen Leads: 50{space}% von 100. "
        f"Dort kostet ein Lead 50{space}CHF, ein idealer Lead 100{space}CHF und ein Lead, der zur "
        f"Opportunity wurde, 209{space}CHF. messe bringt die wenigsten: 50{space}% von 100."
    )
    assert counted(of, "de") == (
        "Die Kosten sind, was bisher gebucht wurde; sie verteilen sich auf alle bisherigen Leads "
        "einer Quelle, auch auf die noch ohne Ende. Die Kosten je gewonnenem Lead stammen von "
        "Leads, die bis 12.04.2025 angelegt wurden: Nach 9 Tagen sind neun von zehn derer, die so "
        "weit kommen, auch so weit."
    )


def test_where_nothing_was_spent_nothing_is_said_of_costs() -> None:
    free = Channels("source", (Channel(30, 9, 3, 30, 3, 0.0, "web"),), None, None)
    assert counted(free) == ""
    assert amount(1234, "de", None) == "1.234"
