"""The worker starts at once."""

from __future__ import annotations

from pathlib import Path

from tests.servers import Store

_LOADED = """
import sys
import einig.jobs.worker
print(*sorted({"ibis", "pandas", "pyarrow.dataset", "sklearn"} & sys.modules.keys()))
"""


def test_the_worker_loads_nothing_large_that_it_does_not_need(tmp_path: Path) -> None:
    assert Store(tmp_path).do(_LOADED) == "\n"
