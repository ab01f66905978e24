"""The version in force is watched: what leaves its promise is found once, and both leads know."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from einig.engine.agreement import loads
from einig.engine.backtest.intervals import Proportion
from einig.engine.instants import DAY, HOUR
from einig.engine.watching import Promise, precision_test
from einig.flow import agreements, findings, handoff, outcomes, scoring, watching
from einig.flow.organisation import organisation
from einig.flow.permissions import NotAllowed
from einig.jobs import worker
from einig.store.models import (
    AuditEntry,
    Company,
    Event,
    Fact,
    Finding,
    Handoff,
    Identity,
    Lead,
    Outcome,
    Relation,
    Task,
    Version,
)
from tests import live
from tests.live import NOW, company, identify, say, track, unguarded

pytestmark = pytest.mark.django_db

AGREED = """\
name: Inbound
lead: {reachable_by: [email]}
fit:
  # what we build for
  industry: {Software: 20, Trade: 20}
intent:
  demo_requested: {for: 14 days}
sales_ready: {fit: 20, intent: any}
"""
EVERY, WEEK = 2 * DAY, 7 * DAY
BEFORE, AFTER = 200, 150
PROPOSED = NOW + BEFORE * EVERY
ENDS = PROPOSED + AFTER * EVERY


def lead(us: live.Company, n: int, *, industry: str, bought: bool) -> None:
    """Let a lead come that sales works, and that buys or does not after nine days."""
    name, at = f"u{n}", NOW + n * EVERY + DAY // 2
    said = identify(name, email=f"{name}@f{n}.example", industry=industry)
    say([said, track("demo_requested", name)], of=us.website, at=at)
    of = Handoff.objects.select_related("lead", "to").get(lead__name=f"{name}@f{n}.example")
    assert of.to is not None
    if bought:
        outcomes.win(of.lead, by=of.to, at=at + 9 * DAY, revenue=Decimal(5000))
    else:
        outcomes.lose(of.lead, by=of.to, at=at + 9 * DAY, reason="no need")


def came(us: live.Company, numbers: range, *, halves: bool = False) -> None:
    """Let leads come as `lead` does, every other one a software maker; as rows, all at once.

    Where it halves, software makers buy no more.
    """
    made = [
        (Lead(lead_id=f"L{n}", created_at=at, last_known=at + 9 * DAY), n % 2 == 1, buys(n))
        for n in numbers
        for at in [NOW + n * EVERY + DAY // 2]
    ]
    Lead.objects.bulk_create([of for of, *_ in made])
    keys = Identity.objects.bulk_create([Identity(key=of.lead_id, lead=of) for of, *_ in made])
    facts, events, opened, ended = [], [], [], []
    for (of, software, buyer), key in zip(made, keys, strict=True):
        at, won = of.created_at, buyer and not (halves and software)
        said = {"email": f"{of.lead_id}@x.example", "industry": "Software" if software else "Trade"}
        facts += [
            Fact(identity=key, attribute=name, value=value, known_from=at)
            for name, value in said.items()
        ]
        did = {"event_id": of.lead_id, "type": "demo_requested", "properties": {}}
        events.append(Event(identity=key, at=at, known_from=at, **did))
        by = {"version": us.version, "to": us.sam, "accepted_at": at + DAY}
        closing = Handoff.Closing.WON if won else Handoff.Closing.LOST
        end = {"closed_at": at + 9 * DAY, "closing": closing}
        opened.append(Handoff(lead=of, opened_at=at, **by, **end))
        ended.append(Outcome(lead=of, won=won, at=at + 9 * DAY))
    Fact.objects.bulk_create(facts)
    Event.objects.bulk_create(events)
    Handoff.objects.bulk_create(opened)
    Outcome.objects.bulk_create(ended)


def version(us: live.Company, at: int = PROPOSED) -> Version:
    """Return a version that is proposed and in force from an instant on."""
    made = agreements.draft(AGREED, by=us.max, at=at)
    agreements.propose(made, by=us.max, at=at)
    agreements.enact(made, since=at, at=at)
    return made


def buys(n: int) -> bool:
    """Return whether a lead buys where all is as it was: 40 of 100 do."""
    return n % 5 in {0, 3}


def lived(*, halves: bool) -> tuple[live.Company, Version]:
    """Return a company whose software makers, from a version on, buy no more, or go on buying."""
    us = company(AGREED)
    came(us, range(BEFORE))
    made = version(us)
    came(us, range(BEFORE, BEFORE + AFTER), halves=halves)
    return us, made


def days_of_looks() -> list[Finding]:
    """Look every sixteen weeks, as a worker does every day."""
    at = range(PROPOSED, ENDS + 60 * DAY, 16 * WEEK)
    return [found for day in at for found in watching.look(at=day)]


def test_a_halving_is_one_finding_and_one_mail_to_each_lead():
    us, made = lived(halves=True)
    (found,) = days_of_looks()
    assert (found.version, found.kind, found.criterion) == (made, "precision", "fit.industry")
    assert found.detail["then"] == [77, 193]  # of the last seven it was not known yet
    assert found.detail["moved"]["value"] == "Software"
    assert Finding.objects.count() == 1
    assert AuditEntry.objects.filter(action="promise_not_kept").count() == 1
    for task in Task.objects.filter(kind="mail_finding"):
        worker.DOES[task.kind](task, ENDS)
    assert sorted(of.to[0] for of in mail.outbox) == [us.max.email, us.sol.email]
    assert "Software" in mail.outbox[0].body
    draft = findings.make_draft(found, by=us.max, at=ENDS)
    assert findings.make_draft(found, by=us.sol, at=ENDS) == draft
    assert (draft.begun_from, draft.base, draft.content_hash) == (
        "finding",
        made,
        made.content_hash,
    )
    lines = draft.text.splitlines()
    assert lines[3] == "  # what we build for"
    assert lines[4].startswith("  # ")
    assert "Software" in lines[5]
    assert loads(draft.text).agreement == loads(made.text).agreement


def test_a_quiet_world_has_no_finding_and_no_mail():
    lived(halves=False)
    assert days_of_looks() == []
    assert not Task.objects.filter(kind="mail_finding").exists()


@pytest.mark.parametrize("leads", [120, 240])
def test_a_look_asks_the_database_the_same_however_many_leads_there_are(leads):
    us = company(AGREED)
    came(us, range(leads))
    made = version(us, at=NOW + leads * EVERY)
    came(us, range(leads, 2 * leads), halves=True)
    organisation()  # read once a process, like what was signed
    scoring.timeline()
    with CaptureQueriesContext(connection) as asked:
        (found,) = watching.look(at=NOW + (2 * leads + 20) * EVERY)
    assert (found.version, found.kind) == (made, "precision")
    assert len(asked) == (46 if connection.vendor == "sqlite" else 34)  # COPY is not counted


def test_power_is_that_of_what_matures_in_time_and_says_something():
    us = company(AGREED)
    came(us, range(BEFORE))
    Outcome.objects.filter(lead__in=Lead.objects.order_by("id")[: BEFORE // 2]).delete()
    Handoff.objects.filter(lead__outcomes=None).update(accepted_at=None)
    made = version(us)
    watching.look(at=PROPOSED + WEEK)
    made.refresh_from_db()
    assert made.promised is not None
    promised = Promise.read(made.promised["watch"])
    assert (promised.within, promised.matured, promised.precision) == (
        14 * DAY,
        193,
        Proportion(37, 93),
    )
    assert (promised.yearly, promised.cases) == (182, 88)  # three and a half a week
    test = precision_test(promised.precision, yearly=182)
    assert test is not None
    in_time = [test.power(0.5, cases=88, part=weeks / 52) for weeks in (24, 50)]
    assert made.promised["seen"]["precision_power"] == in_time


def test_what_was_promised_is_the_same_whenever_it_is_worked_out():
    us = company(AGREED)
    for n in range(40):
        lead(us, n, industry="Software", bought=buys(n))
    made = agreements.draft(AGREED, by=us.max, at=NOW + 80 * DAY)
    agreements.propose(made, by=us.max, at=NOW + 80 * DAY)
    watching.work_out(made.id)
    made.refresh_from_db()
    at_once = made.promised
    for n in range(40, 80):
        lead(us, n, industry="Trade", bought=False)
    Version.objects.filter(id=made.id).update(promised=None)
    watching.work_out(made.id)
    made.refresh_from_db()
    assert made.promised == at_once
    assert at_once is not None


def test_who_is_handed_over_without_being_ready_or_was_at_the_enactment_is_in_no_figure():
    us = company(AGREED)
    for n in range(12):
        lead(us, n, industry="Software", bought=True)
    named = [identify(name, email=f"{name}@x.example", industry="Other") for name in ("a", "b")]
    say(named, of=us.website, at=NOW + 3 * DAY)
    (judged,) = [of for of in scoring.timeline() if of.id == us.version.id]
    for name, more in (("a", {"by": us.max}), ("b", {"explored": 0.1})):
        below = Lead.objects.get(name=f"{name}@x.example")
        handoff.open_handoff(below, judged, at=NOW + 4 * DAY, **more)
        outcomes.win(below, by=us.sam, at=NOW + 9 * DAY, revenue=Decimal(5000))
    at_once = Handoff.objects.order_by("id")[2]
    us.version.in_force_from, us.version.proposed_at = at_once.opened_at, NOW + 79 * DAY
    with unguarded():
        us.version.save()
    watching.look(at=NOW + 80 * DAY)
    us.version.refresh_from_db()
    assert us.version.promised is not None
    assert us.version.promised["seen"]["precision"] == [9, 9]


def test_a_stricter_version_counts_those_whom_the_one_before_had_handed_over():
    us = company(AGREED.replace("intent:\n", "intent:\n  price_list_requested: {for: 14 days}\n"))
    since, ends = NOW + 14 * WEEK, NOW + 20 * WEEK
    for n in range(40):  # each asks for the price list, and three weeks later for a demo
        if n == 28:
            made = agreements.draft(AGREED, by=us.max, at=since)
            agreements.propose(made, by=us.max, at=since)
            agreements.enact(made, since=since, at=since)
        name = f"u{n}"
        asked = [identify(name, email=f"{name}@f{n}.example", industry="Software")]
        asked.append(track("price_list_requested", name))
        asked += [track("demo_requested", f"u{n - 6}")] if n >= 6 else []
        say(asked, of=us.website, at=NOW + n * WEEK // 2)
    watching.look(at=ends)
    made.refresh_from_db()
    assert made.promised is not None
    assert made.promised["watch"]["weekly"][-8:] == [2] * 8
    assert made.promised["seen"]["weekly"] == [5, 10]


def test_applicants_and_competitors_are_neither_promised_nor_counted():
    us = company(AGREED)
    for n in range(18):  # a week each; of four one is handed over, and one turns out only then
        names, at = [f"{what}{n}" for what in ("good", "late", "own", "firm")], NOW + n * WEEK
        known = [identify(of, email=f"{of}@{of}.example", industry="Software") for of in names]
        say(known, of=us.website, at=at)
        rival = Company.objects.create(name="Rival", relation=Relation.COMPETITOR)
        Lead.objects.filter(name__startswith=f"own{n}@").update(relation=Relation.APPLICANT)
        Lead.objects.filter(name__startswith=f"firm{n}@").update(company=rival)
        say([track("demo_requested", of) for of in names], of=us.website, at=at + HOUR)
        Lead.objects.filter(name__startswith=f"late{n}@").update(relation=Relation.COMPETITOR)
    assert Handoff.objects.filter(closing=Handoff.Closing.HELD).count() == 36
    proposed = NOW + 12 * WEEK + DAY
    Version.objects.filter(id=us.version.id).update(proposed_at=proposed)
    watching.look(at=NOW + 18 * WEEK)
    us.version.refresh_from_db()
    assert us.version.promised is not None
    assert us.version.promised["watch"]["weekly"] == [2] * 11
    assert us.version.promised["seen"]["weekly"] == [17, 34]


def test_a_finding_is_settled_once_with_a_note_by_who_may():
    us = company(AGREED)
    detail = {"now": 2.0, "then": 9.5, "begins": NOW, "error": 0.01, "power": [0.5, 0.9]}
    found = Finding.objects.create(version=us.version, kind="volume", at=NOW, detail=detail)
    with pytest.raises(NotAllowed):
        findings.settle(found, by=us.sam, at=NOW, note="so what")
    findings.settle(found, by=us.sol, at=NOW, note="the fair was cancelled")
    assert (found.settled_by, found.detail["note"]) == (us.sol, "the fair was cancelled")
    with pytest.raises(findings.Settled):
        findings.settle(found, by=us.max, at=NOW, note="again")
    assert findings.make_draft(found, by=us.max, at=NOW).text.startswith("name: Inbound\n")
