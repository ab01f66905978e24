"""The panel beside a draft: its figures, what it refuses, and the same numbers in the terminal."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from einig.cli.backtest import command
from einig.engine.instants import DAY, iso
from einig.flow import agreements, feedback, outcomes, trials
from einig.store.models import Handoff, Lead
from tests.live import AGREED, NOW, Company, company, identify, say, track

pytestmark = pytest.mark.django_db

LOOSER = AGREED.replace("{engagement: 20}", "{engagement: 10}").replace("Trade: 5", "Trade: 20")


@pytest.fixture(autouse=True)
def nothing_is_kept() -> None:
    """Each test has a store of its own, so nothing of another one may be kept."""
    trials.forget()


@pytest.fixture
def us() -> Company:
    """A company with six leads: two bought, one was lost, one was given back."""
    us = company(AGREED + "explore: 50%\n")
    for n, (name, industry, did) in enumerate(
        [
            ("ann", "Software", "demo_requested"),
            ("bob", "Software", "webinar_attended"),
            ("cat", "Trade", "demo_requested"),
            ("dan", "Software", "demo_requested"),
            ("eve", "Trade", "scrolled"),
            ("fay", "Software", "demo_requested"),
        ]
    ):
        said = identify(name, email=f"{name}@x.example", name=name.title())
        said["traits"] |= {"industry": industry}
        say([said, track(did, name)], of=us.website, at=NOW + n * DAY)
    outcomes.win(_lead("Ann"), by=us.sam, at=NOW + 30 * DAY, revenue=Decimal(1000))
    outcomes.win(_lead("Cat"), by=us.sam, at=NOW + 31 * DAY, revenue=Decimal(500))
    outcomes.lose(_lead("Dan"), by=us.sam, at=NOW + 32 * DAY, reason="no budget")
    open_ = Handoff.objects.filter(lead=_lead("Fay"), closed_at=None).first()
    assert open_ is not None
    assert open_.to is not None
    feedback.give_back(open_, by=open_.to, at=NOW + 10 * DAY, reason="no budget")
    agreements.draft(LOOSER, by=us.max, at=NOW + 40 * DAY)
    return us


def _lead(name: str) -> Lead:
    return Lead.objects.get(name=name)


@pytest.fixture
def browser(us: Company) -> Client:
    """The marketing lead's browser."""
    client = Client()
    client.force_login(us.max)
    return client


def test_the_panel_and_the_terminal_say_the_same_to_the_last_digit(
    browser: Client, tmp_path: Path
) -> None:
    told = browser.get("/agreement/2/trial").context["told"]
    as_of = iso(trials.ready(at=NOW).as_of)
    files = {"draft": LOOSER, "in-force": AGREED + "explore: 50%\n"}
    paths = {name: tmp_path / f"{name}.yaml" for name in files}
    for name, text in files.items():
        paths[name].write_text(text, encoding="utf-8")
    asked = [str(paths["draft"]), "--against", str(paths["in-force"])]
    options = ["--as-of", str(as_of), "--names", "0", "--format", "json"]
    printed = CliRunner().invoke(command, [*asked, *options], catch_exceptions=False)
    said: dict[str, Any] = json.loads(printed.stdout)
    assert said.pop("as_of") == as_of
    assert said == json.loads(json.dumps(told))
    assert (said["won_sales_ready"], said["changes"]["added"]) == (2, 2)
    assert said["curve"]["marks"]
    assert [each["attribute"] for each in said["segments"]] == ["source", "industry"][-1:]


def test_a_text_that_nobody_kept_is_tried(browser: Client) -> None:
    page = browser.post("/agreement/trial", {"text": LOOSER})
    assert page.context["told"]["sales_ready"] == 5
    assert page.context["told"]["against"]["sales_ready"] == 3
    assert "<html" not in page.content.decode()


def test_a_text_that_is_wrong_says_where(browser: Client) -> None:
    page = browser.post("/agreement/trial", {"text": "name: X\nsales_ready: {fit: many}\n"})
    assert page.context["issues"][0].place.line == 2


def test_a_text_that_is_too_long_is_not_read(browser: Client) -> None:
    page = browser.post("/agreement/trial", {"text": LOOSER + "# " + "x" * agreements.LARGEST})
    assert [issue.level for issue in page.context["issues"]] == ["error"]


def sent_again(page: str) -> list[tuple[str, dict[str, str]]]:
    """Return where the parts of a page send which values by themselves or by a button."""
    tags = re.findall(r"<[a-z]+ [^>]*hx-post=[^>]*>", page)
    found = [dict(re.findall(r'(hx-[a-z]+)="([^"]*)"', tag)) for tag in tags]
    return [(unescape(of["hx-post"]), json.loads(unescape(of["hx-vals"]))) for of in found]


def test_another_threshold_of_an_unsaved_text_is_of_the_text_that_was_tried(
    browser: Client,
) -> None:
    text = LOOSER.replace("{engagement: 10}", "{engagement: 11}")
    page = browser.post("/agreement/trial", {"text": text}).content.decode()
    again = sent_again(page)
    assert again == [
        (f"/agreement/trial?threshold={n}", {"text": text, "against": ""}) for n in range(2)
    ]
    told = [browser.post(address, values).context["told"] for address, values in again]
    assert [of["curve"]["measure"] for of in told] == ["fit", "engagement"]


def test_while_a_history_is_read_an_unsaved_text_is_asked_for_again_as_it_was_sent(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "_LONG", 0)
    page = browser.post("/agreement/trial?threshold=1", {"text": LOOSER, "against": "1"})
    assert page.context["counting"]
    ((address, values),) = sent_again(page.content.decode())
    assert "hx-get" not in page.content.decode()
    reading = trials._state.reading
    assert reading is not None
    reading.join()
    monkeypatch.undo()
    answer = browser.post(address, values)
    assert answer.status_code == 200
    assert answer.context["asked"].threshold == 1


def test_other_points_are_tried_on_an_unsaved_text_too(browser: Client) -> None:
    page = browser.post("/agreement/trial", {"text": LOOSER, "points": "0"})
    kept = browser.get("/agreement/2/trial?points=0")
    assert page.context["told"] == kept.context["told"]


@pytest.mark.parametrize("points", ["--5", "-", "5-", "²", "9" * 5000])
def test_points_that_are_none_change_nothing(browser: Client, points: str) -> None:
    as_written = browser.get("/agreement/2/trial").context["told"]
    assert browser.get("/agreement/2/trial", {"points": points}).context["told"] == as_written


ONLY = AGREED.replace("any: [intent, {engagement: 20}]", "score: 40")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ONLY, "An diesen Daten wäre niemand übergeben worden."),
        (
            ONLY.replace("score: 40", "score: 41"),
            "Niemand kann übergeben werden: Kein Lead kann erreichen, was verlangt ist.",
        ),
        (
            "name: All\nfit: {industry: {Software: 5}}\nsales_ready: {fit: 0}\n",
            "Alle würden übergeben: Jeder Lead erfüllt, was verlangt ist.",
        ),
    ],
)
def test_a_draft_that_hands_over_nobody_or_everyone_is_refused(
    browser: Client, text: str, said: str
) -> None:
    page = browser.post("/agreement/trial", {"text": text})
    assert page.context["refused"] == said


def test_leads_that_change_sides_stand_with_two_reasons(browser: Client) -> None:
    page = browser.get("/agreement/2/trial/leads?which=added")
    rows = page.context["rows"]
    assert [str(row["lead"]) for row in rows] == ["Cat", "Bob"]
    assert all(row["yes"] and row["no"] for row in rows)


def test_a_figure_opens_to_its_leads_and_their_file(browser: Client) -> None:
    page = browser.get("/agreement/2/trial/leads?which=won")
    assert [str(row["lead"]) for row in page.context["rows"]] == ["Ann", "Cat"]
    file = browser.get("/agreement/2/trial/leads?which=won&format=csv")
    lines = b"".join(file).decode("utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in lines] == ["name", "Ann", "Cat"]


def test_another_threshold_is_tried_from_its_address(browser: Client) -> None:
    page = browser.get("/agreement/2/trial?points=0").context["told"]
    curve = browser.get("/agreement/2/trial").context["told"]["curve"]["marks"]
    assert page["sales_ready"] == curve[0]["sales_ready"]


def test_a_history_is_read_again_once_it_has_grown_and_some_minutes_passed(us: Company) -> None:
    at = NOW + 50 * DAY
    first = trials.ready(at=at)
    said = identify("gus", email="gus@x.example", name="Gus")
    say([said, track("demo_requested", "gus")], of=us.website, at=at)
    assert trials.ready(at=at + 1) is first
    later = trials.ready(at=at + DAY)
    assert len(later.past.history.leads) == len(first.past.history.leads) + 1
