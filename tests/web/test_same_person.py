"""Pages about who is the same person: found, compared, merged, and parted again."""

from __future__ import annotations

import pytest
from django.test import Client

from einig.engine.instants import DAY, HOUR
from einig.flow import merging
from einig.store.models import Lead, Merger, User
from tests.live import NOW, Company, company, identify, say, track

pytestmark = pytest.mark.django_db


@pytest.fixture
def us() -> Company:
    """A company to which Jörg Müller came twice, and a colleague of his who shares a number."""
    us = company()
    User.objects.update(language="en")
    firm = {"company": "Pumpen & Mehr GmbH", "phone": "+49 731 5550100"}
    people = {
        "work": {"name": "Dr. Jörg Müller", "email": "j.mueller@pumpen.example", **firm},
        "again": {"name": "Joerg Mueller", "email": "joerg@pumpen.example", **firm},
        "colleague": {"name": "Otto Ofen", "email": "otto@pumpen.example", **firm},
    }
    for n, (user, traits) in enumerate(people.items()):
        said = [identify(user, **traits), track("webinar_attended", user)]
        say(said, of=us.website, at=NOW + n * HOUR)
    return us


def lead_of(user: str) -> Lead:
    return Lead.objects.get(identities__key=f"user:{user}")


@pytest.fixture
def browser(us: Company) -> Client:
    client = Client()
    client.force_login(User.objects.get(id=us.mia.id))
    return client


def page(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_lead_shows_who_is_probably_the_same_person_and_not_its_colleagues(
    us: Company, browser: Client
) -> None:
    shown = page(browser, f"/leads/{lead_of('work').lead_id}")
    assert "the same: Phone, Name, Company" in shown
    assert f"?with={lead_of('again').lead_id}" in shown
    assert lead_of("colleague").lead_id not in shown


def test_two_leads_stand_side_by_side_with_what_agrees_and_what_differs(
    us: Company, browser: Client
) -> None:
    work, again = lead_of("work"), lead_of("again")
    shown = page(browser, f"/leads/{work.lead_id}/same?with={again.lead_id}")
    rows = shown.split("<tbody>")[1].split("</tr>")
    told = {row.split('scope="row">')[1].split("<")[0]: row for row in rows if "scope" in row}
    assert ["agrees" in told[what] for what in ("Name", "Company", "Phone")] == [True] * 3
    assert "differs" in told["Email"]
    assert "j.mueller@pumpen.example" in told["Email"]
    assert "joerg@pumpen.example" in told["Email"]


def test_one_button_merges_and_one_parts_again(us: Company, browser: Client) -> None:
    work, again = lead_of("work"), lead_of("again")
    said = {"with": again.lead_id, "why": "He told me."}
    answer = browser.post(f"/leads/{work.lead_id}/same", said)
    assert answer.headers["Location"] == f"/leads/{work.lead_id}"
    merger = Merger.objects.get()
    assert (merger.lead, merger.into, merger.by) == (again, work, us.mia)
    assert (merger.why, merger.evidence) == ("He told me.", {"alike": ["phone", "name", "company"]})
    gone = page(browser, f"/leads/{again.lead_id}")
    assert f'href="/leads/{work.lead_id}"' in gone
    assert "He told me." in gone
    assert "Both have the same: Phone, Name, Company." in gone
    whole = page(browser, f"/leads/{work.lead_id}")
    assert "joerg@pumpen.example" in whole
    history = whole.split("What happened</h2>")[1]
    assert history.lower().count("webinar") == 2
    answer = browser.post(f"/leads/{again.lead_id}/same/{merger.id}/undo", follow=True)
    assert "They are two leads again" in answer.content.decode()
    assert list(Lead.objects.whole().order_by("id")) == list(Lead.objects.order_by("id"))
    answer = browser.post(f"/leads/{again.lead_id}/same/{merger.id}/undo", follow=True)
    assert "Somebody has undone that already." in answer.content.decode()


def test_who_had_the_younger_hand_off_reads_what_became_of_it(us: Company) -> None:
    traits = {"industry": "Software"}
    for n, user in enumerate(("work", "again")):
        said = [identify(user, **traits), track("demo_requested", user)]
        say(said, of=us.website, at=NOW + DAY + n * HOUR)
    younger = lead_of("again").handoffs.get()
    assert younger.to is not None
    had = Client()
    had.force_login(younger.to)
    merger = merging.merge(lead_of("work"), lead_of("again"), by=us.mia, at=NOW + 2 * DAY)
    assert "your hand-off ended as merged" in page(had, "/inbox")
    merging.part(merger, by=us.mia, at=NOW + 3 * DAY)
    assert "is a lead of its own again, and with you" in page(had, "/inbox")


def test_lists_leave_out_who_is_part_of_another_and_find_them_as_that_other(
    us: Company, browser: Client
) -> None:
    work, again = lead_of("work"), lead_of("again")
    merging.merge(work, again, by=us.mia, at=NOW + DAY)
    shown = page(browser, "/leads")
    assert f'href="/leads/{again.lead_id}"' not in shown
    assert "2 leads" in shown
    found = page(browser, "/leads?q=joerg@pumpen")
    assert f'href="/leads/{work.lead_id}"' in found
    assert "1 lead" in found


@pytest.mark.parametrize("text", ["otto@pumpen.example", "Ofen", "{number}"])
def test_somebody_else_is_found_by_address_name_or_number(
    us: Company, browser: Client, text: str
) -> None:
    other = lead_of("colleague")
    text = text.format(number=other.lead_id.lower())
    shown = page(browser, f"/leads/{lead_of('work').lead_id}/same?with={text}")
    assert "Otto Ofen" in shown
    assert "They are one person" in shown


def test_several_of_one_name_are_offered_and_nobody_is_merged_by_it(
    us: Company, browser: Client
) -> None:
    path = f"/leads/{lead_of('colleague').lead_id}/same"
    say([identify("third", name="Mueller", email="m@x.example")], of=us.website, at=NOW + DAY)
    offered = browser.post(path, {"with": "Mueller"}).content.decode()
    assert offered.count("?with=L-") == 2
    assert "Nobody else" in page(browser, f"{path}?with=nobody-at-all")
    assert "Nobody else" in page(browser, f"{path}?with={lead_of('colleague').lead_id}")
    assert Merger.objects.count() == 0


def test_what_is_done_on_the_page_of_a_merged_lead_is_done_to_the_person(
    us: Company, browser: Client
) -> None:
    work, again = lead_of("work"), lead_of("again")
    merging.merge(work, again, by=us.mia, at=NOW + DAY)
    browser.post(f"/leads/{again.lead_id}/edit", {"attribute": "industry", "value": "Software"})
    assert (lead_of("work").fit, lead_of("again").fit) == (20, 0)
    browser.post(f"/leads/{again.lead_id}/withdraw", {"purpose": "mail"})
    assert [of.lead for of in work.objections.all()] == [work]
