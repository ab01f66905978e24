"""The ideal lead is learned from the store: what sales worked counts, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from einig.engine.agreement import content_hash, loads
from einig.engine.instants import DAY, HOUR
from einig.flow import agreements, beginnings, feedback, ideal_lead, outcomes
from einig.flow.permissions import NotAllowed
from einig.store import history
from einig.store.models import Handoff, Lead, SecondLook, Study, Task, Version
from tests.live import NOW, Company, company, identify, say, track

pytestmark = pytest.mark.django_db

LATER = NOW + 400 * DAY
CLOCK: Callable[[], int] = lambda: LATER  # noqa: E731  # a clock that stands still
EVERYBODY = "name: All\nlead: {reachable_by: [email]}\nsales_ready: {fit: 0}\n"
SIGNALS = """\
name: All
lead: {reachable_by: [email]}
fit: {industry: {Software: 5}}
intent: {demo_requested: {for: 14 days}}
sales_ready: {any: [{score: 0}, {fit: 5, intent: any}]}
"""


@pytest.fixture
def us() -> Company:
    """A company that sells to one of two industries."""
    return sells_to_software()


def sells_to_software(agreed: str = EVERYBODY, *, since: int = NOW) -> Company:
    """Return a company with leads of two industries, that sells to one of them."""
    us = company(agreed, since)
    for n in range(130):
        name, at = f"u{n}", since + n * 3 * DAY
        industry = "Software" if n % 2 == 0 else "Handel"
        size = str(20 + 13 * (n % 50))
        said = identify(name, email=f"{name}@f{n}.example", industry=industry, employees=size)
        say([said, track("demo_requested" if n % 5 else "scrolled", name)], of=us.website, at=at)
        of = Handoff.objects.select_related("lead", "to").get(lead__name=f"{name}@f{n}.example")
        assert of.to is not None
        if (n % 2 == 0 and n % 12) or n % 23 == 0:
            outcomes.win(of.lead, by=of.to, at=at + 9 * DAY, revenue=Decimal(5000))
        else:
            outcomes.lose(of.lead, by=of.to, at=at + 9 * DAY, reason="no need")
    return us


def found(us: Company, **question: object) -> Study:
    """Return what is found when somebody asks."""
    study = ideal_lead.ask(by=us.max, at=LATER, **question)  # type: ignore[arg-type]  # as asked
    ideal_lead.work(study.id, clock=CLOCK)
    study.refresh_from_db()
    return study


def test_what_was_planted_is_found_and_becomes_a_draft(us: Company) -> None:
    study = found(us)
    assert (study.error, study.finished_at, study.progress) == ("", LATER, 1.0)
    result = study.result
    assert result is not None
    assert result["learnable"] is True
    assert result["auc_test"] > 0.85
    clear = {(t["column"], t["label"]) for t in result["ideal"]["traits"] if t["discovery"]}
    assert {("industry", "Software"), ("industry", "Handel")} <= clear
    assert not {t["column"] for t in result["ideal"]["traits"]} & set(ideal_lead.WHO_IT_IS)
    version = ideal_lead.make_draft(study, by=us.max, at=LATER)
    assert version.content_hash == study.content_hash
    assert content_hash(loads(version.text).agreement) == study.content_hash
    assert loads(version.text).agreement.lead.reachable_by == ("email",)
    study.refresh_from_db()
    assert ideal_lead.make_draft(study, by=us.max, at=LATER) == version


TODAY = """\
# What we agreed in autumn.
name: All
lead: {reachable_by: [email]}
# who asks us to call
intent:
  callback_requested: {for: 7 days}
sales_ready: {any: [{score: 0}, {intent: callback_requested}]}
# six working days are enough
sales: {attempts: {at_least: 6}}
"""
ASKS_FIT = TODAY.replace("{intent: callback_requested}", "{fit: 5, intent: any}").replace(
    "# who asks", "fit: {industry: {Software: 10}}\n# who asks"
)


def enact(text: str, at: int) -> Version:
    """Put another version in force."""
    version = agreements.draft(text, by=None, at=at)
    agreements.propose(version, by=None, at=at)
    agreements.enact(version, since=at, at=at)
    return version


def test_a_study_becomes_a_draft_on_the_version_in_force_now(us: Company) -> None:
    study = found(us)
    today = enact(TODAY, LATER)
    assert ideal_lead.overtaken_by(study, at=LATER - 1) is None
    assert ideal_lead.overtaken_by(study, at=LATER) == today
    made = ideal_lead.make_draft(study, by=us.max, at=LATER)
    assert study.result is not None
    learned = loads(study.result["draft"]["agreement"]).agreement
    agreement = loads(made.text).agreement
    assert (agreement.fit, agreement.engagement) == (learned.fit, learned.engagement)
    now = loads(TODAY).agreement
    assert (agreement.intent, agreement.sales) == (now.intent, now.sales)
    assert beginnings.text_of("ideal_lead", at=LATER) == made.text
    score = study.result["draft"]["chosen"]["score"]
    assert [line for line in made.text.splitlines() if line.startswith("# ")] == [
        study.result["draft"]["agreement"].splitlines()[0],
        "# Learned beside version 1; all but fit, engagement and sales_ready is that of version 2, "
        "in force since.",
        "# What we agreed in autumn.",
        "# who asks us to call",
        "# six working days are enough",
    ]
    assert f"sales_ready: {{any: [{{score: {score}}}, {{intent: callback_requested}}]}}" in (
        made.text.splitlines()
    )


def test_signals_that_ask_for_an_unknown_fit_are_left_out_and_the_draft_says_so(
    us: Company,
) -> None:
    study = found(us)
    enact(ASKS_FIT, LATER)
    text = ideal_lead.make_draft(study, by=us.max, at=LATER).text
    assert study.result is not None
    assert (
        f"sales_ready: {{score: {study.result['draft']['chosen']['score']}}}" in text.splitlines()
    )
    assert "Its buying signals ask for more than was translated: here the score decides." in text


def test_the_fit_that_signals_need_stands_as_it_was_translated() -> None:
    us = sells_to_software(SIGNALS)
    study = found(us, goal="share", amount=0.9)
    assert study.result is not None
    (fit,) = study.result["draft"]["fits"].values()
    enact(ASKS_FIT, LATER)
    text = ideal_lead.make_draft(study, by=us.max, at=LATER).text
    score = study.result["draft"]["chosen"]["score"]
    rule = f"sales_ready: {{any: [{{score: {score}}}, {{fit: {fit}, intent: any}}]}}"
    assert rule in text.splitlines()
    assert "The fit that buying signals need is still the one translated then." in text


def test_the_same_work_done_again_changes_nothing(us: Company) -> None:
    study = found(us)
    ideal_lead.work(study.id, clock=lambda: LATER + HOUR)
    study.refresh_from_db()
    assert study.finished_at == LATER


def test_a_few_leads_are_not_enough_and_there_is_no_draft() -> None:
    us = company()
    study = found(us)
    assert study.result is not None
    assert (study.result["learnable"], study.result["draft"]) == (False, None)
    assert study.result["missing"] > 0
    with pytest.raises(ideal_lead.NothingToDraft):
        ideal_lead.make_draft(study, by=us.max, at=LATER)


def test_what_goes_wrong_is_told_and_can_be_asked_again(us: Company) -> None:
    study = found(us, amount="much")
    assert study.finished_at is None
    assert study.error.startswith("TypeError")
    assert ideal_lead.running() is None
    assert ideal_lead.failed() == study


def test_sales_may_not_ask(us: Company) -> None:
    with pytest.raises(NotAllowed):
        ideal_lead.ask(by=us.sam, at=LATER)
    assert not Task.objects.filter(kind="learn").exists()


def test_a_return_counts_as_a_loss_only_if_the_second_look_agrees() -> None:
    us = company()
    for n, name in enumerate(("u1", "u2", "u3")):
        said = identify(name, email=f"{name}@pumpen{n}.example", industry="Software")
        say([said, track("demo_requested", name)], of=us.website, at=NOW + n)
        of = Handoff.objects.select_related("to").get(closed_at=None)
        assert of.to is not None
        feedback.give_back(of, by=of.to, at=NOW + HOUR, reason="no budget")
    agrees, differs, _not_yet = SecondLook.objects.order_by("id")
    feedback.judge_again(agrees, by=us.mia, at=NOW + DAY, was_ready=False)
    feedback.judge_again(differs, by=us.mia, at=NOW + DAY, was_ready=True)
    assert len(history.read().outcomes) == 0
    learned = history.read(to_learn=True)
    ids = learned.leads["lead_id"].to_pylist()
    lost = [(ids[row["lead"]], row["won"]) for row in learned.outcomes.to_pylist()]
    assert lost == [(agrees.feedback.lead.lead_id, False)]


def test_who_was_never_handed_over_is_no_example_and_counted_apart(us: Company) -> None:
    before = found(us).result
    for lead in Lead.objects.filter(handoffs__closing="lost")[:10]:
        lead.handoffs.all().delete()
        lead.nurture.all().delete()
    after = found(us).result
    assert before is not None
    assert after is not None
    reasons = {of["reason"]: of["leads"] for of in after["examples"]["unknown"]}
    assert reasons["never handed over"] == 10
    assert after["examples"]["all"] < before["examples"]["all"]
