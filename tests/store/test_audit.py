"""The audit trail, and what else the database itself holds on to."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction

from einig.flow import audit
from einig.store.models import AuditEntry, Handoff, Version
from tests.live import NOW, company, identify, say, track

pytestmark = pytest.mark.django_db


def test_the_audit_trail_can_be_neither_changed_nor_emptied() -> None:
    audit.record("tried", "test", at=NOW, by=None)
    for attempt in (
        lambda: AuditEntry.objects.update(action="forged"),
        lambda: AuditEntry.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            attempt()
    assert AuditEntry.objects.get().action == "tried"


def test_a_lead_has_one_open_handoff_whatever_the_code_does() -> None:
    us = company()
    said = identify("u1", email="p@pumpen.example", industry="Software")
    say([said, track("demo_requested", "u1")], of=us.website, at=NOW)
    one = Handoff.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Handoff.objects.create(lead=one.lead, version=us.version, opened_at=NOW + 5, kind="sales")


def test_two_versions_never_come_into_force_at_one_instant() -> None:
    us = company()
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.create(
            number=9,
            text=us.version.text,
            content_hash="x",
            drafted_at=NOW,
            proposed_at=NOW,
            in_force_from=Version.objects.get().in_force_from,
        )


def test_the_models_and_the_migrations_say_the_same() -> None:
    said = StringIO()
    call_command("makemigrations", "--dry-run", stdout=said)
    assert said.getvalue() == "No changes detected\n"
