"""A draft says exactly what the card says, and the engine scores every lead as the card does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from einig.engine.agreement import loads
from einig.engine.agreement.content import content
from einig.engine.history.build import build
from einig.engine.history.contract import EventRow, FactRow, History, LeadRow, OutcomeRow
from einig.engine.instants import DAY, HOUR
from einig.engine.learning.card import Card
from einig.engine.learning.draft import draft
from einig.engine.learning.examples import Examples
from einig.engine.learning.gather import examples_of
from einig.engine.learning.scorecard import fit_card
from einig.engine.learning.targets import Target
from einig.engine.learning.thresholds import Choice, Goal, OutOfReach, Volume, choices, choose
from einig.engine.scoring import lead_of, plan, state_at
from tests.engine.learning.made import company, counted, examples
from tests.world import INBOUND, when

CARD = fit_card(company())
MONDAY = when("03-02")


def test_a_draft_says_what_the_card_says() -> None:
    agreement = loads(draft(CARD, at_least=60, name="Learned")).agreement
    assert content(agreement.fit) == content(CARD.fit)
    assert content(agreement.engagement) == content(CARD.engagement)
    assert content(agreement.sales_ready) == content(loads(_ONLY_SCORE).agreement.sales_ready)
    assert (agreement.verify, agreement.explore) == (1.0, 0.02)


_ONLY_SCORE = "name: Learned\nsales_ready: {score: 60}\n"


def test_a_draft_keeps_what_it_started_from() -> None:
    before = loads(INBOUND).agreement
    text = draft(CARD, at_least=60, name="Learned", base=INBOUND, head="Learned from 4,000 leads.")
    after = loads(text).agreement
    assert text.startswith("# Learned from 4,000 leads.\n")
    kept = ("name", "lead", "intent", "sales", "marketing", "outside_fit", "verify", "explore")
    assert [getattr(after, part) for part in kept] == [getattr(before, part) for part in kept]
    assert content(after.fit) == content(CARD.fit)


def test_a_draft_writes_values_as_people_do() -> None:
    text = draft(CARD, at_least=60, name="L", written={"industry": {"software": "Software"}})
    assert "  industry:\n    Software: " in text


def _history(bands: Sequence[tuple[int, str]] = ()) -> History:
    """Thirty weeks of leads: software buys, and more so after webinars.

    With bands, of which each begins at a size, sizes are written so, and big companies buy as well.
    """
    draw = np.random.default_rng(3)
    leads, facts, events, outcomes = [], [], [], []
    for n in range(600):
        id_, born = f"L{n:03}", MONDAY + int(draw.integers(0, 200)) * DAY
        leads.append(LeadRow(lead_id=id_, created_at=born))
        software, size = bool(draw.random() < 0.4), int(draw.integers(1, 900))
        facts += [
            FactRow(lead_id=id_, attribute="Branche", value="Software" if software else "Handel"),
            FactRow(lead_id=id_, attribute="Größe", value=_written(size, bands) if n % 7 else None),
        ]
        software |= bool(bands) and size >= 300
        did = int(draw.poisson(1.5))
        for k in range(did):
            at = born + int(draw.integers(0, 40 * 24)) * HOUR
            kind, path = ("webinar", "") if draw.random() < 0.6 else ("page", "/preise")
            properties = {"path": path} if path else {}
            events.append(
                EventRow(
                    event_id=f"{id_}-{k}", lead_id=id_, type=kind, at=at, properties=properties
                )
            )
        won = draw.random() < 0.05 + 0.3 * software * min(did, 2)
        ends = born + int(draw.integers(20, 60)) * DAY
        outcomes.append(OutcomeRow(lead_id=id_, won=bool(won), at=ends, revenue=1000.0))
    return build(
        name="made",
        leads=leads,
        facts=facts,
        events=events,
        outcomes=outcomes,
        zone="Europe/Berlin",
    )


def _written(size: int, bands: Sequence[tuple[int, str]]) -> str:
    return max(
        [(begins, band) for begins, band in bands if begins <= size], default=(0, str(size))
    )[1]


BANDS = (
    (1, "<10"),
    (10, "10–49"),
    (50, "50 to 299"),
    (300, "300-599"),
    (600, "600+"),
    (850, "huge"),
)


def test_the_engine_scores_every_example_as_the_card_does() -> None:
    history = _history()
    found = examples_of(history, target=Target(within=30))
    card = fit_card(found)
    assert card.attributes
    assert card.activities
    _scores_alike(history, found, card)


def test_company_sizes_in_bands_have_ranges_that_the_engine_reads() -> None:
    history = _history(BANDS)
    found = examples_of(history, target=Target(within=30))
    card = fit_card(found)
    (size,) = [attribute for attribute in card.attributes if attribute.name == "Größe"]
    assert {row.kind for row in size.rows} == {"range", "otherwise", "blank"}
    assert size.way == "rising"
    assert [row.label for row in size.rows if row.kind == "range"][-1] == "300+"
    _scores_alike(history, found, card)


def _scores_alike(history: History, found: Examples, card: Card) -> None:
    of = plan(loads(draft(card, at_least=60, name="Learned")).agreement)
    ids = history.leads["lead_id"].to_pylist()
    scores = card.score(found)
    some = range(0, len(found), max(1, len(found) // 400))
    histories = {n: lead_of(history, ids[n]) for n in {int(found.lead[i]) for i in some}}
    for i in some:
        state = state_at(of, histories[int(found.lead[i])], int(found.at[i]))
        assert state is not None
        assert (i, state.score) == (i, scores[i])


# --- thresholds -------------------------------------------------------------------------------


def _choices(volume: Volume | None = None) -> tuple[Choice, ...]:
    """Two leads with two snapshots each, and two with one."""
    found = examples(counted("x", [0] * 6), won=[0, 1, 0, 0, 1, 0], lead=[0, 0, 1, 1, 2, 3])
    return choices(np.array([10, 50, 20, 30, 30, 5]), found, volume)


def test_a_lead_counts_with_the_highest_score_that_it_had() -> None:
    rows = [(c.at_least, c.leads, c.precision.part, c.revenue) for c in _choices()]
    assert rows == [(50, 1, 1, 1000.0), (30, 3, 2, 2000.0), (5, 4, 2, 2000.0)]


@pytest.mark.parametrize(
    ("goal", "at_least"),
    [
        (Goal("share", 0.25), 50),
        (Goal("share", 0.8), 30),
        (Goal("weekly", 0.6), 30),  # three leads in five weeks
        (Goal("weekly", 0.1), 50),
        (Goal("precision", 0.6), 30),
        (Goal("precision", 0.9), 50),
        (Goal("revenue", 400), 30),
        (Goal("revenue", 600), 50),
    ],
)
def test_a_threshold_serves_its_goal(goal: Goal, at_least: int) -> None:
    assert choose(_choices(), goal).at_least == at_least


def test_what_leads_bring_is_compared_with_what_it_costs_to_work_the_same_leads() -> None:
    # for each lead with a known end there are nine more, of whom nobody knows it yet
    of = _choices(Volume(np.repeat([50, 30, 30, 5], 10), 5.0))
    assert [(c.leads, c.ended, c.revenue) for c in of] == [
        (10, 1.0, 1000.0),
        (30, 3.0, 2000.0),
        (40, 4.0, 2000.0),
    ]
    assert choose(of, Goal("revenue", 400)).at_least == 30
    assert choose(of, Goal("revenue", 600)).at_least == 50


def test_what_cannot_be_reached_says_what_can() -> None:
    with pytest.raises(OutOfReach, match=r"at best 100 buy, from 50 points on"):
        choose(_choices(), Goal("precision", 1.1))
    with pytest.raises(OutOfReach, match="more than 2,000 for each"):
        choose(_choices(), Goal("revenue", 2000))
    alike = examples(counted("x", [0, 0]), won=[0, 1])
    with pytest.raises(OutOfReach, match="the same score"):
        choose(choices(np.array([3, 3]), alike), Goal())
