"""What is known of a person reads as tables, in the language of whoever gives it."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from einig.flow import access, consent, feedback
from einig.store.models import Handoff, Lead
from einig.web import known
from tests.live import NOW, Company, company, identify, say, track

pytestmark = pytest.mark.django_db


@pytest.fixture
def us() -> Company:
    """A company that handed Petra over."""
    us = company()
    her = identify("p", email="petra@rohre.example", name="Petra Pumpe", industry="Software")
    say([her, track("demo_requested", "p")], of=us.website, at=NOW)
    return us


def told(us: Company, language: str) -> dict[str, known.Table]:
    """Return the tables about Petra by their headings."""
    with translation.override(language):
        given = access.give(Lead.objects.get(), by=us.ada, at=NOW + 1)
        return {of.heading: of for of in known.tables(given)}


def test_every_key_has_a_name_and_every_time_is_one_that_people_read(us: Company) -> None:
    of = Handoff.objects.select_related("to", "lead").get()
    assert of.to is not None
    consent.give(of.lead, "phone", at=NOW + 1, proof="by letter", by=us.sam)
    consent.withdraw(of.lead, "mail", at=NOW + 1, by=us.sam)
    feedback.give_back(of, by=of.to, at=NOW + 2, reason="no budget", text="not this year")
    for language in ("de", "en"):
        tables = told(us, language)
        assert len(tables) == len(known.HEADINGS)
        for table in tables.values():
            named = [*table.columns, *(row[0] for row in table.rows if not table.columns)]
            assert not [name for name in named if "_" in name]
            cells = [cell for row in table.rows for cell in row]
            assert not [cell for cell in cells if re.search(r"\dT\d\d:", cell)]
    german = told(us, "de")
    assert german["Was entschieden wurde"].columns[:2] == ["Wann", "Version"]
    assert german["Widersprüche"].rows[0][0] == "Mails"
    assert ["Branche", "Software"] in [row[:2] for row in german["Merkmale"].rows]
    assert german["Aktivitäten"].rows[0][0] == "hat eine Demo angefragt"
