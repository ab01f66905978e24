"""A page asks the database the same number of questions however much there is to show."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from einig.engine.instants import DAY
from einig.flow import agreements, feedback, handoff, outcomes, sources, threads, trials
from einig.store.models import (
    AgreementTest,
    Handoff,
    JourFixe,
    Lead,
    SecondLook,
    Side,
    Team,
    User,
    Version,
)
from tests.live import AGREED, NOW, Company, company, identify, person, say, track

pytestmark = pytest.mark.django_db

PAGES = {
    "/inbox": "sam",
    "/leads": "sam",
    "/leads?view=with_sales": "sam",
    "/leads?view=came_back&sort=score": "sam",
    "/leads?q=petra": "sam",
    "/follow-up": "sol",
    "/nurture": "sue",
    "/sources": "mia",
    "/received": "mia",
    "/review": "max",
    "/report?month=2026-03": "max",
    "/report/2026-03/marketing": "max",
    "/report/2026-03/agreed/without/sales": "max",
    "/settings/people": "ada",
    "/settings/audit": "ada",
    "/settings/privacy/contacts": "ada",
    "/agreement": "max",
    "/agreement/1": "max",
    "/agreement/2": "sam",
    "/agreement/2/about?criterion=explore": "max",
    "/agreement/2/draft": "max",
    "/jour-fixe": "sam",
    "/jour-fixe/{meeting}": "max",
    "/agreement/1?figures=yes": "max",
    "/agreement/versions": "max",
    "/agreement/test": "sam",
    "/agreement/test/{test}": "max",
}
A_LEAD = ("/leads/{}", "/inbox/{}")


@pytest.fixture
def us() -> Company:
    """The company, with one of everything that a page shows."""
    trials.forget()
    us = company()
    another(us, 1)
    return us


def another(us: Company, n: int) -> None:
    """Let one more of everything be there."""
    at = NOW + n * DAY
    names = [f"{what}{n}" for what in ("waits", "returned", "overruled", "won")]
    for i, name in enumerate(names):
        said = identify(name, email=f"{name}@x{n}.example", name=f"Petra {name}")
        said["traits"] |= {"industry": "Software", "company": f"Pumps {name}"}
        messages = [said, track("demo_requested", name), track("", name)]
        say(messages, of=us.website, at=at + i)
    opened = {str(one.lead).split()[-1]: one for one in Handoff.objects.filter(closed_at=None)}
    waits, returned, overruled, won = (opened[name] for name in names)
    tried(waits, us.sam, at=at + 1000)
    for one in (returned, overruled):
        assert one.to is not None
        told = feedback.give_back(one, by=one.to, at=at + 2000, reason="no budget", text="later")
        look = told.second_look
        if one == overruled:
            feedback.judge_again(look, by=us.max, at=at + 3000, was_ready=True)
    judged(won.lead, n, at=at)
    outcomes.win(won.lead, by=us.sol, at=at + 4000, revenue=Decimal(100 * n))
    say([track("demo_requested", names[0])], of=us.website, at=at + 5000)
    call = {"type": "track", "event": "call_missed", "messageId": f"call{n}"}
    who = {"type": "identify", "messageId": f"told{n}", "traits": {"name": "Petra"}}
    say([of | {"anonymousId": f"phone:+4973155501{n:02d}"} for of in (call, who)],
        of=us.website, at=at + 6000)  # fmt: skip
    source = sources.add(name=f"Fair {n}", kind="api", inbound=True, by=us.mia, at=at)
    sources.spend(source, name=f"Spring {n}", spend=Decimal(50), by=us.mia, at=at)
    person(f"pat{n}", "sales", Team.objects.create(name=f"South {n}"))
    version = agreements.draft(AGREED.replace("Trade: 5", f"Trade: {5 + n}"), by=us.max, at=at)
    agreements.propose(version, by=us.max, at=at)
    agreements.enact(version, since=at + DAY // 2, at=at)
    feedback.say(won.lead, by=us.sam, at=at + 5000, verdict="complaint", text="No budget")
    discussed(us, n, at=at)


def discussed(us: Company, n: int, *, at: int) -> None:
    """Let there be one more thread with one more remark, and one more Jour fixe."""
    for version in Version.objects.all():
        old = threads.say(version, "explore", f"@Sam @Max {n}", by=us.sue, at=at).thread
        threads.resolve(old, by=us.sol, at=at)
        threads.say(version, "verify", f"@Sam @Max {n}", by=us.sue, at=at)
    looks = SecondLook.objects.filter(at__isnull=False).values_list("feedback__lead_id", "id")
    entries = [{"lead": lead, "kind": "returned", "about": id_} for lead, id_ in looks]
    agreed = {side: {"by": 1, "name": "X", "at": at, "seen": ""} for side in Side.values}
    JourFixe.objects.create(at=at, ended_at=at, sales_promises="Call", approved=agreed)
    JourFixe.objects.filter(id=first(JourFixe)).update(leads=entries)


def judged(lead: Lead, n: int, *, at: int) -> None:
    """Let there be one more lead that both sides judged differently."""
    closed = {"asked_at": at, "closed_at": at}
    figures = {"leads": 20, "agreed": 11, "low": 0.3, "high": 0.7}
    AgreementTest.objects.create(**closed, result=figures)
    test = AgreementTest.objects.get(id=first(AgreementTest))
    shown = {"facts": [["industry", "Software"]], "did": [], "days": 1}
    sample = test.leads.create(lead=lead, position=n, as_of=at, shown=shown)
    for side in Side.values:
        juror = test.jurors.create(side=side, name=side, token_hash=f"{side}{n}", expires_at=at)
        said = {"ready": side == Side.SALES, "criteria": ["fit.industry"], "at": at}
        juror.judgements.create(lead=sample, **said)


def first(model: type[Model]) -> int:
    """Return the number of the first row, which differs from database to database."""
    return int(model._default_manager.order_by("id").values_list("id", flat=True)[0])


def tried(of: Handoff, by: User, *, at: int) -> None:
    """Let somebody get a lead and try to reach it."""
    Handoff.objects.filter(id=of.id).update(to=by)
    handoff.log_attempt(of, by=by, at=at, channel="phone", result="no_answer")


def questions(browser: Client, address: str) -> int:
    """Return how many queries a page costs, once what is read only once has been read."""
    assert browser.get(address).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_costs_the_same_for_one_and_for_three(us: Company, address: str) -> None:
    browser = Client()
    browser.force_login(getattr(us, PAGES[address]))
    address = address.format(meeting=first(JourFixe), test=first(AgreementTest))
    one = questions(browser, address)
    another(us, 2)
    another(us, 3)
    assert questions(browser, address) == one


@pytest.mark.parametrize("address", A_LEAD)
def test_a_lead_costs_the_same_after_one_hand_off_and_after_three(
    us: Company, address: str
) -> None:
    browser = Client()
    browser.force_login(us.sam)
    lead = Lead.objects.get(name="Petra waits1")
    feedback.say(lead, by=us.sam, at=NOW + 2 * DAY, verdict="praise", text="good")
    one = questions(browser, address.format(lead.lead_id))
    for n in (2, 3):
        at = NOW + 2 * n * DAY
        old = lead.handoffs.get(closed_at=None)
        feedback.give_back(old, by=us.sam, at=at, reason="no budget", text="later")
        say([track("demo_requested", "waits1")], of=us.website, at=at + 1000)
        tried(lead.handoffs.get(closed_at=None), us.sam, at=at + 2000)
    assert lead.handoffs.count() == 3
    assert questions(browser, address.format(lead.lead_id)) == one
