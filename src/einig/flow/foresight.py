"""What will happen when a version comes into force: told before, without writing anything else.

The kernel judges every lead by the version as of now. Whoever reads it sees who becomes sales-ready
and who no longer is, which of those sales has (they stay with their rep), and how many hand-offs
that makes against the free capacity of sales.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from django.db.models import Count, Q

from einig.engine.agreement import loads
from einig.engine.backtest.handoffs import handoffs_of
from einig.engine.scoring import plan
from einig.flow import scoring
from einig.flow.handoff import OUTSIDE
from einig.flow.scoring import InForce
from einig.flow.sweeping import Bools, Sweep, given_back, sweep, with_sales
from einig.store.models import Absence, Decision, Lead, Role, User, Version

LISTED = 500  # leads of each kind that are listed; all are counted


def preview(version: Version, at: int) -> dict[str, Any]:
    """Return what would happen if a version came into force at an instant that is now."""
    agreement = loads(version.text).agreement
    coming = InForce(version.id, version.number, at, agreement, plan(agreement))
    versions = [one for one in scoring.timeline() if one.since < at and one.id != version.id]
    found = sweep(coming, at=at)
    held = with_sales(found)
    becomes = found.exists & found.ready & ~found.was_ready
    ceases = found.exists & ~found.ready & found.was_ready
    kept = ceases & held
    handed = _handed_over(found, held, [*versions, coming])
    groups = {"becomes": becomes, "ceases": ceases, "kept": kept, "handoffs": handed}
    return {
        "as_of": at,
        "content_hash": version.content_hash,
        "leads": int(found.exists.sum()),
        "ready": int((found.exists & found.ready).sum()),
        "was_ready": int((found.exists & found.was_ready).sum()),
        "capacity": free_capacity(at),
        **{name: int(of.sum()) for name, of in groups.items()},
        "listed": {name: _ids(found, of) for name, of in groups.items()},
    }


def work(version_id: int, *, at: int) -> None:
    """Work out what a version would do, and keep it beside the version until it is in force."""
    version = Version.objects.get(id=version_id)
    if version.in_force_from is None and version.withdrawn_at is None:
        Version.objects.filter(id=version.id, in_force_from=None).update(
            expected=preview(version, at)
        )


def free_capacity(at: int) -> int:
    """Return how many more hand-offs those who sell can work now."""
    away = Absence.objects.filter(begins__lte=at, ends__gt=at).values("user")
    sellers = User.objects.filter(is_active=True, role=Role.SALES).exclude(id__in=away)
    loads_ = sellers.annotate(load=Count("handoffs", filter=Q(handoffs__closed_at=None)))
    return sum(max(0, room - load) for room, load in loads_.values_list("capacity", "load"))


def _handed_over(of: Sweep, held: Bools, versions: list[InForce]) -> Bools:
    """Return the leads that would be handed over at that instant.

    Whoever was sales-ready before was handed over then, and goes again only after it came back.
    """
    ready_once = Decision.objects.filter(sales_ready=True).values_list("lead_id", flat=True)
    back = given_back(of)
    chosen = of.exists & of.ready & ~held
    handed = chosen & ~of.is_one_of(list(ready_once.distinct())) & ~back
    timeline = scoring.enactments(versions)
    for n in np.flatnonzero(chosen & back).tolist():
        lead = Lead.objects.get(id=int(of.id[n]))
        history, returns = scoring.lead_history(lead), scoring.returns(lead)
        opened = handoffs_of(history, timeline, returns, of.at, decided_at=scoring.decided_at(lead))
        handed[n] = any(opening.at == of.at for opening in opened)
    nobody = Lead.objects.filter(Q(relation__in=OUTSIDE) | Q(company__relation__in=OUTSIDE))
    told: Bools = handed & ~of.is_one_of(list(nobody.values_list("id", flat=True)))
    return told


def _ids(of: Sweep, which: Bools) -> list[str]:
    ids: list[str] = of.lead_id.take(np.flatnonzero(which)[:LISTED]).to_pylist()
    return ids
