"""What a draft's threshold comes to is what the engine's replay of the draft gives."""

from __future__ import annotations

import numpy as np
import pytest

from einig.engine.agreement import loads
from einig.engine.history.build import build
from einig.engine.history.contract import EventRow, FactRow, History, LeadRow, OutcomeRow
from einig.engine.instants import BEGINNING, DAY, FOREVER, HOUR
from einig.engine.learning.before import rank_by
from einig.engine.learning.drafting import Drafted
from einig.engine.learning.gather import examples_of
from einig.engine.learning.older_newer import older_and_newer
from einig.engine.learning.proposal import Proposal, propose
from einig.engine.learning.standing import AT_ANY, NEVER, Standings
from einig.engine.learning.targets import Target
from einig.engine.learning.thresholds import UNSTATED, Goal
from einig.engine.scoring import lead_of, plan, state_at
from einig.engine.scoring.judge import judge
from tests.world import when

MONDAY = when("03-02")
RULE = "sales_ready: {fit: 10, any: [intent, {engagement: 20}]}"
BASE = f"""\
name: Today
lead: {{reachable_by: [email]}}
fit:
  Branche: {{Software: 5}}
  size: {{1-499: 0, 500+: 10}}
engagement:
  webinar: {{points: 10, for: 30 days, at_most: 20}}
intent:
  demo: {{for: 14 days}}
{RULE}
"""


def made(*, dated: bool = True, signals: float = 0.15) -> History:
    """Return leads of which software buys, and more so after webinars; some ask for a demo."""
    draw = np.random.default_rng(5)
    leads, facts, events, outcomes = [], [], [], []
    for n in range(700):
        id_ = f"L{n:03}"
        born = MONDAY + int(draw.integers(0, 200)) * DAY + int(draw.integers(0, 24)) * HOUR
        since = born if dated else None
        leads.append(LeadRow(lead_id=id_, created_at=since))
        software, size = bool(draw.random() < 0.4), int(draw.integers(1, 900))
        told = {"Branche": "Software" if software else "Handel", "size": str(size)}
        if n % 9:
            told["email"] = f"{id_}@firma.example"
        facts += [
            FactRow(lead_id=id_, attribute=name, value=value, known_from=since)
            for name, value in told.items()
        ]
        did = int(draw.poisson(1.5)) if dated else 0
        kinds = ["webinar" if draw.random() < 0.6 else "page" for _ in range(did)]
        kinds += ["demo"] * int(dated and draw.random() < signals)
        for k, kind in enumerate(kinds):
            at = born + int(draw.integers(0, 40 * 24)) * HOUR
            events.append(EventRow(event_id=f"{id_}-{k}", lead_id=id_, type=kind, at=at))
        won = draw.random() < 0.05 + 0.3 * software * min(did if dated else 1, 2)
        ends = born + int(draw.integers(20, 60)) * DAY if dated else None
        outcomes.append(OutcomeRow(lead_id=id_, won=bool(won), at=ends, revenue=1000.0))
    return build(
        name="made",
        leads=leads,
        facts=facts,
        events=events,
        outcomes=outcomes,
        zone="Europe/Berlin",
    )


def proposed(
    history: History,
    *,
    base: str | None = BASE,
    goal: Goal = Goal("share", 0.4),  # noqa: B008  # nothing changes it
) -> Proposal:
    """Return what is learned of a history, without other methods beside it."""
    within = 30 if len(history.leads) and history.events.count_rows() else None
    return propose(history, target=Target(within=within), base=base, goal=goal, others=False)


def drafted(of: Proposal) -> Drafted:
    """Return the draft that there has to be."""
    assert of.drafted is not None, (of.refused, of.verdict.sentence)
    return of.drafted


def at_threshold(of: Drafted, score: int) -> str:
    """Return the draft with another threshold."""
    return of.text.replace(f"score: {of.chosen.at_least}", f"score: {score}")


def test_as_many_are_handed_over_as_a_replay_of_the_draft_hands_over() -> None:
    history = made()
    proposal = proposed(history)
    of = drafted(proposal)
    assert proposal.card is not None
    assert proposal.card.activities
    assert "intent: any" in of.text
    created = history.leads["created_at"].to_numpy()
    for choice in of.curve:
        replay = judge(history, loads(at_threshold(of, choice.at_least)).agreement)
        ready = replay.first_ready_at < FOREVER
        assert (choice.at_least, choice.leads) == (choice.at_least, int(ready.sum()))
        if choice == of.chosen:
            newer = created >= (proposal.train_until or 0)
            assert of.newer.leads == int((ready & newer).sum())
    none = judge(history, loads(at_threshold(of, 10_000)).agreement)
    assert of.signals is not None
    assert of.signals.leads == int((none.first_ready_at < FOREVER).sum())
    assert 0 < of.signals.leads < of.chosen.leads < len(history.leads)


def test_every_example_stands_where_the_engine_has_it_at_its_moment() -> None:
    history = made()
    proposal = proposed(history)
    of, card = drafted(proposal), proposal.card
    assert card is not None
    examples = proposal.examination.usable(proposal.gathered.examples)
    score = card.score(examples)
    standing = Standings.made(loads(of.text).agreement, history).of_examples(examples, score)
    assert {AT_ANY, NEVER} < set(standing.tolist())
    plans = {n: plan(loads(at_threshold(of, n)).agreement) for n in (10, 40, of.chosen.at_least)}
    ids = history.leads["lead_id"].to_pylist()
    for i in range(0, len(examples), max(1, len(examples) // 400)):
        lead = lead_of(history, ids[int(examples.lead[i])])
        for threshold, draft in plans.items():
            state = state_at(draft, lead, int(examples.at[i]))
            assert state is not None
            assert (i, state.sales_ready) == (i, bool(standing[i] >= threshold))
            assert (i, state.score) == (i, score[i] if standing[i] > NEVER else 0)


def test_undated_leads_count_as_of_their_beginning() -> None:
    history = made(dated=False)
    proposal = proposed(
        history, base=BASE.replace(RULE, "sales_ready: {any: [{score: 9}, intent]}")
    )
    of = drafted(proposal)
    examples = proposal.examination.usable(proposal.gathered.examples)
    replay = judge(history, loads(of.text).agreement, until=BEGINNING)
    for part, choice in zip(older_and_newer(examples), (of.chosen, of.newer), strict=True):
        ready = replay.sales_ready[part.lead]
        assert (choice.leads, choice.weekly) == (int(ready.sum()), None)
        assert choice.precision.whole == choice.leads
        assert choice.precision.part == int(part.won[ready].sum())


def test_as_large_a_share_fits_as_fitted_before() -> None:
    history = made()
    of = drafted(proposed(history))
    before, after = loads(BASE).agreement, loads(of.text).agreement
    was, is_ = judge(history, before), judge(history, after)
    there = np.array([value is not None for value in _emails(history)])
    wanted = (was.fit[there] >= 10).mean()
    shares = {int(n): (is_.fit[there] >= n).mean() for n in np.unique(is_.fit[there])}
    assert of.fits == {10: max(shares, key=lambda n: (-abs(shares[n] - wanted), n))}
    assert abs(shares[of.fits[10]] - wanted) < 0.2


def _emails(history: History) -> list[str | None]:
    known = {
        row["lead"]: row["value"]
        for row in history.facts.to_pylist()
        if row["attribute"].casefold() == "email"
    }
    return [known.get(n) for n in range(len(history.leads))]


@pytest.mark.parametrize(
    "rule", ["sales_ready: {fit: 10, engagement: 10}", "sales_ready: {score: 15}"]
)
def test_without_signals_in_the_rule_before_the_score_decides_alone(rule: str) -> None:
    of = drafted(proposed(made(), base=BASE.replace(RULE, rule)))
    assert (of.signals, of.fits) == (None, {})
    assert f"sales_ready: {{score: {of.chosen.at_least}}}" in of.text.splitlines()


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        (Goal("share", 0.1), "The buying signals alone bring "),
        (Goal("weekly", 2), "The buying signals alone bring "),
        (Goal("precision", 0.95), " The buying signals alone bring "),
        (Goal("revenue", 900), " The buying signals alone bring "),
    ],
)
def test_a_goal_that_the_signals_alone_exceed_is_refused_with_figures(
    goal: Goal, said: str
) -> None:
    base = BASE.replace(RULE, "sales_ready: {any: [{score: 60}, intent]}")
    of = proposed(made(signals=0.6), base=base, goal=goal)
    assert of.drafted is None
    assert of.refused is not None
    assert said in of.refused.said()
    assert " whatever their score" in of.refused.said()
    assert "Die Kaufsignale allein bringen " in of.refused.said("de")


def test_a_goal_that_nobody_stated_gives_way_to_signals_and_what_they_bring_is_said() -> None:
    base = BASE.replace(RULE, "sales_ready: {any: [{score: 60}, intent]}")
    of = drafted(proposed(made(signals=0.6), base=base, goal=UNSTATED))
    useful = [c.at_least for c in of.curve if 0 < c.leads < c.all_leads]
    assert of.chosen.at_least == max(useful)
    assert of.signals is not None
    assert of.beyond is not None
    assert of.beyond.said().startswith(f"The buying signals alone bring {of.signals.leads:,} of ")
    assert loads(of.text).agreement.intent[0].name == "demo"


BEFORE = """\
name: Before
lead: {reachable_by: [email]}
fit: {Branche: {Software: 5}}
engagement:
  webinar: {points: 10, for: 30 days}
  page: {points: -3, for: 14 days, at_most: -6}
  quiet: {nothing_for: 10 days, points: -4}
intent: {demo: {for: 14 days}}
sales_ready: {any: [{score: 15}, intent]}
"""


def test_the_agreement_so_far_ranks_examples_by_what_it_said_at_their_moments() -> None:
    history = made()
    examples = examples_of(history, target=Target(within=30))
    agreement = loads(BEFORE).agreement
    rank = rank_by(agreement, history, examples)
    of, ids = plan(agreement), history.leads["lead_id"].to_pylist()
    told = []
    for i in range(0, len(examples), max(1, len(examples) // 400)):
        lead = lead_of(history, ids[int(examples.lead[i])])
        state = state_at(of, lead, int(examples.at[i]))
        assert state is not None
        reachable = any(fact.attribute == "email" for fact in lead.facts)
        told.append(((state.sales_ready, reachable, state.score), int(rank[i])))
    assert len({said for said, _rank in told}) > 10
    assert len({rank for _said, rank in told}) == len({said for said, _rank in told})
    assert [of for _said, of in sorted(told)] == sorted(of for _said, of in told)
