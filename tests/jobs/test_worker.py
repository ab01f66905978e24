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


_COMPILED = """
from tests.live import *
from einig.engine.scoring.kernel import sweep
from einig.flow import scoring
scoring.prepare()
us, before = company(), list(sweep.signatures)
said = identify("u1", email="p@pumpen.example", industry="Software")
say([said, track("demo_requested", "u1"), track("scrolled", "u1")], of=us.website, at=NOW)
print(the_lead().sales_ready, len(before), sweep.signatures == before)
"""


def test_nothing_is_compiled_while_others_wait_to_write(tmp_path: Path) -> None:
    assert Store(tmp_path).do(_COMPILED) == "True 1 True\n"
