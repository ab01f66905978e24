"""Every list is exported, and nothing in it runs in a spreadsheet."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from django.test import Client

from einig.flow import feedback, handoff, outcomes
from einig.store.models import Handoff, Role
from tests.live import NOW, Company, company, identify, person, say, track

pytestmark = pytest.mark.django_db

EVIL = "=cmd|' /C calc'!A0"


@pytest.fixture
def us() -> Company:
    """A company with a late lead, one in nurture, one won, and a message of no use."""
    us = company()
    for n, name in enumerate(("u1", "u2", "u3")):
        said = identify(name, email=f"{name}@pumpen{n}.example", name=EVIL, industry="Software")
        say([said, track("demo_requested", name), track("", name)], of=us.website, at=NOW + n)
    late, back, won = Handoff.objects.select_related("lead", "to").order_by("id")
    for of in (late, back, won):
        assert of.to is not None
        handoff.accept(of, by=of.to, at=NOW + 10)
    feedback.give_back(back, by=back.to or us.sam, at=NOW + 20, reason="no budget")
    outcomes.win(won.lead, by=won.to or us.sam, at=NOW + 30, revenue=Decimal(100))
    return us


@pytest.mark.parametrize(
    ("address", "head", "count"),
    [
        ("/leads", "lead", 3),
        ("/follow-up", "lead", 1),
        ("/nurture", "lead", 1),
        ("/sources", "source", 1),
        ("/received", "source", 3),
        ("/report/2026-03/marketing", "lead", 3),
        ("/settings/audit", "at", None),
    ],
)
def test_a_list_is_exported_with_its_formulas_defused(
    us: Company, address: str, head: str, count: int | None
) -> None:
    browser = Client()
    browser.force_login(us.ada if "audit" in address else us.max)
    response = browser.get(address, {"format": "csv"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(response).decode()
    assert text.startswith("\ufeff")
    first, *rows = csv.reader(io.StringIO(text[1:]))
    assert first[0] == head
    assert count is None or len(rows) == count
    assert rows
    assert not [cell for row in rows for cell in row if cell[:1] in {"=", "+", "@"}]


def test_who_may_not_see_a_list_may_not_export_it(us: Company) -> None:
    browser = Client()
    browser.force_login(person("pat", Role.SALES))
    for address in ("/follow-up", "/received", "/settings/audit"):
        assert browser.get(address, {"format": "csv"}).status_code == 403
