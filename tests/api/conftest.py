"""One server for the tests of a process, with a company on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import Server, serving, store


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a running server; its worker takes in what arrives."""
    with store(tmp_path_factory.mktemp("served")) as of:
        of.found()
        with serving(of) as running:
            yield running
