"""Files that were imported do not lie around for ever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from einig.engine.instants import DAY
from einig.flow import erasure, import_rows, imports, retention
from einig.store.models import AuditEntry, ImportRow, ImportState, Lead
from tests.flow.importing import bring_in, keep
from tests.live import NOW, company

pytestmark = pytest.mark.django_db
TWO = "Name;E-Mail\r\nAda Ahlers;ada@ahlers.example\r\nBen Bohm;ben@bohm.example\r\n"


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    """Keep files where this test ends."""
    settings.HOME = tmp_path
    return tmp_path


def lying(home: Path) -> list[str]:
    return sorted(path.suffix for path in (home / import_rows.FOLDER).iterdir())


def page(of: int, *, who: Any, query: str = "") -> tuple[int, str]:
    client = Client()
    client.force_login(who)
    answer = client.get(f"/settings/import/{of}{query}")
    return answer.status_code, answer.getvalue().decode()


def test_an_old_file_goes_and_what_it_brought_stays(home: Path):
    us = company()
    of = bring_in(TWO, by=us.ada)
    retention.work(at=NOW + 90 * DAY)
    assert lying(home) == [".check", ".csv"]

    assert retention.work(at=NOW + 90 * DAY + 1)["files"] == 1
    assert lying(home) == []
    assert Lead.objects.count() == 2
    of.refresh_from_db()
    assert (of.state, of.counts["new"]) == (ImportState.CLEARED, 2)
    assert not ImportRow.objects.filter(of=of).exists()
    with pytest.raises(imports.Impossible):
        imports.undo(of, by=us.ada, at=NOW + 91 * DAY)
    status, said = page(of.id, who=us.ada)
    assert status == 200
    assert "2" in said
    assert "undo" not in said
    assert page(of.id, who=us.ada, query="?format=csv")[0] == 200
    assert AuditEntry.objects.filter(action="retention_done", detail__files=1).count() == 1
    assert "files" not in retention.work(at=NOW + 92 * DAY)


def test_a_file_that_was_never_imported_goes_too(home: Path):
    us = company()
    keep(TWO, by=us.ada)
    assert retention.work(at=NOW + 91 * DAY)["files"] == 1
    assert lying(home) == []


def test_what_was_interrupted_is_gone_on_with():
    us = company()
    of = bring_in(TWO, by=us.ada)
    of.state = ImportState.CLEARED
    of.save()
    assert retention.work(at=NOW + 91 * DAY)["files"] == 1
    assert not ImportRow.objects.filter(of=of).exists()


def test_the_report_goes_on_without_cells_after_an_erasure():
    us = company()
    of = bring_in(TWO, by=us.ada)
    erasure.erase(Lead.objects.get(name="Ada Ahlers"), by=us.ada, at=NOW + DAY)
    import_rows.table(of).unlink()  # as it does once that is committed
    status, said = page(of.id, who=us.ada, query="?format=csv")
    assert status == 200
    assert "ahlers" not in said.casefold()
    assert len(said.strip().splitlines()) == 3
