"""All leads are looked through for duplicates; what somebody says of a pair is remembered."""

from __future__ import annotations

import pytest
from django.test import Client

from einig.engine.instants import DAY, HOUR
from einig.flow import duplicates, erasure, likeness, merging
from einig.flow.permissions import NotAllowed
from einig.jobs import worker
from einig.jobs.long import _does
from einig.store.models import Alike, Lead, Search, Task, User
from tests.live import NOW, Company, company, identify, say

pytestmark = pytest.mark.django_db
PEOPLE = {
    "work": {"name": "Dr. Jörg Müller", "email": "jm@pumpen.example", "company": "Pumpen AG"},
    "home": {
        "name": "Muller, Jörg",
        "email": "joerg@web.de",
        "company": "Pumpen Aktiengesellschaft",
    },
    "other": {"name": "Otto Ofen", "email": "otto@pumpen.example", "company": "Pumpen AG"},
}


@pytest.fixture
def us() -> Company:
    """A company to which Jörg Müller came from work and from home."""
    us = company()
    User.objects.update(language="en")
    for n, (user, traits) in enumerate(PEOPLE.items()):
        say([identify(user, **traits)], of=us.website, at=NOW + n * HOUR)
    return us


def lead_of(user: str) -> Lead:
    return Lead.objects.get(identities__key=f"user:{user}")


def searched(us: Company, at: int = NOW + DAY) -> Search:
    """Have all leads looked through, as the process of its own does."""
    search = duplicates.ask(by=us.mia, at=at)
    task = Task.objects.get(key=f"duplicates:{search.id}")
    assert task.kind in worker.LONG
    duplicates.work(task.payload["search"], clock=lambda: at + HOUR)
    search.refresh_from_db()
    return search


def pairs() -> list[tuple[Lead, Lead]]:
    return [(pair.one, pair.other) for pair in duplicates.waiting()]


def test_pairs_are_found_with_score_and_evidence_and_nobody_is_merged(us: Company) -> None:
    search = searched(us)
    assert (search.leads, search.done, search.pairs, search.step) == (3, 3, 1, "")
    pair = duplicates.waiting().get()
    assert (pair.one, pair.other) == (lead_of("work"), lead_of("home"))
    assert pair.evidence == ["~name", "domain"]
    assert 0.5 < pair.probability < 1
    assert Lead.objects.whole().count() == 3


def test_while_one_search_is_under_way_it_is_that_one(us: Company) -> None:
    first = duplicates.ask(by=us.mia, at=NOW)
    assert duplicates.ask(by=us.max, at=NOW + HOUR) == first
    assert "duplicates" in _does()
    with pytest.raises(NotAllowed):
        duplicates.ask(by=us.sam, at=NOW)


def test_who_is_not_the_same_is_never_asked_again(us: Company) -> None:
    searched(us)
    duplicates.keep_apart(lead_of("home"), lead_of("work"), by=us.sam, at=NOW + 2 * DAY)
    assert searched(us, NOW + 3 * DAY).pairs == 1
    assert pairs() == []
    assert likeness.probably(lead_of("work")) == []


def test_who_was_merged_is_no_pair_and_who_was_parted_is_none_any_more(us: Company) -> None:
    searched(us)
    merger = merging.merge(lead_of("work"), lead_of("home"), by=us.mia, at=NOW + 2 * DAY)
    assert pairs() == []
    assert searched(us, NOW + 3 * DAY).pairs == 0
    merging.part(merger, by=us.mia, at=NOW + 4 * DAY)
    searched(us, NOW + 5 * DAY)
    assert pairs() == []


def test_the_page_of_a_lead_shows_what_a_search_found(us: Company) -> None:
    assert likeness.probably(lead_of("work")) == []
    searched(us)
    assert [of.lead for of in likeness.probably(lead_of("work"))] == [lead_of("home")]
    assert likeness.probably(lead_of("other")) == []


def test_nothing_of_a_pair_stays_when_one_of_them_is_erased(us: Company) -> None:
    searched(us)
    erasure.erase(lead_of("home"), by=us.ada, at=NOW + 2 * DAY)
    assert Alike.objects.count() == 0


def test_a_search_that_dies_again_and_again_says_so(us: Company) -> None:
    search = duplicates.ask(by=us.mia, at=NOW)
    Task.objects.update(tries=worker.MOST_DEATHS, due_at=NOW)
    while worker.work(at=NOW):
        pass
    search.refresh_from_db()
    assert (search.problem, search.ended_at) == ("died", NOW)


def test_pairs_stand_on_a_page_to_be_compared_or_kept_apart(us: Company) -> None:
    browser = Client()
    browser.force_login(User.objects.get(id=us.mia.id))
    assert "Nobody has looked yet." in browser.get("/leads/duplicates").content.decode()
    browser.post("/leads/duplicates")
    assert 'id="search"' in browser.get("/leads/duplicates").content.decode()
    duplicates.work(Search.objects.get().id, clock=lambda: NOW + DAY)
    shown = browser.get("/leads/duplicates").content.decode()
    assert "Name, nearly, Domain of the company" in shown
    assert f"/leads/{lead_of('work').lead_id}/same?with={lead_of('home').lead_id}" in shown
    pair = Alike.objects.get()
    answer = browser.post(f"/leads/duplicates/{pair.id}/apart", follow=True).content.decode()
    assert "they are two people" in answer
    assert "No pairs are left to look at." in answer
