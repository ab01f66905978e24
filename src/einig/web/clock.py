"""The clock and the person enter here, and nowhere else."""

from __future__ import annotations

import time
from typing import cast

from django.http import HttpRequest

from einig.store.models import User


def now() -> int:
    """Return the present instant."""
    return time.time_ns() // 1000


def who(request: HttpRequest) -> User:
    """Return who is signed in."""
    return cast(User, request.user)
