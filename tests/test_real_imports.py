"""The real exports, through the import page: its own guess, corrected by at most three clicks."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from einig.flow import due
from einig.store.models import Fact, Import, Lead, Outcome
from einig.web.clock import now
from tests.data import DATA, needs_data
from tests.flow.importing import work
from tests.live import company

pytestmark = [needs_data, pytest.mark.django_db]
CLICKS = 3


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    """Keep files where this test ends."""
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def browser() -> Client:
    """A marketer at a browser."""
    client = Client()
    client.force_login(company(since=1_700_000_000_000_000).mia)
    return client


def brought(browser: Client, file: str, **clicks: str) -> Import:
    """Bring a file by the pages, as they guess it but for some columns."""
    assert len(clicks) <= CLICKS
    with (DATA / file).open("rb") as content:
        browser.post("/settings/import", {"file": content})
    of = Import.objects.latest("id")
    address = f"/settings/import/{of.id}"
    shown = browser.get(address).context["columns"]
    corrected = {name.replace("_", " "): code for name, code in clicks.items()} | clicks
    said = {f"column-{n}": corrected.get(name, meaning) for n, name, meaning, _ in shown}
    for do in ({"do": "check"} | said, {"do": "begin"}):
        browser.post(f"{address}/step", do)
        work(at=now())
    while due.judge_due(at=now()):
        pass
    of.refresh_from_db()
    assert (of.state, of.problem) == ("imported", [])
    return of


def said(attribute: str) -> int:
    """Return of how many leads something is known."""
    return Fact.objects.filter(attribute=attribute).values("identity__lead").distinct().count()


def test_xeducation_goes_in_with_one_click(browser: Client) -> None:
    of = brought(browser, "xeducation/leads.csv", Converted="won_or_lost")
    assert (of.counts, Lead.objects.count()) == ({"new": 9_240}, 9_240)
    assert Outcome.objects.filter(won=True).count() == 3_561
    assert (said("country"), said("city")) == (6_779, 7_820)


def test_olist_goes_in_with_two_clicks_and_its_deals_join_with_none(browser: Client) -> None:
    leads = "olist/olist_marketing_qualified_leads_dataset.csv"
    of = brought(browser, leads, origin="source", landing_page_id="own")
    assert (of.counts, Lead.objects.count()) == ({"new": 8_000}, 8_000)
    of = brought(browser, "olist/olist_closed_deals_dataset.csv")
    assert of.counts == {"joined": 842}
    assert Lead.objects.count() == 8_000
    assert Outcome.objects.filter(won=True).count() == 842


def test_bpic2012_goes_in_with_two_clicks(browser: Client) -> None:
    of = brought(browser, "bpic2012/cases.csv", reg_date="created_at", amount_req="own")
    assert (of.counts, Lead.objects.count()) == ({"new": 13_087}, 13_087)
    first = Lead.objects.order_by("created_at")[0]
    assert first.created_at == 1_317_422_324_546_000
    amounts = Fact.objects.filter(attribute="amount_req").values_list("value", flat=True)
    assert sum(Decimal(amount or 0) for amount in amounts) > 0
