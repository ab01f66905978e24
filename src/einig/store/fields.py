"""Fields that more than one model has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    InstantField = models.BigIntegerField
else:

    class InstantField(models.BigIntegerField):
        """A time as the engine counts it: whole microseconds UTC since 1970."""

        description = "Microseconds UTC"
