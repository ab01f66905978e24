"""The real data sets that some tests need. They are not part of the repository."""

import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("EINIG_DATA") or Path(__file__).parents[2] / "shared" / "data")

needs_data = pytest.mark.skipif(
    not (DATA / "bpic2012").is_dir(),
    reason="the real data sets are not here; name their folder in EINIG_DATA",
)
