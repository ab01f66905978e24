"""The agreement test: leads are drawn, judged blindly by links, and both sides are compared."""

from __future__ import annotations

import random
import threading
from bisect import bisect_right
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.utils import translation

from einig.engine.agreement import loads
from einig.engine.instants import DAY, HOUR
from einig.engine.learning.judged import hands_over
from einig.flow import agreement_draft, agreement_leads, agreement_result, agreement_test, outcomes
from einig.flow.agreement_test import Guest
from einig.flow.permissions import NotAllowed
from einig.jobs.worker import work
from einig.store import history
from einig.store.models import (
    AgreementTest,
    AuditEntry,
    Event,
    Fact,
    Handoff,
    Juror,
    Lead,
    Sample,
    Task,
    Version,
)
from tests.live import AGREED, NOW, Company, company, identify, say, track

pytestmark = pytest.mark.django_db

LATER = NOW + 60 * DAY


@pytest.fixture
def us() -> Company:
    """A company with two dozen leads: of two industries, of many sizes, half of them active."""
    us = company()
    fill(us)
    return us


def before_any_version() -> Company:
    """Return a company with leads whose first version comes into force much later."""
    us = company(since=LATER + 400 * DAY)
    fill(us)
    return us


def fill(us: Company, leads: int = 24) -> None:
    """Let leads come in."""
    for n in range(leads):
        name, at = f"u{n}", NOW + n * HOUR
        industry = "Software" if n % 2 == 0 else "Handel"
        said = identify(name, email=f"{name}@f{n}.example", industry=industry, employees=str(n * 7))
        said["traits"] |= {"name": f"Petra Lindner {n}", "phone": f"+49 30 23125 {100 + n}"}
        messages = [said]
        if n % 4 < 2:
            messages.append(track("webinar_attended", name, properties={"title": "Pumps"}))
        if n % 8 == 0:
            messages.append(track("demo_requested", name))
        say(messages, of=us.website, at=at)


def started(us: Company, *people: Any) -> AgreementTest:
    """Return a test in which one person of each side judges."""
    return agreement_test.start(by=us.max, at=LATER, people=people or (us.max, us.sol))


def judges(juror: Juror, says: Callable[[Sample], bool], *, why: str = "fit.industry") -> None:
    """Let somebody judge every lead, and hand in."""
    for sample in juror.test.leads.order_by("position"):
        agreement_test.judge(juror, sample, ready=says(sample), criteria=[why], at=LATER + HOUR)
    agreement_test.finish(juror, at=LATER + HOUR)


def industry(sample: Sample) -> str:
    """Return the industry that is shown of a lead."""
    return str(dict(sample.shown["facts"])["industry"])


def likes_software(sample: Sample) -> bool:
    """Say yes to software only."""
    return industry(sample) == "Software"


# --- which leads ------------------------------------------------------------------------------


def test_twenty_are_drawn_with_their_probability_and_most_are_borderline(us: Company) -> None:
    test = started(us)
    samples = list(test.leads.order_by("position"))
    assert [sample.position for sample in samples] == list(range(1, 21))
    assert all(0 < sample.probability <= 1 for sample in samples)
    # of each stratum some were drawn, so that together they stand for all
    assert sum(1 / sample.probability for sample in samples) == pytest.approx(24)


def test_the_same_draw_gives_the_same_leads_and_another_test_others(us: Company) -> None:
    one, again, other = (
        [of.lead_id for of in agreement_leads.draw(name=name, at=LATER)]
        for name in ("test 1", "test 1", "test 2")
    )
    assert one == again
    assert set(one) != set(other)


def test_leads_that_nobody_has_judged_come_first(us: Company) -> None:
    fill(us, 42)
    first = started(us)
    agreement_test.close(first, by=us.max, at=LATER)
    second = started(us)
    drawn = {test.id: set(test.leads.values_list("lead", flat=True)) for test in (first, second)}
    assert drawn[first.id] & drawn[second.id] == set()


def test_without_a_version_in_force_leads_differ_by_what_they_are_and_did() -> None:
    test = started(before_any_version())
    shown = [sample.shown for sample in test.leads.all()]
    assert len(shown) == 20
    assert {len(of["did"]) for of in shown} == {0, 1, 2}
    assert {dict(of["facts"])["industry"] for of in shown} == {"Software", "Handel"}


def test_nothing_is_shown_that_became_known_after_the_hand_off_or_says_who_it_is(
    us: Company,
) -> None:
    handed = Handoff.objects.select_related("lead", "to").order_by("id")[0]
    assert handed.to is not None
    lead = handed.lead
    say(
        [identify("u0", budget="approved"), track("contract_signed", "u0")],
        of=us.website,
        at=handed.opened_at + DAY,
    )
    outcomes.win(lead, by=handed.to, at=LATER - DAY, revenue=Decimal(5000))
    draws = (d for n in range(50) for d in agreement_leads.draw(name=f"t{n}", at=LATER))
    told = next(of for of in draws if of.lead_id == lead.id)
    assert told.as_of == handed.opened_at
    assert told.shown == {
        "facts": [["employees", "0"], ["industry", "Software"], ["source", "Website"]],
        "did": [
            {"type": "demo_requested", "times": 1, "ago": 0, "with": []},
            {"type": "webinar_attended", "times": 1, "ago": 0, "with": ["pumps"]},
        ],
    }


def test_how_old_a_lead_is_when_told_says_nothing_of_whether_sales_had_it() -> None:
    dice = random.Random(7)  # no secret: a made-up company of two years
    at = NOW + 730 * DAY
    leads = [
        Lead(id=n, lead_id=f"lead-{n}", created_at=NOW + dice.randrange(730 * DAY))
        for n in range(6000)
    ]
    handed, decided = {}, {}
    for lead in leads:
        when = lead.created_at + int(dice.expovariate(1 / (9 * DAY)))
        if dice.random() < 0.3 and when < at:
            handed[lead.id] = when
        if dice.random() < 0.4:
            decided[lead.id] = lead.created_at + int(dice.expovariate(1 / (60 * DAY)))
    found = agreement_leads.moments(leads, handed=handed, decided=decided, name="t", at=at)
    ages: dict[bool, list[int]] = {True: [], False: []}
    for lead in leads:
        if lead.id in found:
            ages[lead.id in handed].append(found[lead.id] - lead.created_at)
            assert found[lead.id] <= min(handed.get(lead.id, at), decided.get(lead.id, at), at)
    assert [len(of) > 1500 for of in ages.values()] == [True, True]
    # Kolmogorov and Smirnov: of two alike this large, one in a thousand differs by more than 0.06
    assert _apart(ages[True], ages[False]) < 0.06


def _apart(one: list[int], other: list[int]) -> float:
    """Return by how much the shares below any bound differ at most."""
    one, other = sorted(one), sorted(other)
    return max(
        abs(bisect_right(one, bound) / len(one) - bisect_right(other, bound) / len(other))
        for bound in (*one, *other)
    )


def test_the_times_that_are_shown_say_nothing_of_whether_sales_had_a_lead(us: Company) -> None:
    for n in range(24):
        for days in (3, 8 + n % 5):
            at = NOW + n * HOUR + days * DAY
            say([track("webinar_attended", f"u{n}", properties={})], of=us.website, at=at)
    had = {of.lead_id for of in Handoff.objects.all()}
    newest: dict[bool, set[int]] = {True: set(), False: set()}
    for told in (of for n in range(20) for of in agreement_leads.draw(name=f"t{n}", at=LATER)):
        assert set(told.shown) == {"facts", "did"}
        newest[told.lead_id in had] |= {min((of["ago"] for of in told.shown["did"]), default=0)}
    assert newest == {True: {0}, False: {0}}


@pytest.mark.parametrize(
    ("attribute", "value", "shown"),
    [
        ("industry", "Software", True),
        ("employees", "250", True),
        ("postal code", "80331", True),
        ("firstName", "Petra", False),
        ("last_name", "Lindner", False),
        ("Work Email", "hidden", False),
        ("lead_status", "hot", False),
        ("lifecycle stage", "customer", False),
        ("Owner", "Sam", False),
        ("city", "ask petra@pumpen.example", False),
        ("city", "+49 (0) 30 2312 5100", False),
        ("city", "https://pumpen.example", False),
        ("wish", "x" * 81, False),
    ],
)
def test_contact_details_and_verdicts_are_not_shown(
    attribute: str, value: str, shown: bool
) -> None:
    assert agreement_leads.may_show(attribute, value) is shown


def test_a_lead_decided_before_we_knew_it_is_not_drawn(us: Company) -> None:
    early = Lead.objects.order_by("id")[0]
    early.outcomes.create(won=True, at=early.created_at, revenue=10)
    drawn = {d.lead_id for n in range(20) for d in agreement_leads.draw(name=f"t{n}", at=LATER)}
    assert early.id not in drawn
    assert len(drawn) == 23


def test_a_lead_that_objected_to_profiling_is_not_judged(us: Company) -> None:
    say([identify("u1", profiling="objected")], of=us.website, at=LATER - DAY)
    objected = Fact.objects.get(attribute="profiling").identity.lead_id
    drawn = {d.lead_id for n in range(20) for d in agreement_leads.draw(name=f"t{n}", at=LATER)}
    assert objected not in drawn
    assert len(drawn) == 23


def test_five_leads_are_enough_and_four_are_not() -> None:
    us = company()
    fill(us, 4)
    with pytest.raises(agreement_test.TooFewLeads) as few:
        started(us)
    assert few.value.found == 4
    assert (AgreementTest.objects.count(), Task.objects.filter(kind="mail_juror").count()) == (0, 0)
    fill(us, 5)
    assert started(us).leads.count() == 5


# --- who is asked -----------------------------------------------------------------------------


def test_both_sides_have_to_be_asked_and_one_test_is_open_at_a_time(us: Company) -> None:
    with pytest.raises(agreement_test.OneSided):
        started(us, us.max, us.mia)
    started(us)
    with pytest.raises(agreement_test.StillOpen):
        started(us)


@pytest.mark.parametrize("name", ["mia", "sam", "ada"])
def test_only_the_leads_of_both_sides_start_one(us: Company, name: str) -> None:
    with pytest.raises(NotAllowed):
        agreement_test.start(by=getattr(us, name), at=LATER, people=(us.max, us.sol))


def test_everybody_gets_a_link_of_their_own_and_the_store_keeps_its_hash_only(us: Company) -> None:
    guest = Guest("sales", "Gerd Gast", "gerd@partner.example")
    test = agreement_test.start(by=us.max, at=LATER, people=(us.max,), guests=[guest])
    while work(at=LATER):
        pass
    sent = {mail_.to[0]: str(mail_.body) for mail_ in mail.outbox if "/t/" in str(mail_.body)}
    assert set(sent) == {"max@example.com", "gerd@partner.example"}
    tokens = [body.split("/t/")[1].split()[0] for body in sent.values()]
    assert {agreement_test.juror(token, at=LATER).name for token in tokens} == {"Max", "Gerd Gast"}
    rows = repr([list(of.objects.values()) for of in (Juror, Task, AuditEntry)])
    assert not any(token in rows for token in tokens)
    agreement_test.close(test, by=us.max, at=LATER)
    assert "gerd@partner.example" not in repr(list(Task.objects.values("payload")))


def test_a_link_ends_after_two_weeks_or_when_it_is_taken_back(us: Company) -> None:
    test = started(us)
    max_, sol = test.jurors.order_by("id")
    token = agreement_test.token_of(max_)
    assert agreement_test.juror(token, at=LATER + 14 * DAY - 1) == max_
    for at in (LATER + 14 * DAY, LATER + 400 * DAY):
        with pytest.raises(agreement_test.NoSuchLink):
            agreement_test.juror(token, at=at)
    sample = test.leads.all()[0]
    agreement_test.judge(sol, sample, ready=True, criteria=[], at=LATER)
    agreement_test.revoke(sol, by=us.max, at=LATER + HOUR)
    with pytest.raises(agreement_test.NoSuchLink):
        agreement_test.juror(agreement_test.token_of(sol), at=LATER + HOUR)
    assert sol.judgements.count() == 0


def test_who_has_not_handed_in_is_reminded_once_a_day(us: Company) -> None:
    test = started(us)
    while work(at=LATER):
        pass
    judges(test.jurors.order_by("id")[0], likes_software)
    told = [agreement_test.remind(test, by=us.max, at=LATER + at) for at in (DAY, DAY + 1, 2 * DAY)]
    assert told == [1, 0, 1]
    while work(at=LATER + DAY):
        pass
    again = [mail_ for mail_ in mail.outbox if str(mail_.subject).startswith("Erinnerung")]
    assert [mail_.to for mail_ in again] == [["sol@example.com"]]


def test_a_reminder_renews_a_link_that_expired_and_none_that_was_taken_back(us: Company) -> None:
    test = started(us, us.max, us.mia, us.sol)
    max_, mia, sol = test.jurors.order_by("id")
    judges(max_, likes_software)
    agreement_test.revoke(mia, by=us.max, at=LATER + DAY)
    late = LATER + 20 * DAY
    assert agreement_test.remind(test, by=us.max, at=late) == 1
    ends = late + 14 * DAY
    assert agreement_test.juror(agreement_test.token_of(sol), at=ends - 1) == sol
    for juror, at in ((sol, ends), (mia, late)):
        with pytest.raises(agreement_test.NoSuchLink):
            agreement_test.juror(agreement_test.token_of(juror), at=at)
    while work(at=late):
        pass
    again = [mail_ for mail_ in mail.outbox if str(mail_.subject).startswith("Erinnerung")]
    assert [mail_.to for mail_ in again] == [["sol@example.com"]]


def test_when_the_last_who_is_waited_for_is_taken_back_the_test_is_closed(us: Company) -> None:
    test = started(us, us.max, us.mia, us.sol)
    max_, mia, sol = test.jurors.order_by("id")
    agreement_test.revoke(mia, by=us.max, at=LATER)
    judges(max_, likes_software)
    test.refresh_from_db()
    assert test.closed_at is None
    agreement_test.revoke(sol, by=us.max, at=LATER + DAY)
    test.refresh_from_db()
    assert test.closed_at == LATER + DAY
    with pytest.raises(agreement_test.Over):
        agreement_test.revoke(sol, by=us.max, at=LATER + DAY)


def test_as_long_as_nobody_has_handed_in_a_test_stays_open(us: Company) -> None:
    test = started(us)
    for juror in test.jurors.all():
        agreement_test.revoke(juror, by=us.max, at=LATER)
    test.refresh_from_db()
    assert test.closed_at is None


def test_who_has_left_judges_no_more_and_is_neither_waited_for_nor_written_to(us: Company) -> None:
    test = started(us, us.max, us.mia, us.sol)
    max_, mia, sol = test.jurors.order_by("id")
    us.mia.is_active = False
    us.mia.save()
    with pytest.raises(agreement_test.NoSuchLink):
        agreement_test.juror(agreement_test.token_of(mia), at=LATER)
    while work(at=LATER):
        pass
    assert {to for mail_ in mail.outbox for to in mail_.to if "/t/" in str(mail_.body)} == {
        "max@example.com",
        "sol@example.com",
    }
    assert agreement_test.remind(test, by=us.max, at=LATER + DAY) == 2
    for juror in (max_, sol):
        judges(juror, likes_software)
    test.refresh_from_db()
    assert test.closed_at == LATER + HOUR


# --- judging ----------------------------------------------------------------------------------


def test_the_last_to_hand_in_closes_the_test_and_the_number_is_right(us: Company) -> None:
    test = started(us)
    max_, sol = test.jurors.order_by("id")
    differ = set(test.leads.filter(position__lte=9).values_list("id", flat=True))
    judges(max_, likes_software)
    test.refresh_from_db()
    assert (test.closed_at, test.result) == (None, None)
    judges(sol, lambda of: likes_software(of) != (of.id in differ))
    test.refresh_from_db()
    result = test.result
    assert result is not None
    assert (result["agreed"], result["leads"], result["undecided"]) == (11, 20, 0)
    assert result["both_yes"] + result["both_no"] == 11
    assert result["low"] < 11 / 20 < result["high"]
    assert result["kappa_low"] < result["kappa"] < result["kappa_high"]
    found = agreement_result.disputes(test)
    assert {of.sample.id for of in found} == differ
    assert all(of.said[0].verdict != of.said[1].verdict for of in found)
    (contested,) = agreement_result.contested(test)
    assert contested.key == "fit.industry"
    assert contested.often == 40


def test_a_lead_can_be_judged_anew_until_it_is_handed_in(us: Company) -> None:
    test = started(us)
    max_ = test.jurors.order_by("id")[0]
    sample = test.leads.order_by("position")[0]
    with pytest.raises(agreement_test.NotAll):
        agreement_test.finish(max_, at=LATER)
    for ready, named in ((True, ["fit.industry", "fit.of nobody"]), (False, [])):
        agreement_test.judge(max_, sample, ready=ready, criteria=named, at=LATER)
    assert [(j.ready, j.criteria) for j in max_.judgements.all()] == [(False, [])]
    judges(max_, likes_software)
    for again in (
        lambda: agreement_test.finish(max_, at=LATER),
        lambda: agreement_test.judge(max_, sample, ready=True, criteria=[], at=LATER),
    ):
        with pytest.raises(agreement_test.Over):
            again()
    assert AuditEntry.objects.filter(action="juror_finished").count() == 1


def test_only_what_is_shown_can_have_decided(us: Company) -> None:
    test = started(us)
    max_ = test.jurors.order_by("id")[0]
    sample = test.leads.order_by("position")[0]
    agreement_test.judge(max_, sample, ready=True, criteria=["fit.industry", "x" * 9], at=LATER)
    assert max_.judgements.get().criteria == ["fit.industry"]


def test_several_of_a_side_say_what_most_of_them_say_and_a_tie_is_counted_apart(
    us: Company,
) -> None:
    test = started(us, us.max, us.mia, us.sol)
    max_, mia, sol = test.jurors.order_by("id")
    first = test.leads.get(position=1).id
    judges(max_, lambda _of: True)
    judges(mia, lambda of: of.id != first)
    judges(sol, lambda _of: True)
    test.refresh_from_db()
    result = test.result
    assert result is not None
    assert (result["leads"], result["agreed"], result["undecided"]) == (20, 19, 1)
    assert result["split"] == {"marketing": 1, "sales": 0}
    assert (result["kappa"], result["people"]) == (None, {"marketing": 2, "sales": 1})
    assert [of.sample.id for of in agreement_result.disputes(test)] == [first]


def test_closed_early_what_both_have_judged_is_compared(us: Company) -> None:
    test = started(us)
    max_, sol = test.jurors.order_by("id")
    samples = list(test.leads.order_by("position"))
    for juror, many in ((max_, 8), (sol, 6)):
        for sample in samples[:many]:
            agreement_test.judge(juror, sample, ready=True, criteria=[], at=LATER)
    agreement_test.close(test, by=us.max, at=LATER)
    agreement_test.close(test, by=us.max, at=LATER + HOUR)
    assert (test.closed_at, test.result is not None) == (LATER, True)
    assert test.result is not None
    assert (test.result["leads"], test.result["agreed"], test.result["drawn"]) == (6, 6, 20)
    with pytest.raises(agreement_test.Over):
        agreement_test.judge(max_, samples[9], ready=True, criteria=[], at=LATER)


def test_a_lead_that_is_erased_meanwhile_leaves_with_all_that_was_said_of_it(us: Company) -> None:
    test = started(us)
    max_, sol = test.jurors.order_by("id")
    gone = test.leads.order_by("position")[3]
    agreement_test.judge(max_, gone, ready=True, criteria=[], at=LATER)
    erase(gone.lead)
    judges(max_, likes_software)
    judges(sol, likes_software)
    test.refresh_from_db()
    assert test.result is not None
    assert (test.result["drawn"], test.result["leads"], test.result["agreed"]) == (19, 19, 19)


def erase(lead: Lead) -> None:
    """Take a lead out of the store with all that is known of it."""
    Event.objects.filter(identity__lead=lead).delete()
    Fact.objects.filter(identity__lead=lead).delete()
    Handoff.objects.filter(lead=lead).delete()
    lead.delete()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory is one connection")
def test_two_phones_of_one_person_and_two_who_hand_in_at_once(us: Company) -> None:
    test = started(us)
    jurors = list(test.jurors.order_by("id"))
    samples = list(test.leads.order_by("position"))

    def judge(juror: Juror, ready: bool) -> None:
        for sample in samples:
            agreement_test.judge(juror, sample, ready=ready, criteria=[], at=LATER)
        connection.close()

    at_once([lambda: judge(jurors[0], True), lambda: judge(jurors[0], False)])
    assert jurors[0].judgements.count() == 20
    judge(jurors[1], True)

    def hand_in(juror: Juror) -> None:
        agreement_test.finish(juror, at=LATER)
        connection.close()

    at_once([lambda: hand_in(jurors[0]), lambda: hand_in(jurors[1])])
    test.refresh_from_db()
    assert test.closed_at == LATER
    assert AuditEntry.objects.filter(action="test_closed").count() == 1


def at_once(work: list[Callable[[], None]]) -> None:
    """Let several do something at the same time."""
    threads = [threading.Thread(target=of) for of in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# --- the first draft --------------------------------------------------------------------------


def drafted(us: Company, marketing: Any, sales: Any, *, why: str = "fit.industry") -> Version:
    """Return the draft of a test that both sides judged."""
    test = started(us)
    for juror, says in zip(test.jurors.order_by("id"), (marketing, sales), strict=True):
        judges(juror, says, why=why)
    with translation.override("de"):
        return agreement_draft.make(newest(), by=us.max, at=LATER)


def newest() -> AgreementTest:
    """Return the newest test."""
    return AgreementTest.objects.order_by("-id")[0]


def test_a_draft_gives_points_for_what_people_judged_by_and_hands_over_some() -> None:
    us = company(AGREED.replace("20, Trade: 5", "5, Handel: 20"))
    fill(us)
    version = drafted(us, likes_software, likes_software)
    test = newest()
    assert (version.begun_from, version.proposed_at, test.draft) == (
        "agreement_test",
        None,
        version,
    )
    agreement = loads(version.text).agreement
    (table,) = agreement.fit
    points = {row.text: row.points for row in table.texts}
    other = table.otherwise
    assert points.get("Software", points.get("software", other)) > points.get(
        "Handel", points.get("handel", other)
    )
    read = history.read()
    assert 0 < hands_over(agreement, read) < len(read.leads)
    assert test.result is not None
    assert test.result["drafted"]["kind"] == "learned"
    assert test.result["drafted"]["parts"] == ["fit.industry"]
    assert "Einigkeitstest mit 20 Leads" in version.text.splitlines()[0]
    assert agreement_draft.make(test, by=us.max, at=LATER) == version


def test_on_the_day_of_an_import_a_draft_starts_from_nothing_but_judgements() -> None:
    version = drafted(before_any_version(), likes_software, likes_software)
    agreement = loads(version.text).agreement
    assert [table.attribute for table in agreement.fit] == ["industry"]
    assert (agreement.intent, agreement.engagement) == ((), ())
    read = history.read()
    assert hands_over(agreement, read) == 12


def test_where_nothing_can_be_drawn_the_draft_says_so_and_names_what_is_in_dispute(
    us: Company,
) -> None:
    def at_random(sample: Sample) -> bool:
        return bool(sample.lead_id * 7919 % 13 < 6)

    version = drafted(us, at_random, lambda of: not at_random(of))
    test = newest()
    assert test.result is not None
    assert test.result["drafted"]["kind"] == "in_force"
    before = Version.objects.get(in_force_from__isnull=False)
    assert version.content_hash == before.content_hash
    head = [line for line in version.text.splitlines() if line.startswith("#")]
    assert len(head) == 3
    assert head[2].startswith("# - Branche: Marketing ")


def test_while_a_test_is_open_there_is_no_draft(us: Company) -> None:
    with pytest.raises(agreement_draft.NotYet):
        agreement_draft.make(started(us), by=us.max, at=LATER)
    with pytest.raises(NotAllowed):
        agreement_draft.make(newest(), by=us.sam, at=LATER)
