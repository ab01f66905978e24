"""The database of the tests: SQLite, or a real PostgreSQL with EINIG_TEST_DATABASE=postgresql."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

_HOME = Path(tempfile.gettempdir()) / f"einig-tests-{os.getuid() if hasattr(os, 'getuid') else 0}"


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once, for all workers, and say where it is before Django asks."""
    os.environ.setdefault("EINIG_HOME", str(_HOME))
    os.environ.setdefault("EINIG_SECRET_KEY", "only for tests")
    os.environ["DJANGO_SETTINGS_MODULE"] = "einig.config.settings"
    if os.environ.get("EINIG_TEST_DATABASE") == "postgresql" and "EINIG_DATABASE" not in os.environ:
        from tests.postgres import start

        os.environ["EINIG_DATABASE"] = start()


@pytest.fixture(autouse=True, scope="session")
def quick_passwords() -> None:
    """Hash passwords as quickly as possible: here they protect nobody."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
