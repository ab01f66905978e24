"""Imports, from a file to leads and back."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from einig.engine.instants import DAY, HOUR, iso
from einig.flow import (
    import_check,
    import_writing,
    imports,
    leads,
    nurture,
    outcomes,
    scoring,
)
from einig.flow.import_rows import Aside, Reader
from einig.store import history
from einig.store.models import (
    AuditEntry,
    Company,
    Consent,
    ContactDetail,
    Decision,
    Event,
    Fact,
    Handoff,
    Identity,
    ImportRow,
    Lead,
    Link,
    NurtureEntry,
    Outcome,
    Task,
)
from tests.flow.importing import begin, bring_in, check, check_as, keep, results, undo, work
from tests.live import NOW, company, identify, say, track
from tests.live import Company as Us
from tests.world import when

pytestmark = pytest.mark.django_db
GERMAN = (
    "Vorname;Nachname;Firma;E-Mail;Telefon;Quelle;Erstellt am;Umsatz;Ergebnis;Abgeschlossen am\r\n"
    "Jörg;Grün;Grün GmbH;jörg@grün.example;0711 123456;Messe;31.12.2025;1.234,56;gewonnen;"
    "05.01.2026\r\n"
    "Ada;Ahlers;Ahlers AG;ada@ahlers.example;;Web;02.01.2026;;verloren;06.02.2026\r\n"
    "Ben;Bohm;Bohm AG;ben@bohm.example;;Web;02.02.2026;;offen;\r\n"
    "Niemand;Da;;;;;;;;\r\n"
)


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    """Keep files where this test ends."""
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def us() -> Us:
    return company()


def counted() -> tuple[int, ...]:
    """Return how many rows there are of everything that an import writes."""
    kinds = (Lead, Identity, Link, Fact, ContactDetail, Event, Outcome, Decision, Company)
    return tuple(kind.objects.count() for kind in kinds)


def test_a_german_file_becomes_leads_with_their_outcomes(us: Us) -> None:
    of = bring_in(GERMAN.encode("cp1252"), by=us.mia)
    assert (of.state, of.encoding, of.counts) == (
        "imported", "Windows-1252", {"new": 3, "aside": 1},
    )  # fmt: skip
    assert results(of) == [(2, "new"), (3, "new"), (4, "new"), (5, "aside")]
    joerg, ada, ben = Lead.objects.order_by("id")
    assert (joerg.name, joerg.stage, joerg.created_at) == (
        "Jörg Grün", "customer", when("01-01"),
    )  # fmt: skip
    won = joerg.outcomes.get()
    assert (won.won, won.at, won.revenue) == (True, when("01-05"), Decimal("1234.56"))
    assert (ada.stage, ada.outcomes.get().won, ben.outcomes.count()) == ("nurture", False, 0)
    assert joerg.company is not None
    assert (joerg.company.relation, ben.stage) == ("customer", "lead")


def test_what_had_ended_counts_since_its_lead_exists_and_says_that_this_is_assumed(us: Us) -> None:
    bring_in(GERMAN, by=us.mia)
    joerg, _, ben = Lead.objects.order_by("id")
    city = Fact.objects.get(identity__lead=joerg, attribute="source")
    assert (city.known_from, city.assumed) == (joerg.created_at, True)
    open_one = Fact.objects.get(identity__lead=ben, attribute="source")
    assert (open_one.known_from >= NOW, open_one.assumed) == (True, False)
    read = history.read()
    assert "source" in read.about.assumed_known
    facts = read.facts.to_pylist()
    ids = read.leads["lead_id"].to_pylist()
    mine = [
        f["at"] for f in facts if ids[f["lead"]] == joerg.lead_id and f["attribute"] == "source"
    ]
    assert mine == [joerg.created_at]


def test_the_same_file_again_makes_nothing_twice(us: Us) -> None:
    first = bring_in(GERMAN, by=us.mia)
    before = counted()
    again = keep(GERMAN, by=us.mia)
    assert imports.before(again) == first
    check(again, by=us.mia, at=NOW + HOUR)
    assert again.counts == {"joined": 3, "aside": 1}
    begin(again, by=us.mia, at=NOW + HOUR)
    assert again.counts == {"unchanged": 3, "aside": 1}
    assert counted() == before


def test_an_open_lead_that_fits_goes_to_sales_from_now_on(us: Us) -> None:
    text = "Name,E-Mail,Branche,Erstellt am,activity,timestamp\n"
    text += "Eva,eva@eva.example,Software,2026-01-05,demo_requested,2026-03-01T09:00:00Z\n"
    text += "Ida,ida@ida.example,Software,2026-01-05,,\n"
    bring_in(text, by=us.mia)
    handed = Handoff.objects.get()
    assert (handed.lead.name, handed.opened_at, handed.lead.created_at) == (
        "Eva", NOW, when("01-06"),
    )  # fmt: skip
    assert handed.due_at is not None
    assert handed.due_at > NOW


def test_what_was_lost_before_is_written_to_and_called_by_nobody(us: Us) -> None:
    bring_in(GERMAN, by=us.mia)
    entry = NurtureEntry.objects.get()
    assert (entry.human_due_at, Task.objects.filter(kind="mail_nurture").count()) == (None, 0)
    assert not nurture.may_mail(entry.lead)


def test_the_dry_run_says_what_the_import_then_does(us: Us) -> None:
    say([identify("u1", email="ben@bohm.example", name="Ben")], of=us.website, at=NOW)
    text = GERMAN + "Jörg;Grün;;jörg@grün.example;;;;;;\r\nx;y\r\nZoe;;;;0711 123456;;;;;\r\n"
    of = keep(text, by=us.mia)
    check(of, by=us.mia)
    ben = Lead.objects.get()
    assert [(t.row, t.result, t.joins, t.reason) for t in import_check.found(of)] == [
        (5, "aside", "", ("nobody",)),
        (7, "aside", "", ("cells", 2, 10)),
        (4, "joined", ben.lead_id, ()),
        (6, "joined", "2", ()),
        (8, "joined", "2", ()),
    ]
    begin(of, by=us.mia)
    assert {row for row, result in results(of) if result in {"joined", "unchanged"}} == {4, 6, 8}
    assert of.counts["new"] == 2
    joerg = ImportRow.objects.get(of=of, row=2).lead
    assert ImportRow.objects.get(of=of, row=6).lead == joerg
    assert ImportRow.objects.get(of=of, row=8).lead == joerg


def test_an_import_that_was_interrupted_goes_on_where_it_was(us: Us) -> None:
    text = "Name,E-Mail\n" + "".join(f"N {n},n{n}@n{n}.example\n" for n in range(300))
    of = keep(text, by=us.mia)
    check(of, by=us.mia)
    imports.begin(of, by=us.mia, at=NOW)
    rows = next(Reader(of).chunks(300))
    scoring.prepare()
    assert import_writing.Writing(of, NOW).write(rows[:120]) == 120
    of.refresh_from_db()
    assert (of.done, of.state, Lead.objects.count()) == (120, "importing", 120)
    work(at=NOW + 1000)
    of.refresh_from_db()
    assert (of.done, of.state, Lead.objects.count()) == (300, "imported", 300)
    assert results(of) == [(n, "new") for n in range(2, 302)]


def test_undo_takes_back_everything_that_nobody_else_touched(us: Us) -> None:
    before = counted()
    of = bring_in(GERMAN, by=us.mia)
    assert counted() != before
    undo(of, by=us.max, at=NOW + HOUR)
    assert (of.state, of.counts["gone"], of.counts.get("kept")) == ("undone", 3, None)
    assert counted() == before
    told = AuditEntry.objects.filter(about=f"import:{of.id}").order_by("id")
    assert list(told.values_list("action", flat=True)) == [
        "file_kept", "import_begun", "import_imported_ended", "import_undone",
        "import_undone_ended",
    ]  # fmt: skip
    again = bring_in(GERMAN, by=us.mia, at=NOW + 2 * HOUR)
    assert again.counts == {"new": 3, "aside": 1}


def test_undo_never_takes_what_came_later_and_says_why(us: Us) -> None:
    text = "Name,E-Mail,Branche,Ort\n" + "".join(
        f"{name},{name}@{name}.example,Software,Köln\n" for name in ("ada", "ben", "cem", "eva")
    )
    of = bring_in(text, by=us.mia)
    ada, ben, cem, _eva = Lead.objects.order_by("id")
    said = identify("u7", email="ada@ada.example", title="CEO")
    say([said, track("demo_requested", "u7")], of=us.website, at=NOW + HOUR)
    leads.state(ben, {"city": "Bonn"}, by=us.sam, at=NOW + HOUR)
    outcomes.win(cem, by=us.sam, at=NOW + HOUR, revenue=Decimal(5))
    undo(of, by=us.mia, at=NOW + DAY)
    rows = ImportRow.objects.filter(of=of).order_by("row")
    assert list(rows.values_list("undone", flat=True)) == ["activity", "facts", "outcome", "gone"]
    assert set(Lead.objects.all()) == {ada, ben, cem}
    assert set(ada.contact_details.values_list("normal", flat=True)) == {"ada@ada.example"}
    assert not ben.contact_details.exists()

    def now(lead: Lead, name: str) -> str | None:
        told = Fact.objects.filter(identity__lead=lead, attribute=name)
        last = told.order_by("known_from", "sequence", "id").last()
        return last.value if last else None

    assert (now(ada, "industry"), now(ada, "title")) == (None, "CEO")
    assert (now(ben, "city"), now(ben, "industry")) == ("Bonn", None)
    ada.refresh_from_db()
    assert (ada.fit, Event.objects.filter(identity__lead=ada).count()) == (0, 1)
    assert Outcome.objects.filter(lead=cem).count() == 1


def test_what_a_file_added_to_a_lead_that_was_there_is_taken_back(us: Us) -> None:
    said = identify("u1", email="ada@ada.example", name="Ada", city="Bonn")
    say([said], of=us.website, at=NOW)
    lead = Lead.objects.get()
    text = "Name,E-Mail,Ort,Branche,Telefon\nAda Ahlers,ada@ada.example,Köln,Software,0711 9\n"
    of = bring_in(text.replace("0711 9", "0711 987654"), by=us.mia, at=NOW + HOUR)
    lead.refresh_from_db()
    assert (of.counts, lead.name, lead.fit) == ({"joined": 1}, "Ada Ahlers", 20)
    undo(of, by=us.mia, at=NOW + DAY)
    lead.refresh_from_db()
    told = Fact.objects.filter(identity__lead=lead, attribute__in=["city", "industry"])
    last = {f.attribute: f.value for f in told.order_by("known_from", "id")}
    assert (last, lead.name, lead.fit) == ({"city": "Bonn", "industry": None}, "Ada", 0)
    assert list(lead.contact_details.values_list("kind", flat=True)) == ["email"]


def test_who_objects_in_a_file_is_written_to_no_more(us: Us) -> None:
    say([identify("u1", email="ada@ada.example")], of=us.website, at=NOW)
    lead = Lead.objects.get()
    given = Consent.objects.create(lead=lead, purpose="mail", basis="consent", given_at=NOW)
    text = "Id,LastName,Email,HasOptedOutOfEmail,DoNotCall,LeadSource\n"
    text += "00Q1,Ahlers,ada@ada.example,true,false,Web\n00Q2,Bohm,ben@b.example,0,1,Web\n"
    of = bring_in(text, by=us.mia, at=NOW + HOUR)
    given.refresh_from_db()
    assert given.withdrawn_at is not None
    assert not nurture.may_mail(lead)
    ben = Lead.objects.exclude(id=lead.id).get()
    told = list(ben.objections.values_list("purpose", "how"))
    assert (told, ben.consents.count()) == ([("phone", "file")], 0)
    assert of.counts == {"joined": 1, "new": 1}


def test_a_record_that_comes_again_changed_is_the_same_lead(us: Us) -> None:
    head = "Record ID,First Name,Last Name,Email,Lifecycle Stage,Create Date\n"
    bring_in(f"{head}7,Ada,Ahlers,ada@old.example,lead,2026-01-05 10:00\n", by=us.mia)
    text = f"{head}7,Ada,Ahlers,ada@new.example,customer,2026-01-05 10:00\n"
    of = bring_in(text, by=us.mia, at=NOW + HOUR)
    lead = Lead.objects.get()
    assert (of.counts, lead.stage, lead.contact_details.count()) == (
        {"joined": 1}, "customer", 2,
    )  # fmt: skip


def test_what_cannot_be_read_either_way_is_asked_for(us: Us) -> None:
    of = keep("Name,E-Mail,Erstellt am\nAda,a@a.example,05/06/2025\n", by=us.mia)
    check(of, by=us.mia)
    assert (of.state, of.problem) == ("kept", ["dates", "Erstellt am", "05/06/2025"])
    check_as(of, {}, by=us.mia, dates="mdy", at=NOW + 1)
    assert of.state == "checked"
    begin(of, by=us.mia)
    assert iso(Lead.objects.get().created_at) == "2025-05-06T22:00:00Z"


def test_rows_that_contradict_themselves_are_set_aside_with_the_reason(us: Us) -> None:
    text = (
        "Name,E-Mail,Is Closed Won,Is closed lost,Deal Name,Deal Stage,Amount,Currency,Close Date\n"
        "A,a@a.example,true,true,D,S,1,EUR,2026-01-05\n"
        "B,b@b.example,true,,D,S,12.50,USD,2026-01-05\n"
        "C,c@c.example,true,,D,S,viel,EUR,2026-01-05\n"
        "D,d@d.example,true,,D,S,12.50,EUR,2026-02-31\n"
        "E,e@e.example,true,,D,S,12.50,EUR,2026-01-05\n"
    )
    of = keep(text, by=us.mia)
    found = [r for r in next(Reader(of).chunks(10)) if isinstance(r, Aside)]
    assert [(r.row, r.reason) for r in found] == [
        (2, ["won_and_lost"]),
        (3, ["currency", "USD", "EUR"]),
        (4, ["unreadable", "viel"]),
        (5, ["unreadable", "2026-02-31"]),
    ]


def test_a_file_without_any_way_to_know_somebody_is_not_taken(us: Us) -> None:
    of = keep("Farbe,Form\nrot,rund\n", by=us.mia)
    with pytest.raises(imports.NothingMapped):
        imports.check(of, of.meanings, dates="", decimal="", by=us.mia, at=NOW)
