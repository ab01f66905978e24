"""The company that runs this Einig, and its working hours."""

from __future__ import annotations

import functools
from typing import Any

from django.core.signals import request_started
from django.db import transaction
from django.db.models.signals import post_delete, post_save

from einig.engine.worktime import Calendar
from einig.flow import audit
from einig.flow.permissions import require
from einig.store.models import Organisation, User


@functools.cache
def organisation() -> Organisation:
    """Return the one row; the defaults until somebody saves it.

    It is read once for each request and each round of the worker, since other processes save it.
    """
    return Organisation.objects.order_by("id").first() or Organisation()


def calendar(of: User | None = None) -> Calendar:
    """Return when people work: everybody, or somebody who has hours of their own."""
    us = organisation()
    opens = us.opens if of is None or of.opens is None else of.opens
    closes = us.closes if of is None or of.closes is None else of.closes
    return Calendar(us.zone, us.country, us.region, opens, closes)


def change(of: Organisation, *, by: User, at: int) -> None:
    """Save what was changed. That figures per person were switched on or off is audited."""
    require(by, "edit_settings")
    with transaction.atomic():
        of.save()
        per_person = of.figures_per_person
        audit.record("settings_changed", "organisation", at=at, by=by, per_person=per_person)


def forget(**_signal: Any) -> None:
    """Read the organisation anew when it is asked for next."""
    organisation.cache_clear()


request_started.connect(forget)
post_save.connect(forget, sender=Organisation)
post_delete.connect(forget, sender=Organisation)
