"""The rule of a draft keeps buying signals as people wrote them, and nothing that asks for less."""

from __future__ import annotations

import pytest

from einig.engine.agreement import check, loads
from einig.engine.agreement.content import content
from einig.engine.learning.draft import draft, rebased
from einig.engine.learning.scorecard import fit_card
from tests.engine.learning.made import company
from tests.world import INBOUND

CARD = fit_card(company())
RULE = "sales_ready: {fit: 20, any: [intent, {engagement: 20}]}"
FITS = {20: 31, 40: 45}
BASE = INBOUND.replace("intent:\n", "intent:\n  call: {for: 7 days}\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{fit: 20, any: [intent, {engagement: 20}]}", "{fit: 31, intent: any}"),
        ("{fit: 20, intent: any}", "{fit: 31, intent: any}"),
        ("{any: [{score: 60}, intent]}", "intent"),
        ("{any: [{score: 60}, {intent: call}]}", "{intent: call}"),
        ("{fit: 20, intent: [call, demo_requested]}", "{fit: 31, intent: [call, demo_requested]}"),
        (
            "{intent: any, attributes: {industry: {not: [Trade]}}}",
            "{intent: any, attributes: {industry: {not: [Trade]}}}",
        ),
        (
            "{fit: 20, any: [{intent: call}, {intent: demo_requested, fit: 40}]}",
            "{fit: 31, any: [{intent: call}, {fit: 45, intent: demo_requested}]}",
        ),
        ("{all: [{fit: 40}, {any: [intent, {score: 9}]}]}", "{all: [{fit: 45}, intent]}"),
        (
            "{all: [intent, {any: [{fit: 20}, {attributes: {industry: Trade}}]}]}",
            "{all: [intent, {any: [{fit: 31}, {attributes: {industry: Trade}}]}]}",
        ),
    ],
)
def test_a_draft_asks_for_points_or_for_the_signals_that_counted_before(
    before: str, after: str
) -> None:
    text = draft(
        CARD, at_least=60, name="L", base=BASE.replace(RULE, f"sales_ready: {before}"), fits=FITS
    )
    wanted = f"sales_ready: {{any: [{{score: 60}}, {after}]}}"
    assert [line for line in text.splitlines() if line.startswith("sales_ready")] == [wanted]
    assert [issue for issue in check(loads(text)) if issue.level == "error"] == []


@pytest.mark.parametrize(
    "before",
    [
        "{fit: 20}",
        "{score: 60}",
        "{fit: 20, engagement: 20, intent: any}",  # whoever shows a signal needs more than fit
        "{all: [intent, {score: 30}]}",
        "{fit: 21, intent: any}",  # nobody knows what that is on the new points
    ],
)
def test_the_score_decides_where_no_signal_was_enough(before: str) -> None:
    base = BASE.replace(RULE, f"sales_ready: {before}")
    text = draft(CARD, at_least=60, name="L", base=base, fits=FITS)
    assert "sales_ready: {score: 60}" in text.splitlines()


COMMENTED = """\
# Who sells to whom.
# Learned from 80 examples.
name: Inbound
# a lead can be reached
lead: {reachable_by: [email]}
# what fits
fit:
  industry: {Software: 20, Trade: 5}  # since 2024

# what shows the wish to buy
intent:
  demo_requested: {for: 14 days}
sales_ready:
  fit: 20
  any:
    - intent
    - engagement: 20
# what sales promises
sales: {attempts: {at_least: 6, minutes: 10}}  # agreed in May
"""


def test_comments_on_what_stays_are_kept_and_a_draft_says_once_what_it_comes_from() -> None:
    text = draft(
        CARD, at_least=60, name="L", base=COMMENTED, head="Learned from 4,000 examples.", fits=FITS
    )
    kept = [line for line in text.splitlines() if "#" in line and "seen" not in line]
    assert kept == [
        "# Learned from 4,000 examples.",
        "# Who sells to whom.",
        "# a lead can be reached",
        "# what fits",
        "# what shows the wish to buy",
        "# what sales promises",
        "sales: {attempts: {at_least: 6, minutes: 10}}  # agreed in May",
    ]
    again = draft(CARD, at_least=60, name="L", base=text, head="Learned from 4,000 examples.")
    assert [line for line in again.splitlines() if "#" in line and "seen" not in line] == kept


def test_what_was_learned_is_written_into_another_agreement() -> None:
    learned = draft(CARD, at_least=60, name="L", base=INBOUND, fits=FITS)
    today = COMMENTED.replace("demo_requested", "trial_started").replace("fit: 20", "fit: 33")
    text = rebased(learned, today, at_least=60, fits=FITS, head="Learned from 4,000 examples.")
    agreement, before = loads(text).agreement, loads(today).agreement
    assert content(agreement.fit) == content(CARD.fit)
    assert content(agreement.engagement) == content(CARD.engagement)
    assert (agreement.intent, agreement.sales) == (before.intent, before.sales)
    assert "sales_ready: {any: [{score: 60}, {fit: 45, intent: any}]}" in text.splitlines()
    assert "# what sales promises" in text.splitlines()
    assert [issue for issue in check(loads(text)) if issue.level == "error"] == []


def test_an_agreement_without_a_translated_fit_keeps_only_signals_that_ask_for_none() -> None:
    learned = draft(CARD, at_least=60, name="L", base=INBOUND)
    text = rebased(learned, COMMENTED, at_least=60, fits={})
    assert "sales_ready: {score: 60}" in text.splitlines()
