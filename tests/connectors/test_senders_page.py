"""The table of senders is complete, and says what the tests said."""

from __future__ import annotations

from tests.connectors.matrix import COLUMNS, PAGE, table
from tests.connectors.senders import SENDERS


def test_the_table_names_every_sender_and_all_of_it_holds() -> None:
    all_well = {kind: dict.fromkeys(COLUMNS, "passed") for kind in SENDERS}
    assert table(all_well) in PAGE.read_text(encoding="utf-8"), "run: make senders"
