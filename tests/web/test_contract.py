"""The agreement reads like a contract, and beside each clause stands what it moved of late."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import translation

from einig.engine.agreement import loads
from einig.engine.agreement.model import Agreement
from einig.engine.backtest import backtest
from einig.engine.backtest.moved import keys, without
from einig.engine.backtest.outcomes import outcomes as outcomes_of
from einig.engine.backtest.outcomes import sales_ready
from einig.engine.instants import DAY, SECOND
from einig.flow import agreements, feedback, handoff, outcomes, trials
from einig.flow.beginnings import TEMPLATES, template
from einig.store.models import Handoff, Lead, Version
from einig.web.contract import Clause, Row, contract, place
from einig.web.templatetags.einig import day
from tests.engine.agreement.written import FULL
from tests.live import AGREED, NOW, Company, company, identify, person, say, track
from tests.web.test_pages import signed_in

pytestmark = pytest.mark.django_db

TEXT = (
    AGREED.replace("demo_requested: {for", "trial_started: {for: 14 days}\n  demo_requested: {for")
    + """\
marketing:
  sales_ready_a_month: 2
  required: [email, employees]
  answer_feedback_within: 1 working day
explore: 10%
"""
)
THEN = NOW + 20 * DAY


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of another test is kept, and it is twenty days later."""
    trials.forget()
    monkeypatch.setattr("einig.web.clock.time.time_ns", lambda: THEN * 1000)


@pytest.fixture
def us() -> Company:
    """Five leads: two bought, one was lost, one was given back, one does not fit."""
    us = company(TEXT)
    for n, (name, industry, did) in enumerate(
        [
            ("ann", "Software", "demo_requested"),
            ("bob", "Software", "trial_started"),
            ("cat", "Trade", "demo_requested"),
            ("dan", "Software", "demo_requested"),
            ("fay", "Software", "demo_requested"),
        ]
    ):
        said = identify(name, email=f"{name}@x.example", name=name.title())
        said["traits"] |= {"industry": industry} | ({"employees": 20} if name == "ann" else {})
        say([said, track(did, name)], of=us.website, at=NOW + n * DAY)
    tried("Ann", at=NOW + 60 * SECOND)
    tried("Bob", at=NOW + 5 * DAY)
    outcomes.win(_lead("Ann"), by=us.sam, at=NOW + 10 * DAY, revenue=Decimal(1000))
    outcomes.win(_lead("Bob"), by=us.sam, at=NOW + 11 * DAY, revenue=Decimal(500))
    outcomes.lose(_lead("Dan"), by=us.sam, at=NOW + 12 * DAY, reason="no budget")
    back = _handed("Fay")
    assert back.to is not None
    told = feedback.give_back(back, by=back.to, at=NOW + 7 * DAY, reason="no budget")
    feedback.judge_again(told.second_look, by=us.max, at=NOW + 8 * DAY, was_ready=True)
    feedback.answer(told, by=us.mia, at=NOW + 7 * DAY + SECOND, text="We see.")
    return us


def _lead(name: str) -> Lead:
    return Lead.objects.get(name=name)


def _handed(name: str) -> Handoff:
    return Handoff.objects.get(lead__name=name, kind="sales")


def tried(name: str, *, at: int) -> None:
    """Let whoever has a lead try to reach it."""
    of = _handed(name)
    assert of.to is not None
    handoff.log_attempt(of, by=of.to, at=at, channel="phone", result="reached")


def grown() -> None:
    """Let so many sell that figures show nobody alone."""
    for n in range(5):
        person(f"seller{n}", "sales")


def said(browser: Client, address: str = "/agreement/1?figures=yes") -> dict[tuple[str, str], str]:
    """Return what stands beside each criterion of the page."""
    figures = browser.get(address).context["figures"]
    agreement = loads(Version.objects.get(number=1).text).agreement
    clauses = [clause for part in contract(agreement) for clause in part.clauses]
    about = [one.about for one in _lines(clauses)]
    return {
        key: " | ".join(
            (f"{line.label}: " if line.label else "") + " · ".join(p.said for p in line.parts)
            for line in figures[place(key)]
        )
        for key in about
        if key is not None and place(key) in figures
    }


def english(us: Company) -> Client:
    """Return the browser of a lead of marketing who reads English."""
    return signed_in(person("mel", "marketing_lead", language="en"))


def test_beside_each_criterion_stands_what_it_moved(us: Company) -> None:
    found = said(english(us))
    assert {key: text for key, text in found.items() if not key[0].startswith(PROMISES)} == {
        ("sales_ready", ""): "4 handed over · 2 of 3 decided bought"
        " | “it fits the ideal lead with at least 20 points”: 4 had it · nobody only by it"
        " · 1 more without it · 2 of 3 decided bought"
        " | “it shows a buying signal”: 4 had it · 4 only by it · 2 of 3 decided bought"
        " | “it is engaged with at least 20 points”: nobody had it",
        ("fit.industry", ""): "4 had it · 4 only by it · 2 of 3 decided bought",
        ("fit.industry", "Software"): "4 had it · 4 only by it · 2 of 3 decided bought",
        ("fit.industry", "Trade"): "nobody had it",
        ("engagement.webinar_attended", ""): "nobody had it",
        ("intent.trial_started", ""): "1 had it · 1 only by it · 1 of 1 decided bought",
        ("intent.demo_requested", ""): "3 had it · 3 only by it · 1 of 2 decided bought",
    }


PROMISES = ("sales.", "marketing.", "outside_fit")


def test_beside_each_promise_stands_what_was_kept(us: Company) -> None:
    grown()
    found = said(english(us))
    assert {key: text for key, text in found.items() if key[0].startswith(PROMISES)} == {
        ("outside_fit", ""): "0 of 1 in time · 1 too late, or not at all",
        ("sales.respond_within", ""): "1 of 4 in time · 3 too late, or not at all",
        ("sales.attempts", ""): "nothing yet to judge it by",
        ("sales.return_reasons", ""): "1 returned · 1 sales-ready all the same at the second look",
        ("sales.return_reasons", "no budget"): "1",
        ("sales.return_reasons", "wrong person"): "0",
        ("marketing.sales_ready_a_month", ""): "4 so far · 2 a month agreed",
        ("marketing.required", ""): "1 of 4 with all of it · 3 with less · employees missing: 3",
        ("marketing.answer_feedback_within", ""): "1 of 1 in time",
    }


def test_what_was_promised_by_an_earlier_version_is_not_judged_by_the_one_in_force(
    us: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown()
    since = NOW + 13 * DAY  # only Gus comes later
    version = agreements.draft(TEXT.replace("1 working hour", "2 working hours"), by=None, at=since)
    agreements.propose(version, by=None, at=since)
    agreements.enact(version, since=since, at=since)
    said_ = identify("gus", email="gus@x.example", name="Gus", industry="Software")
    say([said_, track("demo_requested", "gus")], of=us.website, at=since + DAY)
    found = said(english(us), "/agreement/2?figures=yes")
    assert found["sales.respond_within", ""] == "0 of 1 in time · 1 too late, or not at all"
    assert found["marketing.sales_ready_a_month", ""] == "1 so far · 2 a month agreed"
    for language, told in (
        ("en", "What was kept is counted since %s, and only while this version was in force."),
        ("de", "Was gehalten wurde, zählt seit dem %s und nur, solange diese Version galt."),
    ):
        with translation.override(language):
            told %= day(since)
        browser = signed_in(person(f"mo{language}", "marketing_lead", language=language))
        assert told in browser.get("/agreement/2?figures=yes").content.decode()
        assert browser.get("/agreement/2?figures=yes").context["kept_since"] == since
    monkeypatch.setattr("einig.web.clock.time.time_ns", lambda: (THEN + 90 * DAY) * 1000)
    page = signed_in(us.max).get("/agreement/2?figures=yes")
    assert page.context["kept_since"] == THEN + 90 * DAY - trials.MOVED


def test_the_figures_of_few_who_sell_are_not_shown(us: Company) -> None:
    found = said(english(us))
    told = "The figures of sales are shown from five people on who sell."
    assert {found[path, ""] for path in ("sales.respond_within", "sales.attempts")} == {told}
    assert ("sales.return_reasons", "no budget") not in found


def test_the_figures_equal_a_backtest_without_each_criterion(us: Company) -> None:
    of = loads(TEXT).agreement
    ready = trials.ready(at=THEN)
    history, moves = ready.past.history, trials.moved(ready, of)
    known = outcomes_of(history)

    def handed(agreement: Agreement) -> set[int]:
        return set(sales_ready(backtest(history, agreement).decisions, known).nonzero()[0].tolist())

    every = handed(of)
    assert len(every) == 4
    for key in keys(of):
        less = handed(without(of, key))
        assert set(moves.by[key].only.tolist()) == every - less
        assert set(moves.by[key].more.tolist()) == less - every


def test_a_script_gets_the_figures_for_their_places(us: Company) -> None:
    browser = english(us)
    page = browser.get("/agreement/1/moved", headers={"HX-Request": "true"}).content.decode()
    where = place(("fit.industry", "Software"))
    assert f'<div class="moved" id="{where}" hx-swap-oob="true">' in page
    assert "this version would have handed over 4 leads" in page
    contract_page = browser.get("/agreement/1").content.decode()
    assert f'<div class="moved" id="{where}"></div>' in contract_page.replace("\n", "")
    plain = browser.get("/agreement/1/moved")
    assert plain.headers["Location"] == "/agreement/1?figures=yes"


def test_figures_speak_german_to_those_who_read_it(us: Company) -> None:
    found = said(signed_in(us.max))
    assert found["intent.demo_requested", ""] == (
        "3 hatten es · 3 nur dadurch · von 2 entschiedenen kauften 1"
    )


def test_while_a_long_history_is_counted_the_page_says_so(
    us: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    trials.ready(at=THEN)
    monkeypatch.setattr(trials, "_LONG", 0)
    browser, told = english(us), "What each clause moved is being counted."
    assert told in browser.get("/agreement/1?figures=yes").content.decode()
    counting = trials._state.moving
    assert counting is not None
    counting.join()
    assert said(browser)["fit.industry", "Trade"] == "nobody had it"
    agreements.draft(TEXT.replace("Trade: 5", "Trade: 20"), by=us.max, at=NOW)
    asked = "/agreement/2/moved/leads?criterion=sales_ready"
    assert told in browser.get(asked).content.decode()


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("criterion=sales_ready&which=had", ["Ann", "Bob", "Dan", "Fay"]),
        ("criterion=sales_ready&which=bought", ["Ann", "Bob"]),
        ("criterion=sales_ready&row=0&which=more", ["Cat"]),
        ("criterion=fit.industry&row=Software&which=only", ["Ann", "Bob", "Dan", "Fay"]),
        ("criterion=intent.demo_requested&which=bought", ["Ann"]),
        ("criterion=sales.respond_within&which=kept", ["Ann"]),
        ("criterion=sales.respond_within&which=broken", ["Fay", "Dan", "Bob"]),
        ("criterion=sales.return_reasons&which=overruled", ["Fay"]),
        ("criterion=marketing.required&which=broken", ["Bob", "Dan", "Fay"]),
    ],
)
def test_a_number_opens_to_its_leads(us: Company, asked: str, names: list[str]) -> None:
    grown()
    page = english(us).get(f"/agreement/1/moved/leads?{asked}")
    found = [str(row["lead"]) for row in page.context["rows"]]
    assert (found if "respond" in asked else sorted(found)) == names
    csv = english_csv(asked)
    assert len(csv.splitlines()) == len(names) + 1


def test_what_is_no_criterion_has_no_leads(us: Company) -> None:
    browser = english(us)
    for asked in ("criterion=fit.nothing", "criterion=sales_ready&row=9", ""):
        assert browser.get(f"/agreement/1/moved/leads?{asked}").status_code == 404


def english_csv(asked: str) -> str:
    """Return the same leads as a file."""
    browser = signed_in(person("mo", "marketing_lead", language="en"))
    page = browser.get(f"/agreement/1/moved/leads?{asked}&format=csv")
    return b"".join(page.streaming_content).decode()  # type: ignore[attr-defined]  # it streams


def test_who_sells_sees_no_list_of_what_was_too_late(us: Company) -> None:
    grown()
    browser = signed_in(us.sue)
    figures = browser.get("/agreement/1?figures=yes").context["figures"]
    (line,) = figures[place(("sales.respond_within", ""))]
    assert [part.url for part in line.parts] == ["", ""]
    asked = "/agreement/1/moved/leads?criterion=sales.respond_within&which=broken"
    assert browser.get(asked).status_code == 403


def test_only_what_is_in_force_says_what_was_kept(us: Company) -> None:
    grown()
    agreements.draft(TEXT.replace("Trade: 5", "Trade: 20"), by=us.max, at=NOW)
    figures = english(us).get("/agreement/2?figures=yes").context["figures"]
    assert place(("sales.respond_within", "")) not in figures
    assert place(("fit.industry", "Trade")) in figures


@pytest.mark.parametrize("text", [*map(template, TEMPLATES), FULL, TEXT])
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_clause_of_every_agreement_gets_a_sentence(text: str, language: str) -> None:
    agreement = loads(text).agreement
    with translation.override(language):
        clauses = [clause for part in contract(agreement) for clause in part.clauses]
    assert all(clause.text.rstrip()[-1] in ".:" for clause in clauses)
    assert all(row.name for clause in clauses for row in clause.rows)
    about = {one.about for one in _lines(clauses)}
    parts = {key for key in keys(agreement) if key[0] != "sales_ready"}
    assert parts | {("sales_ready", "")} <= about
    assert _promised(agreement) <= {key[0] for key in about if key}
    assert len(_places(clauses)) == len(set(_places(clauses)))


def _promised(of: Agreement) -> set[str]:
    """Return what an agreement binds both sides to."""
    named = {
        "sales.respond_within": of.sales.respond_within,
        "sales.attempts": of.sales.attempts,
        "sales.return_reasons": of.sales.return_reasons,
        "marketing.sales_ready_a_month": of.marketing.sales_ready_a_month,
        "marketing.required": of.marketing.required,
        "marketing.answer_feedback_within": of.marketing.answer_feedback_within,
        "outside_fit": of.outside_fit,
    }
    return {path for path, value in named.items() if value}


def _lines(clauses: list[Clause]) -> Iterator[Clause | Row]:
    for clause in clauses:
        yield clause
        yield from clause.rows


def _places(clauses: list[Clause]) -> list[str]:
    return [one.place for one in _lines(clauses) if one.place]


def test_the_contract_says_what_above_and_at_most_mean() -> None:
    text = "name: X\nfit: {a: {b: 1}}\nlead: {never: [{n: {above: 50}}, {n: {at_most: 3}}]}\n"
    agreement = loads(text + "sales_ready: {fit: 1}\n").agreement
    with translation.override("en"):
        who = contract(agreement)[0].clauses[0]
    assert [row.name for row in who.rows] == ["n is above 50", "n is at most 3"]


def test_the_signed_content_and_its_date_stand_under_the_contract(us: Company) -> None:
    page = english(us).get("/agreement/1").content.decode()
    version = Version.objects.get(number=1)
    assert f"<code>{version.content_hash}</code>" in page
    assert "In force since" in page
