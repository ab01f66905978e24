"""Rates: how much a source may send; what is more has to come again later, and nothing is lost.

Messages are counted by spans of ten seconds, since what came is gone once it was taken in.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import F

from einig.engine.instants import SECOND
from einig.store.models import Pace, Source

MINUTE = 60 * SECOND
SPAN = 10 * SECOND


def wait(source: Source, *, at: int) -> int:
    """Count a message of a source; return for how many seconds it has to wait instead, 0 if not.

    One that has to wait is not counted.
    """
    lately = Pace.objects.filter(source=source, since__gt=at - MINUTE).order_by("since")
    spans = list(lately.values_list("since", "many"))
    too_many = sum(many for _, many in spans) - source.per_minute
    for since, many in spans if too_many >= 0 else []:
        too_many -= many
        if too_many < 0:
            return max(1, -(-(since + MINUTE - at) // SECOND))
    if too_many >= 0:  # nothing may come at all
        return MINUTE // SECOND
    _count(source, at - at % SPAN)
    return 0


def _count(source: Source, since: int) -> None:
    span = Pace.objects.filter(source=source, since=since)
    if span.update(many=F("many") + 1):
        return
    try:
        with transaction.atomic():
            Pace.objects.create(source=source, since=since, many=1)
    except IntegrityError:  # somebody else began it meanwhile
        span.update(many=F("many") + 1)
    Pace.objects.filter(source=source, since__lt=since - MINUTE).delete()
