"""Leads that are one person, before the law too: consent, objection, access, erasure, retention."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core import signing

from einig.connectors.contract import Heard
from einig.engine.instants import DAY, HOUR
from einig.flow import (
    access,
    attempts,
    consent,
    contacting,
    erasure,
    import_undoing,
    leads,
    mails,
    merging,
    rectifying,
    retention,
)
from einig.flow.journey import take_in_waiting
from einig.store.models import (
    Attempt,
    Consent,
    ContactDetail,
    Event,
    Fact,
    Identity,
    Lead,
    Merger,
    Objection,
    Suppression,
)
from einig.store.models import (
    Company as Firm,
)
from tests.flow.importing import bring_in
from tests.live import NOW, Company, company, identify, say, track
from tests.stories import all_due, live_and_replayed

pytestmark = pytest.mark.django_db
ADA = {"email": "ada@werk.example", "name": "Ada Ahle", "industry": "Software"}
HOME = {"email": "ada@zuhause.example", "phone": "+49 731 5550123", "name": "Ada Ahle"}


@pytest.fixture(autouse=True)
def beside(settings: Any, tmp_path: Path) -> None:
    """Keep what lies beside the store where nobody else looks."""
    settings.HOME = tmp_path


@pytest.fixture
def us() -> Company:
    """A company to which Ada came from work, and later once more from home."""
    us = company()
    say([identify("ada", **ADA), track("webinar_attended", "ada")], of=us.website, at=NOW)
    say([identify("home", **HOME), track("scrolled", "home")], of=us.website, at=NOW + HOUR)
    return us


def ada() -> Lead:
    return Lead.objects.get(identities__key="user:ada")


def home() -> Lead:
    return Lead.objects.get(identities__key="user:home")


def merged(us: Company, at: int = NOW + DAY) -> Merger:
    return merging.merge(ada(), home(), by=us.mia, at=at)


# --- what was agreed and objected to ----------------------------------------------------------


def test_a_consent_of_one_counts_for_the_person_until_they_are_parted(us: Company) -> None:
    consent.give(home(), "mail", at=NOW + 2 * HOUR, proof="a letter")
    assert consent.holds(ada(), "mail") is None
    merger = merged(us)
    assert [consent.holds(of, "mail") is not None for of in (ada(), home())] == [True, True]
    merging.part(merger, by=us.mia, at=NOW + 2 * DAY)
    assert [consent.holds(of, "mail") is not None for of in (ada(), home())] == [False, True]


def test_an_objection_of_either_holds_for_both_whatever_the_other_agreed_to_before(
    us: Company,
) -> None:
    consent.give(home(), "mail", at=NOW + 2 * HOUR, proof="a letter")
    consent.withdraw(ada(), "mail", at=NOW + 3 * HOUR)
    merged(us)
    for of in (ada(), home()):
        assert consent.objection(of, "mail") is not None
        assert contacting.permission(of, "mail", at=NOW + 2 * DAY).why == "objected"
    consent.give(home(), "mail", at=NOW + 2 * DAY, proof="another letter")
    assert contacting.permission(ada(), "mail", at=NOW + 3 * DAY).why == "consent"


def test_what_was_objected_to_while_they_were_one_holds_for_both_afterwards(us: Company) -> None:
    consent.give(ada(), "mail", at=NOW + 2 * HOUR, proof="a letter")
    merger = merged(us)
    consent.withdraw(home(), "mail", at=NOW + 2 * DAY)
    merging.part(merger, by=us.mia, at=NOW + 3 * DAY)
    assert [consent.holds(of, "mail") for of in (ada(), home())] == [None, None]
    assert [consent.objection(of, "mail") is not None for of in (ada(), home())] == [True, True]
    assert Objection.objects.count() == 2


def test_a_link_to_unsubscribe_of_either_stops_the_mails_to_both(us: Company) -> None:
    merged(us)
    token = signing.dumps(home().lead_id, salt="unsubscribe")
    lead = mails.unsubscribing(token)
    assert lead == home()
    consent.withdraw(lead, "mail", at=NOW + 2 * DAY)
    assert consent.objection(ada(), "mail") is not None


def test_whoever_objects_to_profiling_is_judged_under_no_name_and_again_when_parted(
    us: Company,
) -> None:
    consent.withdraw(home(), "profiling", at=NOW + 2 * HOUR)
    assert [ada().profiled, home().profiled] == [True, False]
    merger = merged(us)
    assert [ada().profiled, home().profiled] == [False, False]
    assert (ada().fit, ada().engagement) == (0, 0)
    merging.part(merger, by=us.mia, at=NOW + 2 * DAY)
    all_due(NOW + 2 * DAY + HOUR)
    assert [ada().profiled, home().profiled] == [True, False]
    assert (ada().fit, ada().engagement) == (20, 10)
    live, replayed = live_and_replayed(NOW + 2 * DAY + HOUR)
    assert live == replayed


def test_a_person_is_reached_by_everything_that_either_left(us: Company) -> None:
    assert [of.channel for of in contacting.permissions(ada(), at=NOW + DAY)] == ["mail", "visit"]
    merged(us)
    for of in (ada(), home()):
        channels = [one.channel for one in contacting.permissions(of, at=NOW + 2 * DAY)]
        assert channels == ["phone", "mail", "visit"]
    assert not contacting.is_consumer(home())


def test_a_call_to_a_number_of_either_is_an_attempt_at_the_person(us: Company) -> None:
    say([track("demo_requested", "ada")], of=us.website, at=NOW + 2 * HOUR)
    merged(us)
    number = "+49 731 5550123"
    heard = Heard("c1", attempt="call", reached=True, attributes={"phone": number})
    assert attempts.tried(heard, id_="c1", at=NOW + 2 * DAY) is not None
    assert Attempt.objects.get().handoff.lead == ada()


# --- what is known of them --------------------------------------------------------------------


def test_access_tells_everything_of_the_person_whichever_lead_is_asked_for(us: Company) -> None:
    merged(us)
    told = access.give(home(), by=us.ada, at=NOW + 2 * DAY)
    assert told == access.give(ada(), by=us.ada, at=NOW + 2 * DAY)
    assert told["person"]["number"] == ada().lead_id
    assert [of["number"] for of in told["one_person_with"]] == [home().lead_id]
    assert {of["value"] for of in told["contact_details"]} == {
        "ada@werk.example", "ada@zuhause.example", "+49 731 5550123",
    }  # fmt: skip
    assert {"user:ada", "user:home"} < set(told["known_as"])
    assert [of["what"] for of in told["activities"]] == ["webinar_attended", "scrolled"]


def test_what_is_wrong_is_corrected_of_the_whole_person(us: Company) -> None:
    merged(us)
    number = ContactDetail.objects.get(kind="phone")
    done = rectifying.rectify(
        home(), name="Ada Ahne", title="", details={number.id: "+49 731 5550124"},
        by=us.mia, at=NOW + 2 * DAY,
    )  # fmt: skip
    assert done == 2
    assert [ada().name, home().name] == ["Ada Ahne", "Ada Ahne"]
    assert not Fact.objects.filter(value__in=["Ada Ahle", "+49 731 5550123"]).exists()
    assert ContactDetail.objects.get(kind="phone").normal == "+497315550124"


def test_what_people_of_ours_say_of_either_is_said_of_the_person(us: Company) -> None:
    merged(us)
    leads.state(home(), {"industry": "Trade"}, by=us.mia, at=NOW + 2 * DAY)
    assert (ada().fit, home().fit) == (5, 0)


def test_who_says_again_what_they_said_under_another_name_is_believed(us: Company) -> None:
    say([identify("home", industry="Trade")], of=us.website, at=NOW + 2 * HOUR)
    merged(us)
    say([identify("ada", industry="Software")], of=us.website, at=NOW + 2 * DAY)
    assert ada().fit == 20


# --- erasure, retention and files -------------------------------------------------------------


def test_who_is_erased_is_erased_under_every_name_and_kept_out_under_each(us: Company) -> None:
    merged(us)
    assert erasure.effects(ada())["contact_details"] == 3
    erasure.erase(home(), by=us.ada, at=NOW + 2 * DAY)
    assert (Lead.objects.count(), Merger.objects.count(), Event.objects.count()) == (0, 0, 0)
    assert not Identity.objects.filter(key__in=["user:ada", "user:home"]).exists()
    assert Suppression.objects.filter(kind="email").count() == 2
    bring_in("E-Mail\nada@werk.example\nada@zuhause.example\n", by=us.mia, at=NOW + 3 * DAY)
    assert Lead.objects.count() == 0


def test_after_the_parting_only_who_is_meant_is_erased(us: Company) -> None:
    merging.part(merged(us), by=us.mia, at=NOW + 2 * DAY)
    erasure.erase(home(), by=us.ada, at=NOW + 3 * DAY)
    assert list(Lead.objects.all()) == [ada()]
    assert ada().contact_details.get().normal == "ada@werk.example"


def test_retention_keeps_a_person_as_long_as_anything_is_heard_under_any_name(us: Company) -> None:
    merged(us)
    say([track("scrolled", "home")], of=us.website, at=NOW + 1000 * DAY)
    rule = next(of for of in retention.rules() if of.kind == "leads")
    assert retention.leads(rule, at=NOW + 1500 * DAY) == []
    assert retention.leads(rule, at=NOW + 2200 * DAY) == [ada()]
    retention.change("leads", days=rule.days, active=True, by=us.ada, at=NOW)
    retention.work(at=NOW + 2200 * DAY)
    assert Lead.objects.count() == 0


def test_retention_keeps_whoever_belongs_to_a_customer_under_any_name(us: Company) -> None:
    merged(us)
    Lead.objects.filter(id=home().id).update(
        company=Firm.objects.create(name="Buyer", relation="customer")
    )
    rule = next(of for of in retention.rules() if of.kind == "leads")
    assert retention.leads(rule, at=NOW + 2200 * DAY) == []


def test_a_file_that_is_taken_back_leaves_whom_somebody_merged(us: Company) -> None:
    of = bring_in("E-Mail;Name\nada@verein.example;Ada A.\n", by=us.mia, at=NOW + 2 * HOUR)
    third = Lead.objects.get(contact_details__normal="ada@verein.example")
    merging.merge(ada(), third, by=us.mia, at=NOW + DAY)
    import_undoing.undo_all(of, clock=lambda: NOW + 2 * DAY)
    third.refresh_from_db()
    assert third.part_of == ada()
    assert not take_in_waiting()
    all_due(NOW + 3 * DAY)
    live, replayed = live_and_replayed(NOW + 3 * DAY)
    assert live == replayed


def test_what_a_form_says_while_they_are_one_goes_with_who_filled_it_in(us: Company) -> None:
    merger = merged(us)
    agreed = {"consents": ["mail"]}
    say([identify("home", "browser", title="Buyer", **agreed)], of=us.website, at=NOW + 2 * DAY)
    say([track("demo_requested", None, "browser")], of=us.website, at=NOW + 2 * DAY + HOUR)
    assert ada().intent
    merging.part(merger, by=us.mia, at=NOW + 3 * DAY)
    assert Identity.objects.get(key="anon:browser").lead == home()
    assert (home().title, ada().title) == ("Buyer", "")
    assert Consent.objects.count() == 0
