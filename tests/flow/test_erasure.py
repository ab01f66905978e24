"""After an erasure nothing of the person is left anywhere, and no import brings them back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from einig.connectors.contract import Delivery as Raw
from einig.engine.instants import DAY
from einig.flow import (
    capture,
    consent,
    deliveries,
    erasure,
    feedback,
    handoff,
    journey,
    nurture,
    suppression,
)
from einig.flow.permissions import NotAllowed
from einig.store.models import (
    AuditEntry,
    Delivery,
    Handoff,
    JourFixe,
    Lead,
    Received,
    Source,
    Study,
    Suppression,
    User,
)
from tests.flow.importing import bring_in, results
from tests.live import NOW, Company, company, identify, say, track

pytestmark = pytest.mark.django_db
MAIL, NUMBER, NAME = "petra.pumpe@werk.example", "+49 731 5550123", "Petra Pumpe"
HER = ("petra.pumpe", "Pumpe", "5550123", "petra-at-work")


@pytest.fixture(autouse=True)
def beside(settings: Any, tmp_path: Path) -> Path:
    """Keep what lies beside the store where a test can look at it."""
    settings.HOME = tmp_path
    settings.EMAIL_FILE_PATH = tmp_path / "mails"
    return tmp_path


@pytest.fixture
def us() -> Company:
    """A company that knows a lot about Petra, and a little about her colleague."""
    us = company()
    her = identify(
        "petra-at-work", "browser-of-petra-at-work", email=MAIL, phone=NUMBER, name=NAME,
        industry="Software",
    )  # fmt: skip
    said = track("demo_requested", "petra-at-work")
    said["properties"] = {"message": f"call {NUMBER}, {NAME}"}
    other = identify("u2", email="otto@werk.example", name="Otto Ofen")
    say([her, said, other], of=us.website, at=NOW)
    say([track("asked", None, "stranger") | {"properties": {"mail": MAIL}}], of=us.website, at=NOW)
    lead = Lead.objects.get(name=NAME)
    one = Handoff.objects.get(lead=lead)
    assert one.to is not None
    handoff.log_attempt(
        one, by=one.to, at=NOW + 1, channel="phone", result="reached", note=f"{NAME} is nice"
    )
    feedback.give_back(one, by=one.to, at=NOW + 2, reason="no budget", text=f"{NAME} has none")
    consent.give(lead, "mail", at=NOW + 3, said=consent.Agreed("mail", "text"))
    consent.give(lead, "phone", at=NOW + 3, proof=f"{NAME} said so")
    nurture.enter(lead, at=NOW + 4, reason="test")
    form = Source.objects.create(
        name="Old form", kind="sender", key="old", sender="web_to_lead", settings={}
    )
    bodies = (b"email=petra.pumpe%40werk.example&last_name=Pumpe", b"x=1")
    for n, body in enumerate(bodies):
        deliveries.keep(Raw(body=body, at=NOW + n, url="https://x.example"), source=form)
    broken = json.dumps({"type": "track", "email": MAIL, "text": "Müller"})
    Received.objects.create(source=us.website, body=broken, at=NOW, reason="event is missing")
    JourFixe.objects.create(at=NOW, notes=f"We talked about {NAME} ({MAIL}).")
    Study.objects.create(asked_at=NOW, result={"examples": [{"lead": lead.lead_id, "who": NAME}]})
    return us


_BYTES = (bytes, memoryview)


def rows() -> Iterator[tuple[str, str]]:
    """Yield every row of every table, as one text."""
    for model in apps.get_models(include_auto_created=True):
        for row in model._default_manager.values():
            told = {
                name: bytes(of).decode(errors="replace") if isinstance(of, _BYTES) else of
                for name, of in row.items()
            }
            yield model._meta.db_table, json.dumps(told, default=str, ensure_ascii=False)


def found(*texts: str) -> set[str]:
    """Return the tables in which one of some texts stands."""
    return {name for name, row in rows() for of in texts if of.casefold() in row.casefold()}


def test_every_kind_of_column_is_looked_at() -> None:
    kinds = {
        type(field).__name__
        for model in apps.get_app_config("store").get_models()
        for field in model._meta.fields
        if not isinstance(field, (models.ForeignKey, models.IntegerField, models.BooleanField))
    }
    assert kinds == {
        "BinaryField", "CharField", "DecimalField", "EmailField", "FloatField",
        "JSONField", "TextField", "URLField", "DateTimeField",
    }  # fmt: skip


def test_no_table_holds_anything_of_who_was_erased(us: Company, beside: Path) -> None:
    lead = Lead.objects.get(name=NAME)
    number = lead.lead_id
    tables = found(*HER)
    assert {"store_lead", "store_event", "store_fact", "store_delivery", "store_received"} < tables
    assert {"store_jourfixe", "store_study", "store_feedback", "store_attempt"} < tables
    erasure.erase(lead, by=us.ada, at=NOW + DAY)
    assert found(*HER) == set()
    assert found(number) == {"store_auditentry"}  # a number that leads nowhere
    assert [of.name for of in Lead.objects.all()] == ["Otto Ofen"]
    assert Delivery.objects.exclude(body=b"").count() == 1


def test_the_audit_trail_holds_nothing_that_could_be_erased(us: Company) -> None:
    told = [json.dumps([of.about, of.detail]) for of in AuditEntry.objects.all()]
    assert [text for text in told if any(of in text for of in (*HER, "werk.example"))] == []
    assert len(told) > 10


def test_an_import_brings_nobody_back(us: Company) -> None:
    erasure.erase(Lead.objects.get(name=NAME), by=us.ada, at=NOW + DAY)
    text = f"E-Mail,Name\n{MAIL.upper()},{NAME}\nnew@rohre.example,Nina Neu\n"
    of = bring_in(text, by=us.ada, at=NOW + 2 * DAY)
    assert results(of) == [(2, "aside"), (3, "new")]
    say([track("page_viewed", "petra-at-work")], of=us.website, at=NOW + 3 * DAY)
    assert set(Lead.objects.values_list("name", flat=True)) == {"Otto Ofen", "Nina Neu"}
    assert found(*HER) == set()
    assert sum(Suppression.objects.values_list("kept_out", flat=True)) == 1


def test_a_request_of_their_own_is_a_new_one(us: Company) -> None:
    erasure.erase(Lead.objects.get(name=NAME), by=us.ada, at=NOW + DAY)
    form = Source.objects.create(name="Form", kind="form", key="form")
    told = capture.somebody(
        attributes={"email": MAIL, "name": NAME}, activity="form_submitted", at=NOW + 2 * DAY
    )
    capture.receive(told, source=form, at=NOW + DAY - 1)  # it waited when she was erased
    journey.catch_up()
    assert not Lead.objects.filter(name=NAME).exists()
    capture.receive(told, source=form, at=NOW + 2 * DAY)
    journey.catch_up()
    assert Lead.objects.filter(name=NAME).count() == 1


def test_the_list_is_useless_without_the_key(us: Company, settings: Any) -> None:
    erasure.erase(Lead.objects.get(name=NAME), by=us.ada, at=NOW + DAY)
    known = suppression.hashed(("email", MAIL))
    assert Suppression.objects.filter(hash=known).exists()
    assert suppression.other_keys() == 0
    settings.SECRET_KEY = "another"
    assert suppression.hashed(("email", MAIL)) != known
    assert suppression.other_keys() == Suppression.objects.count()


def test_only_whoever_protects_data_erases(us: Company) -> None:
    for name in ("mia", "max", "sam", "sol"):
        somebody: User = getattr(us, name)
        with pytest.raises(NotAllowed):
            erasure.erase(Lead.objects.get(name=NAME), by=somebody, at=NOW + DAY)
    assert Lead.objects.count() == 2


def test_a_colleague_with_the_same_number_stays(us: Company) -> None:
    say([identify("u2", phone=NUMBER)], of=us.website, at=NOW + 10)
    erasure.erase(Lead.objects.get(name=NAME), by=us.ada, at=NOW + DAY)
    otto = Lead.objects.get(name="Otto Ofen")
    assert otto.contact_details.filter(kind="phone").count() == 1
    say([identify("u2", phone=NUMBER, city="Ulm")], of=us.website, at=NOW + 2 * DAY)
    assert otto.identities.filter(facts__attribute="city").exists()


def test_a_mail_in_the_folder_goes_too(
    us: Company, beside: Path, django_capture_on_commit_callbacks: Any
) -> None:
    (beside / "mails").mkdir()
    (beside / "mails" / "her").write_text(f"To: {MAIL}\nSubject: Hello\n\nHello.\n")
    (beside / "mails" / "his").write_text("To: otto@werk.example\nSubject: Hello\n\nHello.\n")
    with django_capture_on_commit_callbacks(execute=connection.vendor != "sqlite") as callbacks:
        erasure.erase(Lead.objects.get(name=NAME), by=us.ada, at=NOW + DAY)
    for each in callbacks[:2] if connection.vendor == "sqlite" else ():
        each()
    assert [file.name for file in (beside / "mails").iterdir()] == ["his"]
    kept = [json.loads(line) for line in suppression.file().read_text().splitlines()]
    assert {row["hash"] for row in kept} == set(Suppression.objects.values_list("hash", flat=True))
