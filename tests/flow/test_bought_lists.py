"""A list that was bought holds contacts, and no leads until they show interest."""

from __future__ import annotations

import itertools

import pytest

from einig.flow import imports
from einig.store.models import Fact, Identity, Import, ImportRow, Lead, Source
from tests.flow.importing import keep, work
from tests.live import NOW, Company, company, identify, say

pytestmark = pytest.mark.django_db

LIST = """E-Mail;Vorname;Nachname;Firma
petra@pumpen.example;Petra;Lindner;Pumpen GmbH
jonas@wirth.example;Jonas;Wirth;Wirth AG
known@kolbe.example;Karl;Kolbe;Kolbe KG
"""


@pytest.fixture
def us() -> Company:
    """The company, with a lead that the list names too."""
    us = company()
    say([identify("known", email="known@kolbe.example")], of=us.website, at=NOW)
    return us


@pytest.fixture
def held(us: Company) -> Import:
    """The list, imported as contacts of a fair."""
    fair = Source.objects.create(name="Hannover", kind="fair", key="fair")
    of = keep(LIST, by=us.mia)
    imports.check(
        of, of.meanings, dates="", decimal="", source=fair, contacts=True, by=us.mia, at=NOW + 1
    )
    work(at=NOW + 1)
    of.refresh_from_db()
    assert of.counts == {"held": 2, "joined": 1}
    imports.begin(of, by=us.mia, at=NOW + 2)
    work(at=NOW + 2)
    return of


def results(of: Import) -> list[str]:
    """Return what became of each row."""
    return list(ImportRow.objects.filter(of=of).order_by("row").values_list("result", flat=True))


def test_a_bought_list_makes_no_leads(held: Import) -> None:
    assert results(held) == ["held", "held", "joined"]
    assert Lead.objects.count() == 1
    facts = Fact.objects.filter(identity__key="anon:email:petra@pumpen.example")
    told = dict(facts.values_list("attribute", "value"))
    assert told["company"] == "Pumpen GmbH"


def test_who_shows_interest_is_a_lead_with_what_the_list_said(us: Company, held: Import) -> None:
    at = held.at + 10**9
    say([identify("petra", email="petra@pumpen.example")], of=us.website, at=at)
    lead = Lead.objects.get(identities__key="user:petra")
    assert lead.source == us.website
    assert lead.identities.filter(key="anon:email:petra@pumpen.example").exists()


def test_contacts_are_let_go_with_the_list_but_for_who_became_a_lead(
    us: Company, held: Import
) -> None:
    say([identify("petra", email="petra@pumpen.example")], of=us.website, at=held.at + 10**9)
    imports.undo(held, by=us.mia, at=held.at + 2 * 10**9)
    work(at=held.at + 2 * 10**9)
    told = ImportRow.objects.filter(of=held).order_by("row").values_list("undone", flat=True)
    assert list(itertools.islice(told, 2)) == ["activity", "gone"]
    assert not Identity.objects.filter(key="anon:email:jonas@wirth.example").exists()
    assert Lead.objects.count() == 2


def test_the_same_list_again_holds_nobody_twice(us: Company, held: Import) -> None:
    of = keep(LIST, by=us.mia)
    imports.check(of, of.meanings, dates="", decimal="", contacts=True, by=us.mia, at=NOW + 3)
    work(at=NOW + 3)
    imports.begin(of, by=us.mia, at=NOW + 4)
    work(at=NOW + 4)
    assert results(of)[:2] == ["unchanged", "unchanged"]
    assert Lead.objects.count() == 1


def test_a_list_of_a_fair_that_makes_leads_names_the_fair(us: Company) -> None:
    fair = Source.objects.create(name="Hannover", kind="fair", key="fair")
    of = keep(LIST, by=us.mia)
    imports.check(of, of.meanings, dates="", decimal="", source=fair, by=us.mia, at=NOW + 1)
    work(at=NOW + 1)
    imports.begin(of, by=us.mia, at=NOW + 2)
    work(at=NOW + 2)
    leads = Lead.objects.exclude(source=us.website)
    assert [(lead.source, lead.source_id) for lead in leads] == [(fair, fair.id)] * 2
    said = Fact.objects.filter(attribute="source", identity__lead__in=leads)
    assert set(said.values_list("value", flat=True)) == {"Hannover"}
