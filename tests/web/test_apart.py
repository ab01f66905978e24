"""What was kept apart, on its page; and what a hosted form notices."""

from __future__ import annotations

import re
import time

import pytest
from django.test import Client

from einig.flow import journey, legitimacy
from einig.store.models import Lead, Received, Source
from tests.live import NOW, Company, company, identify, say

pytestmark = pytest.mark.django_db
GIVEN = {"name": "Petra", "email": "petra@pumpen.example", "wants": "A quote"}


@pytest.fixture
def us() -> Company:
    return company()


def sent(*, after: float, **more: str) -> None:
    """Open a hosted form, and send it after some seconds."""
    Source.objects.get_or_create(name="Form", defaults={"kind": "form", "key": "f"})
    visitor = Client()
    page = visitor.get("/f/f").content.decode()
    found = re.search(r'name="slip" value="([^"]+)"', page)
    assert found is not None
    time.sleep(after)
    answer = visitor.post("/f/f", GIVEN | more | {"slip": found[1]})
    assert answer.status_code == 200
    while journey.take_in_waiting():
        pass


@pytest.mark.parametrize(
    ("after", "more", "doubt"),
    [(3, {}, []), (0, {}, ["too_fast"] * 2), (0, {"website": "x"}, ["honeypot"] * 2)],
)
def test_a_form_filled_in_by_a_program_makes_no_lead_and_is_kept(
    us: Company, after: float, more: dict[str, str], doubt: list[str]
) -> None:
    sent(after=after, **more)
    assert list(legitimacy.apart().values_list("doubt", flat=True)) == doubt
    assert Lead.objects.count() == int(not doubt)


def test_who_knows_better_says_so_on_the_page(us: Company) -> None:
    say([identify("u1", email="p@mailinator.com")], of=us.website, at=NOW)
    browser = Client()
    browser.force_login(us.mia)
    page = browser.get("/apart").content.decode()
    assert "1 Nachricht stammt wohl von keinem Menschen" in page
    assert "Eine Wegwerfadresse und sonst nichts" in page
    assert "1 Nachricht liegt beiseite" in browser.get("/sources").content.decode()
    assert "0 Nachrichten" not in browser.get("/received").content.decode()
    of_another = browser.get("/apart", {"why": "crawler", "source": "9" * 30})
    assert "mailinator" not in of_another.content.decode()
    listed = b"".join(browser.get("/apart", {"format": "csv"}).streaming_content)  # type: ignore[attr-defined]  # a stream
    assert b"throwaway" in listed
    browser.post(f"/apart/{Received.objects.get().id}/vouch")
    while journey.take_in_waiting():
        pass
    assert (Lead.objects.count(), legitimacy.apart().count()) == (1, 0)
    reader = Client()
    reader.force_login(us.sam)
    assert reader.get("/apart").status_code == 403
