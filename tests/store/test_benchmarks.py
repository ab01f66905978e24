"""The stores that benchmarks fill by plain SQL: a column that they forget breaks them unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import enacting, pages
from tests.servers import Store


@pytest.fixture
def shop(tmp_path: Path) -> Store:
    """A company on SQLite, as benchmarks found one."""
    return Store(tmp_path)


def test_the_leads_of_the_pages_fit_into_the_store(shop: Store) -> None:
    shop.found()
    pages._fill(shop, pages.FEW, 20)
    [(leads, handoffs)] = shop.rows(
        "SELECT (SELECT count(*) FROM store_lead), (SELECT count(*) FROM store_handoff)"
    )
    assert leads == len(pages.FEW) > handoffs > 0


def test_the_leads_of_a_new_version_fit_into_the_store(shop: Store) -> None:
    enacting._fill(shop, 2000, int(shop.do(enacting._FOUND)))
    assert shop.rows("SELECT count(*) FROM store_lead") == [(2000,)]
    assert shop.rows("SELECT count(*) FROM store_handoff") == [(6,)]
