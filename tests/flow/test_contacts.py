"""Contacts who are no leads ask what is known of them, and are erased for good."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from einig.engine.instants import DAY
from einig.flow import (
    access,
    consent,
    contacts,
    erasure,
    import_rows,
    imports,
    retention,
    suppression,
)
from einig.flow.permissions import NotAllowed
from einig.store.models import Import, ImportRow, Lead, Source, Suppression
from tests.flow.importing import keep, results, work
from tests.flow.test_erasure import found
from tests.live import NOW, Company, company, identify, say

pytestmark = pytest.mark.django_db
PETRA, HERS = "petra@pumpen.example", ("petra@pumpen", "Lindner", "5550123")
LIST = """E-Mail;Vorname;Nachname;Firma;Telefon
petra@pumpen.example;Petra;Lindner;Pumpen GmbH;+49 731 5550123
jonas@wirth.example;Jonas;Wirth;Wirth AG;
"""


@pytest.fixture
def us(settings: Any, tmp_path: Path) -> Company:
    """The company, beside a folder of its own."""
    settings.HOME = tmp_path
    return company()


@pytest.fixture
def held(us: Company) -> Import:
    """A list of a fair, imported as contacts."""
    return hold(LIST, us, at=NOW)


def hold(text: str, us: Company, *, at: int) -> Import:
    """Import a list as contacts of a fair."""
    fair, _ = Source.objects.get_or_create(name="Hannover", kind="fair", key="fair")
    of = keep(text, by=us.mia)
    imports.check(
        of, of.meanings, dates="", decimal="", source=fair, contacts=True, by=us.mia, at=at + 1
    )
    work(at=at + 1)
    of.refresh_from_db()
    imports.begin(of, by=us.mia, at=at + 2)
    work(at=at + 2)
    of.refresh_from_db()
    return of


@pytest.mark.parametrize(
    "said", ["petra@pumpen.example", "PETRA@Pumpen.example", "0731 5550123", "lindner", "pumpen gm"]
)
def test_a_contact_is_found_by_what_they_call_themselves(held: Import, said: str) -> None:
    (one,) = [contacts.describe(of) for of in contacts.found(said)]
    assert (one.name, one.company) == ("Petra Lindner", "Pumpen GmbH")
    assert one.reached_by == (PETRA, "+49 731 5550123")
    assert one.came_from == ("Hannover", "leads.csv")
    assert contacts.found("").count() == 2
    assert not contacts.found("nobody@else.example").exists()


def test_whoever_became_a_lead_is_no_contact(us: Company, held: Import) -> None:
    say([identify("petra", email=PETRA)], of=us.website, at=NOW + DAY)
    assert [contacts.describe(of).name for of in contacts.every()] == ["Jonas Wirth"]


def test_access_says_what_is_known_and_where_from(us: Company, held: Import) -> None:
    told = access.give_contact(contacts.found(PETRA).get(), by=us.ada, at=NOW + DAY)
    assert told["person"]["came_from"] == "Hannover, leads.csv"
    known = {of["name"]: of["value"] for of in told["attributes"]}
    assert known["company"] == "Pumpen GmbH"
    assert {of["value"] for of in told["contact_details"]} == {PETRA, "+49 731 5550123"}
    with pytest.raises(NotAllowed):
        access.give_contact(contacts.found(PETRA).get(), by=us.sam, at=NOW)


def test_nothing_of_an_erased_contact_is_left_and_no_list_brings_them_back(
    us: Company, held: Import
) -> None:
    assert {"store_identity", "store_fact", "store_importrow"} <= found(*HERS)
    table = import_rows.table(held)
    assert table.exists()
    with pytest.raises(NotAllowed):
        erasure.erase_contact(contacts.found(PETRA).get(), by=us.sam, at=NOW)
    erasure.erase_contact(contacts.found(PETRA).get(), by=us.ada, at=NOW + DAY)
    assert found(*HERS) == set()
    assert [contacts.describe(of).name for of in contacts.every()] == ["Jonas Wirth"]
    again = hold(LIST, us, at=NOW + 2 * DAY)
    assert results(again) == [(2, "aside"), (3, "unchanged")]
    assert found(*HERS) == set()
    assert Lead.objects.count() == 0
    assert ImportRow.objects.filter(of=held, made={}).count() == 1


def test_a_caller_whom_nobody_knows_is_found_by_the_number(us: Company) -> None:
    number = "+497315550199"
    event = {"type": "track", "event": "call_missed", "anonymousId": f"phone:{number}"}
    say([event | {"messageId": "call-1"}], of=us.website, at=NOW)
    (one,) = contacts.found("0731 5550199")
    assert contacts.describe(one).reached_by == (number,)
    erasure.erase_contact(one, by=us.ada, at=NOW + DAY)
    assert not contacts.every().exists()
    assert Suppression.objects.filter(kind="identity").count() == 1


def test_old_contacts_go_by_a_rule_once_it_is_switched_on(us: Company, held: Import) -> None:
    at = NOW + 366 * DAY
    assert "contacts" not in retention.work(at=at)
    assert contacts.every().count() == 2
    retention.change("contacts", days=365, active=True, by=us.ada, at=at)
    assert "contacts" not in retention.work(at=NOW + 300 * DAY)
    assert retention.work(at=at)["contacts"] == 2
    assert not contacts.every().exists()


def test_what_a_contact_objects_to_holds_for_the_lead_they_become(us: Company) -> None:
    told = "E-Mail;Vorname;email_opt_out\n"
    hold(f"{told}{PETRA};Petra;ja\njonas@wirth.example;Jonas;nein\n", us, at=NOW)
    for n, name in enumerate(("petra@pumpen", "jonas@wirth")):
        say([identify(f"u{n}", email=f"{name}.example")], of=us.website, at=NOW + DAY)
    leads = Lead.objects.order_by("id")
    assert [list(of.objections.values_list("purpose", "how")) for of in leads] == [
        [("mail", "file")], [],
    ]  # fmt: skip
    consent.give(leads[0], "mail", at=NOW + 2 * DAY, proof="she signed")
    assert consent.objection(leads[0], "mail") is None
    say([identify("u0", phone="+49 731 5550123")], of=us.website, at=NOW + 3 * DAY)
    assert consent.objection(leads[0], "mail") is None


def test_a_restored_contact_is_erased_again_and_one_that_came_later_stays(us: Company) -> None:
    call = {"type": "track", "event": "call_missed"}
    for n in (1, 2):
        told = call | {"anonymousId": f"phone:+4973155501{n:02d}", "messageId": f"call-{n}"}
        say([told], of=us.website, at=NOW + n * DAY)
    early, late = contacts.every().order_by("id")
    for of in (early, late):  # as a list has them that was written beside the store
        suppression.add([("identity", of.key)], at=NOW + DAY + 1)
    assert erasure.erase_again(at=NOW + 3 * DAY) == 1
    assert list(contacts.every()) == [late]
    assert erasure.erase_again(at=NOW + 3 * DAY) == 0
