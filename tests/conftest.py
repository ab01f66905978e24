"""The database of the tests: SQLite, or a real PostgreSQL with EINIG_TEST_DATABASE=postgresql."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_HOME = Path(tempfile.gettempdir()) / f"einig-tests-{os.getuid() if hasattr(os, 'getuid') else 0}"


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once, for all workers, and say where it is before Django asks."""
    os.environ.setdefault("EINIG_HOME", str(_HOME))
    os.environ.setdefault("EINIG_SECRET_KEY", "only for tests")
    os.environ["DJANGO_SETTINGS_MODULE"] = "einig.config.settings"
    # a browser leaves its event loop running in this process, where nothing of ours is async
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"
    if os.environ.get("EINIG_TEST_DATABASE") == "postgresql" and "EINIG_DATABASE" not in os.environ:
        from tests.postgres import start

        os.environ["EINIG_DATABASE"] = start()


@pytest.fixture(autouse=True, scope="session")
def quick_passwords() -> None:
    """Hash passwords as quickly as possible: here they protect nobody."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def what_a_test_committed_can_be_removed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the tables be emptied after a test that commits, although they hold what was signed."""
    marker = request.node.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction")
    if commits:
        request.getfixturevalue("transactional_db")  # so that it empties them after this one ends
    yield
    if commits:
        from tests.live import guards_down

        guards_down()


@pytest.fixture(autouse=True)
def no_lead_of_another_test_is_left_out() -> Iterator[None]:
    """Let nobody wait who could not be judged in a test before: ids come again after each one."""
    yield
    if (due := sys.modules.get("einig.flow.due")) is not None:
        due._later.clear()


@pytest.fixture(autouse=True)
def nobody_works_for_the_company_of_another_test() -> None:
    """Read the organisation anew: what a test saved is rolled back where nobody notices."""
    if (organisation := sys.modules.get("einig.flow.organisation")) is not None:
        organisation.forget()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Return a running Chromium; one for all tests of a process, since there can be only one."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not installed (on Debian: apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=_CHROMIUM)
        yield running
        running.close()


_CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
