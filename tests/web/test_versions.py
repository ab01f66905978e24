"""Every version with what it changed in words, what it promised, and what came of it."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import translation
from hypothesis import given, settings

from einig.engine.agreement.diff import diff
from einig.engine.backtest.intervals import Proportion
from einig.engine.instants import DAY
from einig.flow import agreements, outcomes, versions
from einig.flow.versions import Came, Promised
from einig.store.models import Handoff, Version
from einig.web.differences import sentences
from tests.engine.agreement.test_content import agreed
from tests.engine.agreement.written import FULL, texts
from tests.live import AGREED, NOW, Company, company, identify, person, say, track
from tests.web.test_pages import signed_in

CHANGES = [
    (
        "50-249: 10",
        "50-249: 15",
        ["Employees “50-249”: now 15 points, before 10 points."],
        ["Mitarbeiter „50-249“: jetzt 15 Punkte, vorher 10 Punkte."],
    ),
    (
        "unknown: 2",
        "unknown: 5",
        ["Industry “unknown”: now 5 points, before 2 points."],
        ["Branche „unbekannt“: jetzt 5 Punkte, vorher 2 Punkte."],
    ),
    (
        "Software: 20, ",
        "",
        ["Industry “Software” counts no more: 20 points."],
        ["Entfällt: Branche „Software“ – 20 Punkte."],
    ),
    (
        "  employees:",
        "  role: {CEO: 9, unknown: 1}\n  employees:",
        ["Fit by role is new: CEO: 9 points; unknown: 1 point."],
        ["Neu: Passung nach Funktion – CEO: 9 Punkte; unbekannt: 1 Punkt."],
    ),
    (
        "{points: 10, for: 30 days, at_most: 20}",
        "{points: 12, for: 60 days}",
        [
            "Attended a webinar, points: now 12 points, before 10 points.",
            "Attended a webinar, period: now 60 days, before 30 days.",
            "Attended a webinar, limit: now no limit, before 20 points.",
        ],
        [
            "Hat ein Webinar besucht, Punkte: jetzt 12 Punkte, vorher 10 Punkte.",
            "Hat ein Webinar besucht, Zeitraum: jetzt 60 Tage, vorher 30 Tage.",
            "Hat ein Webinar besucht, Grenze: jetzt keine Grenze, vorher 20 Punkte.",
        ],
    ),
    (
        "where: {path: /pricing}, points",
        "points",
        ["Pricing, conditions: now whatever its properties, before path is “/pricing”."],
        ["Pricing, Bedingungen: jetzt gleich welche Eigenschaften, vorher path ist „/pricing“."],
    ),
    (
        "{points: 4, until: 60 days}",
        "{points: 2, until: 60 days}",
        [
            "Paper, points: now 8 points for 14 days, then 2 points until 60 days,"
            " before 8 points for 14 days, then 4 points until 60 days."
        ],
        [
            "Paper, Punkte: jetzt 8 Punkte, gültig für 14 Tage, danach 2 Punkte bis 60 Tage,"
            " vorher 8 Punkte, gültig für 14 Tage, danach 4 Punkte bis 60 Tage."
        ],
    ),
    (
        "{nothing_for: 30 days,",
        "{nothing_for: 40 days,",
        ["Quiet: now 40 days without read a page, before 30 days without read a page."],
        [
            "Quiet: jetzt 40 Tage ohne: hat eine Seite gelesen,"
            " vorher 30 Tage ohne: hat eine Seite gelesen."
        ],
    ),
    (
        "times: 3, within",
        "times: 2, within",
        ["Pricing often, how often: now 2 times, before 3 times."],
        ["Pricing often, wie oft: jetzt 2-mal, vorher 3-mal."],
    ),
    (
        "  fit: 20\n  any:",
        "  fit: 25\n  any:",
        None,
        None,
    ),
    (
        "1 working hour\n",
        "2 working hours\n",
        ["First response within: now 2 working hours, before 1 working hour."],
        ["Erste Reaktion innerhalb von: jetzt 2 Arbeitsstunden, vorher 1 Arbeitsstunde."],
    ),
    (
        "{at_least: 6, ",
        "{at_least: 5, ",
        [
            "Contact attempts: now at least 5, within 10 working days, by 2 ways, 10 minutes each,"
            " before at least 6, within 10 working days, by 2 ways, 10 minutes each."
        ],
        [
            "Kontaktversuche: jetzt mindestens 5, binnen 10 Arbeitstagen, auf 2 Wegen,"
            " je 10 Minuten, vorher mindestens 6, binnen 10 Arbeitstagen, auf 2 Wegen,"
            " je 10 Minuten."
        ],
    ),
    (
        "no budget]",
        "no need]",
        [
            "Reasons for returning a lead, “no budget” counts no more.",
            "Reasons for returning a lead, “no need” is new.",
        ],
        [
            "Entfällt: Gründe, einen Lead zurückzugeben, „no budget“.",
            "Neu: Gründe, einen Lead zurückzugeben, „no need“.",
        ],
    ),
    (
        "explore: 2%",
        "explore: 5%",
        ["Leads below the line that go to sales: now 5 of 100, before 2 of 100."],
        None,
    ),
    (
        "name: Inbound DACH",
        "name: Inbound",
        ["Name: now “Inbound”, before “Inbound DACH”."],
        ["Name: jetzt „Inbound“, vorher „Inbound DACH“."],
    ),
]


@pytest.mark.parametrize(("written", "otherwise", "english", "german"), CHANGES)
def test_a_difference_is_said_in_both_languages(
    written: str, otherwise: str, english: list[str] | None, german: list[str] | None
) -> None:
    assert FULL.count(written) == 1
    before, after = agreed(FULL), agreed(FULL.replace(written, otherwise))
    found = {}
    for language in ("en", "de"):
        with translation.override(language):
            found[language] = sentences(before, after)
    assert len(found["de"]) == len(found["en"]) >= 1
    assert found["en"] == (english or found["en"])
    assert found["de"] == (german or found["de"])
    assert found["de"] != found["en"]


@settings(max_examples=150, derandomize=True, deadline=None)
@given(texts(), texts())
def test_every_difference_gets_a_sentence_of_its_own(a: str, b: str) -> None:
    before, after = agreed(a), agreed(b)
    with translation.override("de"):
        said = sentences(before, after)
    assert len(said) == len(diff(before, after))
    assert all(re.fullmatch(r".+\.", text, re.DOTALL) for text in said)


# --- what came ----------------------------------------------------------------------------------

THEN = NOW + 200 * DAY
LATER = NOW + 120 * DAY


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is two hundred days later."""
    monkeypatch.setattr("einig.web.clock.time.time_ns", lambda: THEN * 1000)


@pytest.fixture
def us() -> Company:
    """Two versions: under the first one four were handed over, under the second one one was."""
    us = company()
    for n, day in enumerate((1, 8, 15, 22, 195)):
        if day == 195:
            made = agreements.draft(AGREED.replace("Trade: 5", "Trade: 6"), by=us.max, at=LATER)
            agreements.propose(made, by=us.max, at=LATER)
            agreements.enact(made, since=LATER, at=LATER)
        name = f"u{n}"
        said = identify(name, email=f"{name}@f{n}.example", name=name, industry="Software")
        say([said, track("demo_requested", name)], of=us.website, at=NOW + day * DAY)
    for name, bought in (("u0", True), ("u1", False), ("u2", True)):
        of = Handoff.objects.get(lead__name=name).lead
        if bought:
            outcomes.win(of, by=us.sam, at=NOW + 40 * DAY, revenue=Decimal(1000))
        else:
            outcomes.lose(of, by=us.sam, at=NOW + 40 * DAY, reason="no need")
    return us


@pytest.fixture
def browser(us: Company) -> Client:
    """The browser of somebody who reads English."""
    return signed_in(person("mel", "marketing_lead", language="en"))


@pytest.mark.django_db
def test_what_came_of_each_version_is_counted_from_when_it_was_in_force(us: Company) -> None:
    came = versions.came(list(Version.objects.all()), at=THEN)
    first, second = came[1], came[2]
    assert (first.handed_over, first.weeks, first.weekly) == (4, 16, 3 / 16)
    # u3 was handed over long ago, and nobody worked it: it says nothing
    assert (first.bought, first.unknown, first.within) == (Proportion(2, 3), 1, 91)
    assert first.revenue == Decimal(2000)
    assert (second.handed_over, second.bought, second.unknown) == (1, Proportion(0, 0), 1)
    assert second.revenue == Decimal(0)


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        (Proportion(30, 100), Proportion(0, 0), "early"),
        (Proportion(0, 0), Proportion(3, 10), "unknown"),
        (Proportion(30, 100), Proportion(3, 10), "as_promised"),
        (Proportion(300, 1000), Proportion(30, 400), "less"),
        (Proportion(300, 1000), Proportion(300, 400), "more"),
    ],
)
def test_a_promise_is_called_broken_only_where_chance_does_not_explain_it(
    then: Proportion, now: Proportion, said: str
) -> None:
    came = Came(9, 9, 1.0, now, 0, 91, Decimal(0))
    assert versions.kept(Promised(1.0, then), came) == said


@pytest.mark.django_db
def test_the_page_says_what_each_version_changed_promised_and_did(browser: Client) -> None:
    promise = {"precision": [300, 1000], "weekly": [4, 5, 6], "within": 42 * DAY}
    Version.objects.filter(number=1).update(promised={"watch": promise})
    page = browser.get("/agreement/versions").content.decode()
    for told in (
        "2 versions were put before both sides",
        "What changed against version 1",
        "Industry “Trade”: now 6 points, before 5 points.",
        "300 of 1,000",
        "2 of 3",
        "bought within 42 days",
        "Nothing was promised: no test on past data was kept.",
        Version.objects.get(number=2).content_hash[:12],
    ):
        assert told in page


@pytest.mark.django_db
def test_another_text_than_the_promised_one_has_no_promise(us: Company) -> None:
    version = Version.objects.get(number=1)
    kept = {"precision": [3, 10], "weekly": [], "within": 28 * DAY}
    version.promised = {"watch": kept | {"content_hash": version.content_hash}}
    assert versions.promised(version) == Promised(None, Proportion(3, 10))
    version.promised = {"watch": kept | {"content_hash": "another"}}
    assert versions.promised(version) is None


@pytest.mark.django_db
def test_any_two_versions_are_compared(browser: Client) -> None:
    to = browser.get("/agreement/versions/compare?of=1&with=2")
    assert to.headers["Location"] == "/agreement/1?with=2"
    page = browser.get("/agreement/1?with=2")
    assert page.context["changes"] == ["Industry “Trade”: now 5 points, before 6 points."]
    assert "<del>6 points</del> <ins>5 points</ins>" in page.content.decode()
    assert browser.get("/agreement/1?with=x").context["changes"] is None
    assert browser.get("/agreement/versions/compare?of=x").headers["Location"] == (
        "/agreement/versions"
    )


@pytest.mark.django_db
def test_a_version_compared_with_itself_says_the_same(browser: Client) -> None:
    page = browser.get("/agreement/1?with=1").content.decode()
    assert "Nothing: it says the same." in page
