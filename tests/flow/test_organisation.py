"""What is saved about the company holds wherever Einig runs."""

from __future__ import annotations

import pytest
from django.test import Client

from einig.flow.organisation import organisation
from einig.jobs import worker
from einig.store.models import Organisation, Source
from einig.store.models.sources import Kind
from tests.live import NOW, company

pytestmark = pytest.mark.django_db


def saved_elsewhere(particulars: str) -> None:
    """Let another process save something: no signal of this one is sent."""
    Organisation.objects.update(particulars=particulars)


def test_the_worker_goes_on_with_what_another_process_saved():
    company()
    Organisation(name="M").save()
    assert organisation().particulars == ""
    saved_elsewhere("M, Ulm")
    worker.work(at=NOW)
    assert organisation().particulars == "M, Ulm"


def test_a_page_shows_what_another_process_saved():
    Source.objects.create(name="Form", kind=Kind.FORM, key="form-key")
    Organisation(name="M", particulars="M, Ulm").save()
    assert "M, Ulm" in Client().get("/f/form-key").content.decode()
    saved_elsewhere("M, Wien")
    assert "M, Wien" in Client().get("/f/form-key").content.decode()
